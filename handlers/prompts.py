"""Prompts: what the bot asks one person to answer in words; their messenger opens the reply."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from bot.domain.lead import Lead
from bot.messages import Span, Text, split_address
from handlers import cards as faces
from handlers.work import Work
from storage import cards, prompts
from storage.prompts import Prompt
from storage.staff import Staff

FRESH = timedelta(minutes=10)  # in which what one writes next may well be the answer


async def under_card(work: Work, lead: int, who: Staff, words: str, what: str) -> None:
    """Ask somebody under a lead's card; see storage.prompts for `what`."""
    asks = prompts.mark(what, who.id, work.now)
    await work.under_card(lead, _called(who, words), asks=asks, asks_reply=True)


async def put(
    work: Work,
    where: str,
    who: Staff,
    words: str,
    asks: str,
    *,
    reply_to: str = "",
    thread: str = "",
) -> None:
    """Ask somebody about no one lead, in the chat of this address or in private."""
    private = split_address(where)[1] == split_address(who.address)[1]
    await work.post(
        where,
        (Span(f"✍️ {words}"),) if private else _called(who, words),
        reply_to="" if private else reply_to,
        thread=thread,
        asks=asks,
        asks_reply=True,
    )


async def expected(work: Work, lead: Lead, who: Staff) -> Prompt | None:
    """The last thing they were asked about the lead a moment ago, and did not answer."""
    found = await prompts.open_of(work.session, lead.id, work.policy.chat)
    mine = [one for one in found if one.staff == who.id and work.now - one.at <= FRESH]
    return mine[-1] if mine else None


async def settled(
    work: Work, lead: Lead, *, who: int | None = None, what: Collection[str] = ()
) -> bool:
    """Ask it no more of anybody, or of `who`; whether it was still asked. All without `what`."""
    meant = [
        one
        for one in await prompts.open_of(work.session, lead.id, work.policy.chat)
        if who in (None, one.staff) and (not what or one.what in what)
    ]
    for one in meant:
        prompts.settle(work.session, one)
    if meant and not lead.open:
        cards.refresh(work.session, lead.id, work.now)  # its topic may be closed
    return bool(meant)


def _called(who: Staff, words: str) -> Text:
    return (Span("✍️ "), faces.mention(who), Span(f": {words}"))
