"""When digests are due, in the team's local time."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo


def last_due(now: datetime, at: time, zone: tzinfo, weekday: int | None = None) -> datetime:
    """The latest moment, not after now, at which the local clock showed `at` (on that weekday).

    Where the clock shows it twice, the first counts; where it skips it, the
    moment after the gap. `weekday` counts from Monday = 0; None: every day.
    """
    day = now.astimezone(zone).date()
    for back in range(9):
        candidate = day - timedelta(days=back)
        if weekday is not None and candidate.weekday() != weekday:
            continue
        moment = datetime.combine(candidate, at, zone)
        if moment.timestamp() <= now.timestamp():
            return moment
    raise ValueError("a week has no such day")
