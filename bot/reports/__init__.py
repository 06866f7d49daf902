"""Reports: one file each, of one shape, in one table; a digest is a record of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.reports.basis import Basis
from bot.reports.days import days
from bot.reports.leads import leads
from bot.reports.managers import managers
from bot.reports.period import Period
from bot.reports.reasons import reasons
from bot.reports.sources import sources
from bot.reports.table import Table
from bot.reports.warmth import warmth
from storage.session import Session

Report = Callable[[Session, Period, Basis], Awaitable[Table]]

REPORTS: dict[str, Report] = {
    "leads": leads,
    "reasons": reasons,
    "sources": sources,
    "managers": managers,
    "warmth": warmth,
    "days": days,
}
