"""Cards: which version of a lead its chat should show, and which it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Priority
from storage import doubts
from storage.database import upsert
from storage.schema import Instant, cards, leads, places
from storage.session import Session

LULL = timedelta(seconds=10)  # in which what leaves a list is gathered into one change of it


@dataclass(frozen=True, slots=True)
class Card:
    """A lead's card in a chat, or (without a lead) a list of cards that wait for their turn.

    `message_id` is None until it was posted; `folded` is the list that shows it for now.
    """

    id: int
    lead: int | None
    folded: int | None
    chat: str  # an address
    wanted: int
    shown: int
    menu: str
    message_id: str | None
    attempts: int
    claimed_at: datetime | None
    queued_at: datetime
    posted_above: int | None = None  # see storage.doubts

    @property
    def priority(self) -> Priority:
        """New cards go before changes of old ones."""
        return Priority.CARD if self.message_id is None else Priority.CHANGE

    @property
    def turn_at(self) -> datetime:
        """The earlier, the more urgent; a card that leaves its list goes before all that wait."""
        return self.queued_at + (timedelta() if self.folded else self.priority.patience)


async def create(session: Session, lead: int, chat: str, now: datetime) -> None:
    """Want a card for a new lead."""
    await session.insert(cards, lead=lead, chat=chat, queued_at=now)


def refresh(session: Session, lead: int, now: datetime, *, menu: str = "") -> None:
    """Want the lead's cards to be shown anew, with this menu opened."""
    # A card that is just being shown stays claimed, or it would be posted twice.
    state = sa.case((cards.c.state == "failed", "queued"), else_=cards.c.state)
    values = {"wanted": cards.c.wanted + 1, "menu": menu, "state": state, "queued_at": now}
    session.update(cards, {"lead": lead}, **values)


def hold(session: Session, lead: int, until: datetime) -> None:
    """Let a new card wait for what it is to show first, but not longer."""
    session.update(cards, {"lead": lead}, not_before=until)


def release(session: Session, lead: int) -> None:
    """Show a new card now, if it was not tried yet."""
    session.update(cards, {"lead": lead, "message_id": None, "attempts": 0}, not_before=None)


async def of_lead(session: Session, lead: int) -> Card | None:
    """The lead's card."""
    return await session.one(_of_lead, lead)


def card(row: Any) -> Card:
    """A row as a card."""
    return Card(
        row.id,
        row.lead,
        row.folded,
        row.chat,
        row.wanted,
        row.shown,
        row.menu,
        row.message_id,
        row.attempts,
        row.claimed_at,
        row.queued_at,
        row.posted_above,
    )


def of_channel(channel: str) -> sa.ColumnElement[bool]:
    """Whether a card stands in a chat of this channel; LIKE differs between the databases."""
    prefix = f"{channel}:"
    return sa.func.substr(cards.c.chat, 1, len(prefix)) == prefix


async def wanted(
    connection: AsyncConnection, channel: str, *, busy: Sequence[str], now: datetime, limit: int
) -> Sequence[Card]:
    """Cards to be shown anew: those that leave a list, new ones, changes, each as they came.

    A card in a list waits there until somebody acts on its lead, or it is unfolded.
    """
    rows = await connection.execute(
        sa.select(cards)
        .join(leads, leads.c.id == cards.c.lead, isouter=True)
        .where(
            sa.or_(cards.c.folded.is_(None), leads.c.state != "new"),
            cards.c.wanted > cards.c.shown,
            cards.c.state == "queued",
            of_channel(channel),
            sa.or_(cards.c.chat.not_in(busy), cards.c.posted_above.is_not(None)),
            sa.or_(cards.c.not_before.is_(None), cards.c.not_before <= now),
        )
        .order_by(
            cards.c.message_id.is_not(None),
            cards.c.folded.is_(None),
            cards.c.queued_at,
            cards.c.id,
        )
        .limit(limit)
    )
    return [card(row) for row in rows]


async def claim(connection: AsyncConnection, found: Sequence[Card], now: datetime) -> None:
    """Say that these are about to be shown."""
    await connection.execute(
        cards.update()
        .where(cards.c.id.in_([one.id for one in found]))
        .values(
            state="claimed",
            claimed_at=now,
            attempts=cards.c.attempts + 1,
            posted_above=sa.case((cards.c.message_id.is_(None), doubts.mark(cards, cards.c.chat))),
        )
    )


async def shown(
    connection: AsyncConnection, found: Sequence[tuple[Card, str | None]], now: datetime
) -> None:
    """Write down that chats show the wanted versions of these cards under these message ids."""
    if not found:
        return
    statement = (
        cards.update()
        .where(cards.c.id == sa.bindparam("b_id"))
        .values(
            shown=sa.bindparam("b_shown"),
            message_id=sa.bindparam("b_message_id"),
            state="queued",
            attempts=0,
            not_before=None,
            claimed_at=None,
            posted_above=None,
            shown_at=now,
            reason="",
        )
    )
    rows = [
        {"b_id": one.id, "b_shown": one.wanted, "b_message_id": message_id}
        for one, message_id in found
    ]
    await connection.execute(statement, rows)
    await _unfolded(connection, [one for one, _ in found if one.folded is not None], now)
    made = [
        {"chat": one.chat, "message_id": message_id, "lead": one.lead}
        for one, message_id in found
        if one.lead is not None and one.message_id != message_id
    ]
    if made:
        await connection.execute(upsert(connection, places, "lead", "message", "asks"), made)


async def _unfolded(connection: AsyncConnection, found: Sequence[Card], now: datetime) -> None:
    """These have their own message now; the lists that showed them are to be shown anew."""
    if not found:
        return
    await connection.execute(
        cards.update().where(cards.c.id.in_([one.id for one in found])).values(folded=None)
    )
    await connection.execute(
        cards.update()
        .where(cards.c.id.in_({one.folded for one in found}))
        .values(
            wanted=cards.c.wanted + 1,
            queued_at=now,
            not_before=sa.case(
                (cards.c.not_before > now, cards.c.not_before),
                else_=sa.literal(now + LULL, Instant),
            ),
        )
    )


async def put_back(
    connection: AsyncConnection,
    one: Card,
    *,
    reason: str,
    not_before: datetime | None = None,
    lost: bool = False,
    failed: bool = False,
    doubted: bool = False,
) -> None:
    """Write down that it could not be shown: to be tried again, posted anew, or given up.

    `doubted` keeps in mind that it may be shown after all.
    """
    # What it should show by now is another try, even after what it should show then failed.
    given_up = sa.case((cards.c.wanted > one.wanted, "queued"), else_="failed")
    values: dict[str, object] = {
        "state": given_up if failed else "queued",
        "not_before": not_before,
        "claimed_at": None,
        "reason": reason,
    }
    if lost:
        values["message_id"] = None
    if not doubted:
        values["posted_above"] = None
    await connection.execute(cards.update().where(cards.c.id == one.id).values(values))


async def left_claimed(connection: AsyncConnection, channel: str) -> Sequence[Card]:
    """Cards of which a process died before it could write down what became of them."""
    rows = await connection.execute(
        sa.select(cards).where(cards.c.state == "claimed", of_channel(channel))
    )
    return [card(row) for row in rows]


async def _of_lead(connection: AsyncConnection, keys: Sequence[int]) -> dict[int, Card]:
    rows = await connection.execute(sa.select(cards).where(cards.c.lead.in_(keys)))
    return {row.lead: card(row) for row in rows}
