"""A list of leads that wait for their cards: a row and a Take button each, hot ones first."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.domain.lead import Action, Lead
from bot.messages import Button, Keyboard, Span, Style, Text
from handlers import cards, warmth
from handlers.layout import LISTED, columns, trimmed
from handlers.policy import Policy
from handlers.wire import pack
from storage import accounts, folding, leads, staff
from storage.cards import Card
from storage.session import Session

_IN_A_ROW = 3
_NAME = 13  # columns of who writes
_ASKED = 10  # and of who is asked to take it


async def render(card: Card, session: Session, policy: Policy) -> tuple[Text, Keyboard]:
    """The list at this moment; no text when nobody waits in it any more."""
    numbers = await folding.leads_in(session, card.id)
    if not numbers:
        return (), ()
    found = await asyncio.gather(*(leads.by_id(session, number) for number in numbers))
    waiting = warmth.hot_first([lead for lead in found if lead is not None])
    title = Span(f"🆕 {policy.texts.plural('list.waiting', len(waiting))}", Style.BOLD)
    lines = await asyncio.gather(*(_line(session, policy, lead) for lead in waiting))
    hint = Span(f"\n\n{policy.texts('list.hint')}", Style.ITALIC)
    return (title, *(span for line in lines for span in line), hint), _buttons(policy, waiting)


async def _line(session: Session, policy: Policy, lead: Lead) -> Text:
    """Number, name, first words, and who is asked, in one row of a phone."""
    account = await accounts.by_id(session, lead.account)
    head = f" {warmth.mark(lead)}{trimmed(cards.person(account, policy), _NAME)}: "
    asked = ""
    if lead.offer is not None:
        asked = f" 👉 {trimmed((await staff.by_id(session, lead.offer.staff)).name, _ASKED)}"
    number = f"#{lead.id}"
    words = trimmed(lead.first_words, LISTED - columns(f"{number}{head}{asked}"))
    return (Span("\n"), Span(number, Style.BOLD), Span(f"{head}{words}{asked}"))


def _buttons(policy: Policy, waiting: Sequence[Lead]) -> Keyboard:
    take = policy.texts("button.take")
    buttons = [
        Button(f"{take} #{lead.id}", pack(Action.TAKE.value, lead.id), look="primary")
        for lead in waiting
    ]
    return tuple(tuple(buttons[at : at + _IN_A_ROW]) for at in range(0, len(buttons), _IN_A_ROW))
