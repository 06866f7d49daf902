"""`/lead 12`: a lead with everything said and done in it."""

from __future__ import annotations

from datetime import datetime

from bot.domain.lead import Lead
from bot.messages import Span, Style, Text, plain
from handlers import cards as faces
from handlers import feedback, tags
from handlers.relay import said
from handlers.work import Work
from storage import dialogues, leads, messages, staff
from storage import tags as tags_stored
from storage.staff import Staff

_Line = tuple[datetime, Text]

_EARLIER = 30  # leads
_QUOTED = 300  # characters of a message in a history
_FURTHER = "\n┆ "  # how each further line of what somebody wrote begins
_SAID = frozenset({"wrote", "answered", "note"})  # the message itself tells it


async def told(work: Work, who: Staff | None, rest: str) -> Text:
    """One lead: its line, everything said, everything done."""
    del who
    lead = await named(work, rest)
    if lead is None:
        return plain(work.texts("lead.unknown" if number_of(rest) else "lead.which"))
    story: list[_Line] = []
    for number in (lead.id, *await leads.absorbed_by(work.session, lead.id)):
        story += await _story(work, number)
    spans: list[Span] = [*await faces.line(work.session, work.policy, lead, work.now)]
    if deal := await faces.deal(work.session, work.policy, lead):
        client = await faces.client(work.session, work.policy, lead)
        spans.append(Span(f" · {deal} · {client}"))
    if lead.source:
        spans.append(Span(f" · {work.policy.source(lead.source)}"))
    if found := await tags_stored.of_lead(work.session, lead.id):
        spans.append(Span(f" · {tags.shown(found)}"))
    if before := await faces.earlier(work.session, work.policy, lead, _EARLIER):
        spans += [Span("\n"), *before]
    for at, text in sorted(story, key=lambda line: line[0]):
        spans += [Span(f"\n{work.texts.datetime(at, work.policy.timezone)} "), *text]
    return tuple(spans)


async def named(work: Work, rest: str) -> Lead | None:
    """The lead whose number somebody wrote."""
    number = number_of(rest)
    return await leads.by_id(work.session, number) if number else None


async def _story(work: Work, number: int) -> list[_Line]:
    """What was done to a lead and said in it, each with its moment."""
    told = [
        (touch.at, (Span(await _done(work, touch), Style.ITALIC),))
        for touch in await leads.history(work.session, number)
        if touch.kind not in _SAID
    ]
    tapped = await feedback.lines(work.session, work.policy, number)
    told += [(at, (Span(line, Style.ITALIC),)) for at, line in tapped]
    return [*told, *await _spoken(work, number)]


async def _spoken(work: Work, number: int) -> list[_Line]:
    """The conversation of a lead, with the question before each answer to one."""
    answers = await dialogues.answers_of_lead(work.session, number)
    asked = {one.at: one for one in answers}
    found: list[_Line] = []
    for message in await messages.of_lead(work.session, number):
        answer = asked.pop(message.at, None) if message.author == "customer" else None
        head = (Span(f"{answer.question} ", Style.ITALIC),) if answer else ()
        found.append((message.at, (*head, *await _quoted(work, message))))
    for one in asked.values():
        found.append(
            (one.at, (Span(f"{one.question} ", Style.ITALIC), Span(f"← {_short(one.answer)}")))
        )
    return found


def number_of(rest: str) -> int:
    """The number somebody wrote, or 0."""
    digits = rest.lstrip("#№ ")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 18 else 0


async def _done(work: Work, touch: leads.Touch) -> str:
    name = (await staff.by_id(work.session, touch.staff)).name if touch.staff else ""
    to = (await staff.by_id(work.session, touch.data["to"])).name if _to_staff(touch) else ""
    if touch.kind == "reach":
        return work.texts(f"reach.{touch.data['reach']}")
    reason = str(touch.data.get("reason") or "")
    into = touch.data.get("into", "")
    words = work.texts(f"touch.{touch.kind}", name=name, to=to, into=into)
    return f"{words} ({reason})" if reason else words


def _to_staff(touch: leads.Touch) -> bool:
    return isinstance(touch.data.get("to"), int)


async def _quoted(work: Work, message: messages.Message) -> Text:
    """A message and its earlier versions; what was taken back is struck through."""
    lines = [message.text, *(said(one, work.texts) for one in message.attachments)]
    text = _short("\n".join(line for line in lines if line))
    before = ""
    if message.edited_at is not None:
        for earlier in await messages.versions_of(work.session, message.id):
            before += "\n" + work.texts("lead.before", words=_short(earlier))
    head = await _speaker(work, message)
    if message.withdrawn_at is None:
        return (Span(f"{head} {text}{before}"),)
    gone = Span(f" {work.texts('lead.withdrawn')}", Style.ITALIC)
    return (Span(f"{head} "), Span(text, Style.STRIKE), gone, *((Span(before),) if before else ()))


async def _speaker(work: Work, message: messages.Message) -> str:
    """Which way it went, and who of the team wrote it."""
    if message.author == "customer":
        return "←"
    name = (await staff.by_id(work.session, message.staff)).name if message.staff else ""
    if message.author == "admin":
        name = work.texts("relay.admin", channel=work.texts("channel.vk"))
    mark = {"note": "//", "held": "⏳"}.get(message.direction, "→")
    return f"{mark} {name}:" if name else mark


def _short(text: str) -> str:
    """A beginning of the text, none of whose lines can be taken for another event's."""
    text = _FURTHER.join(text.splitlines())
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"
