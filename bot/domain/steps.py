"""Next steps: the moments a manager may choose, by the team's clock and working hours.

A chosen moment is a whole hour of the clock; one that the clocks skip does not exist, of
one that they repeat the first counts. All moments given are aware, those returned in UTC.
"""

from __future__ import annotations

from calendar import Calendar, monthrange
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from bot.domain.hours import Hours

_DAY = timedelta(days=1)
_YEAR = timedelta(days=365)
_HOUR = timedelta(hours=1)
_SOON = timedelta(minutes=30)  # the evening must be so far off
_EVENING = (18, 17, 19, 20, 21, 16)  # the first of these hours that suits is the evening
_MORNING, _DAWN = 10, 6
_WAKING = range(8, 22)  # offered where the working hours say nothing
_MANY = len(_WAKING)

Week = tuple[date | None, ...]


class Near(StrEnum):
    """How people call the day of a step."""

    TODAY = "today"
    TOMORROW = "tomorrow"
    FAR = "far"
    PAST = "past"  # it was reminded of


def in_an_hour(now: datetime, hours: Hours) -> datetime:
    """In an hour, or when the team opens after that; to the minute."""
    return hours.next_open((now + _HOUR).replace(second=0, microsecond=0))


def this_evening(now: datetime, hours: Hours) -> datetime | None:
    """At about six while the team works; None when it does not, or it is late already."""
    today = _day(now, hours.timezone)
    for hour in _EVENING:
        at = moment(today, hour, hours.timezone)
        if at is not None and at >= now + _SOON and hours.is_open(at):
            return at
    return None


def tomorrow_morning(now: datetime, hours: Hours) -> datetime:
    """At ten, or when the team opens, on the first day after this on which it works."""
    return _morning(_day(now, hours.timezone) + _DAY, hours)


def in_days(now: datetime, days: int, hours: Hours) -> datetime:
    """In the morning of the day after so many days, or of the next on which the team works."""
    return _morning(_day(now, hours.timezone) + days * _DAY, hours)


def in_months(now: datetime, months: int, hours: Hours) -> datetime:
    """In the morning of the same day in so many months, the last one of a shorter month."""
    today = _day(now, hours.timezone)
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    day = min(today.day, monthrange(year, month + 1)[1])
    return _morning(date(year, month + 1, day), hours)


def moment(day: date, hour: int, zone: tzinfo) -> datetime | None:
    """That hour of the clock; None on a day on which the clocks skip it."""
    at = _local(day, hour, zone)
    return at if at.astimezone(zone).hour == hour else None


def hours_of(day: date, now: datetime, hours: Hours) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The hours of a day that are still to come: those to be offered first, and the others."""
    ahead = {hour: moment(day, hour, hours.timezone) for hour in range(24)}
    coming = [hour for hour, at in ahead.items() if at is not None and at > now]
    first = [hour for hour in coming if (at := ahead[hour]) is not None and hours.is_open(at)]
    if not first or len(first) > _MANY:
        first = [hour for hour in coming if hour in _WAKING]
    first = first or coming
    return tuple(first), tuple(hour for hour in coming if hour not in first)


def first_day(now: datetime, hours: Hours) -> date:
    """The first day of which an hour is still to come."""
    today = _day(now, hours.timezone)
    return today if hours_of(today, now, hours)[0] else today + _DAY


def last_day(now: datetime, zone: tzinfo) -> date:
    """The last day for which a step may be planned: in a year."""
    return _day(now, zone) + _YEAR


def weeks(month: date, first: date, last: date) -> tuple[Week, ...]:
    """The weeks of a month from Monday on; None for days before, after, or of other months."""
    found = (
        tuple(day if day.month == month.month and first <= day <= last else None for day in week)
        for week in Calendar().monthdatescalendar(month.year, month.month)
    )
    return tuple(week for week in found if any(week))


def months_around(month: date, first: date, last: date) -> tuple[date | None, date | None]:
    """The months before and after one, by their first days, that have days to choose."""
    begins = month.replace(day=1)
    before = (begins - _DAY).replace(day=1) if begins > first else None
    after = (begins + 31 * _DAY).replace(day=1)
    return before, after if after <= last else None


def next_look(due_at: datetime, now: datetime, zone: tzinfo) -> datetime:
    """When its day gets another name, tomorrow and then today, or else when it is due."""
    day = _day(due_at, zone)
    turns = (_local(day - _DAY, 0, zone), _local(day, 0, zone))
    return next((turn for turn in turns if now < turn), due_at)


def near(due_at: datetime, next_at: datetime | None, zone: tzinfo) -> Near:
    """How its day is called until `next_at`, see next_look."""
    if next_at is None:
        return Near.PAST
    if next_at == _local(_day(due_at, zone), 0, zone):
        return Near.TOMORROW
    return Near.TODAY if next_at == due_at else Near.FAR


def _morning(day: date, hours: Hours) -> datetime:
    """At ten, or when the team opens, on this day or the first after it on which it works."""
    zone = hours.timezone
    opens = hours.next_open(_local(day, _DAWN, zone))
    ten = moment(_day(opens, zone), _MORNING, zone)
    return ten if ten is not None and ten > opens and hours.is_open(ten) else opens


def _day(at: datetime, zone: tzinfo) -> date:
    return at.astimezone(zone).date()


def _local(day: date, hour: int, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(hour), zone).astimezone(UTC)
