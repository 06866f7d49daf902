"""Why leads are rejected: Pareto's list, the most frequent first, with its running share.

Only reasons of the list, and of a ban, are told. What a manager wrote in their own words
may name the customer, whom an erasure would have to find again in every chat, picture and file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

from bot.domain.lead import State
from bot.reports.basis import Basis
from bot.reports.period import Period
from bot.reports.table import Chart, Column, Kind, Table, at_once, share
from storage import reports
from storage.reasons import every
from storage.reports import Closing
from storage.session import Session


async def reasons(session: Session, period: Period, basis: Basis) -> Table:
    """A reason a row."""
    texts = basis.texts
    closed = await reports.closings(session, period.since, period.until)
    found = by_reason(closed, await naming(session, basis))
    total = sum(count for _, count in found)
    running = accumulate(count for _, count in found)
    rows = [
        (reason or texts("report.no_reason"), count, share(count, total), share(so_far, total))
        for (reason, count), so_far in zip(found, running, strict=True)
    ]
    return Table(
        name="reasons",
        title=texts("report.reasons"),
        period=period,
        columns=(
            Column("reason", texts("column.reason"), Kind.TEXT),
            Column("rejected", texts("column.rejected"), Kind.WHOLE),
            Column("share", texts("column.share"), Kind.SHARE),
            Column("running_share", texts("column.running_share"), Kind.SHARE),
        ),
        rows=at_once(rows),
        count=len(rows),
        totals=(None, total, share(total, total), None),
        counted=texts("counted.reasons"),
        chart=Chart("reason", ("rejected",), "running_share"),
    )


async def naming(session: Session, basis: Basis) -> Callable[[str], str]:
    """What a lead's reason is called: one of the list, or of a ban, as it is, "" for none."""
    bans = basis.texts.under("ban.")
    listed = {"", *basis.reasons, *await every(session, session.desk), *bans}
    own = basis.texts("report.own_words")
    return lambda reason: reason if reason in listed else own


def by_reason(
    closed: Iterable[Closing], name_of: Callable[[str], str]
) -> Sequence[tuple[str, int]]:
    """How many leads were rejected for which reason, the most frequent first; "" for none."""
    counted: Counter[str] = Counter()
    for one in closed:
        if one.state is State.REJECTED:
            counted[name_of(one.reason)] += one.count
    # Sorted here, because databases differ in what comes first.
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
