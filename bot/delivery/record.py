"""Writing down how calls ended, and what is decided about those of which nobody knows."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.delivery.outcomes import WAIT_FOR_RIGHTS, after_error, after_silence, card_retry
from bot.messages import (
    Channel,
    ChatMoved,
    DeliveryEnded,
    Event,
    Failure,
    Outgoing,
    Post,
    SendError,
    Sent,
)
from storage import cards, inbox, outbox
from storage.cards import Card
from storage.database import Database
from storage.outbox import Delivery, Outcome

if TYPE_CHECKING:
    from bot.delivery.outbox import Item


@dataclass(frozen=True, slots=True)
class Made:
    """A call that ended: accepted, refused, or not made because it came too late."""

    item: Item
    sent: Sent | None = None
    error: SendError | None = None
    expired: bool = False


def completed(delivery: Delivery) -> Outgoing:
    """The call with what only the outbox knows: its random id, and the card that it goes under."""
    outgoing = delivery.outgoing
    if not isinstance(outgoing, Post):
        return outgoing
    return replace(
        outgoing,
        random_id=delivery.random_id,
        reply_to=delivery.card or outgoing.reply_to,
    )


async def write(database: Database, channel: Channel, made: Sequence[Made], now: datetime) -> bool:
    """Record in one transaction how calls ended; whether somebody has to hear of it."""
    outcomes = [
        _outcome(one, one.item.work, channel, now)
        for one in made
        if isinstance(one.item.work, Delivery)
    ]
    async with database.write() as connection:
        for one in made:
            if isinstance(one.item.work, Card):
                await _record_card(connection, one.item.work, one, now)
        if outcomes:
            await outbox.record(connection, outcomes, now)
        events = _events(outcomes) | _moves(channel, made)
        await inbox.add_events(database, connection, events, now)
    return bool(events)


async def recover(database: Database, channel: Channel, now: datetime) -> None:
    """Decide about the calls that a process was making when it died."""
    calls = await outbox.left_claimed(database, channel.name)
    outcomes = [
        after_silence(call, "the process ended", now=now, repeatable=channel.repeatable)
        for call in calls
    ]
    async with database.write() as connection:
        for card in await cards.left_claimed(connection, channel.name):
            await cards.put_back(connection, card, reason="the process ended")
        if outcomes:
            await outbox.record(connection, outcomes, now)
        await inbox.add_events(database, connection, _events(outcomes), now)


def _outcome(made: Made, delivery: Delivery, channel: Channel, now: datetime) -> Outcome:
    if made.expired:
        return Outcome(delivery, "expired")
    if made.error is not None:
        return after_error(
            delivery, made.error, now=now, repeatable=channel.repeatable, jitter=random.random()
        )
    return Outcome(delivery, "sent", message_ids=made.sent.message_ids if made.sent else ())


async def _record_card(connection: AsyncConnection, card: Card, made: Made, now: datetime) -> None:
    error = made.error
    if error is None:
        posted = made.sent.message_ids[0] if made.sent and made.sent.message_ids else ""
        await cards.shown(connection, card, posted or card.message_id or "", card.wanted)
    elif error.failure in (Failure.LOST, Failure.TOO_LATE) and card.message_id:
        await cards.put_back(connection, card, reason=str(error), lost=True)
    elif error.failure in (Failure.RIGHTS, Failure.GONE):
        await cards.put_back(connection, card, reason=str(error), not_before=now + WAIT_FOR_RIGHTS)
    elif error.permanent and error.failure is not Failure.MOVED:
        await cards.put_back(connection, card, reason=str(error), failed=True)
    else:
        retry_at = card_retry(card.attempts, error, now=now, jitter=random.random())
        await cards.put_back(connection, card, reason=str(error), not_before=retry_at)


def _events(outcomes: Sequence[Outcome]) -> dict[str, Event]:
    """Failures are always heard of; an end as hoped only where somebody waits for it."""
    return {
        f"delivery:{outcome.delivery.id}:{outcome.state}": DeliveryEnded(
            outcome.delivery.id, outcome.state, outcome.reason
        )
        for outcome in outcomes
        if outcome.state in ("failed", "unknown")
        or (outcome.state in ("sent", "expired") and outcome.delivery.told)
    }


def _moves(channel: Channel, made: Sequence[Made]) -> dict[str, Event]:
    return {
        f"moved:{channel.name}:{one.item.chat}": ChatMoved(
            channel.name, one.item.chat, one.error.moved_to
        )
        for one in made
        if one.error is not None and one.error.failure is Failure.MOVED
    }
