"""Reasons to reject: the list that the settings begin and supervisors edit in the chat."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.domain.lead import Role
from bot.messages import Button, Keyboard, MessageReceived, Span, Style, Text, address, plain
from config.texts import LANGUAGES, load
from handlers import prompts
from handlers.command import Command
from handlers.menus import PAGE, TeamPress, page_of, paged, show
from handlers.policy import Policy, reason_mark
from handlers.wire import pack
from handlers.work import Work
from storage import reasons as stored
from storage.session import Session
from storage.staff import Staff

VERB = "reasons"
ASKS = "reasons"  # what a reply to the question is an answer to
_ADD = "add"
_MOST = 30
_LONGEST = 40  # characters: it is to fit a button of every messenger
_CHANGE = re.compile(r"([-+–—−])\s*(.*)", re.DOTALL)
_SPAM = ("спам", "spam")


async def listed(session: Session, policy: Policy) -> tuple[str, ...]:
    """The desk's list of now, each reason once whatever its case."""
    distinct: dict[str, str] = {}
    edited = await stored.every(session, policy.desk)
    for reason in edited or policy.reasons:
        distinct.setdefault(reason.casefold(), reason)
    return tuple(distinct.values())


async def anywhere(work: Work) -> Sequence[str]:
    """Every desk's reasons, and a ban's: words of a team, and ours, which name no customer."""
    bans = {words for language in LANGUAGES for words in load(language).under("ban.")}
    return sorted({*work.policy.reasons_anywhere, *await stored.every(work.session, ""), *bans})


async def meant(session: Session, policy: Policy, mark: str) -> str:
    """The reason a button stands for, or "" when the list has changed since."""
    found = await listed(session, policy)
    return next((reason for reason in found if reason_mark(reason) == mark), "")


def is_spam(reason: str) -> bool:
    """Whether who is rejected with it may be banned as well, also in a list of the team's own."""
    return reason.casefold().startswith(_SPAM)


async def commanded(work: Work, command: Command) -> Text | None:
    """`/reasons` shows the list; `/reasons + word`, `/reasons - word` change it."""
    change = _CHANGE.fullmatch(command.rest)
    if change is not None:
        verb = added if change[1] == "+" else removed
        return await verb(work, replace(command, rest=change[2]))
    found = await listed(work.session, work.policy)
    may_edit = command.role >= Role.SUPERVISOR
    reply_to = "" if command.event.chat.private else command.event.message_id
    await work.post(
        command.where,
        _shown(work, found, may_edit=may_edit),
        keyboard=_keyboard(work, found, 0) if may_edit else (),
        reply_to=reply_to,
        thread=command.event.thread,
    )
    return None


async def added(work: Work, command: Command) -> Text:
    """Add one, in the words that follow."""
    if command.role < Role.SUPERVISOR:
        return plain(work.texts("role.supervisor"))
    return plain(await _add(work, command.who, command.rest))


async def removed(work: Work, command: Command) -> Text:
    """Remove the one of these words."""
    if command.role < Role.SUPERVISOR:
        return plain(work.texts("role.supervisor"))
    found = await listed(work.session, work.policy)
    words = _one_line(command.rest).casefold()
    if not words:
        return plain(work.texts("reasons.how"))
    reason = next((one for one in found if one.casefold() == words), None)
    if reason is None:
        return plain(work.texts("reasons.unknown"))
    return plain(_remove(work, command.who, found, reason))


async def answered(work: Work, event: MessageReceived, who: Staff) -> None:
    """The reply to the question which reason is to be added."""
    where = address(event.channel, event.chat.id)
    allowed = work.role(who.address) >= Role.SUPERVISOR
    words = await _add(work, who, event.text) if allowed else work.texts("role.supervisor")
    await work.post(where, plain(words), reply_to=event.message_id, thread=event.thread)


async def pressed(work: Work, press: TeamPress) -> str:
    """A button of the list: remove a reason, ask for one, turn the page."""
    found = await listed(work.session, work.policy)
    if press.argument == _ADD:
        ask = work.texts("reasons.ask")
        await prompts.put(work, press.where, press.who, ask, ASKS, reply_to=press.message_id)
        return work.texts("reasons.reply_below")
    if (page := page_of(press.argument)) is not None:
        await show(work, press, _shown(work, found), _keyboard(work, found, page))
        return ""
    reason = await meant(work.session, work.policy, press.argument)
    if not reason:
        await show(work, press, _shown(work, found), _keyboard(work, found, 0))
        return work.texts("press.list_changed")
    said = _remove(work, press.who, found, reason)
    left = [one for one in found if one != reason] or found
    page = found.index(reason) // PAGE
    await show(work, press, _shown(work, left), _keyboard(work, left, page))
    return said


async def _add(work: Work, who: Staff, text: str) -> str:
    """What becomes of the words; nothing but a whole list changes by them."""
    reason = _one_line(text)
    found = await listed(work.session, work.policy)
    if not reason:
        return work.texts("reasons.how")
    if len(reason) > _LONGEST:
        return work.texts("reasons.long", limit=_LONGEST, length=len(reason))
    known = next((one for one in found if one.casefold() == reason.casefold()), None)
    if known is not None:
        return work.texts("reasons.known", reason=known)
    if len(found) >= _MOST:
        return work.texts("reasons.many", limit=_MOST)
    stored.begin(work.session, work.policy.desk, found, by=who.id, at=work.now)
    stored.add(work.session, work.policy.desk, reason, by=who.id, at=work.now)
    return work.texts("reasons.added", reason=reason)


def _remove(work: Work, who: Staff, found: Sequence[str], reason: str) -> str:
    """What becomes of it."""
    if len(found) == 1:
        return work.texts("reasons.last")
    stored.begin(work.session, work.policy.desk, found, by=who.id, at=work.now)
    stored.remove(work.session, work.policy.desk, reason)
    return work.texts("reasons.removed", reason=reason)


def _shown(work: Work, found: Sequence[str], *, may_edit: bool = True) -> Text:
    title = work.texts.plural("reasons.list", len(found))
    lines = "".join(f"\n• {reason}" for reason in found)
    hint = work.texts("reasons.hint" if may_edit else "reasons.whose")
    return (Span(title, Style.BOLD), Span(f"{lines}\n"), Span(hint))


def _keyboard(work: Work, found: Sequence[str], page: int) -> Keyboard:
    """Each reason with the way to remove it, and the way to add one."""
    remove = [Button(f"✖️ {one}", pack(VERB, 0, reason_mark(one))) for one in found]
    add = Button(f"➕ {work.texts('button.add')}", pack(VERB, 0, _ADD))
    return (*paged(remove, page, lambda name: pack(VERB, 0, name)), (add,))


def _one_line(text: str) -> str:
    return " ".join(text.split())
