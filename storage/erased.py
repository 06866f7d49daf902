"""Who was erased lately: nothing of before is taken in again, as long as any of it may come.

That is a day, and longer where events of a channel did not come through for so long: its
history will be asked for all since.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import ErasureWanted, followed_to
from storage.inbox import add_events
from storage.schema import cursors, erasures
from storage.session import Session

MARK = "erased:"  # with an erasure's number: what its calls ask, and why others were dropped
KEPT = timedelta(days=1)  # longer than two looks at a history overlap, and than clocks differ


@dataclass(frozen=True, slots=True)
class Erased:
    """One erasure that is remembered: whose it was only they who have the address can tell."""

    receipt: str
    at: datetime
    salt: str
    hashes: frozenset[str]

    def means(self, where: str) -> bool:
        """Whether an address was among those erased."""
        return _hash(self.salt, where) in self.hashes


def remember(session: Session, receipt: str, addresses: Sequence[str], now: datetime) -> None:
    """Know these addresses again, by a salted hash of each, until `forget`."""
    salt = secrets.token_hex(16)
    value = " ".join((now.isoformat(), salt, *(_hash(salt, one) for one in addresses)))
    session.upsert(cursors, channel=f"{MARK}{receipt}", value=value)


async def forget(session: Session, channels: Collection[str], now: datetime) -> bool:
    """Know nothing of those of whom no history tells any more; whether some stay beyond a day.

    Histories are those of `channels`: what is in the settings no more is not asked for any.
    """
    of_channels = cursors.c.channel.in_(channels)
    positions = await session.rows(sa.select(cursors.c.value).where(of_channels))
    seen = [followed_to(row.value) for row in positions]
    oldest = min([now.timestamp(), *(one for one in seen if one is not None)])
    since = datetime.fromtimestamp(oldest, UTC) - KEPT
    old = (cursors.c.channel.startswith(MARK), cursors.c.value < since.isoformat())
    session.execute(cursors.delete().where(*old))
    return any(since <= one.at < now - KEPT for one in await _all(session))


async def lately(session: Session, where: str) -> Erased | None:
    """The latest erasure of an address that is remembered."""
    theirs = [one for one in await _all(session) if one.means(where)]
    return max(theirs, key=lambda one: one.at, default=None)


async def among(session: Session, addresses: Collection[str]) -> list[str]:
    """Those of some addresses whose erasure is remembered."""
    found = await _all(session)
    return [where for where in addresses if any(one.means(where) for one in found)]


async def look_again(connection: AsyncConnection, asks: Collection[str], now: datetime) -> None:
    """Let erasures look at what came through while they were done; `asks` names them."""
    numbers = [int(one.removeprefix(MARK)) for one in asks if one.startswith(MARK)]
    if not numbers:
        return
    rows = await connection.execute(sa.select(erasures).where(erasures.c.id.in_(numbers)))
    wanted = {
        f"erasure:{row.receipt}:{now.isoformat()}:again": ErasureWanted(
            0, row.asked_by, row.receipt, again=True
        )
        for row in rows
    }
    await add_events(connection, wanted, now)


def _hash(salt: str, where: str) -> str:
    return blake2b(where.encode(), key=bytes.fromhex(salt), digest_size=16).hexdigest()


async def _all(session: Session) -> Sequence[Erased]:
    return await session.one(_found, "") or ()


_ALL = sa.select(cursors).where(cursors.c.channel.startswith(MARK))


async def _found(connection: AsyncConnection, keys: Sequence[str]) -> Mapping[str, list[Erased]]:
    rows = await connection.execute(_ALL)
    found = [_erased(row.channel, row.value) for row in rows]
    return dict.fromkeys(keys, found)


def _erased(channel: str, value: str) -> Erased:
    at, salt, *hashes = value.split()
    receipt = channel.removeprefix(MARK)
    return Erased(receipt, datetime.fromisoformat(at), salt, frozenset(hashes))
