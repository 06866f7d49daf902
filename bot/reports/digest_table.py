"""The digest's counts as a table, for who takes them into a workbook."""

from __future__ import annotations

from dataclasses import fields

from bot.reports.basis import Basis
from bot.reports.digest import Counts, Digest
from bot.reports.table import Column, Kind, Table, at_once


def counts(digest: Digest, basis: Basis) -> Table:
    """A count a row, beside that of the time before."""
    texts = basis.texts
    names = [field.name for field in fields(Counts)]
    rows = [
        (texts(f"column.{name}"), getattr(digest.counts, name), getattr(digest.before, name))
        for name in names
    ]
    return Table(
        name="digest",
        title=texts("report.digest"),
        period=digest.period,
        columns=(
            Column("figure", texts("column.figure"), Kind.TEXT),
            Column("now", texts("column.now"), Kind.WHOLE),
            Column("before", texts("column.before"), Kind.WHOLE),
        ),
        rows=at_once(rows),
        count=len(rows),
        totals=(None, None, None),
        counted=texts("picture.note"),
    )
