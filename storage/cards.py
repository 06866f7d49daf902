"""Cards: which version of a lead its chat should show, and which it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Priority
from storage.schema import cards, places
from storage.session import Session


@dataclass(frozen=True, slots=True)
class Card:
    """A lead's card in a chat; `message_id` is None until it was posted."""

    id: int
    lead: int
    chat: str  # an address
    wanted: int
    shown: int
    menu: str
    message_id: str | None
    attempts: int
    claimed_at: datetime | None
    queued_at: datetime

    @property
    def priority(self) -> Priority:
        """New cards go before changes of old ones."""
        return Priority.CARD if self.message_id is None else Priority.CHANGE

    @property
    def turn_at(self) -> datetime:
        """The earlier, the more urgent."""
        return self.queued_at + self.priority.patience


async def create(session: Session, lead: int, chat: str, now: datetime) -> None:
    """Want a card for a new lead."""
    await session.insert(cards, lead=lead, chat=chat, queued_at=now)


def refresh(session: Session, lead: int, now: datetime, *, menu: str = "") -> None:
    """Want the lead's cards to be shown anew, with this menu opened."""
    # A card that is just being shown stays claimed, or it would be posted twice.
    state = sa.case((cards.c.state == "failed", "queued"), else_=cards.c.state)
    values = {"wanted": cards.c.wanted + 1, "menu": menu, "state": state, "queued_at": now}
    session.update(cards, {"lead": lead}, **values)


async def of_lead(session: Session, lead: int) -> Card | None:
    """The lead's card."""
    return await session.one(_of_lead, lead)


def card(row: Any) -> Card:
    """A row as a card."""
    return Card(
        row.id,
        row.lead,
        row.chat,
        row.wanted,
        row.shown,
        row.menu,
        row.message_id,
        row.attempts,
        row.claimed_at,
        row.queued_at,
    )


async def wanted(
    connection: AsyncConnection, channel: str, *, busy: Sequence[str], now: datetime, limit: int
) -> Sequence[Card]:
    """Cards to be shown anew: new ones first, then in the order of their numbers."""
    rows = await connection.execute(
        sa.select(cards)
        .where(
            cards.c.wanted > cards.c.shown,
            cards.c.state == "queued",
            cards.c.chat.startswith(f"{channel}:"),
            cards.c.chat.not_in(busy),
            sa.or_(cards.c.not_before.is_(None), cards.c.not_before <= now),
        )
        .order_by(cards.c.message_id.is_not(None), cards.c.id)
        .limit(limit)
    )
    return [card(row) for row in rows]


async def claim(connection: AsyncConnection, found: Sequence[Card], now: datetime) -> None:
    """Say that these are about to be shown."""
    await connection.execute(
        cards.update()
        .where(cards.c.id.in_([one.id for one in found]))
        .values(state="claimed", claimed_at=now, attempts=cards.c.attempts + 1)
    )


async def shown(connection: AsyncConnection, one: Card, message_id: str, version: int) -> None:
    """Write down that the chat shows this version under this message id."""
    await connection.execute(
        cards.update()
        .where(cards.c.id == one.id)
        .values(
            shown=version,
            message_id=message_id,
            state="queued",
            attempts=0,
            not_before=None,
            claimed_at=None,
            reason="",
        )
    )
    if one.message_id != message_id:
        await connection.execute(
            places.insert().values(chat=one.chat, message_id=message_id, lead=one.lead)
        )


async def put_back(
    connection: AsyncConnection,
    one: Card,
    *,
    reason: str,
    not_before: datetime | None = None,
    lost: bool = False,
    failed: bool = False,
) -> None:
    """Write down that it could not be shown: to be tried again, posted anew, or given up."""
    values: dict[str, object] = {
        "state": "failed" if failed else "queued",
        "not_before": not_before,
        "claimed_at": None,
        "reason": reason,
    }
    if lost:
        values["message_id"] = None
    await connection.execute(cards.update().where(cards.c.id == one.id).values(values))


async def left_claimed(connection: AsyncConnection, channel: str) -> Sequence[Card]:
    """Cards of which a process died before it could write down what became of them."""
    rows = await connection.execute(
        sa.select(cards).where(cards.c.state == "claimed", cards.c.chat.startswith(f"{channel}:"))
    )
    return [card(row) for row in rows]


async def _of_lead(connection: AsyncConnection, keys: Sequence[int]) -> dict[int, Card]:
    rows = await connection.execute(sa.select(cards).where(cards.c.lead.in_(keys)))
    return {row.lead: card(row) for row in rows}
