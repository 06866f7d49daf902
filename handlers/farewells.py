"""After closing: a customer is asked one thing at most, and may say why it did not work out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.feedback import Asks, Why, asked_after
from bot.domain.lead import Lead, State
from bot.domain.questionnaire import OwnWords
from bot.messages import Button, ButtonPressed, FeedbackDue, Reach, Span, Text, plain
from handlers import cards as faces
from handlers import ratings, reasons, recognition
from handlers.choices import settled
from handlers.feedback import said
from handlers.wire import pack_customers
from handlers.work import Work
from storage import accounts, cards, feedback, inbox, leads, staff
from storage.accounts import Account

VERB = "farewell"
_FAREWELL_AFTER = timedelta(minutes=1)  # a slip is reopened by then
_RATING_AFTER = timedelta(minutes=5)


def closed(work: Work, lead: Lead, state: State, reason: str = "") -> None:
    """A lead was closed just now: something may be asked in a moment."""
    after = replace(lead, state=state, reason=reason)
    kind = _kind(work, after)
    if kind is not None:
        wait = _FAREWELL_AFTER if kind is Asks.FAREWELL else _RATING_AFTER
        _look(work, FeedbackDue(lead.id, work.now), work.now + wait)


async def due(work: Work, event: FeedbackDue) -> None:
    """Ask, if the lead is still closed as it was then, and nothing was asked of it before."""
    lead = await leads.by_id(work.session, event.lead)
    if lead is None or lead.closed_at != event.closed_at:
        return
    kind = _kind(work, lead)
    if kind is None or await feedback.of_lead(work.session, lead.id):
        return
    account = await recognition.account_to_answer(work.session, lead)
    if not await _may_be_asked(work, lead, account):
        return
    if not work.policy.hours.is_open(work.now):
        _look(work, event, work.now)
        return
    leads.change(work.session, lead)  # nobody reopens it in the same moment
    accounts.expect_person(work.session, account)  # or they are erased by now
    feedback.ask(work.session, lead.id, kind, at=work.now)
    if kind is Asks.RATING:
        await ratings.ask(work, account, lead)
    else:
        await _ask(work, account, lead)


async def pressed(work: Work, event: ButtonPressed, account: Account, argument: str) -> str:
    """Why it did not work out; what the pressing person is told."""
    texts = work.words_for(account)
    number, _, reason = argument.partition(".")
    found = await ratings.asked_of(work, account, number, Asks.FAREWELL)
    if found is None or found[1].answer or reason not in list(Why):
        return texts("customer.press_late")
    lead, asked = found
    feedback.answer(work.session, asked, reason, at=work.now)
    label = f"{texts(f'farewell.{reason}')}\n{texts('customer.feedback_thanks')}"
    await settled(work, event, _words(work, account, lead), label)
    line = said(work.policy, Asks.FAREWELL, reason)
    await work.under_card(lead.id, (Span(line), *await _called(work, lead)))
    cards.refresh(work.session, lead.id, work.now)
    return texts("customer.feedback_thanks")


def _kind(work: Work, lead: Lead) -> Asks | None:
    policy, spam = work.policy.of(lead.channel), reasons.is_spam(lead.reason)
    return asked_after(lead, farewell=bool(policy.farewell), rating=policy.rating, spam=spam)


def _look(work: Work, event: FeedbackDue, at: datetime) -> None:
    """Decide it then, or when the team opens after that."""
    at = work.policy.hours.next_open(at)
    name = f"feedback:{event.lead}:{event.closed_at.isoformat()}:{at.isoformat()}"
    inbox.later(work.session, name, event, now=work.now, at=at)


async def _may_be_asked(work: Work, lead: Lead, account: Account) -> bool:
    """Whether they can be reached, are welcome, and want nothing else by now."""
    if account.reach is not Reach.OPEN or account.slowed(work.now):
        return False
    if (await accounts.by_id(work.session, lead.account)).erased:
        return False
    if await accounts.banned(work.session, account) is not None:
        return False
    return await leads.open_of(work.session, lead.person, lead.desk) is None


async def _ask(work: Work, account: Account, lead: Lead) -> None:
    texts = work.words_for(account)
    keyboard = tuple(
        (Button(texts(f"farewell.{why.value}"), pack_customers(VERB, f"{lead.id}.{why.value}")),)
        for why in Why
    )
    words = _words(work, account, lead)
    await work.to_customer(account, words, lead=lead.id, keyboard=keyboard)


def _words(work: Work, account: Account, lead: Lead) -> Text:
    """The owner's farewell, or ours, and the question."""
    texts = work.words_for(account)
    own = work.policy.of(lead.channel).farewell
    words = own.of(texts.language) if isinstance(own, OwnWords) else texts("customer.farewell")
    return plain("\n".join(filter(None, (words, texts("customer.why")))))


async def _called(work: Work, lead: Lead) -> Text:
    """The lead's manager in words that make their phone ring, while they are in the team."""
    team = await staff.colleagues(work.session, work.policy.chat, work.policy.named)
    who = next((one for one in team if one.id == lead.responsible), None)
    return (Span("\n→ "), faces.mention(who)) if who is not None else ()
