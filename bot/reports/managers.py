"""Each manager's load, pace and outcome."""

from __future__ import annotations

from decimal import Decimal

from bot.reports.basis import Basis
from bot.reports.period import Period
from bot.reports.table import Chart, Column, Kind, Row, Table, at_once, share
from bot.reports.team import ManagerFigures, team
from storage.session import Session

_COLUMNS = (
    ("open", Kind.WHOLE),
    ("taken", Kind.WHOLE),
    ("first_answers", Kind.WHOLE),
    ("answer_p50", Kind.DURATION),
    ("answer_p90", Kind.DURATION),
    ("answer_clock_p50", Kind.DURATION),
    ("answer_clock_p90", Kind.DURATION),
    ("overdue", Kind.WHOLE),
    ("overdue_share", Kind.SHARE),
    ("converted", Kind.WHOLE),
    ("rejected", Kind.WHOLE),
    ("conversion", Kind.SHARE),
    ("answers_to_convert", Kind.DECIMAL),
)


async def managers(session: Session, period: Period, basis: Basis) -> Table:
    """A manager a row, whoever took most first."""
    texts = basis.texts
    found = await team(session, period, basis)
    return Table(
        name="managers",
        title=texts("report.managers"),
        period=period,
        columns=(
            Column("manager", texts("column.manager"), Kind.TEXT),
            *(Column(key, texts(f"column.{key}"), kind) for key, kind in _COLUMNS),
        ),
        rows=at_once([_row(one) for one in found]),
        count=len(found),
        totals=_totals(found),
        counted=texts("counted.managers"),
        chart=Chart("manager", ("taken", "converted"), "conversion"),
    )


def _row(one: ManagerFigures) -> Row:
    working, clock = one.to_answer.working, one.to_answer.clock
    return (
        one.name,
        one.open,
        one.taken,
        working.count,
        working.p50,
        working.p90,
        clock.p50,
        clock.p90,
        one.missed,
        share(one.missed, one.taken),
        one.converted,
        one.rejected,
        share(one.converted, one.converted + one.rejected),
        _each(one.answers, one.converted),
    )


def _totals(found: tuple[ManagerFigures, ...]) -> Row:
    """Sums; a lead that was handed over counts for each who had it, so there is no share of it."""
    converted = sum(one.converted for one in found)
    rejected = sum(one.rejected for one in found)
    return (
        None,
        sum(one.open for one in found),
        sum(one.taken for one in found),
        sum(one.to_answer.clock.count for one in found),
        *(None,) * 4,
        sum(one.missed for one in found),
        None,
        converted,
        rejected,
        share(converted, converted + rejected),
        _each(sum(one.answers for one in found), converted),
    )


def _each(answers: int, converted: int) -> Decimal | None:
    """To one decimal place, half to even."""
    if not converted:
        return None
    return (Decimal(answers) / converted).quantize(Decimal("0.1"))
