"""Offers of new leads: to one after the other, in the order of the channel's scheme."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.distribution import Colleague, Queue, Scheme, choose
from bot.domain.lead import Lead, State
from bot.messages import LeadWaits, OfferOver, Span, split_address
from handlers import cards as faces
from handlers.people import colleague
from handlers.policy import Policy
from handlers.work import Work
from storage import accounts, cards, distribution, inbox, leads, staff
from storage.distribution import Standing
from storage.staff import Staff

_HELD = timedelta(seconds=2)  # a new card waits so long for the name that is to be on it


def began(work: Work, lead: Lead) -> None:
    """A new lead is to be offered, where its channel does; its card comes with the name."""
    if _scheme(work, lead) is not Scheme.CLAIM:
        cards.hold(work.session, lead.id, work.now + _HELD)
        _wants(work, lead.id)


def came_back(work: Work, lead: Lead) -> None:
    """A lead is free again, and is to be offered to somebody else."""
    if _scheme(work, lead) is not Scheme.CLAIM:
        _wants(work, lead.id)


async def has_time(work: Work, *, besides: int = 0) -> None:
    """Somebody may have time now: the next in the queue is to be offered."""
    if work.policy.offers_leads:
        number = await distribution.next_waiting(work.session, besides=besides)
        if number is not None:
            _wants(work, number)


async def passed(work: Work, lead: Lead) -> None:
    """The one who is asked does not take it: the next is asked, and so is the queue."""
    if lead.offer is not None:
        _pass_on(work, lead, lead.offer.staff)
        await has_time(work, besides=lead.id)


async def left(work: Work, who: Staff) -> None:
    """Somebody is not there any more; what they were offered goes to others."""
    for number in await distribution.offered_to(work.session, who.id):
        lead = await leads.by_id(work.session, number)
        if lead is not None and lead.offer is not None:
            _pass_on(work, lead, lead.offer.staff)


async def lead_waits(work: Work, event: LeadWaits) -> None:
    """Decide whom to offer a lead to; one lead after the other, so that everybody has a turn."""
    lead = await leads.by_id(work.session, event.lead)
    if lead is None or lead.state is not State.NEW or lead.offer is not None:
        return
    if work.facts.colleagues:
        await _meet(work, lead)
        return
    cards.release(work.session, lead.id)
    cards.refresh(work.session, lead.id, work.now)
    team = await _team(work)
    found = choose(
        _scheme(work, lead),
        team,
        await distribution.past(work.session, lead),
        offers=work.policy.offers,
        max_open=work.policy.max_open,
    )
    if isinstance(found, Queue):
        await _wait(work, lead, found)
    else:
        await _offer(work, lead, found)
    if lead.queued and any(one.idle(work.policy.max_open) for one in team):
        await _look_behind(work, lead)


async def offer_over(work: Work, event: OfferOver) -> None:
    """The time for this offer is over, unless it ended before."""
    lead = await leads.by_id(work.session, event.lead)
    if lead is not None and lead.offer is not None and lead.offer.id == event.offer:
        await passed(work, lead)


def on_shift(policy: Policy, team: Sequence[Standing]) -> list[Standing]:
    """Those to whom new leads may be offered, or who are there, where none are offered.

    Who never said whether they are there counts as there: the managers named in the settings,
    or, where none are, everybody but the supervisors. Offers are made in the team's messenger only.
    """
    return [
        one
        for one in team
        if _is_on(policy, one)
        and (not policy.offers_leads or split_address(one.address)[0] == policy.messenger)
    ]


def _is_on(policy: Policy, one: Standing) -> bool:
    if one.shift:
        return one.shift == "on"
    if policy.managers:
        return one.address in policy.managers
    return one.address not in policy.supervisors


def _scheme(work: Work, lead: Lead) -> Scheme:
    return work.policy.of(lead.channel).distribution


def _wants(work: Work, lead: int) -> None:
    event = LeadWaits(lead)
    name = f"waits:{lead}:{work.now.isoformat()}"
    inbox.later(work.session, name, event, now=work.now, at=work.now)


async def _look_behind(work: Work, lead: Lead) -> None:
    """Whoever could not have this one may have the next in the queue."""
    number = await distribution.next_waiting(work.session, behind=lead.id)
    if number is not None:
        _wants(work, number)


async def _meet(work: Work, lead: Lead) -> None:
    """Write down managers who were named and never did anything; they count from then on."""
    for where, member in work.facts.colleagues.items():
        await colleague(work, where, member)
    _wants(work, lead.id)


async def _team(work: Work) -> list[Colleague]:
    known = await distribution.team(work.session, work.policy.chat, work.policy.named)
    return [
        Colleague(one.id, open=one.open, offered=one.offered, last=one.last)
        for one in on_shift(work.policy, known)
    ]


async def _offer(work: Work, lead: Lead, number: int) -> None:
    """Ask somebody, until a moment that everybody sees."""
    until = work.due(work.policy.offer_for)
    leads.change(work.session, lead, queued=Queue.FREE.value)
    offer = await leads.offer(work.session, lead.id, number, at=work.now, until=until)
    leads.touch(work.session, lead.id, at=work.now, kind="offer", to=number)
    over = OfferOver(lead.id, offer)
    inbox.later(work.session, f"offer:{offer}", over, now=work.now, at=until)
    if await _seen(work, lead):
        who = await staff.by_id(work.session, number)
        words = work.texts("offer.yours", until=faces.moment(work.policy, work.now, until))
        await work.under_card(lead.id, (Span("👉 "), faces.mention(who), Span(f", {words}")))


async def _seen(work: Work, lead: Lead) -> bool:
    """Whether the card was posted: a name that comes into it later rings nobody's phone.

    One that another process begins to post meanwhile has it decided anew.
    """
    card = await cards.of_lead(work.session, lead.id)
    if card is None:
        return False
    if card.message_id is None and card.claimed_at is None:
        cards.count_on_unseen(work.session, lead.id)
        return False
    return True


async def _wait(work: Work, lead: Lead, why: Queue) -> None:
    """Nobody is asked; the card says why, and the supervisors hear of it once."""
    if lead.queued == why.value:
        return
    alone = await distribution.next_waiting(work.session, besides=lead.id) is None
    leads.change(work.session, lead, queued=why.value)
    if why is not Queue.FREE:
        leads.touch(work.session, lead.id, at=work.now, kind=f"queue_{why.value}")
    if why is Queue.PASSED or (alone and not lead.queued):
        account = await accounts.by_id(work.session, lead.account)
        name = faces.person(account, work.policy)
        words = work.texts(f"alarm.{why.value}", number=lead.id, name=name)
        await work.alarm(f"📭 {words}", lead=lead.id)


def _pass_on(work: Work, lead: Lead, who: int) -> None:
    leads.change(work.session, lead)  # nobody takes it in the same moment
    leads.relieve(work.session, lead.id, at=work.now)
    leads.touch(work.session, lead.id, at=work.now, kind="offer_over", to=who)
    _wants(work, lead.id)
