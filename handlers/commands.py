"""Commands of the team, long by what they show: lists of leads, a lead with its history, help."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence

from bot.domain.lead import Lead, Role
from bot.messages import MessageReceived, Span, Style, Text, address, plain
from handlers import by_hand, dead, find, recognition, shifts, step_menus, tags, templates
from handlers import cards as faces
from handlers.command import Command
from handlers.digests import digest_text
from handlers.people import author_of
from handlers.relay import said
from handlers.warmth import hot_first
from handlers.work import Work
from storage import deadlines, dialogues, leads, messages, staff, steps
from storage import tags as tags_stored
from storage.erasure import LIST
from storage.staff import Staff
from storage.steps import Step

_LIKE_A_COMMAND = re.compile(r"\s*/[^\W\d]\w*(@\w+)?(\s|$)")
_LISTED = 30
_QUOTED = 300  # characters of a message in a history
_SAID = frozenset({"wrote", "answered", "note"})  # the message itself tells it


async def commanded(
    work: Work, event: MessageReceived, place: messages.Place | None = None
) -> None:
    """A command in the team's chat, or in private by somebody of the team."""
    who = None
    if not event.author.anonymous:
        if work.role(address(event.channel, event.author.id)) < Role.MANAGER:
            return
        who = await author_of(work, event.channel, event.author)
    elif event.author.id != event.chat.id:  # a channel's voice, and nobody knows whose
        await _reply(work, event, plain(work.texts("reply.anonymous")))
        return
    name, rest = _split(event.text)
    if name == "/new":
        await _new(work, event, who, rest)
        return
    if name in _REPLYING:
        await _replying(work, event, who, place)
        return
    text = await _COMMANDS.get(name, _help)(work, who, rest)
    about = await _named(work, rest) if name == "/lead" else None
    await _reply(work, event, text, about)


async def entered(work: Work, event: MessageReceived) -> None:
    """The answer to what `/new` asked."""
    if event.author.anonymous:
        await _reply(work, event, plain(work.texts("reply.anonymous")))
    elif work.role(address(event.channel, event.author.id)) >= Role.MANAGER:
        await by_hand.answered(work, event, await author_of(work, event.channel, event.author))


async def unknown(work: Work, event: MessageReceived) -> None:
    """What looks like a command is never words for a customer; one for another bot is theirs."""
    if work.role(address(event.channel, event.author.id)) < Role.MANAGER:
        return
    if "@" not in event.text.split()[0]:
        await _reply(work, event, plain(work.texts("command.unknown")))


def is_command(text: str) -> bool:
    """Whether a text is one of ours, wherever it is written."""
    name = _split(text)[0]
    return name in _COMMANDS or name in _REPLYING or name == "/new"


def looks_like_one(text: str) -> bool:
    """Whether a text begins as commands do, ours or not."""
    return _LIKE_A_COMMAND.match(text) is not None


def _split(text: str) -> tuple[str, str]:
    """A command's name without the bot's, and what follows it."""
    name, rest = (*text.split(maxsplit=1), "", "")[:2]
    return name.partition("@")[0].lower(), rest.strip()


async def _leads(work: Work, who: Staff | None, rest: str) -> Text:
    del who, rest
    found = hot_first(await leads.unprocessed(work.session))
    title = work.texts.plural("leads.unprocessed", len(found))
    return await _list(work, found, title if found else work.texts("none.unprocessed"))


async def _my(work: Work, who: Staff | None, rest: str) -> Text:
    del rest
    if who is None:
        return plain(work.texts("reply.anonymous"))
    found = await leads.unprocessed(work.session, responsible=who.id)
    title = work.texts.plural("leads.mine", len(found))
    planned = await steps.open_of_leads(work.session, [lead.id for lead in found])
    known = {lead.id: lead for lead in hot_first(found)}
    found = [known[number] for number in dict.fromkeys((*planned, *known))]
    return await _list(work, found, title if found else work.texts("none.mine"), planned)


async def _overdue(work: Work, who: Staff | None, rest: str) -> Text:
    del who, rest
    late = set(await deadlines.overdue_leads(work.session, work.now))
    found = [lead for lead in hot_first(await leads.unprocessed(work.session)) if lead.id in late]
    title = work.texts.plural("leads.overdue", len(found))
    return await _list(work, found, title if found else work.texts("none.overdue"))


async def _list(
    work: Work, found: Sequence[Lead], title: str, planned: Mapping[int, Step] | None = None
) -> Text:
    """At most so many lines in their order, with what is planned, and how many there are."""
    lines: list[Span] = [Span(title, Style.BOLD)]
    for lead in found[:_LISTED]:
        lines += [Span("\n"), *await faces.line(work.session, work.policy, lead)]
        if planned and lead.id in planned:
            line = step_menus.line(work.policy, planned[lead.id], work.now)
            lines.append(Span(f"\n    {line}"))
    if len(found) > _LISTED:
        lines.append(Span("\n" + work.texts.plural("leads.more", len(found) - _LISTED)))
    return tuple(lines)


async def _lead(work: Work, who: Staff | None, rest: str) -> Text:
    """One lead: its line, everything said, everything done."""
    del who
    lead = await _named(work, rest)
    if lead is None:
        return plain(work.texts("lead.unknown" if _number(rest) else "lead.which"))
    story: list[tuple[object, Text]] = []
    for number in (lead.id, *await leads.absorbed_by(work.session, lead.id)):
        story += await _story(work, number)
    spans: list[Span] = [*await faces.line(work.session, work.policy, lead)]
    if deal := await faces.deal(work.session, work.policy, lead):
        spans.append(Span(f" · {deal}"))
    if lead.source:
        spans.append(Span(f" · {work.policy.source(lead.source)}"))
    if found := await tags_stored.of_lead(work.session, lead.id):
        spans.append(Span(f" · {tags.shown(found)}"))
    if before := await faces.earlier(work.session, work.policy, lead, _LISTED):
        spans += [Span("\n"), *before]
    for at, text in sorted(story, key=lambda item: item[0]):  # type: ignore[arg-type, return-value]
        when = work.texts.datetime(at, work.policy.timezone)  # type: ignore[arg-type]
        spans += [Span(f"\n{when} "), *text]
    return tuple(spans)


async def _story(work: Work, number: int) -> list[tuple[object, Text]]:
    """What was done to a lead and said in it, each with its moment."""
    told = [
        (touch.at, (Span(await _told(work, touch), Style.ITALIC),))
        for touch in await leads.history(work.session, number)
        if touch.kind not in _SAID
    ]
    return [*told, *await _spoken(work, number)]


async def _spoken(work: Work, number: int) -> list[tuple[object, Text]]:
    """The conversation of a lead, with the question before each answer to one."""
    answers = await dialogues.answers_of_lead(work.session, number)
    asked = {one.at: one for one in answers}
    found: list[tuple[object, Text]] = []
    for message in await messages.of_lead(work.session, number):
        answer = asked.pop(message.at, None) if message.author == "customer" else None
        head = (Span(f"{answer.question} ", Style.ITALIC),) if answer else ()
        found.append((message.at, (*head, Span(await _quoted(work, message)))))
    for one in asked.values():
        found.append((one.at, (Span(f"{one.question} ", Style.ITALIC), Span(f"← {one.answer}"))))
    return found


async def _named(work: Work, rest: str) -> Lead | None:
    number = _number(rest)
    return await leads.by_id(work.session, number) if number else None


def _number(rest: str) -> int:
    """The number somebody wrote, or 0."""
    digits = rest.lstrip("#№ ")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 18 else 0


async def _told(work: Work, touch: leads.Touch) -> str:
    name = (await staff.by_id(work.session, touch.staff)).name if touch.staff else ""
    to = (await staff.by_id(work.session, touch.data["to"])).name if _to_staff(touch) else ""
    if touch.kind == "reach":
        return work.texts(f"reach.{touch.data['reach']}")
    reason = str(touch.data.get("reason") or "")
    into = touch.data.get("into", "")
    told = work.texts(f"touch.{touch.kind}", name=name, to=to, into=into)
    return f"{told} ({reason})" if reason else told


def _to_staff(touch: leads.Touch) -> bool:
    return isinstance(touch.data.get("to"), int)


async def _quoted(work: Work, message: messages.Message) -> str:
    lines = [message.text, *(said(one, work.texts) for one in message.attachments)]
    text = _short("\n".join(line for line in lines if line))
    if message.edited_at is not None:
        for before in await messages.versions_of(work.session, message.id):
            text += "\n" + work.texts("lead.before", words=_short(before))
    if message.author == "customer":
        return f"← {text}"
    name = (await staff.by_id(work.session, message.staff)).name if message.staff else ""
    if message.author == "admin":
        name = work.texts("relay.admin", channel=work.texts("channel.vk"))
    mark = "//" if message.direction == "note" else "→"
    return f"{mark} {name}: {text}" if name else f"{mark} {text}"


def _short(text: str) -> str:
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"


async def _new(work: Work, event: MessageReceived, who: Staff | None, rest: str) -> None:
    if who is None:
        await _reply(work, event, plain(work.texts("reply.anonymous")))
    else:
        await by_hand.asked(work, event, who, rest)


async def _replying(
    work: Work, event: MessageReceived, who: Staff | None, place: messages.Place | None
) -> None:
    """A command about the lead, or the message, that it replies to."""
    if who is None:
        await _reply(work, event, plain(work.texts("reply.anonymous")))
        return
    name, rest = _split(event.text)
    lead = await recognition.lead_replied_to(work.session, place) if place else None
    text = await _REPLYING[name](work, Command(event, who, rest, place, lead))
    if text is not None:
        await _reply(work, event, text, lead)


async def _digest(work: Work, who: Staff | None, rest: str) -> Text:
    del who, rest
    return await digest_text(work, "so_far")


async def _help(work: Work, who: Staff | None, rest: str) -> Text:
    del who, rest
    return plain(work.texts("help.team"))


async def _reply(work: Work, event: MessageReceived, text: Text, about: Lead | None = None) -> None:
    """Answer where it was asked; a reply to what tells of one lead goes to its customer."""
    where = address(event.channel, event.chat.id)
    reply_to = "" if event.chat.private else event.message_id
    lead, asks = (about.id, "") if about else (None, LIST)
    await work.post(where, text, reply_to=reply_to, lead=lead, asks=asks)


_COMMANDS: dict[str, Callable[[Work, Staff | None, str], Awaitable[Text]]] = {
    "/leads": _leads,
    "/my": _my,
    "/overdue": _overdue,
    "/find": find.found,
    "/lead": _lead,
    "/on": shifts.on,
    "/off": shifts.off,
    "/digest": _digest,
    "/dead": dead.commanded,
    "/help": _help,
}

# Those that look at what they reply to; with no text they have said enough.
_REPLYING: dict[str, Callable[[Work, Command], Awaitable[Text | None]]] = {
    "/t": templates.used,
    "/t+": templates.kept,
    "/t-": templates.removed,
    "/tag": tags.tagged,
}
