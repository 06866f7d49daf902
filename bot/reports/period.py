"""The time that a report is about, in the team's days, and the time before to compare with."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_DAY = timedelta(days=1)
_FORMS = ("%Y-%m-%d", "%d.%m.%Y")


class WrongPeriod(Exception):
    """What was asked for is no period; `key` names the words that say why."""

    def __init__(self, key: str, **values: str) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True)
class Period:
    """[since, until), and as much of the time before; all moments are UTC."""

    since: datetime
    until: datetime
    before_since: datetime
    before_until: datetime

    @property
    def before(self) -> tuple[datetime, datetime]:
        """The time before, as two arguments."""
        return self.before_since, self.before_until


def named(name: str, now: datetime, zone: tzinfo) -> Period:
    """One of NAMED; what is not over yet ends now, and is compared with as much of before."""
    return NAMED[name](now, zone)


def days(first: date, last: date, now: datetime, zone: tzinfo) -> Period:
    """From the first day to the last, both included; compared with as many days before."""
    return _made(first, last + _DAY, first - (last + _DAY - first), now, zone)


def ending(last: date, at: time, count: int, zone: tzinfo) -> Period:
    """So many days until that hour of a day: one's end is the next one's beginning."""
    marks = [last - back * count * _DAY for back in range(3)]
    until, since, before = (_utc(datetime.combine(mark, at, zone)) for mark in marks)
    return Period(since, until, before, since)


def asked(words: Sequence[str], now: datetime, zone: tzinfo) -> Period:
    """The name of a period, or one or two dates; one of them alone lasts until today.

    Raises WrongPeriod.
    """
    if len(words) == 1 and words[0] in NAMED:
        return named(words[0], now, zone)
    if not 1 <= len(words) <= 2:
        raise WrongPeriod("period.usage")
    today = now.astimezone(zone).date()
    first, last = (*(_date(word) for word in words), today)[:2]
    if first > last != today:
        raise WrongPeriod("period.order", since=first.isoformat(), until=last.isoformat())
    if first > today:
        raise WrongPeriod("period.future", since=first.isoformat())
    return days(first, min(last, today), now, zone)


def _date(word: str) -> date:
    for form in _FORMS:
        try:
            found = datetime.strptime(word, form).date()
        except ValueError:
            continue
        if found.year >= 1970:
            return found
    raise WrongPeriod("period.date", word=word)


def _today(now: datetime, zone: tzinfo) -> Period:
    day = now.astimezone(zone).date()
    return _made(day, day + _DAY, day - _DAY, now, zone)


def _yesterday(now: datetime, zone: tzinfo) -> Period:
    day = now.astimezone(zone).date()
    return _made(day - _DAY, day, day - 2 * _DAY, now, zone)


def _week(back: int) -> Callable[[datetime, tzinfo], Period]:
    def made(now: datetime, zone: tzinfo) -> Period:
        day = now.astimezone(zone).date()
        monday = day - (day.weekday() + 7 * back) * _DAY
        return _made(monday, monday + 7 * _DAY, monday - 7 * _DAY, now, zone)

    return made


def _this_month(now: datetime, zone: tzinfo) -> Period:
    first = now.astimezone(zone).date().replace(day=1)
    return _made(first, _next_month(first), _former_month(first), now, zone)


def _last_month(now: datetime, zone: tzinfo) -> Period:
    first = _former_month(now.astimezone(zone).date().replace(day=1))
    return _made(first, _next_month(first), _former_month(first), now, zone)


def _last_30_days(now: datetime, zone: tzinfo) -> Period:
    day = now.astimezone(zone).date()
    return _made(day - 29 * _DAY, day + _DAY, day - 59 * _DAY, now, zone)


NAMED: dict[str, Callable[[datetime, tzinfo], Period]] = {
    "today": _today,
    "yesterday": _yesterday,
    "this_week": _week(0),
    "last_week": _week(1),
    "this_month": _this_month,
    "last_month": _last_month,
    "last_30_days": _last_30_days,
}


def _made(first: date, end: date, before: date, now: datetime, zone: tzinfo) -> Period:
    """From one midnight to another, but not past now; before, as long by the local clock."""
    since, until, earlier = (_midnight(day, zone) for day in (first, end, before))
    if until <= now:
        return Period(since, until, earlier, since)
    local = now.astimezone(zone).replace(tzinfo=None)
    passed = local - datetime.combine(first, time())
    same = _utc((datetime.combine(before, time()) + passed).replace(tzinfo=zone))
    return Period(since, max(since, now.astimezone(UTC)), earlier, min(since, same))


def _midnight(day: date, zone: tzinfo) -> datetime:
    return _utc(datetime.combine(day, time(), zone))


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


def _next_month(first: date) -> date:
    return first + monthrange(first.year, first.month)[1] * _DAY


def _former_month(first: date) -> date:
    return (first - _DAY).replace(day=1)
