"""Every lead of a period, a row each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta

from bot.domain.lead import State, Warmth
from bot.messages import kind_of, split_address
from bot.reports.basis import Basis
from bot.reports.period import Period
from bot.reports.reasons import naming
from bot.reports.table import Column, Kind, Money, Row, Table
from storage import reports
from storage.reports import Happened, LeadRow
from storage.session import Session

_COLUMNS = (
    ("lead", Kind.WHOLE),
    ("received_at", Kind.MOMENT),
    ("channel", Kind.TEXT),
    ("source", Kind.TEXT),
    ("repeat_of", Kind.WHOLE),
    ("manager", Kind.TEXT),
    ("result", Kind.TEXT),
    ("reason", Kind.TEXT),
    ("deal", Kind.TEXT),
    ("amount", Kind.MONEY),
    ("warmth", Kind.TEXT),
    ("to_take", Kind.DURATION),
    ("to_answer", Kind.DURATION),
    ("closed_at", Kind.MOMENT),
    ("rating", Kind.WHOLE),
    ("link", Kind.TEXT),
)


async def leads(session: Session, period: Period, basis: Basis) -> Table:
    """In the order in which they came; durations are in working time."""
    texts = basis.texts
    since, until = period.since, period.until
    names = await reports.staff_names(session)
    reason = await naming(session, basis)
    count = await reports.count(session, Happened.RECEIVED, since, until)
    sums = await reports.amounts(session, since, until)
    # What is in several currencies has no sum.
    amount = next((Money(n, one) for one, n in sums.items()), None) if len(sums) == 1 else None

    async def rows() -> AsyncIterator[Row]:
        async for found in reports.lead_rows(session, since, until, basis.chat):
            yield _row(found, basis, names, reason)

    keys = [key for key, _ in _COLUMNS]
    totals: dict[str, int | Money | None] = {"lead": count, "amount": amount}
    return Table(
        name="leads",
        title=texts("report.leads"),
        period=period,
        columns=tuple(Column(key, texts(f"column.{key}"), kind) for key, kind in _COLUMNS),
        rows=rows,
        count=count,
        totals=tuple(totals.get(key) for key in keys),
        counted=texts("counted.leads"),
    )


def _row(
    found: LeadRow, basis: Basis, names: Mapping[int, str], reason: Callable[[str], str]
) -> Row:
    texts = basis.texts
    return (
        found.id,
        found.created_at,
        basis.channel(found.channel),
        basis.source(found.source) or None,
        found.repeat_of,
        names.get(found.responsible) if found.responsible is not None else None,
        texts(f"state.{found.state.value}"),
        (reason(found.reason) or None) if found.state is State.REJECTED else None,
        texts(f"convert.{found.deal.value}") if found.deal else None,
        Money(found.amount, found.currency) if found.amount is not None else None,
        texts(f"warmth.{found.warmth.value}") if found.warmth is not Warmth.UNKNOWN else None,
        _took(basis, found.created_at, found.taken_at),
        _took(basis, found.created_at, found.answered_at),
        found.closed_at if found.state in (State.REJECTED, State.CONVERTED) else None,
        int(found.rating) if found.rating.isdecimal() else None,
        _link(basis.chat, found.card) or None,
    )


def _took(basis: Basis, since: datetime, at: datetime | None) -> timedelta | None:
    return basis.hours.between(since, at) if at is not None else None


def _link(chat: str, message: str) -> str:
    """To the card, where the messenger has such links: in Telegram's supergroups."""
    channel, number = split_address(chat) if chat else ("", "")
    if kind_of(channel) != "telegram" or not number.startswith("-100") or not message:
        return ""
    return f"https://t.me/c/{number[4:]}/{message}"
