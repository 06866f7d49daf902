"""What becomes of leads as warm as the team saw them."""

from __future__ import annotations

from bot.domain.lead import Warmth
from bot.reports import cohort
from bot.reports.basis import Basis
from bot.reports.period import Period
from bot.reports.table import Chart, Column, Kind, Table, at_once
from storage import reports
from storage.session import Session

_ORDER = (Warmth.HOT, Warmth.WARM, Warmth.COLD, Warmth.UNKNOWN)


async def warmth(session: Session, period: Period, basis: Basis) -> Table:
    """A warmth a row, from hot to unsaid."""
    texts = basis.texts
    arrived = await reports.arrivals(session, period.since, period.until)
    counted = {one: cohort.summed(a for a in arrived if a.warmth is one) for one in _ORDER}
    rows = [(_name(basis, one), *found.cells) for one, found in counted.items() if found.received]
    return Table(
        name="warmth",
        title=texts("report.warmth"),
        period=period,
        columns=(
            Column("warmth", texts("column.warmth"), Kind.TEXT),
            *cohort.columns(basis),
        ),
        rows=at_once(rows),
        count=len(rows),
        totals=(None, *cohort.summed(arrived).cells),
        counted=texts("counted.cohort"),
        chart=Chart("warmth", ("received", "converted"), "conversion"),
    )


def _name(basis: Basis, one: Warmth) -> str:
    return basis.texts(f"warmth.{one.value}") if one.value else basis.texts("report.no_warmth")
