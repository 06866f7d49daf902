"""What became of the leads that came in: counted here once for every report that groups them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.reports.basis import Basis
from bot.reports.table import Column, Kind, Row, share
from storage.reports import Arrival


@dataclass(frozen=True, slots=True)
class Cohort:
    """Leads received in a period, by what became of them until now."""

    received: int = 0
    repeat: int = 0
    taken: int = 0
    answered: int = 0
    converted: int = 0
    rejected: int = 0

    @property
    def cells(self) -> Row:
        """As `columns` has them."""
        counts = (self.received, self.repeat, self.taken, self.answered, self.converted)
        return (*counts, self.rejected, share(self.converted, self.received))


def summed(arrived: Iterable[Arrival]) -> Cohort:
    """All of these together."""
    known: Sequence[Arrival] = list(arrived)
    return Cohort(
        received=sum(one.received for one in known),
        repeat=sum(one.received for one in known if one.repeat),
        taken=sum(one.taken for one in known),
        answered=sum(one.answered for one in known),
        converted=sum(one.converted for one in known),
        rejected=sum(one.rejected for one in known),
    )


def columns(basis: Basis) -> tuple[Column, ...]:
    """Those of a cohort's cells."""
    texts = basis.texts
    return (
        Column("received", texts("column.received"), Kind.WHOLE),
        Column("repeat", texts("column.repeat"), Kind.WHOLE),
        Column("taken", texts("column.taken"), Kind.WHOLE),
        Column("answered", texts("column.answered"), Kind.WHOLE),
        Column("converted", texts("column.converted"), Kind.WHOLE),
        Column("rejected", texts("column.rejected"), Kind.WHOLE),
        Column("conversion", texts("column.conversion"), Kind.SHARE),
    )
