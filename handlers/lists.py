"""A list of leads that wait for their cards: a line and a Take button each."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.domain.lead import Action
from bot.messages import Button, Keyboard, Span, Style, Text
from handlers.names import nameless
from handlers.policy import Policy
from handlers.wire import pack
from handlers.work import cut
from storage import accounts, folding, leads, staff
from storage.cards import Card
from storage.session import Session

_IN_A_ROW = 3
_NAME = 16  # characters of who writes
_WORDS = 26  # and of their first words: a line on a phone, and 40 of emoji fit


async def render(card: Card, session: Session, policy: Policy) -> tuple[Text, Keyboard]:
    """The list at this moment; no text when nobody waits in it any more."""
    numbers = await folding.leads_in(session, card.id)
    if not numbers:
        return (), ()
    title = Span(f"🆕 {policy.texts.plural('list.waiting', len(numbers))}", Style.BOLD)
    lines = await asyncio.gather(*(_line(session, policy, number) for number in numbers))
    hint = Span(f"\n\n{policy.texts('list.hint')}", Style.ITALIC)
    return (title, *(span for line in lines for span in line), hint), _buttons(policy, numbers)


async def _line(session: Session, policy: Policy, number: int) -> Text:
    lead = await leads.by_id(session, number)
    if lead is None:
        return ()
    account = await accounts.by_id(session, lead.account)
    name = account.name or account.username or nameless(account, policy)
    words = f" {cut(name, _NAME)}: {cut(lead.first_words, _WORDS)}"
    if lead.offer is not None:
        words = f"{words} 👉 {cut((await staff.by_id(session, lead.offer.staff)).name, _NAME)}"
    return (Span("\n"), Span(f"#{number}", Style.BOLD), Span(words))


def _buttons(policy: Policy, numbers: Sequence[int]) -> Keyboard:
    take = policy.texts("button.take")
    buttons = [
        Button(f"{take} #{number}", pack(Action.TAKE.value, number), look="primary")
        for number in numbers
    ]
    return tuple(tuple(buttons[at : at + _IN_A_ROW]) for at in range(0, len(buttons), _IN_A_ROW))
