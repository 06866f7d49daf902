"""Handing over all leads of somebody in one act: who is ill, on holiday, or has left the chat."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.lead import Lead, Role
from bot.messages import Button, Keyboard, Span, Style, Text, plain
from handlers import cards as faces
from handlers import managers, offers
from handlers.buttons import load
from handlers.command import Command
from handlers.menus import TeamPress, page_of, paged, show
from handlers.people import colleague
from handlers.wire import number_of, pack
from handlers.work import Work, cut
from storage import distribution, leads, staff
from storage.distribution import Standing
from storage.staff import Staff

HAND = "hand"  # what somebody has: `hand:0:5.7`, from 5 to 7
LEFT = "left"  # what somebody left behind, as far as it is still free
_QUEUE = "queue"
_NAME = 20  # characters of a name on a button


async def commanded(work: Work, command: Command) -> Text | None:
    """`/handover`: whose leads, then to whom; the rest is done by buttons."""
    if command.role < Role.DISPATCHER:
        return plain(work.texts("role.dispatcher"))
    text, keyboard = await _whose(work, 0)
    reply_to = "" if command.event.chat.private else command.event.message_id
    await work.post(
        command.where,
        text,
        keyboard=keyboard,
        reply_to=reply_to,
        thread=command.event.thread,
    )
    return None


async def notice(work: Work, who: Staff, found: Sequence[Lead]) -> None:
    """The chat is told that somebody left, with the ways to give what they had to one colleague."""
    numbers = _numbers(found)
    words = work.texts.plural("chat.left", len(found), name=who.name, numbers=numbers)
    team = [one for one in await _team(work) if one.id != who.id]
    ask = f"\n{work.texts('handover.whom')}" if team else ""
    keyboard = _colleagues(team, LEFT, who.id, 0)
    await work.post(work.policy.chat, plain(f"{words}{ask}"), keyboard=keyboard)


async def pressed(work: Work, press: TeamPress) -> str:
    """A button of `/handover`: whose, to whom, and the act itself."""
    number, _, to = press.argument.partition(".")
    who = await _known(work, number)
    if who is None:
        await show(work, press, *await _whose(work, page_of(number) or 0))
        return "" if page_of(number) is not None or not number else _stale(work)
    found = await leads.unprocessed(work.session, responsible=who.id)
    if not found:
        await show(work, press, *await _whose(work, 0))
        if await managers.active(work, who.id) is None:
            return _stale(work)  # another team's people have no names here
        return work.texts("handover.nothing", name=who.name)
    if to == _QUEUE:
        return await _to_queue(work, press, who, found)
    colleague_ = await _receiver(work, to)
    if colleague_ is None or colleague_.id == who.id:
        await show(work, press, *await _to_whom(work, who, found, page_of(to) or 0))
        return "" if page_of(to) is not None or not to else work.texts("press.no_colleague")
    return await _to_colleague(work, press, who, found, colleague_)


async def pressed_notice(work: Work, press: TeamPress) -> str:
    """A button under the notice that somebody left."""
    number, _, to = press.argument.partition(".")
    who = await _known(work, number)
    found = await leads.left_by(work.session, who.id) if who else ()
    if who is None or not found:
        await show(work, press, plain(work.texts("handover.over")))
        return work.texts("handover.over")
    colleague_ = await _receiver(work, to)
    if colleague_ is None:
        team = [one for one in await _team(work) if one.id != who.id]
        keyboard = _colleagues(team, LEFT, who.id, page_of(to) or 0)
        await show(work, press, _asked(work, who, found), keyboard)
        return "" if page_of(to) is not None else work.texts("press.no_colleague")
    return await _to_colleague(work, press, who, found, colleague_)


async def _to_colleague(
    work: Work, press: TeamPress, who: Staff, found: Sequence[Lead], to: Staff
) -> str:
    for lead in found:
        await managers.give(work, lead, press.who, to, "give")
    await offers.has_time(work)
    values = {"by": press.who.name, "name": who.name, "numbers": _numbers(found)}
    words = work.texts.plural("handover.given", len(found), **values)
    await work.post(work.policy.chat, (Span("🤝 "), faces.mention(to), Span(f", {words}")))
    done = work.texts("handover.to", name=who.name, to=to.name)
    await show(work, press, plain(f"✓ {done}"))
    return done


async def _to_queue(work: Work, press: TeamPress, who: Staff, found: Sequence[Lead]) -> str:
    for lead in found:
        await managers.put_back(work, lead, press.who, "return")
    values = {"by": press.who.name, "name": who.name, "numbers": _numbers(found)}
    words = work.texts.plural("handover.queued", len(found), **values)
    await work.post(work.policy.chat, plain(f"🤝 {words}"))
    done = work.texts("handover.to_queue", name=who.name)
    await show(work, press, plain(f"✓ {done}"))
    return done


async def _whose(work: Work, page: int) -> tuple[Text, Keyboard]:
    """Everybody who has open leads, with how many."""
    holders = await leads.holders(work.session)
    if not holders:
        return plain(work.texts("handover.nobody")), ()
    known = [(await staff.by_id(work.session, one), count) for one, count in holders]
    known.sort(key=lambda one: (one[0].name.casefold(), one[0].id))
    buttons = [
        Button(f"{cut(who.name, _NAME)} · {count}", pack(HAND, 0, str(who.id)))
        for who, count in known
    ]
    title = Span(work.texts("handover.whose"), Style.BOLD)
    return (title,), paged(buttons, page, lambda name: pack(HAND, 0, name))


async def _to_whom(
    work: Work, who: Staff, found: Sequence[Lead], page: int
) -> tuple[Text, Keyboard]:
    team = [one for one in await _team(work) if one.id != who.id]
    queue = Button(f"📭 {work.texts('handover.queue')}", pack(HAND, 0, f"{who.id}.{_QUEUE}"))
    back = Button(f"‹ {work.texts('button.back')}", pack(HAND, 0, "p0"))
    return _asked(work, who, found), (*_colleagues(team, HAND, who.id, page), (queue, back))


def _asked(work: Work, who: Staff, found: Sequence[Lead]) -> Text:
    words = work.texts.plural("handover.has", len(found), name=who.name, numbers=_numbers(found))
    return (Span(f"{words}\n"), Span(work.texts("handover.whom"), Style.BOLD))


def _colleagues(team: Sequence[Standing], verb: str, who: int, page: int) -> Keyboard:
    """Each with how many open leads they have; who is off shift comes last."""
    buttons = [
        Button(load(one), pack(verb, 0, f"{who}.{one.id}"))
        for one in sorted(team, key=lambda one: one.shift == "off")
    ]
    return paged(buttons, page, lambda name: pack(verb, 0, f"{who}.{name}"))


async def _team(work: Work) -> Sequence[Standing]:
    """The team of now, with those of whom the messenger just told."""
    found = {
        one.id: one
        for one in await distribution.team(work.session, work.policy.chat, work.policy.named)
    }
    for where, member in work.facts.colleagues.items():
        who = await colleague(work, where, member)
        found.setdefault(who.id, Standing(who.id, who.name, where, "", 0, 0, None))
    return sorted(found.values(), key=lambda one: (one.name.casefold(), one.id))


async def _known(work: Work, number: str) -> Staff | None:
    """Whose leads a button means."""
    found = number_of(number)
    try:
        return await staff.by_id(work.session, found) if found is not None else None
    except KeyError:
        return None


async def _receiver(work: Work, number: str) -> Staff | None:
    """To whom, if they are in the team's chat."""
    found = number_of(number)
    return await managers.active(work, found) if found is not None else None


def _numbers(found: Sequence[Lead]) -> str:
    return ", ".join(f"#{lead.id}" for lead in found)


def _stale(work: Work) -> str:
    return work.texts("press.outdated")
