"""Commands of the team: lists of leads, one lead with its history, help."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from bot.domain.lead import Lead, Role
from bot.messages import MessageReceived, Span, Style, Text, address, plain
from handlers import cards as faces
from handlers import dead
from handlers.digests import digest_text
from handlers.people import author_of
from handlers.relay import said
from handlers.work import Work
from storage import deadlines, leads, messages, staff
from storage.staff import Staff

_LISTED = 30
_QUOTED = 300  # characters of a message in a history
_SAID = frozenset({"wrote", "answered", "note"})  # the message itself tells it


async def commanded(work: Work, event: MessageReceived) -> None:
    """A command in the team's chat, or in private by somebody of the team."""
    who = None
    if not event.author.anonymous:
        if work.role(address(event.channel, event.author.id)) < Role.MANAGER:
            return
        who = await author_of(work, event.channel, event.author)
    elif event.author.id != event.chat.id:  # a channel's voice, and nobody knows whose
        await _reply(work, event, plain(work.texts("reply.anonymous")))
        return
    name, _, rest = event.text.partition(" ")
    command = _COMMANDS.get(name.partition("@")[0].lower(), _help)
    await _reply(work, event, await command(work, who, rest.strip()))


def is_command(text: str) -> bool:
    """Whether a text is one of ours, wherever it is written."""
    return text.partition(" ")[0].partition("@")[0].lower() in _COMMANDS


async def _leads(work: Work, who: Staff | None, rest: str) -> Text:
    del who, rest
    found = await leads.unprocessed(work.session)
    return await _list(work, found, work.texts.plural("leads.unprocessed", len(found)))


async def _my(work: Work, who: Staff | None, rest: str) -> Text:
    del rest
    if who is None:
        return plain(work.texts("reply.anonymous"))
    found = await leads.unprocessed(work.session, responsible=who.id)
    return await _list(work, found, work.texts.plural("leads.mine", len(found)))


async def _overdue(work: Work, who: Staff | None, rest: str) -> Text:
    del who, rest
    late = set(await deadlines.overdue_leads(work.session, work.now))
    found = [lead for lead in await leads.unprocessed(work.session) if lead.id in late]
    return await _list(work, found, work.texts.plural("leads.overdue", len(found)))


async def _list(work: Work, found: Sequence[Lead], title: str) -> Text:
    """At most so many lines, oldest first, and how many there are."""
    lines: list[Span] = [Span(title, Style.BOLD)]
    for lead in found[:_LISTED]:
        lines += [Span("\n"), *await faces.line(work.session, work.policy, lead)]
    if len(found) > _LISTED:
        lines.append(Span("\n" + work.texts.plural("leads.more", len(found) - _LISTED)))
    return tuple(lines)


async def _lead(work: Work, who: Staff | None, rest: str) -> Text:
    """One lead: its line, everything said, everything done."""
    del who
    digits = rest.lstrip("#№ ")
    number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 18 else 0
    lead = await leads.by_id(work.session, number) if number else None
    if lead is None:
        return plain(work.texts("lead.unknown" if number else "lead.which"))
    story: list[tuple[object, Text]] = []
    for touch in await leads.history(work.session, lead.id):
        if touch.kind in _SAID:
            continue
        story.append((touch.at, (Span(await _told(work, touch), Style.ITALIC),)))
    for message in await messages.of_lead(work.session, lead.id):
        story.append((message.at, (Span(await _quoted(work, message)),)))
    spans: list[Span] = [*await faces.line(work.session, work.policy, lead)]
    for at, text in sorted(story, key=lambda item: item[0]):  # type: ignore[arg-type, return-value]
        when = work.texts.datetime(at, work.policy.timezone)  # type: ignore[arg-type]
        spans += [Span(f"\n{when} "), *text]
    return tuple(spans)


async def _told(work: Work, touch: leads.Touch) -> str:
    name = (await staff.by_id(work.session, touch.staff)).name if touch.staff else ""
    to = (await staff.by_id(work.session, touch.data["to"])).name if _to_staff(touch) else ""
    if touch.kind == "reach":
        return work.texts(f"reach.{touch.data['reach']}")
    reason = str(touch.data.get("reason") or "")
    told = work.texts(f"touch.{touch.kind}", name=name, to=to)
    return f"{told} ({reason})" if reason else told


def _to_staff(touch: leads.Touch) -> bool:
    return isinstance(touch.data.get("to"), int)


async def _quoted(work: Work, message: messages.Message) -> str:
    lines = [message.text, *(said(one, work.texts) for one in message.attachments)]
    text = "\n".join(line for line in lines if line)
    if len(text) > _QUOTED:
        text = f"{text[:_QUOTED]}…"
    if message.author == "customer":
        return f"← {text}"
    name = (await staff.by_id(work.session, message.staff)).name if message.staff else ""
    if message.author == "admin":
        name = work.texts("relay.admin", channel=work.texts("channel.vk"))
    mark = "//" if message.direction == "note" else "→"
    return f"{mark} {name}: {text}" if name else f"{mark} {text}"


async def _digest(work: Work, who: Staff | None, rest: str) -> Text:
    del who, rest
    return await digest_text(work, "so_far")


async def _help(work: Work, who: Staff | None, rest: str) -> Text:
    del who, rest
    return plain(work.texts("help.team"))


async def _reply(work: Work, event: MessageReceived, text: Text) -> None:
    where = address(event.channel, event.chat.id)
    await work.post(where, text, reply_to="" if event.chat.private else event.message_id)


_COMMANDS: dict[str, Callable[[Work, Staff | None, str], Awaitable[Text]]] = {
    "/leads": _leads,
    "/my": _my,
    "/overdue": _overdue,
    "/lead": _lead,
    "/digest": _digest,
    "/dead": dead.commanded,
    "/help": _help,
}
