"""What a customer sent and the team cannot be shown: a line instead, and a word to the customer."""

from __future__ import annotations

from bot.messages import Attachment, Failure, Post, Reach, Span, Style, plain
from handlers.relay import with_size
from handlers.work import Work
from storage import accounts, messages
from storage.outbox import Delivery


async def told(work: Work, delivery: Delivery, post: Post, reason: str) -> None:
    """The words at least, and what it was that could not be shown with them."""
    if delivery.lead is None:
        return
    one = post.attachments[0]
    large = reason == Failure.TOO_LARGE
    what = with_size(one, work.texts)
    said = work.texts("relay.too_large" if large else "relay.not_shown", what=what)
    if large and await _asked_smaller(work, delivery, one):
        said = f"{said}\n{work.texts('relay.asked_smaller')}"
    between = (Span("\n"),) if post.text else ()
    text = (*post.text, *between, Span(said, Style.ITALIC))
    await work.under_card(delivery.lead, text, message=delivery.message)


async def _asked_smaller(work: Work, delivery: Delivery, one: Attachment) -> bool:
    """Ask the customer for a link or a smaller file; whether they can be asked."""
    if delivery.message is None:
        return False
    message = await messages.by_id(work.session, delivery.message)
    account = await accounts.by_id(work.session, message.account)
    if message.author != "customer" or account.reach is not Reach.OPEN:
        return False
    texts = work.words_for(account)
    if one.name:
        words = texts("customer.too_large", name=one.name)
    else:
        words = texts("customer.too_large_nameless")
    await work.to_customer(account, plain(words), lead=delivery.lead)
    return True
