"""What managers do to a lead, long by its verbs: each changes it once and says so, or refuses."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.errors import Refusal, Refused
from bot.domain.lead import Action, Actor, DealKind, Lead, Role, State, decide
from bot.messages import Span, Style, plain
from handlers import cards as faces
from handlers import offers
from handlers.buttons import MORE, NEXT, page_of
from handlers.people import colleague
from handlers.work import DESK, Work
from storage import cards, deadlines, deals, leads, staff, steps
from storage.staff import Staff

NOTE = "note:"  # a reply of whoever has this address is a note to who was given the lead


@dataclass(frozen=True, slots=True)
class Act:
    """Who does what to which lead."""

    who: Staff
    role: Role
    lead: Lead
    argument: str = ""
    where: str = ""  # the address of the chat in which a button was pressed
    message_id: str = ""  # and the message under which it was


async def take(work: Work, act: Act) -> str:
    """The lead is theirs now."""
    decide(act.lead, Action.TAKE, Actor(act.who.id, act.role))
    await hand(work, act, act.who, "take")
    return work.texts("press.taken", number=act.lead.id)


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
            work.policy.hours.add(lead.created_at, work.policy.first_reply),
            work.due(work.policy.first_reply / 3),
        )
        await deadlines.start(work.session, lead.id, "first_reply", due_at)
    await offers.has_time(work, besides=lead.id)
    cards.refresh(work.session, lead.id, work.now)
    return lead


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
    await _closed(work, act, "reject", reason=reason)
    return work.texts("press.rejected", number=act.lead.id)


async def put_back(work: Work, lead: Lead, who: Staff, kind: str) -> None:
    """Back to the queue: returned by somebody, or because they left."""
    leads.change(work.session, lead, state=State.NEW.value, responsible=None)
    leads.relieve(work.session, lead.id, at=work.now)
    leads.touch(work.session, lead.id, at=work.now, kind=kind, actor="staff", staff=who.id)
    deadlines.stop(work.session, lead.id, "first_reply", at=work.now)
    await deadlines.start(work.session, lead.id, "take", work.due(work.policy.take))
    offers.came_back(work, lead)
    await offers.has_time(work, besides=lead.id)
    cards.refresh(work.session, lead.id, work.now)


async def _assign(work: Work, act: Act) -> str:
    """Open the list of colleagues, or give the lead to one of them."""
    decide(act.lead, Action.ASSIGN, Actor(act.who.id, act.role))
    if (page := page_of(act.argument)) is not None:
        for where, member in work.facts.colleagues.items():
            if where != act.who.address:
                await colleague(work, where, member)
        cards.refresh(work.session, act.lead.id, work.now, menu=f"{Action.ASSIGN.value}:{page}")
        return work.texts("press.choose_colleague")
    found = await staff.colleagues(work.session, work.policy.chat)
    to = next((one for one in found if str(one.id) == act.argument), None)
    if to is None:
        cards.refresh(work.session, act.lead.id, work.now, menu=Action.ASSIGN.value)
        return work.texts("press.no_colleague")
    if act.lead.responsible == to.id:
        return work.texts("press.already", name=to.name)
    await hand(work, act, to, "give")
    await _tell(work, act, to)
    return work.texts("press.assigned", number=act.lead.id, name=to.name)


async def _tell(work: Work, act: Act, to: Staff) -> None:
    """Whoever is given a lead hears of it; whoever gave it may add a note for them."""
    if to.id != act.who.id:
        words = work.texts("card.given", by=act.who.name)
        ask = work.texts("ask.note", by=act.who.name)
        text = (faces.mention(to), *plain(f", {words}"), Span(f"\n✍️ {ask}", Style.ITALIC))
        await work.under_card(act.lead.id, text, asks=f"{NOTE}{act.who.address}")


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
    await _closed(work, act, "convert", deal=deal.id, to=kind.value)
    if kind is not DealKind.CONTACT:
        ask = work.texts("ask.deal", number=act.lead.id)
        await work.under_card(act.lead.id, plain(f"✍️ {ask}"), asks=f"deal:{deal.id}")
    return work.texts("press.converted", number=act.lead.id)


async def _return(work: Work, act: Act) -> str:
    """Back to the queue."""
    decide(act.lead, Action.RETURN, Actor(act.who.id, act.role))
    await put_back(work, act.lead, act.who, "return")
    return work.texts("press.returned", number=act.lead.id)


async def _reopen(work: Work, act: Act) -> str:
    """Bring a closed lead back to whoever had it, or to whoever reopens it."""
    decide(act.lead, Action.REOPEN, Actor(act.who.id, act.role))
    if await leads.open_of(work.session, act.lead.person, DESK) is not None:
        raise Refused(Refusal.OTHER_OPEN)
    to = act.who
    if act.lead.responsible is not None:
        found = await staff.colleagues(work.session, work.policy.chat)
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
    await _tell(work, act, to)
    return work.texts("press.reopened", number=lead.id, name=to.name)


async def _next(work: Work, act: Act) -> str:
    """Who is asked to take it leaves it to the next."""
    decide(act.lead, Action.TAKE, Actor(act.who.id, act.role))
    if act.lead.offer is None:
        return await _back(work, act) or work.texts("press.outdated")
    await offers.passed(work, act.lead)
    return work.texts("press.passed", number=act.lead.id)


async def _more(work: Work, act: Act) -> str:
    """Open the menu of what is seldom needed."""
    cards.refresh(work.session, act.lead.id, work.now, menu=MORE)
    return ""


async def _back(work: Work, act: Act) -> str:
    """Close a menu."""
    cards.refresh(work.session, act.lead.id, work.now)
    return ""


def _menu(work: Work, act: Act, action: Action, said: str) -> str:
    cards.refresh(work.session, act.lead.id, work.now, menu=action.value)
    return said


async def _closed(work: Work, act: Act, kind: str, **data: object) -> None:
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
    steps.end(work.session, act.lead.id, at=work.now)
    await offers.has_time(work, besides=act.lead.id)
    cards.refresh(work.session, act.lead.id, work.now)


VERBS = {
    Action.TAKE.value: take,
    Action.ASSIGN.value: _assign,
    Action.REJECT.value: _reject,
    Action.CONVERT.value: _convert,
    Action.RETURN.value: _return,
    Action.REOPEN.value: _reopen,
    NEXT: _next,
    MORE: _more,
    "back": _back,
}
