"""What a lead awaits after each thing that happens to it: the one place that moves deadlines."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain import deadlines as rules
from bot.domain.courtesy import is_courtesy
from bot.domain.deadlines import Facts, Kind
from bot.domain.hours import Term
from bot.domain.lead import Lead, State
from bot.messages import MessageReceived, Reach
from handlers.work import Work
from storage import accounts, cards, deadlines, messages
from storage.deadlines import Deadline
from storage.messages import Message


async def came(work: Work, lead: Lead) -> None:
    """A lead that nobody has."""
    due_at = work.due(term(work, lead, Kind.TAKE))
    await deadlines.start(work.session, lead.id, Kind.TAKE.value, due_at)


async def handed(work: Work, lead: Lead) -> None:
    """Somebody has it from now on."""
    await _change(work, lead, handed=True)


async def settled(work: Work, lead: Lead) -> None:
    """It is back in the queue, or open again."""
    await _change(work, lead)


async def closed(work: Work, lead: Lead) -> None:
    """It is rejected or converted: nothing is awaited any more."""
    await _change(work, replace(lead, state=State.REJECTED))


async def answered(work: Work, lead: Lead) -> None:
    """A human answered; until the customer writes again it is their turn."""
    await _change(work, lead, waits=False)


async def wrote(work: Work, lead: Lead, event: MessageReceived) -> None:
    """The customer wrote; only after thanks nobody waits for an answer."""
    thanks = is_courtesy(event.text) and not event.attachments
    if lead.state == State.TAKEN and not thanks:
        await _change(work, lead, waits=True)


async def absorbed(work: Work, stays: Lead, goes: Lead) -> None:
    """One lead went up in another; what its customer waits for is awaited there."""
    waits = goes.answered_at is None or bool(await _unanswered(work, goes))
    await _change(work, replace(goes, state=State.ABSORBED))
    if stays.state == State.TAKEN and stays.answered_at and waits:
        await _change(work, stays, waits=True)


async def outlived(work: Work, lead: Lead, said: Sequence[Message]) -> None:
    """It is open again with a part of another lead's conversation, oldest first."""
    answers = [n for n, one in enumerate(said, 1) if one.direction == "out"]
    since = said[answers[-1] :] if answers else said
    await _change(work, lead, waits=bool(_asking(since)))


def term(work: Work, lead: Lead, kind: Kind) -> Term:
    """How long something may take for leads of this channel, in working time."""
    policy = work.policy
    return policy.of(lead.channel).deadlines.get(kind) or policy.deadlines[kind]


async def waiting_since(work: Work, lead: Lead, kind: Kind) -> datetime:
    """Since when somebody should act."""
    if kind is Kind.CLOSE:
        return lead.taken_at or lead.created_at
    said = await _unanswered(work, lead) if kind is Kind.NEXT_REPLY else []
    return said[0].at if said else lead.created_at


async def _change(
    work: Work, lead: Lead, *, handed: bool = False, waits: bool | None = None
) -> None:
    found = {one.kind: one for one in await deadlines.open_of(work.session, lead.id)}
    standing = {kind: one.paused_at is None for kind, one in found.items()}
    facts = await _facts(work, lead, found.keys(), waits)
    change = rules.change(standing, facts, handed=handed)
    over = change.stop | (change.start & found.keys())
    for kind in over:
        _stop(work, found[kind])
    for kind in change.pause:
        deadlines.pause(work.session, found[kind], at=work.now)
    for kind in change.resume:
        _resume(work, lead, found[kind])
    for kind in change.start:
        due_at = await _due(work, lead, kind, handed=handed)
        await deadlines.start(work.session, lead.id, kind.value, due_at)
    for kind in change.start_paused:
        due_at = work.due(term(work, lead, kind))
        await deadlines.start(work.session, lead.id, kind.value, due_at, paused_at=work.now)
    if any(found[kind].late(work.now) for kind in over | change.pause):
        cards.refresh(work.session, lead.id, work.now)  # it says that the lead is late


async def _facts(work: Work, lead: Lead, found: Collection[Kind], waits: bool | None) -> Facts:
    state = State(lead.state)  # of a lead that was just changed it is a word
    if state is not State.TAKEN or lead.answered_at is None:
        return Facts(state)
    if waits is None:
        # While it is somebody's, what is awaited tells; else only what was written does.
        known = Kind.CLOSE in found
        waits = Kind.NEXT_REPLY in found if known else bool(await _unanswered(work, lead))
    account = await accounts.by_id(work.session, lead.account)
    can_write = account.reach is not Reach.OFFLINE
    return Facts(state, answered=True, waits=waits, can_write=can_write)


async def _unanswered(work: Work, lead: Lead) -> list[Message]:
    """What the customer wrote since the last human answer, but for thanks."""
    return _asking(await messages.unanswered(work.session, lead.id))


def _asking(said: Sequence[Message]) -> list[Message]:
    written = (one for one in said if one.author == "customer")
    return [one for one in written if one.attachments or not is_courtesy(one.text)]


async def _due(work: Work, lead: Lead, kind: Kind, *, handed: bool) -> datetime:
    allowed = term(work, lead, kind)
    if not handed or kind is Kind.CLOSE:
        return work.due(allowed)
    since = await waiting_since(work, lead, kind)
    return rules.answer_by(work.policy.hours, work.now, since, allowed)


def _stop(work: Work, deadline: Deadline) -> None:
    """What stood still was not late meanwhile."""
    if deadline.paused_at is not None:
        due_at = _resumed(work, deadline, deadline.paused_at)
        deadlines.resume(work.session, deadline, due_at=due_at, next_at=None)
    deadlines.stop(work.session, deadline.lead, deadline.kind.value, at=work.now)


def _resume(work: Work, lead: Lead, deadline: Deadline) -> None:
    """With the time that was left; who was reminded of it before is not reminded again."""
    due_at = _resumed(work, deadline, deadline.paused_at or work.now)
    next_at: datetime | None = due_at
    if deadline.step:
        last = deadline.step - 1
        pause = rules.patience(deadline.kind, last, term(work, lead, deadline.kind))
        next_at = work.due(pause) if pause is not None else None
    deadlines.resume(work.session, deadline, due_at=due_at, next_at=next_at)


def _resumed(work: Work, deadline: Deadline, paused_at: datetime) -> datetime:
    return rules.resumed(work.policy.hours, work.now, deadline.due_at, paused_at)
