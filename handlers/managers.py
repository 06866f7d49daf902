"""What managers do to a lead, long by its verbs: each changes it once and says so, or refuses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.errors import Refusal, Refused
from bot.domain.lead import Action, Actor, DealKind, Lead, Role, State, decide
from bot.messages import plain
from handlers import cards as faces
from handlers import farewells, offers, prompts, reasons, recognition, terms
from handlers.buttons import MORE, NEXT, page_of
from handlers.people import colleague
from handlers.work import Work
from storage import cards, deals, leads, staff, steps
from storage.staff import Staff

REASON, DEAL = "reason", "deal:"  # what a prompt asks for
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


async def take_by_answering(work: Work, act: Act) -> Lead:
    """Whoever answers a free lead has taken it, also one that others were asked to take."""
    if act.lead.state is not State.NEW:
        return act.lead
    decide(replace(act.lead, offer=None), Action.TAKE, Actor(act.who.id, act.role))
    return await hand(work, act, act.who, "take")


async def hand(work: Work, act: Act, to: Staff, kind: str) -> Lead:
    """Make somebody responsible; the lead as it is then."""
    lead = await give(work, act.lead, act.who, to, kind)
    await offers.has_time(work, besides=lead.id)
    return lead


async def give(work: Work, lead: Lead, who: Staff, to: Staff, kind: str) -> Lead:
    """The same for one of many leads, of which those in the queue hear once."""
    lead = leads.change(
        work.session,
        lead,
        state=State.TAKEN.value,
        responsible=to.id,
        taken_at=lead.taken_at or work.now,
    )
    leads.assign(work.session, lead.id, to.id, kind=kind, by=who.id, at=work.now)
    leads.touch(
        work.session, lead.id, at=work.now, kind=kind, actor="staff", staff=who.id, to=to.id
    )
    await terms.handed(work, lead)
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
    farewells.closed(work, act.lead, State.REJECTED, reason)
    spam = reasons.is_spam(reason)
    return work.texts("press.rejected_spam" if spam else "press.rejected", number=act.lead.id)


async def put_back(work: Work, lead: Lead, who: Staff, kind: str) -> None:
    """Back to the queue: returned by somebody, or because they left."""
    lead = leads.change(work.session, lead, state=State.NEW.value, responsible=None)
    leads.relieve(work.session, lead.id, at=work.now)
    leads.touch(work.session, lead.id, at=work.now, kind=kind, actor="staff", staff=who.id)
    await terms.settled(work, lead)
    offers.came_back(work, lead)
    await offers.has_time(work, besides=lead.id)
    cards.refresh(work.session, lead.id, work.now)


async def active(work: Work, number: int | None) -> Staff | None:
    """Whoever had it, if they are still in the team."""
    found = await staff.colleagues(work.session, work.policy.chat, work.policy.named)
    return next((who for who in found if who.id == number), None)


async def _assign(work: Work, act: Act) -> str:
    """Open the list of colleagues, or give the lead to one of them."""
    decide(act.lead, Action.ASSIGN, Actor(act.who.id, act.role))
    if (page := page_of(act.argument)) is not None:
        for where, member in work.facts.colleagues.items():
            if where != act.who.address:
                await colleague(work, where, member)
        cards.refresh(work.session, act.lead.id, work.now, menu=f"{Action.ASSIGN.value}:{page}")
        return work.texts("press.choose_colleague")
    found = await staff.colleagues(work.session, work.policy.chat, work.policy.named)
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
        ask, what = work.texts("ask.note"), f"{NOTE}{act.who.address}"
        # Apart: a client opens the reply for everybody whom the words name.
        await work.under_card(act.lead.id, (faces.mention(to), *plain(f", {words}")), asks=what)
        await prompts.under_card(work, act.lead.id, act.who, ask, what)


async def _reject(work: Work, act: Act) -> str:
    """Open the list of reasons, ask for own words, or close with the chosen one."""
    decide(act.lead, Action.REJECT, Actor(act.who.id, act.role))
    if not act.argument:
        return _menu(work, act, Action.REJECT, work.texts("press.choose_reason"))
    if act.argument == "own":
        cards.refresh(work.session, act.lead.id, work.now)
        ask = work.texts("ask.reason", number=act.lead.id)
        await prompts.under_card(work, act.lead.id, act.who, ask, REASON)
        return work.texts("press.reply_below")
    if act.argument == "none" and not work.policy.of(act.lead.channel).reject_reason_required:
        return await reject(work, act, "")
    reason = await reasons.meant(work.session, work.policy, act.argument)
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
    farewells.closed(work, act.lead, State.CONVERTED)
    if kind is not DealKind.CONTACT:
        ask = work.texts("ask.deal", number=act.lead.id)
        await prompts.under_card(work, act.lead.id, act.who, ask, f"{DEAL}{deal.id}")
    return work.texts("press.converted", number=act.lead.id)


async def _return(work: Work, act: Act) -> str:
    """Back to the queue."""
    decide(act.lead, Action.RETURN, Actor(act.who.id, act.role))
    await put_back(work, act.lead, act.who, "return")
    return work.texts("press.returned", number=act.lead.id)


async def _reopen(work: Work, act: Act) -> str:
    """Bring a closed lead back to whoever had it, as it was; to the queue if they are gone."""
    transition = decide(act.lead, Action.REOPEN, Actor(act.who.id, act.role))
    if await leads.open_of(work.session, act.lead.person, act.lead.desk) is not None:
        raise Refused(Refusal.OTHER_OPEN)
    to = await active(work, act.lead.responsible)
    lead = leads.change(
        work.session,
        act.lead,
        state=transition.target_for(to is not None).value,
        responsible=to.id if to else None,
        taken_at=(act.lead.taken_at or work.now) if to else act.lead.taken_at,
        reason="",
        closed_at=None,
    )
    await _take_up(work, lead, act.lead.closed_at)
    await recognition.show_latest_anew(work, act.lead)
    cards.refresh(work.session, lead.id, work.now)
    if to is None:
        _note(work, act, "reopen_free")
        left = act.lead.responsible is not None
        return work.texts("press.reopened_free" if left else "press.reopened_queue", number=lead.id)
    leads.assign(work.session, lead.id, to.id, kind="give", by=act.who.id, at=work.now)
    _note(work, act, "reopen", to=to.id)
    await _tell(work, act, to)
    return work.texts("press.reopened", number=lead.id, name=to.name)


async def _take_up(work: Work, lead: Lead, closed_at: datetime | None) -> None:
    """What was to be done next when it was closed is to be done again."""
    steps.end(work.session, lead.id, at=work.now)  # they came back to it
    step = await steps.ended_at(work.session, lead.id, closed_at) if closed_at else None
    if step is not None:
        steps.resume(work.session, step)
    await terms.settled(work, lead)
    if lead.responsible is None:
        offers.came_back(work, lead)


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
    _note(work, act, kind, **data)
    await terms.closed(work, act.lead)
    steps.end(work.session, act.lead.id, at=work.now)
    await offers.has_time(work, besides=act.lead.id)
    await recognition.show_latest_anew(work, act.lead)
    cards.refresh(work.session, act.lead.id, work.now)


def _note(work: Work, act: Act, kind: str, **data: object) -> None:
    leads.touch(
        work.session, act.lead.id, at=work.now, kind=kind, actor="staff", staff=act.who.id, **data
    )


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
