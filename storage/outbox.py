"""Calls to be made, long by one query a step: kept in order first, and how they ended."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import OUTGOING, Outgoing, Priority, address
from storage import albums, copies, doubts, erased
from storage.cards import of_channel
from storage.database import Database, upsert
from storage.schema import Instant, cards, chats, messages, outbox, places
from storage.session import KEYS, Session, few_lengths


@dataclass(frozen=True, slots=True)
class Delivery:
    """One call that waits; `card` is the message id of the card that it goes under.

    `thread` is the topic in which that card stands, "" for none.
    Calls of one key with the same `album` are made as one, in the order of `part`.
    """

    id: int
    channel: str
    chat: str
    key: str
    priority: Priority
    outgoing: Outgoing
    lead: int | None
    message: int | None
    under_card: bool
    asks: str
    told: bool
    random_id: int
    attempts: int
    turn_at: datetime
    expires_at: datetime | None
    claimed_at: datetime | None
    card: str | None
    posted_above: int | None = None  # see storage.doubts
    album: str = ""
    part: int = 0  # the number of the message of which it is a copy
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended, or that it is to be tried again at `retry_at`."""

    delivery: Delivery
    state: str  # queued | sent | failed | unknown | expired; storage.dead: dropped | replaced
    reason: str = ""
    retry_at: datetime | None = None
    message_ids: tuple[str, ...] = ()
    unsure: bool = False  # it may have been made, though it is not known to be
    doubted: bool = False  # and will be sought before it is made again
    apart: bool = False  # tried again without the rest of its album


async def add(
    session: Session,
    channel: str,
    outgoing: Outgoing,
    *,
    chat: str,
    key: str,
    priority: Priority,
    now: datetime,
    lead: int | None = None,
    message: int | None = None,
    under_card: bool = False,
    asks: str = "",
    told: bool = False,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    album: str = "",
) -> int:
    """Keep a call to be made; its number. With `told` a handler hears how it ended."""
    return await session.insert(
        outbox,
        channel=channel,
        chat=chat,
        key=key,
        priority=int(priority),
        payload=OUTGOING.dump_python(outgoing, mode="json"),
        lead=lead,
        message=message,
        album=album,
        under_card=under_card,
        asks=asks,
        told=told,
        random_id=secrets.randbelow(2**31 - 1) + 1,
        state="queued",
        turn_at=now + priority.patience,
        not_before=albums.hold(session, key, album, now) if album else not_before,
        expires_at=expires_at,
    )


def fail(session: Session, number: int, reason: str, now: datetime) -> None:
    """Let a call just added not be made; it is kept for whoever wants it made yet."""
    session.update(outbox, {"id": number}, state="failed", reason=reason, ended_at=now)


async def anything(connection: AsyncConnection, channel: str) -> bool:
    """Whether any call or card of a channel waits to be sent, now or later."""
    return bool((await connection.execute(_anything(), {"channel": channel})).scalar())


async def waiting(
    connection: AsyncConnection, channel: str, *, busy: Collection[str], now: datetime, limit: int
) -> Sequence[Delivery]:
    """The calls that may be made now: the first of each key, whose turn it is first.

    Before them as many answers to the team's presses, the newest first; chats that are `busy`
    get only answers. What goes under a card waits for it.
    """
    asked = {
        "channel": channel,
        "busy": list(busy),
        "now": now,
        "soon": now + Priority.REPLY.patience,
        "most": limit,
    }
    return [
        _delivery(row) for query in _waiting() for row in await connection.execute(query, asked)
    ]


async def following(
    connection: AsyncConnection, first: Delivery, limit: int = 20
) -> Sequence[Delivery]:
    """The calls of the same key that wait behind this one, in order.

    Also those that were put off: they were so together with the first, which may go now.
    """
    query = _SELECT.where(
        outbox.c.ended_at.is_(None),
        outbox.c.key == first.key,
        outbox.c.id > first.id,
    )
    rows = await connection.execute(query.order_by(outbox.c.id).limit(limit))
    return [_delivery(row) for row in rows]


async def rest_of_album(connection: AsyncConnection, first: Delivery) -> Sequence[Delivery]:
    """The other calls of the same album that wait, whatever waits between them."""
    query = _SELECT.where(
        outbox.c.ended_at.is_(None),
        outbox.c.state == "queued",
        outbox.c.id != first.id,
        albums.calls_of(first.key, first.album),
    )
    return [_delivery(row) for row in await connection.execute(query.order_by(outbox.c.id))]


async def next_retry(connection: AsyncConnection, channel: str, now: datetime) -> datetime | None:
    """When the earliest call that was put off may be made, cards included."""
    found = (await connection.execute(_next_retry(), {"channel": channel, "now": now})).one()
    return min((moment for moment in found if moment), default=None)


async def claim(
    connection: AsyncConnection, found: Sequence[Delivery], now: datetime
) -> dict[int, Outgoing]:
    """Say that these calls are about to be made; those that still are to be, as they are by now."""
    asked = {"keys": few_lengths([delivery.id for delivery in found]), "b_now": now}
    rows = await connection.execute(_claim(), asked)
    return {row.id: _outgoing(row) for row in rows}


async def unclaim(connection: AsyncConnection, found: Sequence[Delivery]) -> None:
    """Let calls that were never begun be as they were found, where they are claimed by now.

    A commit that is still on its way is waited for.
    """
    if not found:
        return
    await connection.execute(_KNOWN, {"keys": few_lengths([delivery.id for delivery in found])})
    before = [
        {
            "b_id": delivery.id,
            "b_claimed": delivery.claimed_at is not None,
            "b_doubted": delivery.posted_above is not None,
        }
        for delivery in found
    ]
    await connection.execute(_unclaim(), before)


async def record(connection: AsyncConnection, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Write down how calls ended, and the places that they made.

    What was dropped meanwhile stays so; if it was made after all, its erasure looks again.
    """
    known = await _known(connection, outcomes)
    await connection.execute(_record(), [_ended(outcome, now) for outcome in outcomes])
    made = [
        place
        for outcome in outcomes
        if outcome.delivery.id in known
        for place in _places(outcome, known[outcome.delivery.id])
    ]
    if made:
        await connection.execute(upsert(connection, places, "lead", "message", "asks"), made)
        await erased.look_again(connection, {place["asks"] for place in made}, now)


async def left_claimed(database: Database, channel: str) -> Sequence[Delivery]:
    """Calls of which a process died before it could write down what became of them."""
    query = _SELECT.where(
        outbox.c.channel == channel, outbox.c.ended_at.is_(None), outbox.c.state == "claimed"
    )
    async with database.read() as connection:
        return [_delivery(row) for row in await connection.execute(query.order_by(outbox.c.id))]


async def recent(
    database: Database, channel: str, *, since: timedelta, now: datetime
) -> Sequence[tuple[str, Priority, datetime]]:
    """(chat, priority, when) of the calls made lately, for the pace to go on from.

    Of a card only its last one is known; what a dead process was at counts as made now.
    """
    of_calls = sa.select(outbox.c.chat, outbox.c.priority, outbox.c.ended_at.label("at")).where(
        outbox.c.channel == channel,
        sa.or_(
            outbox.c.ended_at > now - since,
            sa.and_(outbox.c.ended_at.is_(None), outbox.c.state == "claimed"),
        ),
    )
    of_cards = sa.select(
        sa.func.substr(cards.c.chat, len(channel) + 2).label("chat"),
        sa.literal(Priority.CARD.value).label("priority"),
        sa.case((cards.c.state != "claimed", cards.c.shown_at)).label("at"),
    ).where(of_channel(channel), sa.or_(cards.c.shown_at > now - since, cards.c.state == "claimed"))
    async with database.read() as connection:
        return [
            (row.chat, Priority(row.priority), row.at or now)
            for query in (of_calls, of_cards)
            for row in await connection.execute(query)
        ]


async def by_id(session: Session, number: int) -> Delivery | None:
    """The call of this number, made or not."""
    return await session.one(_by_id, number)


async def waits(session: Session, key: str, asks: str) -> bool:
    """Whether a call of this key that asks this is still to be made."""
    query = sa.select(outbox.c.id).where(
        outbox.c.ended_at.is_(None), outbox.c.key == key, outbox.c.asks == asks
    )
    return bool(await session.rows(query.limit(1)))


async def queued(session: Session, key: str) -> bool:
    """Whether a call of this key waits that nobody has begun to make."""
    query = sa.select(outbox.c.id).where(
        outbox.c.ended_at.is_(None), outbox.c.key == key, outbox.c.state == "queued"
    )
    return bool(await session.rows(query.limit(1)))


async def take_undelivered(session: Session, number: int, lead: int) -> Sequence[Delivery]:
    """A lead's call that did not arrive, or may not have, to be made again with its album's others.

    Empty when it is no such call, or was taken before: here, or for `/dead`.
    """
    meant = (outbox.c.lead == lead, copies.undelivered())
    found = await session.rows(_SELECT.where(outbox.c.id == number, *meant))
    if found and found[0].album:
        found = await session.rows(
            _SELECT.where(albums.calls_of(found[0].key, found[0].album), *meant)
        )
    for row in found:  # whose key an erasure changes, as does the end of its keeping
        known = (outbox.c.id == row.id, outbox.c.state == row.state, outbox.c.key == row.key)
        session.claim(outbox.update().where(*known).values(state="repeated"))
    return sorted(map(_delivery, found), key=_in_album)


@cache  # put together once: these are asked at every turn
def _anything() -> sa.Select[Any]:
    here = of_channel(sa.bindparam("channel"))
    return sa.select(
        sa.or_(
            sa.exists().where(
                outbox.c.channel == sa.bindparam("channel"),
                outbox.c.ended_at.is_(None),
                outbox.c.state == "queued",
            ),
            sa.exists().where(cards.c.wanted > cards.c.shown, cards.c.state == "queued", here),
            sa.exists().where(cards.c.folded.is_not(None), cards.c.state == "queued", here),
        )
    )


@cache
def _waiting() -> tuple[sa.Select[Any], ...]:
    ready = _SELECT.where(
        outbox.c.channel == sa.bindparam("channel"),
        outbox.c.ended_at.is_(None),
        outbox.c.state == "queued",
        sa.or_(outbox.c.not_before.is_(None), outbox.c.not_before <= sa.bindparam("now")),
        outbox.c.id == _FIRST_OF_ITS_KEY,
    ).limit(sa.bindparam("most"))
    # All else that is queued by now has a later turn, so the index leads to them.
    answers = ready.where(
        outbox.c.priority == Priority.ANSWER.value,
        outbox.c.turn_at < sa.bindparam("soon"),
    )
    idle = outbox.c.chat.not_in(sa.bindparam("busy", expanding=True))
    free = outbox.c.priority == Priority.OTHERS.value
    others = ready.where(
        outbox.c.priority != Priority.ANSWER.value,
        sa.or_(idle, free, outbox.c.posted_above.is_not(None)),
        sa.or_(sa.not_(outbox.c.under_card), cards.c.message_id.is_not(None)),
    )
    return (
        answers.order_by(outbox.c.turn_at.desc(), outbox.c.id.desc()),
        others.order_by(outbox.c.turn_at, outbox.c.id),
    )


@cache
def _claim() -> sa.Update:
    return (
        outbox.update()
        .where(outbox.c.id.in_(KEYS), outbox.c.state == "queued")
        .values(
            state="claimed",
            # While nobody knows whether it was made, the first attempt is what counts.
            claimed_at=sa.func.coalesce(outbox.c.claimed_at, sa.bindparam("b_now", type_=Instant)),
            attempts=outbox.c.attempts + 1,
            posted_above=doubts.mark(outbox, outbox.c.channel + ":" + outbox.c.chat),
        )
        .returning(outbox.c.id, outbox.c.chat, outbox.c.payload)
    )


@cache
def _unclaim() -> sa.Update:
    claimed, doubted = (
        sa.bindparam(f"b_{name}", type_=sa.Boolean) for name in ("claimed", "doubted")
    )
    return (
        outbox.update()
        .where(outbox.c.id == sa.bindparam("b_id"), outbox.c.state == "claimed")
        .values(
            state="queued",
            attempts=outbox.c.attempts - 1,
            claimed_at=sa.case((claimed, outbox.c.claimed_at)),
            posted_above=sa.case((doubted, outbox.c.posted_above)),
        )
    )


@cache
def _record() -> sa.Update:
    doubted, unsure, apart = (
        sa.bindparam(f"b_{name}", type_=sa.Boolean) for name in ("doubted", "unsure", "apart")
    )
    return (
        outbox.update()
        .where(outbox.c.id == sa.bindparam("b_id"), outbox.c.ended_at.is_(None))
        .values(
            {name: sa.bindparam(name) for name in ("state", "reason", "not_before", "ended_at")}
        )
        .values(
            posted_above=sa.case((doubted, outbox.c.posted_above)),
            claimed_at=sa.case((unsure, outbox.c.claimed_at)),
            album=sa.case((apart, ""), else_=outbox.c.album),
        )
    )


@cache
def _next_retry() -> sa.Select[Any]:
    of_calls = sa.select(sa.func.min(outbox.c.not_before)).where(
        outbox.c.channel == sa.bindparam("channel"),
        outbox.c.ended_at.is_(None),
        outbox.c.not_before > sa.bindparam("now"),
    )
    of_cards = sa.select(sa.func.min(cards.c.not_before)).where(
        cards.c.wanted > cards.c.shown,
        of_channel(sa.bindparam("channel")),
        cards.c.not_before > sa.bindparam("now"),
    )
    return sa.select(of_calls.scalar_subquery(), of_cards.scalar_subquery())


def _in_album(part: Delivery) -> tuple[int, int]:
    return (part.part, part.id)


_EARLIER = outbox.alias("earlier")
_FIRST_OF_ITS_KEY = (
    sa.select(sa.func.min(_EARLIER.c.id))
    .where(_EARLIER.c.ended_at.is_(None), _EARLIER.c.key == outbox.c.key)
    .scalar_subquery()
)

_SELECT = (
    sa.select(
        outbox,
        cards.c.message_id.label("card"),
        sa.case((chats.c.forum, cards.c.thread), else_="").label("thread"),
        messages.c.message_id.label("part"),
    )
    .join(
        cards,
        sa.and_(
            outbox.c.under_card,
            cards.c.lead == outbox.c.lead,
            cards.c.chat == outbox.c.channel + ":" + outbox.c.chat,
        ),
        isouter=True,
    )
    .join(chats, chats.c.address == cards.c.chat, isouter=True)
    .join(
        messages,
        sa.and_(outbox.c.album != "", messages.c.id == outbox.c.message),
        isouter=True,
    )
)


def _delivery(row: Any) -> Delivery:
    return Delivery(
        row.id,
        row.channel,
        row.chat,
        row.key,
        Priority(row.priority),
        _outgoing(row),
        row.lead,
        row.message,
        row.under_card,
        row.asks,
        row.told,
        row.random_id,
        row.attempts,
        row.turn_at,
        row.expires_at,
        row.claimed_at,
        row.card,
        row.posted_above,
        row.album,
        int(row.part) if row.part and row.part.isdecimal() else 0,
        row.thread,
    )


def _outgoing(row: Any) -> Outgoing:
    """The call to the chat as it is named by now: it may have moved."""
    return replace(OUTGOING.validate_python(row.payload), chat=row.chat)


def _ended(outcome: Outcome, now: datetime) -> dict[str, Any]:
    return {
        "b_id": outcome.delivery.id,
        "b_doubted": outcome.doubted or _may_stand_twice(outcome),
        "b_unsure": outcome.unsure or outcome.delivery.claimed_at is not None,
        "b_apart": outcome.apart,
        "state": outcome.state,
        "reason": outcome.reason,
        "not_before": outcome.retry_at,
        "ended_at": None if outcome.state == "queued" else now,
    }


def _may_stand_twice(outcome: Outcome) -> bool:
    """A question that was posted while in doubt: who replies to an earlier one answers it."""
    delivery = outcome.delivery
    return outcome.state == "sent" and bool(delivery.asks) and delivery.posted_above is not None


_KNOWN = (
    sa.select(outbox.c.id, outbox.c.chat, outbox.c.message, outbox.c.reason, outbox.c.state)
    .where(outbox.c.id.in_(KEYS))
    .order_by(outbox.c.id)
    .with_for_update()
)


async def _known(connection: AsyncConnection, outcomes: Sequence[Outcome]) -> dict[int, Any]:
    """What the database says of these calls by now: a message may be erased while it is shown."""
    numbers = few_lengths([outcome.delivery.id for outcome in outcomes])
    return {row.id: row for row in await connection.execute(_KNOWN, {"keys": numbers})}


def _places(outcome: Outcome, known: Any) -> list[dict[str, Any]]:
    """Where people may reply; nothing is kept of the chats of who was erased."""
    delivery = outcome.delivery
    asks = known.reason if known.reason.startswith(erased.MARK) else delivery.asks
    gone = not known.chat or delivery.asks.startswith(erased.MARK)
    if gone or (delivery.lead is None and not asks):
        return []
    return [
        {
            "chat": address(delivery.channel, delivery.chat),
            "message_id": message_id,
            "lead": delivery.lead,
            "message": known.message,
            "asks": asks,
        }
        for message_id in outcome.message_ids
    ]


async def _by_id(connection: AsyncConnection, keys: Sequence[int]) -> dict[int, Delivery]:
    rows = await connection.execute(_SELECT.where(outbox.c.id.in_(keys)))
    return {row.id: _delivery(row) for row in rows}
