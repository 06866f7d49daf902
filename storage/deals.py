"""Clients, and what their leads were converted into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.lead import DealKind, Lead
from storage import accounts
from storage.schema import clients, deals, leads
from storage.session import Session


@dataclass(frozen=True, slots=True)
class Deal:
    """What a lead became; `amount` in minor units of `currency`, None when not told."""

    id: int
    client: int
    lead: int
    kind: DealKind
    title: str
    amount: int | None
    currency: str
    responsible: int | None  # staff id
    at: datetime


async def convert(
    session: Session, lead: Lead, kind: DealKind, *, responsible: int, at: datetime
) -> Deal:
    """The deal of a lead, and its client if the lead's own person had none."""
    # Not the root: when a merge is undone each person keeps the deals of its own leads.
    own = (await accounts.by_id(session, lead.account)).own
    client = await session.one(_client_of, own)
    if client is None:
        client = await session.insert(clients, person=own, created_at=at)
    number = await session.insert(
        deals, client=client, lead=lead.id, kind=kind.value, responsible=responsible, at=at
    )
    return Deal(number, client, lead.id, kind, "", None, "", responsible, at)


def describe(session: Session, deal: int, *, title: str, amount: int | None, currency: str) -> None:
    """Give a deal its title and amount."""
    session.update(deals, {"id": deal}, title=title, amount=amount, currency=currency)


async def of_lead(session: Session, lead: int) -> Deal | None:
    """The newest deal of a lead."""
    return await session.one(_of_lead, lead)


async def of_clients(session: Session, clients_: Sequence[int], limit: int) -> Sequence[Deal]:
    """What the leads of clients became, newest first."""
    query = sa.select(deals).where(deals.c.client.in_(clients_))
    if session.desk:
        query = query.join(leads, leads.c.id == deals.c.lead).where(*session.only_ours())
    rows = await session.rows(query.order_by(deals.c.id.desc()).limit(limit))
    return [_deal(row) for row in rows]


async def _client_of(connection: AsyncConnection, keys: Sequence[int]) -> dict[int, int]:
    rows = await connection.execute(sa.select(clients).where(clients.c.person.in_(keys)))
    return {row.person: row.id for row in rows}


async def _of_lead(connection: AsyncConnection, keys: Sequence[int]) -> dict[int, Deal]:
    rows = await connection.execute(
        sa.select(deals).where(deals.c.lead.in_(keys)).order_by(deals.c.id)
    )
    return {row.lead: _deal(row) for row in rows}


def _deal(row: Any) -> Deal:
    return Deal(
        row.id,
        row.client,
        row.lead,
        DealKind(row.kind),
        row.title,
        row.amount,
        row.currency,
        row.responsible,
        row.at,
    )
