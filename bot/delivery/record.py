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
    Channel,
    ChatMoved,
    DeliveryEnded,
    Event,
    EventSetAside,
    Failure,
    Outgoing,
    Post,
    Priority,
    SendError,
    address,
    split_address,
)
from storage import albums, cards, chats, dead, doubts, erased, inbox, outbox
from storage.cards import Card
from storage.database import Database
from storage.outbox import Delivery, Outcome

_ENDED = "the process ended"


def completed(delivery: Delivery, joined: Sequence[Delivery] = ()) -> Outgoing:
    """The call with what only the outbox knows: its random id, and where it goes.

    In a lead's own topic it needs not be said of what it is part; elsewhere it replies to the card.
    """
    outgoing = joined_post([delivery, *joined]) if joined else delivery.outgoing
    if not isinstance(outgoing, Post):
        return outgoing
    return replace(
        outgoing,
        random_id=delivery.random_id,
        thread=delivery.thread or outgoing.thread,
        reply_to=outgoing.reply_to if delivery.thread else delivery.card or outgoing.reply_to,
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
    shown: list[tuple[Card, Card]] = []
    for one in made:
        card = one.item.work
        if not isinstance(card, Card):
            continue
        if (stands := _stands(one)) is not None:
            shown.append((card, stands))
        elif one.error is not None:
            await _put_back(connection, one, card, one.error, now, alone)
    await cards.shown(connection, shown, now)
    await _lose_topics(connection, channel, made, now)
    if outcomes:
        await outbox.record(connection, outcomes, now)
    await doubts.posted(connection, _posted(channel, made))
    await _pass_over(connection, channel, outcomes)
    events = _events(outcomes) | _moves(channel, made, now)
    await _refuse_topics(connection, channel, made, now)
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
    if _lost_topic(made):
        return Outcome(delivery, "queued", str(made.error))  # it follows into the next one
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


def _stands(made: Made) -> Card | None:
    """How a card stands now; None where the same is to be tried again, or given up."""
    if made.showing is None:
        return None
    if made.error is not None:
        return made.showing.mended(made.error)
    return made.showing.made(
        made.sent.message_ids[0] if made.sent and made.sent.message_ids else ""
    )


def _lost_topic(made: Made) -> bool:
    """Whether words went to a topic that is not there any more."""
    call = made.item.work
    lost = made.error is not None and made.error.failure is Failure.LOST
    return lost and isinstance(call, Delivery) and bool(call.thread)


async def _lose_topics(
    connection: AsyncConnection, channel: Channel, made: Sequence[Made], now: datetime
) -> None:
    for one in made:
        if isinstance(one.item.work, Delivery) and _lost_topic(one):
            where = address(channel.name, one.item.chat)
            await cards.lose_topic(connection, where, one.item.work.thread, now)


async def _refuse_topics(
    connection: AsyncConnection, channel: Channel, made: Sequence[Made], now: datetime
) -> None:
    """Remember the chats in which leads can have no topics; see troubles for who is told."""
    for chat in {one.item.chat for one in made if one.topics_refused}:
        await chats.refuse_topics(connection, address(channel.name, chat), now)


async def _put_back(
    connection: AsyncConnection,
    made: Made,
    card: Card,
    error: SendError,
    now: datetime,
    alone: bool,
) -> None:
    if made.topics_refused:
        await cards.put_back(connection, card, reason=str(error))
        return
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
    elif _given_up(made, card):
        await cards.put_back(connection, card, reason=str(error), failed=True)
    else:
        retry_at = card_retry(card.attempts, error, now=now, jitter=random.random())
        await cards.put_back(
            connection, card, reason=str(error), not_before=retry_at, doubted=doubted
        )


def _given_up(made: Made, card: Card) -> bool:
    """Whether a card is not tried again, unless it changes."""
    error = made.error
    if error is None or _stands(made) is not None or made.topics_refused:
        return False
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
        EventSetAside(card.id, str(one.error), "card", split_address(card.chat)[0])
        for one in made
        if isinstance(card := one.item.work, Card) and one.error and _given_up(one, card)
    ]
    calls = [
        EventSetAside(one.delivery.id, one.reason, "call", one.delivery.channel)
        for one in outcomes
        if one.state == "failed"
        and not _said_again(one)
        and not one.delivery.asks.startswith(erased.MARK)  # told when the erasure ends
        and dead.must_be_heard(one.delivery, one.reason)
    ]
    return [*shown, *calls]


def _said_again(outcome: Outcome) -> bool:
    """Whether the team gets the words at least of what could not be shown: see handlers."""
    call = outcome.delivery
    relayed = call.lead is not None and call.priority is not Priority.REPLY
    media = isinstance(call.outgoing, Post) and bool(call.outgoing.attachments)
    return relayed and media and outcome.reason == Failure.REFUSED


def _moves(channel: Channel, made: Sequence[Made], now: datetime) -> dict[str, Event]:
    """Where chats went, said anew at each moment: what was asked meanwhile has to follow, too."""
    return {
        f"moved:{channel.name}:{one.item.chat}:{now.isoformat()}": ChatMoved(
            channel.name, one.item.chat, one.error.moved_to
        )
        for one in made
        if one.error is not None and one.error.failure is Failure.MOVED
    }
