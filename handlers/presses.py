"""Presses of a card's buttons: who may, what it does, and what the presser is told."""

from __future__ import annotations

from bot.domain.errors import Refusal, Refused
from bot.domain.lead import Action, Lead, Role
from bot.messages import ButtonPressed, address, person_address
from handlers import (
    behind,
    coming_back,
    confirming,
    customers_presses,
    doubles,
    handing_over,
    held,
    reasons,
    reports,
    steps,
    warming,
)
from handlers import cards as faces
from handlers.bans import BAN_VERBS
from handlers.beside import beside
from handlers.buttons import NEXT
from handlers.deliveries import repeat
from handlers.managers import VERBS, Act
from handlers.menus import TeamPress
from handlers.merging import MERGING_VERBS
from handlers.people import author_of
from handlers.warmth import VERB as WARM
from handlers.wire import Press, unpack, unpack_customers
from handlers.work import Work
from storage import accounts, cards, leads, messages, staff

_VERBS = {
    **VERBS,
    **BAN_VERBS,
    **MERGING_VERBS,
    Action.STEP.value: steps.pressed,
    Action.LATER.value: coming_back.pressed,
    WARM: warming.warm,
    "repeat": repeat,
    "pass": VERBS[NEXT],  # as cards of the first days call it
    held.SEND: confirming.send,
    held.NOTE: confirming.keep_inside,
    held.ANSWER: confirming.answer,
}


# About the team rather than a lead: what is done, and by whom at least.
_OF_THE_TEAM = {
    behind.VERB: (behind.pressed, Role.MANAGER),
    reasons.VERB: (reasons.pressed, Role.SUPERVISOR),
    reports.VERB: (reports.pressed, Role.SUPERVISOR),
    handing_over.HAND: (handing_over.pressed, Role.DISPATCHER),
    handing_over.LEFT: (handing_over.pressed_notice, Role.DISPATCHER),
}


async def pressed(work: Work, event: ButtonPressed) -> None:
    """A press: checked at each use, whatever the button's age or origin."""
    if theirs := unpack_customers(event.data):
        await customers_presses.pressed(work, event, theirs)
        return
    press = unpack(event.data)
    role = work.role(person_address(event.channel, event.author.id))
    if press is None or role < Role.MANAGER:
        work.session.keeps_event = False  # anybody may send any, with a whole message each
    if press is None:
        await work.answer(event, work.texts("press.outdated"))
        return
    if role < Role.MANAGER or _elsewhere(work, event):
        await work.answer(event, await _whose(work, event), alert=True)
        return
    if press.verb in _OF_THE_TEAM:
        await _of_the_team(work, event, press)
        return
    lead = await leads.by_id(work.session, press.lead)
    if lead is None:
        await work.answer(event, work.texts("press.outdated"))
        return
    if (await accounts.by_id(work.session, lead.account)).erased:
        await work.answer(event, work.texts("card.erased"))
        return
    await doubles.lead_on(work, event, lead)
    await _act(work, event, press, lead)


async def refused(work: Work, act: Act, refusal: Refusal) -> str:
    """Why not, in words that name who has it."""
    name = ""
    if act.lead.holder is not None:
        name = (await staff.by_id(work.session, act.lead.holder)).name
    if refusal is Refusal.TAKEN and act.lead.responsible == act.who.id:
        return work.texts("press.already_yours")
    into = (await leads.standing_for(work.session, act.lead)).id
    offer = act.lead.offer
    until = faces.moment(work.policy, offer.at, offer.until) if offer else ""
    values = {"name": name, "number": act.lead.id, "into": into, "until": until}
    return work.texts(f"refused.{refusal.value}", **values)


async def _of_the_team(work: Work, event: ButtonPressed, press: Press) -> None:
    verb, least = _OF_THE_TEAM[press.verb]
    role = work.role(person_address(event.channel, event.author.id))
    if role < least:
        await work.answer(event, work.texts(f"role.{least.name.lower()}"), alert=True)
        return
    who = await author_of(work, event.channel, event.author)
    where = address(event.channel, event.chat.id)
    mine = TeamPress(who, role, press.argument, where, event.message_id, beside(event))
    await work.answer(event, await verb(work, mine))


async def _act(work: Work, event: ButtonPressed, press: Press, lead: Lead) -> None:
    verb = _VERBS.get(press.verb)
    if verb is None:
        await work.answer(event, work.texts("press.outdated"))
        cards.refresh(work.session, lead.id, work.now)  # with the buttons of now
        return
    who = await author_of(work, event.channel, event.author)
    role = work.role(person_address(event.channel, event.author.id))
    where = address(event.channel, event.chat.id)
    act = Act(who, role, lead, press.argument, where, event.message_id)
    try:
        await work.answer(event, await verb(work, act))
    except Refused as refusal:
        await work.answer(event, await refused(work, act, refusal.refusal), alert=True)
        cards.refresh(work.session, lead.id, work.now)


async def _whose(work: Work, event: ButtonPressed) -> str:
    """Words on whose buttons these are: under a message of ours those of a former chat."""
    here = address(event.channel, event.chat.id)
    if _elsewhere(work, event) and await messages.place(work.session, here, event.message_id):
        return work.texts("press.no_chat")
    return work.texts("press.stranger")


def _elsewhere(work: Work, event: ButtonPressed) -> bool:
    """Cards live in the team's chat, digests in their supervisors'; staff press in private, too."""
    here = address(event.channel, event.chat.id)
    ours = work.policy.is_team(here) or here == work.policy.supervisors_chat
    return not event.chat.private and not ours
