"""What stands twice as nobody could find the first: once it is pressed, it leads to the card."""

from __future__ import annotations

from bot.domain.lead import Lead
from bot.messages import ButtonPressed, Edit, address
from handlers import topics
from handlers.work import Work
from storage import cards, doubts


async def lead_on(work: Work, event: ButtonPressed, lead: Lead) -> None:
    """A message that says it is of this lead, and of which nothing is known, loses its buttons.

    Only where the platform tells that the button is there: a forged press changes nothing.
    """
    where = address(event.channel, event.chat.id)
    card = await cards.of_lead(work.session, lead.id)
    if not event.shown or card is None or card.chat != where or not card.message_id:
        return
    if card.message_id == event.message_id:
        return
    if await doubts.unknown(work.session, where, event.message_id):
        doubts.made_out(work.session, where, event.message_id, lead.id)
        text = topics.signpost(card, work.policy)
        await work.call(where, Edit(event.chat.id, event.message_id, text))
