"""What time brings to everybody at once: digests."""

from __future__ import annotations

from bot.messages import DigestDue, Priority
from handlers.digests import digest_post
from handlers.work import Work


async def digest_due(work: Work, event: DigestDue) -> None:
    """One recipient's digest."""
    shown = await digest_post(work, event.period, event.day)
    await work.post(
        event.recipient,
        shown.text,
        keyboard=shown.keyboard,
        attachments=shown.attachments,
        priority=Priority.DIGEST,
        told=True,
    )
