"""What became of the leads of each day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from bot.reports import cohort
from bot.reports.basis import Basis
from bot.reports.period import Period
from bot.reports.table import Chart, Column, Kind, Table, at_once
from storage import reports
from storage.session import Session


async def days(session: Session, period: Period, basis: Basis) -> Table:
    """A day of arrival, by the team's clock, a row."""
    texts = basis.texts
    found = [
        (since, await reports.arrivals(session, since, until))
        for since, until in _days(period, basis)
    ]
    rows = [
        (since.astimezone(basis.zone).date().isoformat(), *cohort.summed(arrived).cells)
        for since, arrived in found
    ]
    every = [one for _, arrived in found for one in arrived]
    return Table(
        name="days",
        title=texts("report.days"),
        period=period,
        columns=(Column("day", texts("column.day"), Kind.TEXT), *cohort.columns(basis)),
        rows=at_once(rows),
        count=len(rows),
        totals=(None, *cohort.summed(every).cells),
        counted=texts("counted.cohort"),
        chart=Chart("day", ("received", "converted"), "conversion"),
    )


def _days(period: Period, basis: Basis) -> Iterator[tuple[datetime, datetime]]:
    since = period.since
    while since < period.until:
        day = since.astimezone(basis.zone).date() + timedelta(days=1)
        until = min(datetime.combine(day, time(), basis.zone), period.until)
        yield since, until
        since = until
