"""How it was: a customer's rating after closing, by one tap that they may change for a day."""

from __future__ import annotations

from bot.domain.feedback import LOW, STARS, Asks, may_change, stars
from bot.domain.lead import Lead
from bot.messages import Button, ButtonPressed, Edit, Keyboard, address, plain
from handlers import cards as faces
from handlers.choices import settled
from handlers.feedback import said
from handlers.wire import number_of, pack_customers
from handlers.work import Work
from storage import cards, feedback, leads, staff
from storage.accounts import Account
from storage.feedback import Feedback

VERB = "rate"
_LOW = "rated_low"  # the supervisors were told


async def ask(work: Work, account: Account, lead: Lead) -> None:
    """One row of stars."""
    words = plain(work.words_for(account)("customer.rate"))
    await work.to_customer(account, words, lead=lead.id, keyboard=_keyboard(lead.id))


async def asked_of(
    work: Work, account: Account, number: str, kind: Asks
) -> tuple[Lead, Feedback] | None:
    """What this very customer was asked about a lead of theirs; None for whatever else comes."""
    known = number_of(number)
    lead = await leads.by_id(work.session, known) if known is not None else None
    if lead is None or lead.person != account.person:
        return None
    found = await feedback.of_lead(work.session, lead.id)
    return next(((lead, one) for one in found if one.kind is kind), None)


async def pressed(work: Work, event: ButtonPressed, account: Account, argument: str) -> str:
    """So many stars; what the pressing person is told."""
    texts = work.words_for(account)
    number, _, rating = argument.partition(".")
    found = await asked_of(work, account, number, Asks.RATING)
    if found is None or rating not in _RATINGS:
        return texts("customer.press_late")
    lead, asked = found
    if not may_change(asked.answered_at, work.now):
        words = texts("customer.rated", stars=stars(asked.answer))
        await settled(work, event, plain(words), "")
        return texts("customer.press_late")
    if rating != asked.answer:
        await _keep(work, account, lead, asked, rating)
        words = f"{texts('customer.rated', stars=stars(rating))}\n{texts('customer.rate_anew')}"
        edit = Edit(event.chat.id, event.message_id, plain(words), _keyboard(lead.id))
        await work.call(address(event.channel, event.chat.id), edit)
    return texts("customer.feedback_thanks")


async def _keep(work: Work, account: Account, lead: Lead, asked: Feedback, rating: str) -> None:
    """The team sees it; of few stars the supervisors hear at once, and once."""
    feedback.answer(work.session, asked, rating, at=work.now)
    cards.refresh(work.session, lead.id, work.now)
    if not asked.answer:
        await work.under_card(lead.id, plain(said(work.policy, Asks.RATING, rating)))
    if int(rating) <= LOW and not await _told(work, lead):
        leads.touch(work.session, lead.id, at=work.now, kind=_LOW, actor="customer")
        await _tell_supervisors(work, account, lead, rating)


async def _told(work: Work, lead: Lead) -> bool:
    return any(one.kind == _LOW for one in await leads.history(work.session, lead.id))


async def _tell_supervisors(work: Work, account: Account, lead: Lead, rating: str) -> None:
    name, given = faces.person(account, work.policy), stars(rating)
    values = {"number": lead.id, "name": name, "stars": given}
    if lead.responsible is None:
        words = work.texts("alarm.rated_low", **values)
    else:
        who = await staff.by_id(work.session, lead.responsible)
        words = work.texts("alarm.rated_low_with", manager=who.name, **values)
    await work.alarm(f"⭐ {words}", lead=lead.id)


def _keyboard(lead: int) -> Keyboard:
    return (tuple(Button(f"{one} ★", pack_customers(VERB, f"{lead}.{one}")) for one in _RATINGS),)


_RATINGS = tuple(str(one) for one in range(1, STARS + 1))
