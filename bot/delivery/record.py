"""Writing down how calls ended, long by all that may follow, and what was left in doubt."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.delivery import adopt
from bot.delivery.items import Made
from bot.delivery.joining import in_order, joined_post
from bot.delivery.outcomes import WAIT_FOR_RIGHTS, after_error, after_silence, card_retry
from bot.messages import (
    Author,
    Channel,
    Chat,
    ChatMoved,
    DeliveryEnded,
    Event,
    EventSetAside,
    Failure,
    MemberChanged,
    Outgoing,
    Post,
    Priority,
    SendError,
    address,
)
from storage import albums, cards, dead, doubts, inbox, outbox
from storage.cards import Card
from storage.database import Database
from storage.outbox import Delivery, Outcome

_ENDED = "the process ended"
_ERASED = "erased:"  # what cannot be emptied is told when the erasure ends
_PARKED = 1800.0  # seconds; a messenger that asks for so much waits for a person


def completed(delivery: Delivery, joined: Sequence[Delivery] = ()) -> Outgoing:
    """The call with what only the outbox knows: its random id, and the card that it goes under."""
    outgoing = joined_post([delivery, *joined]) if joined else delivery.outgoing
    if not isinstance(outgoing, Post):
        return outgoing
    return replace(
        outgoing,
        random_id=delivery.random_id,
        reply_to=delivery.card or outgoing.reply_to,
    )


async def write(
    connection: AsyncConnection,
    channel: Channel,
    made: Sequence[Made],
    now: datetime,
    *,
    alone: bool,
) -> bool:
    """Record how calls ended; whether somebody has to hear of it.

    `alone` says that no chat has two posts in flight, so that a lost one can be found.
    """
    outcomes = [_outcome(one, call, channel, now, alone) for one in made for call in one.item.calls]
    shown: list[tuple[Card, str | None]] = []
    for one in made:
        card = one.item.work
        if not isinstance(card, Card):
            continue
        if one.error is None:
            posted = one.sent.message_ids[0] if one.sent and one.sent.message_ids else ""
            shown.append((card, posted or card.message_id))
        else:
            await _put_back(connection, card, one.error, now, alone)
    await cards.shown(connection, shown, now)
    if outcomes:
        await outbox.record(connection, outcomes, now)
    await doubts.posted(connection, _posted(channel, made))
    await _pass_over(connection, channel, outcomes)
    events = _events(outcomes) | _moves(channel, made) | _shut_out(channel, made, now)
    await inbox.add_events(connection, events, now)
    aside = _set_aside(made, outcomes)
    await dead.tell(connection, aside, now)
    return bool(events or aside)


async def recover(database: Database, channel: Channel, now: datetime) -> None:
    """Decide about the calls that a process was making when it died."""
    calls = await outbox.left_claimed(database, channel.name)
    async with database.write() as connection:
        left = await cards.left_claimed(connection, channel.name)
        found = adopt.seekable([*calls, *left])
        for card in left:
            await cards.put_back(connection, card, reason=_ENDED, doubted=card in found)
        outcomes = [
            after_silence(
                call, _ENDED, now=now, repeatable=channel.repeatable, seekable=call in found
            )
            for call in calls
        ]
        if outcomes:
            await outbox.record(connection, outcomes, now)
        await albums.hold_all(connection, channel.name, now)
        await _pass_over(connection, channel, outcomes)
        await inbox.add_events(connection, _events(outcomes), now)


def _outcome(
    made: Made, delivery: Delivery, channel: Channel, now: datetime, alone: bool
) -> Outcome:
    if made.expired:
        return Outcome(delivery, "expired")
    if made.error is None:
        return Outcome(delivery, "sent", message_ids=_message_ids(made, delivery))
    if delivery.album and len(made.item.calls) > 1 and _spoilt_by_one(made.error):
        return Outcome(delivery, "queued", str(made.error), apart=True)
    return after_error(
        delivery,
        made.error,
        now=now,
        repeatable=channel.repeatable,
        seekable=alone and adopt.findable(delivery),
        jitter=random.random(),
    )


def _message_ids(made: Made, delivery: Delivery) -> tuple[str, ...]:
    """The messages of this call: of an album each part has its own."""
    sent = made.sent.message_ids if made.sent else ()
    parts = in_order(made.item.calls)
    if not delivery.album or len(sent) != len(parts):
        return sent
    return (sent[parts.index(delivery)],)


def _spoilt_by_one(error: SendError) -> bool:
    """Whether the others of an album would be taken without the one that is not."""
    return error.failure in (Failure.TOO_LARGE, Failure.REFUSED)


async def _put_back(
    connection: AsyncConnection, card: Card, error: SendError, now: datetime, alone: bool
) -> None:
    doubted = (
        alone
        and adopt.findable(card)
        and (error.failure is Failure.AMBIGUOUS or card.posted_above is not None)
    )
    if error.failure in (Failure.LOST, Failure.TOO_LATE) and card.message_id:
        # Posted anew; a list that has nothing left to show is not.
        await cards.put_back(connection, card, reason=str(error), lost=True)
    elif error.failure in (Failure.RIGHTS, Failure.GONE):
        retry_at = now + WAIT_FOR_RIGHTS
        await cards.put_back(
            connection, card, reason=str(error), not_before=retry_at, doubted=doubted
        )
    elif _given_up(card, error):
        await cards.put_back(connection, card, reason=str(error), failed=True)
    else:
        retry_at = card_retry(card.attempts, error, now=now, jitter=random.random())
        await cards.put_back(
            connection, card, reason=str(error), not_before=retry_at, doubted=doubted
        )


def _given_up(card: Card, error: SendError) -> bool:
    """Whether a card is not tried again, unless it changes."""
    if error.failure in (Failure.LOST, Failure.TOO_LATE) and card.message_id:
        return False
    return error.permanent and error.failure not in (Failure.RIGHTS, Failure.GONE, Failure.MOVED)


def _posted(channel: Channel, made: Sequence[Made]) -> dict[str, int]:
    """The highest id that each group gave to what was posted now."""
    highest: dict[str, int] = {}
    for one in made:
        if one.sent is not None and one.item.group:
            where = address(channel.name, one.item.chat)
            highest[where] = max([highest.get(where, 0), *map(int, one.sent.message_ids)])
    return {where: number for where, number in highest.items() if number}


async def _pass_over(
    connection: AsyncConnection, channel: Channel, outcomes: Sequence[Outcome]
) -> None:
    """Leave room for posts that may stand in a group and can't be found."""
    for outcome in outcomes:
        post = outcome.delivery.outgoing
        lost = outcome.unsure and not outcome.doubted
        if lost and isinstance(post, Post) and post.chat.startswith("-"):
            where = address(channel.name, post.chat)
            await doubts.pass_over(connection, where, max(1, len(post.attachments)))


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


def _set_aside(made: Sequence[Made], outcomes: Sequence[Outcome]) -> list[EventSetAside]:
    """What a supervisor has to hear of: it failed for good, and nobody else is told."""
    shown = [
        EventSetAside(card.id, str(one.error), "card")
        for one in made
        if isinstance(card := one.item.work, Card) and one.error and _given_up(card, one.error)
    ]
    calls = [
        EventSetAside(one.delivery.id, one.reason, "call")
        for one in outcomes
        if one.state == "failed"
        and not _said_again(one)
        and not one.delivery.asks.startswith(_ERASED)
        and dead.must_be_heard(one.delivery, one.reason)
    ]
    return [*shown, *calls]


def _said_again(outcome: Outcome) -> bool:
    """Whether the team gets the words at least of what could not be shown: see handlers."""
    call = outcome.delivery
    relayed = call.lead is not None and call.priority is not Priority.REPLY
    media = isinstance(call.outgoing, Post) and bool(call.outgoing.attachments)
    return relayed and media and outcome.reason == Failure.REFUSED


def _moves(channel: Channel, made: Sequence[Made]) -> dict[str, Event]:
    return {
        f"moved:{channel.name}:{one.item.chat}": ChatMoved(
            channel.name, one.item.chat, one.error.moved_to
        )
        for one in made
        if one.error is not None and one.error.failure is Failure.MOVED
    }


def _shut_out(channel: Channel, made: Sequence[Made], now: datetime) -> dict[str, Event]:
    """Groups, and whole messengers (chat ""), that refuse the bot; each once an hour."""
    return {
        f"shut out:{channel.name}:{chat}:{now:%Y-%m-%dT%H}": shut_out(channel.name, chat)
        for one in made
        if one.error is not None and (chat := _refusing(one, one.error)) is not None
    }


def shut_out(channel: str, chat: str) -> MemberChanged:
    """As though the bot had been seen to leave; chat "" for the messenger as a whole."""
    return MemberChanged(channel, Chat(chat, private=False), Author(""), present=False, self=True)


def _refusing(made: Made, error: SendError) -> str | None:
    if error.failure is Failure.TOKEN or (error.retry_after or 0) >= _PARKED:
        return ""
    refused = error.failure in (Failure.RIGHTS, Failure.GONE)
    return made.item.chat if refused and made.item.group else None
