"""Managers: a press of a card's button changes the lead, once, and says what happened."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.errors import Refusal, Refused
from bot.domain.lead import Action, Actor, DealKind, Lead, Role, State, decide
from bot.messages import ButtonPressed, Text, address, plain
from handlers import cards as faces
from handlers.wire import Press, unpack
from handlers.work import DESK, Work, author_address
from storage import cards, deadlines, deals, leads, staff
from storage.staff import Staff


@dataclass(frozen=True, slots=True)
class Act:
    """Who does what to which lead."""

    who: Staff
    role: Role
    lead: Lead
    argument: str = ""


async def pressed(work: Work, event: ButtonPressed) -> None:
    """A press: checked at each use, whatever the button's age or origin."""
    press = unpack(event.data)
    if press is None:
        await work.answer(event, work.texts("press.outdated"))
        return
    if work.role(author_address(event)) < Role.MANAGER or not _from_team(work, event):
        await work.answer(event, work.texts("press.stranger"), alert=True)
        return
    lead = await leads.by_id(work.session, press.lead)
    if lead is None:
        await work.answer(event, work.texts("press.outdated"))
        return
    await _act(work, event, press, lead)


async def member_of_staff(work: Work, where: str, name: str, username: str) -> Staff:
    """The team's record of whoever acts, made at their first act."""
    who = await staff.at(work.session, where)
    if who is None:
        return await staff.create(
            work.session, where, name=name or where, username=username, now=work.now
        )
    if (name and name != who.name) or username != who.username:
        staff.rename(work.session, who, name or who.name, username)
    return who


async def refused(work: Work, act: Act, refusal: Refusal) -> str:
    """Why not, in words that name who has it."""
    name = ""
    if act.lead.responsible is not None:
        name = (await staff.by_id(work.session, act.lead.responsible)).name
    if refusal is Refusal.TAKEN and act.lead.responsible == act.who.id:
        return work.texts("press.already_yours")
    return work.texts(f"refused.{refusal.value}", name=name, number=act.lead.id)


async def take(work: Work, act: Act) -> str:
    """The lead is theirs now."""
    decide(act.lead, Action.TAKE, Actor(act.who.id, act.role))
    await hand(work, act, act.who, "take")
    return work.texts("press.taken", number=act.lead.id)


async def reject(work: Work, act: Act, reason: str) -> str:
    """Close with a reason."""
    decide(act.lead, Action.REJECT, Actor(act.who.id, act.role))
    leads.change(
        work.session,
        act.lead,
        state=State.REJECTED.value,
        reason=reason,
        closed_at=work.now,
    )
    _closed(work, act, "reject", reason=reason)
    return work.texts("press.rejected", number=act.lead.id)


async def _act(work: Work, event: ButtonPressed, press: Press, lead: Lead) -> None:
    where = author_address(event)
    who = await member_of_staff(work, where, event.author.name, event.author.username)
    act = Act(who, work.role(where), lead, press.argument)
    verb = _VERBS.get(press.verb)
    if verb is None:
        await work.answer(event, work.texts("press.outdated"))
        return
    try:
        await work.answer(event, await verb(work, act))
    except Refused as refusal:
        await work.answer(event, await refused(work, act, refusal.refusal), alert=True)
        cards.refresh(work.session, lead.id, work.now)


def _from_team(work: Work, event: ButtonPressed) -> bool:
    """Cards live in the team's chat; staff may press in private as well."""
    return event.chat.private or address(event.channel, event.chat.id) == work.policy.chat


async def _assign(work: Work, act: Act) -> str:
    """Open the list of colleagues, or give the lead to one of them."""
    decide(act.lead, Action.ASSIGN, Actor(act.who.id, act.role))
    if not act.argument:
        for where, member in work.facts.colleagues.items():
            await member_of_staff(work, where, member.name, member.username)
        return _menu(work, act, Action.ASSIGN, work.texts("press.choose_colleague"))
    found = await staff.colleagues(work.session, work.policy.chat, work.policy.managers)
    to = next((one for one in found if str(one.id) == act.argument), None)
    if to is None:
        cards.refresh(work.session, act.lead.id, work.now, menu=Action.ASSIGN.value)
        return work.texts("press.no_colleague")
    if act.lead.responsible == to.id:
        return work.texts("press.already", name=to.name)
    await hand(work, act, to, "give")
    if to.id != act.who.id:
        await work.under_card(act.lead.id, _given(work, act, to))
    return work.texts("press.assigned", number=act.lead.id, name=to.name)


def _given(work: Work, act: Act, to: Staff) -> Text:
    words = work.texts("card.given", by=act.who.name)
    return (faces.mention(to), *plain(f", {words}"))


async def hand(work: Work, act: Act, to: Staff, kind: str) -> Lead:
    """Make somebody responsible; the lead as it is then."""
    lead = leads.change(
        work.session,
        act.lead,
        state=State.TAKEN.value,
        responsible=to.id,
        taken_at=act.lead.taken_at or work.now,
    )
    leads.assign(work.session, lead.id, to.id, kind=kind, by=act.who.id, at=work.now)
    leads.touch(
        work.session, lead.id, at=work.now, kind=kind, actor="staff", staff=act.who.id, to=to.id
    )
    deadlines.stop(work.session, lead.id, "take", at=work.now)
    deadlines.stop(work.session, lead.id, "first_reply", at=work.now)
    if lead.answered_at is None:
        # Whoever takes late still gets a fair moment to answer.
        due_at = max(
            lead.created_at + work.policy.first_reply, work.now + work.policy.first_reply / 3
        )
        await deadlines.start(work.session, lead.id, "first_reply", due_at)
    cards.refresh(work.session, lead.id, work.now)
    return lead


async def _reject(work: Work, act: Act) -> str:
    """Open the list of reasons, ask for own words, or close with the chosen one."""
    decide(act.lead, Action.REJECT, Actor(act.who.id, act.role))
    if not act.argument:
        return _menu(work, act, Action.REJECT, work.texts("press.choose_reason"))
    if act.argument == "own":
        cards.refresh(work.session, act.lead.id, work.now)
        ask = work.texts("ask.reason", number=act.lead.id)
        await work.under_card(act.lead.id, plain(f"✍️ {ask}"), asks="reason")
        return work.texts("press.reply_below")
    if act.argument == "none" and not work.policy.of(act.lead.channel).reject_reason_required:
        return await reject(work, act, "")
    reason = work.policy.reason(act.argument)
    if not reason:
        cards.refresh(work.session, act.lead.id, work.now, menu=Action.REJECT.value)
        return work.texts("press.list_changed")
    return await reject(work, act, reason)


async def _convert(work: Work, act: Act) -> str:
    """Open the choice of kinds, or close the lead as won."""
    decide(act.lead, Action.CONVERT, Actor(act.who.id, act.role))
    if act.argument not in {kind.value for kind in DealKind}:
        return _menu(work, act, Action.CONVERT, work.texts("press.choose_kind"))
    kind = DealKind(act.argument)
    responsible = act.lead.responsible or act.who.id
    deal = await deals.convert(work.session, act.lead, kind, responsible=responsible, at=work.now)
    leads.change(
        work.session,
        act.lead,
        state=State.CONVERTED.value,
        responsible=responsible,
        taken_at=act.lead.taken_at or work.now,
        closed_at=work.now,
    )
    _closed(work, act, "convert", deal=deal.id, to=kind.value)
    if kind is not DealKind.CONTACT:
        ask = work.texts("ask.deal", number=act.lead.id)
        await work.under_card(act.lead.id, plain(f"✍️ {ask}"), asks=f"deal:{deal.id}")
    return work.texts("press.converted", number=act.lead.id)


async def _return(work: Work, act: Act) -> str:
    """Back to the queue."""
    decide(act.lead, Action.RETURN, Actor(act.who.id, act.role))
    leads.change(work.session, act.lead, state=State.NEW.value, responsible=None)
    leads.relieve(work.session, act.lead.id, at=work.now)
    leads.touch(
        work.session, act.lead.id, at=work.now, kind="return", actor="staff", staff=act.who.id
    )
    deadlines.stop(work.session, act.lead.id, "first_reply", at=work.now)
    await deadlines.start(work.session, act.lead.id, "take", work.now + work.policy.take)
    cards.refresh(work.session, act.lead.id, work.now)
    return work.texts("press.returned", number=act.lead.id)


async def _reopen(work: Work, act: Act) -> str:
    """Bring a closed lead back to whoever had it, or to whoever reopens it."""
    decide(act.lead, Action.REOPEN, Actor(act.who.id, act.role))
    if await leads.open_of(work.session, act.lead.person, DESK) is not None:
        raise Refused(Refusal.OTHER_OPEN)
    to = act.who
    if act.lead.responsible is not None:
        found = await staff.colleagues(work.session, work.policy.chat, work.policy.managers)
        to = next((one for one in found if one.id == act.lead.responsible), act.who)
    lead = leads.change(
        work.session,
        act.lead,
        state=State.TAKEN.value,
        responsible=to.id,
        taken_at=act.lead.taken_at or work.now,
        reason="",
        closed_at=None,
    )
    leads.assign(work.session, lead.id, to.id, kind="give", by=act.who.id, at=work.now)
    leads.touch(
        work.session, lead.id, at=work.now, kind="reopen", actor="staff", staff=act.who.id, to=to.id
    )
    cards.refresh(work.session, lead.id, work.now)
    return work.texts("press.reopened", number=lead.id, name=to.name)


async def _back(work: Work, act: Act) -> str:
    """Close a menu."""
    cards.refresh(work.session, act.lead.id, work.now)
    return ""


def _menu(work: Work, act: Act, action: Action, said: str) -> str:
    cards.refresh(work.session, act.lead.id, work.now, menu=action.value)
    return said


def _closed(work: Work, act: Act, kind: str, **data: object) -> None:
    leads.relieve(work.session, act.lead.id, at=work.now)
    leads.touch(
        work.session,
        act.lead.id,
        at=work.now,
        kind=kind,
        actor="staff",
        staff=act.who.id,
        **data,
    )
    for awaited in ("take", "first_reply"):
        deadlines.stop(work.session, act.lead.id, awaited, at=work.now)
    cards.refresh(work.session, act.lead.id, work.now)


_VERBS = {
    Action.TAKE.value: take,
    Action.ASSIGN.value: _assign,
    Action.REJECT.value: _reject,
    Action.CONVERT.value: _convert,
    Action.RETURN.value: _return,
    Action.REOPEN.value: _reopen,
    "back": _back,
}
