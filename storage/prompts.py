"""Prompts about a lead: what its chat asks one person to answer in words, until they do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from storage.schema import outbox, places
from storage.session import Session

_SEPARATOR = "@"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What somebody was asked; `call` is the one that is still to show it, if any."""

    lead: int
    asks: str  # as the place keeps it
    what: str  # reason, deal:17, step:3, note:telegram:5
    staff: int
    at: datetime
    call: int | None = None


def mark(what: str, staff: int, at: datetime) -> str:
    """What the place of a prompt keeps: what was asked, whom and when."""
    return _SEPARATOR.join((what, str(staff), str(int(at.timestamp()))))


def what_of(asks: str) -> str:
    """What a place asks, whomever it was put to."""
    return asks.partition(_SEPARATOR)[0]


def is_prompt(asks: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether a place is a prompt, answered or not: it says nothing of the customer."""
    return asks.contains(_SEPARATOR)


async def open_of(session: Session, lead: int, chat: str) -> Sequence[Prompt]:
    """What was asked about a lead in a chat and not answered, in order."""
    shown = sa.select(places.c.asks, sa.null().label("call")).where(
        places.c.lead == lead, places.c.chat == chat, is_prompt(places.c.asks)
    )
    waiting = sa.select(outbox.c.asks, outbox.c.id.label("call")).where(
        outbox.c.ended_at.is_(None),
        outbox.c.key == f"{chat}/lead:{lead}",
        is_prompt(outbox.c.asks),
    )
    rows = [row for query in (shown, waiting) for row in await session.rows(query)]
    found = [_prompt(lead, row.asks, row.call) for row in rows]
    return sorted((one for one in found if one is not None), key=lambda one: one.at)


def settle(session: Session, prompt: Prompt) -> None:
    """It was answered, or is not going to be; a late reply to it still counts."""
    asks = f"{prompt.what}{_SEPARATOR}"
    session.update(places, {"lead": prompt.lead, "asks": prompt.asks}, asks=asks)
    if prompt.call is not None:
        session.update(outbox, {"id": prompt.call}, asks=asks)


def _prompt(lead: int, asks: str, call: int | None) -> Prompt | None:
    what, *put = asks.split(_SEPARATOR)
    if len(put) != 2:
        return None  # settled
    staff, at = map(int, put)
    return Prompt(lead, asks, what, staff, datetime.fromtimestamp(at, UTC), call)
