"""Whether each lead's card in the team's chat shows what the product would draw at this moment."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import sqlalchemy as sa

from bot.messages import split_address
from bot.product import Product
from bot.sandbox.telegram import Message, TelegramServer
from storage.cards import Card, card
from storage.schema import cards
from storage.session import Reads

_CARD = re.compile(r"^(?:🆕|💬|⏰|✖️|✅|↪️) #(\d+) ")
_MOVED = ("→ topic", "→ card")  # what is left where a card stood before
_COLLEAGUE = re.compile(r"^1:(?:assign|hand|left):\d+:\d+$")  # as when the menu was opened


def lead_of(message: Message) -> int:
    """The number of the lead whose card this is, 0 when it is none."""
    found = _CARD.match(message.text)
    if not found or not message.from_bot or message.reply_to is not None:
        return 0
    return 0 if message.text.endswith(_MOVED) and not message.buttons else int(found[1])


async def wrong_cards(
    server: TelegramServer, product: Product, *, doubled: Collection[int] = ()
) -> list[str]:
    """What is wrong with the cards, in words; `doubled` are leads that may have a card too many."""
    found = [card(row) for row in await _rows(product) if row.lead is not None]
    wrong = [words for one in found if (words := await _wrong(server, product, one))]
    own = {split_address(one.chat)[1] + f"/{one.message_id}" for one in found}
    for chat in {int(split_address(one.chat)[1]) for one in found}:
        wrong += [
            f"a second card of lead {number}: {message.id} {message.text!r}"
            for message in server.shown(chat)
            if (number := lead_of(message)) and f"{chat}/{message.id}" not in own
            if number not in doubled
        ]
    return wrong


async def _rows(product: Product) -> list[sa.Row[tuple[object, ...]]]:
    async with product.database.read() as connection:
        return list(await connection.execute(sa.select(cards)))


async def _wrong(server: TelegramServer, product: Product, one: Card) -> str:
    """What is wrong with a card, "" when nothing is."""
    if one.message_id is None:
        return f"lead {one.lead} has no card"
    message = server.message(int(split_address(one.chat)[1]), int(one.message_id))
    if message.deleted:
        return f"the card of lead {one.lead} is deleted"
    face = await product.render(one, Reads(product.database))
    words = "".join(span.text for span in face.text)
    wanted = [(button.label, button.data) for row in face.keyboard for button in row]
    shown = [(one["text"], one.get("callback_data", "")) for one in message.buttons]
    if message.text == words and _without_colleagues(wanted) == _without_colleagues(shown):
        return ""
    return f"lead {one.lead} is {words!r} {wanted}, shown {message.text!r} {shown}"


def _without_colleagues(buttons: Sequence[tuple[str, str]]) -> list[str]:
    return [label for label, data in buttons if not _COLLEAGUE.match(data)]
