"""What a customer's message replies to, in one line for the team."""

from __future__ import annotations

from bot.messages import MessageReceived, Span, Style, Text, address
from handlers.relay import said, spoken
from handlers.work import Work, cut
from storage import messages
from storage.messages import Message

_SHOWN = 80  # characters


async def line(work: Work, event: MessageReceived) -> Text:
    """The line, after the one before; nothing where the reply is to no word of the conversation.

    It is told from what is kept, so that nobody can put words into another's mouth.
    """
    if not event.reply_to:
        return ()
    where = address(event.channel, event.author.id)
    replied = await messages.in_conversation(work.session, where, event.reply_to)
    shown = _shown(work, replied, event.quote) if replied else ""
    return (Span("\n"), Span(f"↪ {shown}", Style.QUOTE)) if shown else ()


def _shown(work: Work, replied: Message, quote: str) -> str:
    """The quoted words if they are in it, else its first ones; what it is if it has none."""
    text = spoken(replied.text) if replied.author == "staff" else replied.text
    words, part = (" ".join(one.split()) for one in (text, quote))
    if shown := cut(part if part in words else "", _SHOWN) or cut(words, _SHOWN):
        return work.texts("relay.replied", words=shown)
    return cut(said(replied.attachments[0], work.texts), _SHOWN) if replied.attachments else ""
