"""Steps that are due: their manager is reminded under the card and in private, once."""

from __future__ import annotations

from datetime import timedelta

from bot.domain import steps as rules
from bot.domain.lead import Action, Lead
from bot.messages import Button, Span, StepDue, Style, Text, plain, split_address
from handlers import cards as faces
from handlers import step_menus
from handlers.wire import pack
from handlers.work import Work
from storage import accounts, cards, leads, staff, steps
from storage.steps import Step

MARK = "reminded:"  # what a reminder asks: a reply to it stays inside
_STILL = timedelta(hours=1)  # so long a chosen hour counts, when the bot was away


async def step_due(work: Work, event: StepDue) -> None:
    """Say the day's new name on the card, wait for the team to open, or remind."""
    step = await steps.by_id(work.session, event.step)
    if step is None or step.done_at is not None or step.next_at != event.at:
        return
    lead = await leads.by_id(work.session, step.lead)
    if lead is None or not lead.open:
        steps.end(work.session, step.lead, at=work.now)
        return
    if work.now < step.due_at:
        next_at = rules.next_look(step.due_at, work.now, work.policy.timezone)
        steps.change(work.session, step, next_at=next_at)
    elif _is_quiet(work, step):
        steps.change(work.session, step, next_at=work.policy.hours.next_open(work.now))
    else:
        steps.change(work.session, step, next_at=None)
        await _remind(work, lead, step)
    cards.refresh(work.session, lead.id, work.now)


def _is_quiet(work: Work, step: Step) -> bool:
    """Nobody works, and nobody chose this very hour."""
    if work.policy.hours.is_open(work.now):
        return False
    return not step.exact or work.now - step.due_at > _STILL


async def _remind(work: Work, lead: Lead, step: Step) -> None:
    leads.change(work.session, lead)  # nobody takes it over in the same moment
    if lead.responsible is None:
        take = Button(work.texts("button.take"), pack(Action.TAKE.value, lead.id), look="primary")
        words = _with_words(plain(f"⏰ {work.texts('step.due_free')}"), step)
        await work.under_card(lead.id, words, keyboard=((take,),), asks=f"{MARK}{step.id}")
        return
    who = await staff.by_id(work.session, lead.responsible)
    due = Span(f", {work.texts('step.due')}")
    keyboard = step_menus.reminder(work.policy, step, work.now)
    asks = f"{MARK}{step.id}"
    text = _with_words((Span("⏰ "), faces.mention(who), due), step)
    await work.under_card(lead.id, text, keyboard=keyboard, asks=asks)
    account = await accounts.by_id(work.session, lead.account)
    name = Span(f"#{lead.id} {faces.person(account, work.policy)}", Style.BOLD)
    words = _with_words((Span("⏰ "), name, due), step)
    if split_address(who.address)[0] != work.policy.messenger:
        keyboard = ()  # its calendar is more than other messengers take
    await work.post(who.address, words, keyboard=keyboard, lead=lead.id, asks=asks)


def _with_words(text: Text, step: Step) -> Text:
    return (*text, Span(f"\n{step.words}")) if step.words else text
