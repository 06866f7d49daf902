"""`/lead 12`: a lead with everything said and done in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.lead import Lead
from bot.messages import Span, Style, Text, plain, split_address
from handlers import cards as faces
from handlers import feedback, tags
from handlers.relay import noted, said
from handlers.wire import number_of
from handlers.work import Work
from storage import dialogues, leads, messages, staff
from storage import tags as tags_stored
from storage.staff import Staff

_Line = tuple[datetime, Text]

_EARLIER = 30  # leads
_TOLD = 12_000  # characters of a history: three posts, and a group takes twenty a minute
_READ = 1000  # messages, more than such a history has room for
_QUOTED = 300  # characters of a message in a history
_VERSIONS = 10  # of one message
_FURTHER = "\n┆ "  # how each further line of what somebody wrote begins
_SAID = frozenset({"wrote", "answered", "note"})  # the message itself tells it


async def told(work: Work, who: Staff | None, rest: str) -> Text:
    """One lead: its line, everything said, everything done; of much of it the newest."""
    del who
    lead = await named(work, rest)
    if lead is None:
        return plain(work.texts("lead.unknown" if lead_in(rest) else "lead.which"))
    story: list[_Line] = []
    unread = 0
    for number in (lead.id, *await leads.absorbed_by(work.session, lead.id)):
        story += await _story(work, number)
        unread += max(0, await messages.count_of_lead(work.session, number) - _READ)
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
    lines: list[Text] = [
        (Span(f"\n{work.texts.datetime(at, work.policy.timezone)} "), *text)
        for at, text in sorted(story, key=lambda line: line[0])
    ]
    shown = _newest(lines)
    if left := unread + len(lines) - len(shown):
        spans.append(Span(f"\n{work.texts.plural('lead.older', left)}", Style.ITALIC))
    return (*spans, *(span for line in shown for span in line))


async def named(work: Work, rest: str) -> Lead | None:
    """The lead whose number somebody wrote."""
    number = lead_in(rest)
    return await leads.by_id(work.session, number) if number else None


def _newest(lines: Sequence[Text]) -> Sequence[Text]:
    """As many of the last lines as there is room for."""
    room = _TOLD
    for at in range(len(lines), 0, -1):
        room -= sum(len(span.text) for span in lines[at - 1])
        if room < 0:
            return lines[at:]
    return lines


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
    for message in await messages.of_lead(work.session, number, _READ):
        answer = asked.pop(message.at, None) if message.author == "customer" else None
        head = (Span(f"{answer.question} ", Style.ITALIC),) if answer else ()
        found.append((message.at, (*head, *await _quoted(work, message))))
    for one in asked.values():
        found.append(
            (one.at, (Span(f"{one.question} ", Style.ITALIC), Span(f"← {_short(one.answer)}")))
        )
    return found


def lead_in(rest: str) -> int:
    """The number somebody wrote, or 0."""
    return number_of(rest.lstrip("#№ ")) or 0


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
    own = noted if message.direction == "note" else str  # whose sign stands before the name
    lines = [own(message.text), *(said(one, work.texts) for one in message.attachments)]
    text = _short("\n".join(line for line in lines if line))
    before = ""
    if message.edited_at is not None:
        versions = await messages.versions_of(work.session, message.id)
        for earlier in versions[-_VERSIONS:]:
            before += "\n" + work.texts("lead.before", words=_short(own(earlier)))
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
        name = work.texts("relay.admin", channel=work.texts.channel(split_address(message.chat)[0]))
    mark = {"note": "//", "held": "⏳"}.get(message.direction, "→")
    return f"{mark} {name}:" if name else mark


def _short(text: str) -> str:
    """A beginning of the text, none of whose lines can be taken for another event's."""
    text = _FURTHER.join(text.splitlines())
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"
