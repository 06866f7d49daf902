"""Tags: words that managers put on leads to find them again."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import lead_tags
from storage.session import KEYS, Session


def add(session: Session, lead: int, tag: str) -> None:
    """Put a tag on a lead; one that is there stays."""
    session.put(lead_tags, ignore=True, lead=lead, tag=tag)


def remove(session: Session, lead: int, tag: str) -> None:
    """Take a tag off."""
    session.execute(lead_tags.delete().where(lead_tags.c.lead == lead, lead_tags.c.tag == tag))


async def of_lead(session: Session, lead: int) -> Sequence[str]:
    """The tags of a lead, in the order of the alphabet."""
    return await session.one(_of_lead, lead) or ()


async def leads_with(
    session: Session, tags: Sequence[str], among: Collection[int] | None, limit: int
) -> Sequence[int]:
    """The leads that have all of the tags, newest first, at most so many."""
    query = sa.select(lead_tags.c.lead).where(lead_tags.c.tag == tags[0])
    for tag in tags[1:]:
        other = lead_tags.alias()
        query = query.where(sa.exists().where(other.c.lead == lead_tags.c.lead, other.c.tag == tag))
    if among is not None:
        query = query.where(lead_tags.c.lead.in_(among))
    rows = await session.rows(query.order_by(lead_tags.c.lead.desc()).limit(limit))
    return [row.lead for row in rows]


_OF_LEAD = sa.select(lead_tags).where(lead_tags.c.lead.in_(KEYS)).order_by(lead_tags.c.tag)


async def _of_lead(connection: AsyncConnection, keys: Sequence[int]) -> dict[int, list[str]]:
    rows = await connection.execute(_OF_LEAD, {"keys": keys})
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row.lead, []).append(row.tag)
    return found
