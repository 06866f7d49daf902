"""Steps that are due: their manager is reminded under the card and in private, once."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain import steps as rules
from bot.domain.lead import Action, Lead, State
from bot.messages import Button, Keyboard, Span, StepDue, Style, Text, plain, split_address
from handlers import cards as faces
from handlers import managers, step_menus
from handlers.wire import pack
from handlers.work import Work
from storage import accounts, cards, leads, staff, steps
from storage.staff import Staff
from storage.steps import Step

MARK = "reminded:"  # what a reminder asks: a reply to it stays inside
_STILL = timedelta(hours=1)  # so long a chosen hour counts, when the bot was away


async def step_due(work: Work, event: StepDue) -> None:
    """Say the day's new name on the card, wait for the team to open, or remind."""
    step = await steps.by_id(work.session, event.step)
    if step is None or step.done_at is not None or step.next_at != event.at:
        return
    lead = await leads.by_id(work.session, step.lead)
    if lead is None or not (lead.open or await _may_come_back(work, lead)):
        steps.end(work.session, step.lead, at=work.now)
        cards.refresh(work.session, step.lead, work.now)
        return
    now = max(work.now, event.at)  # our clock may be behind, and no other event comes for this
    if now < step.due_at:
        next_at = rules.next_look(step.due_at, now, work.policy.timezone)
        steps.change(work.session, step, next_at=next_at)
    elif _is_quiet(work, step, now):
        steps.change(work.session, step, next_at=work.policy.hours.next_open(now))
    else:
        steps.change(work.session, step, next_at=None)
        await _remind(work, lead, step)
    cards.refresh(work.session, lead.id, work.now)


def _is_quiet(work: Work, step: Step, now: datetime) -> bool:
    """Nobody works, and nobody chose this very hour."""
    if work.policy.hours.is_open(now):
        return False
    return not step.exact or now - step.due_at > _STILL


async def _may_come_back(work: Work, lead: Lead) -> bool:
    """Whether a rejected lead is still worth it: they may have written again by themselves."""
    if lead.state is not State.REJECTED:
        return False
    account = await accounts.by_id(work.session, lead.account)
    if account.erased or await accounts.banned(work.session, account):
        return False
    return await leads.open_of(work.session, lead.person, lead.desk) is None


async def _remind(work: Work, lead: Lead, step: Step) -> None:
    leads.change(work.session, lead)  # nobody takes it over in the same moment
    who = await _manager(work, lead, step)
    keyboard = _keyboard(work, lead, step, free=who is None)
    asks = f"{MARK}{step.id}"
    if who is None:
        said = work.texts("step.due_free" if lead.open else "later.due_free")
        words = _with_words(plain(f"⏰ {said}"), step)
        await work.under_card(lead.id, words, keyboard=keyboard, asks=asks)
        return
    due = Span(f", {work.texts('step.due' if lead.open else 'later.due')}")
    text = _with_words((Span("⏰ "), faces.mention(who), due), step)
    await work.under_card(lead.id, text, keyboard=keyboard, asks=asks)
    if await managers.active(work, who.id) is None:
        return  # taken out of the settings: no more of customers in private
    account = await accounts.by_id(work.session, lead.account)
    name = Span(f"#{lead.id} {faces.person(account, work.policy)}", Style.BOLD)
    words = _with_words((Span("⏰ "), name, due), step)
    if lead.open and split_address(who.address)[0] != work.policy.messenger:
        keyboard = ()  # its calendar is more than other messengers take
    await work.post(who.address, words, keyboard=keyboard, lead=lead.id, asks=asks)


async def _manager(work: Work, lead: Lead, step: Step) -> Staff | None:
    """Who has the lead; of a closed one who had it, or planned to come back, if still there."""
    if lead.open:
        return await staff.by_id(work.session, lead.responsible) if lead.responsible else None
    team = await staff.colleagues(work.session, work.policy.chat, work.policy.named)
    number = lead.responsible or step.by
    return next((one for one in team if one.id == number), None)


def _keyboard(work: Work, lead: Lead, step: Step, *, free: bool) -> Keyboard:
    if not lead.open:
        return step_menus.coming_back(work.policy, step, work.now)
    if not free:
        return step_menus.reminder(work.policy, step, work.now)
    take = pack(Action.TAKE.value, lead.id)
    return ((Button(work.texts("button.take"), take, look="primary"),),)


def _with_words(text: Text, step: Step) -> Text:
    return (*text, Span(f"\n{step.words}")) if step.words else text
