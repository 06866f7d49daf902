"""Where leads come from, and what becomes of them."""

from __future__ import annotations

from collections import defaultdict

from bot.reports import cohort
from bot.reports.basis import Basis
from bot.reports.period import Period
from bot.reports.table import Chart, Column, Kind, Table, at_once
from storage import reports
from storage.reports import Arrival
from storage.session import Session


async def sources(session: Session, period: Period, basis: Basis) -> Table:
    """A source of a channel a row, those that brought most first."""
    texts = basis.texts
    arrived = await reports.arrivals(session, period.since, period.until)
    groups: dict[tuple[str, str], list[Arrival]] = defaultdict(list)
    for one in arrived:
        groups[basis.channel(one.channel), basis.source(one.source)].append(one)
    counted = {group: cohort.summed(found) for group, found in groups.items()}
    rows = [
        (channel, source or texts("report.no_source"), *one.cells)
        for (channel, source), one in sorted(
            counted.items(), key=lambda pair: (-pair[1].received, pair[0])
        )
    ]
    return Table(
        name="sources",
        title=texts("report.sources"),
        period=period,
        columns=(
            Column("channel", texts("column.channel"), Kind.TEXT),
            Column("source", texts("column.source"), Kind.TEXT),
            *cohort.columns(basis),
        ),
        rows=at_once(rows),
        count=len(rows),
        totals=(None, None, *cohort.summed(arrived).cells),
        counted=texts("counted.cohort"),
        chart=Chart("source", ("received", "converted"), "conversion"),
    )
