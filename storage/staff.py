"""The team: who they are on which messenger, and who is in which chat."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Member
from storage.schema import members, staff, staff_accounts
from storage.session import KEYS, Session


@dataclass(frozen=True, slots=True)
class Staff:
    """One member of the team; `address` is the account that acts for them."""

    id: int
    name: str
    address: str
    username: str = ""


@dataclass(frozen=True, slots=True)
class Membership:
    """Somebody's standing in a chat when the platform was last asked."""

    chat: str
    member: str
    present: bool
    admin: bool
    name: str
    username: str
    checked_at: datetime


async def at(session: Session, address: str) -> Staff | None:
    """Who of the team has this account."""
    return await session.one(_at, address)


async def by_id(session: Session, number: int) -> Staff:
    """The member of this number; KeyError when there is none."""
    found = await session.one(_by_id, number)
    if found is None:
        raise KeyError(f"no staff={number}")
    return found


async def create(
    session: Session, address: str, *, name: str, username: str, now: datetime
) -> Staff:
    """A new member of the team."""
    number = await session.insert(staff, name=name, created_at=now)
    session.put(staff_accounts, address=address, staff=number, username=username)
    return Staff(number, name, address, username)


def rename(session: Session, who: Staff, name: str, username: str) -> None:
    """Follow a changed profile."""
    session.update(staff, {"id": who.id}, name=name)
    session.update(staff_accounts, {"address": who.address}, username=username)


async def colleagues(session: Session, chat: str, named: Collection[str]) -> Sequence[Staff]:
    """Whom a lead can be given to, by name: see `belonging`."""
    rows = await session.rows(_SELECT.where(*belonging(chat, named)))
    # Sorted here, because databases differ in what comes first.
    return sorted(map(_staff, rows), key=lambda who: (who.name.casefold(), who.id))


async def membership(session: Session, chat: str, member: str) -> Membership | None:
    """What is remembered of somebody's standing in a chat."""
    return await session.one(_membership, (chat, member))


async def has_left(session: Session, chat: str, member: str) -> bool:
    """Whether somebody is by now known to be absent, whatever the batch has read before."""
    return bool(await session.rows(_GONE, {"chat": chat, "member": member}))


def remember(session: Session, chat: str, address: str, member: Member, now: datetime) -> None:
    """Remember what the platform told of somebody's standing."""
    session.upsert(
        members,
        chat=chat,
        member=address,
        present=member.present,
        admin=member.admin,
        name=member.name,
        username=member.username,
        checked_at=now,
    )


def belonging(chat: str, named: Collection[str]) -> Sequence[sa.ColumnElement[bool]]:
    """Whose accounts make a team: of those in its chat, or named in its settings, nobody who left.

    Somebody of another team is in the same tables.
    """
    here = sa.select(members.c.member).where(members.c.chat == chat)
    address = staff_accounts.c.address
    return (
        address.not_in(here.where(sa.not_(members.c.present))),
        sa.or_(address.in_(here), address.in_(named)),
    )


_GONE = sa.select(members.c.member).where(
    members.c.chat == sa.bindparam("chat"),
    members.c.member == sa.bindparam("member"),
    sa.not_(members.c.present),
)
_SELECT = sa.select(
    staff.c.id, staff.c.name, staff_accounts.c.address, staff_accounts.c.username
).join(staff_accounts, staff_accounts.c.staff == staff.c.id)
_BY_ID = _SELECT.where(staff.c.id.in_(KEYS))
_MEMBERSHIP = sa.select(members).where(sa.tuple_(members.c.chat, members.c.member).in_(KEYS))
_AT = _SELECT.where(staff_accounts.c.address.in_(KEYS))


def _staff(row: Any) -> Staff:
    return Staff(row.id, row.name, row.address, row.username)


async def _at(connection: AsyncConnection, keys: Sequence[str]) -> dict[str, Staff]:
    rows = await connection.execute(_AT, {"keys": keys})
    return {row.address: _staff(row) for row in rows}


async def _by_id(connection: AsyncConnection, keys: Sequence[int]) -> dict[int, Staff]:
    rows = await connection.execute(_BY_ID, {"keys": keys})
    return {row.id: _staff(row) for row in rows}


async def _membership(
    connection: AsyncConnection, keys: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], Membership]:
    rows = await connection.execute(_MEMBERSHIP, {"keys": keys})
    return {
        (row.chat, row.member): Membership(
            row.chat,
            row.member,
            row.present,
            row.admin,
            row.name,
            row.username,
            row.checked_at,
        )
        for row in rows
    }
