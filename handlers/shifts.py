"""Shifts: `/on` and `/off` say to whom new leads may be offered."""

from __future__ import annotations

from dataclasses import replace

from bot.messages import Text, plain
from handlers import offers
from handlers.work import Work
from storage import distribution
from storage.distribution import Standing
from storage.staff import Staff


async def on(work: Work, who: Staff | None, rest: str) -> Text:
    """They are there; what waits in the queue is offered to them, one after the other.

    Who is known only in another messenger than the team's can be offered nothing.
    """
    del rest
    if who is None:
        return plain(work.texts("reply.anonymous"))
    team = await _changed(work, who, "on")
    await offers.has_time(work)
    there = offers.on_shift(work.policy, team)
    if work.policy.offers_leads and all(one.id != who.id for one in there):
        return plain(work.texts("shift.elsewhere"))
    waiting = await distribution.count_free(work.session)
    words = [work.texts("shift.on"), _there(work, team)]
    if waiting:
        words.append(work.texts.plural("shift.queue", waiting))
    else:
        words.append(work.texts("shift.queue_empty"))
    return plain("\n".join(words))


async def off(work: Work, who: Staff | None, rest: str) -> Text:
    """They are gone; what they were offered goes to others, what they have stays theirs."""
    del rest
    if who is None:
        return plain(work.texts("reply.anonymous"))
    team = await _changed(work, who, "off")
    await offers.left(work, who)
    offered = work.policy.offers_leads
    words = [work.texts("shift.off" if offered else "shift.off_claim"), _there(work, team)]
    theirs = next((one.open - one.offered for one in team if one.id == who.id), 0)
    if theirs:
        words.append(work.texts.plural("shift.theirs", theirs))
    return plain("\n".join(words))


async def _changed(work: Work, who: Staff, shift: str) -> list[Standing]:
    """The team as it is from now on."""
    distribution.change_shift(work.session, who.id, shift)
    team = await distribution.team(work.session, work.policy.chat, work.policy.named)
    known = [replace(one, shift=shift) if one.id == who.id else one for one in team]
    if all(one.id != who.id for one in known):  # this is the first that we hear of them
        known.append(Standing(who.id, who.name, who.address, shift, 0, 0, None))
    return known


def _there(work: Work, team: list[Standing]) -> str:
    there = len(offers.on_shift(work.policy, team))
    if there:
        return work.texts.plural("shift.there", there)
    return work.texts("shift.nobody" if work.policy.offers_leads else "shift.nobody_claim")
