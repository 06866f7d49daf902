"""Working hours and days off: how the owner writes them, and what they mean to the rules."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import MAXYEAR, UTC, date, datetime, timedelta, tzinfo
from functools import cache
from itertools import pairwise
from typing import Annotated, Any

from pydantic import BeforeValidator

from bot.domain.hours import Hours, NeverOpen, Shift
from config.problems import WrongValue
from config.values import WEEKDAYS

Week = Mapping[int, tuple[Shift, ...]]

_DAY = timedelta(days=1)
_WHOLE_DAYS: Week = {day: (Shift(timedelta(0), _DAY),) for day in range(7)}
_SHIFT = re.compile(r"([01]\d|2[0-3]):([0-5]\d) ?[-–] ?(?:([01]\d|2[0-3]):([0-5]\d)|24:00)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_COUNTRY = re.compile(r"([A-Za-z]{2})(?:-(.+))?")
_LIKE = '{"mon-fri": ["09:00-13:00", "14:00-18:00"]}'


def working_hours(week: Week, days_off: Sequence[str | date], zone: tzinfo) -> Hours:
    """The rules' hours; with days off alone, all other days are worked round the clock."""
    return Hours(week or (_WHOLE_DAYS if days_off else {}), _days_off(days_off), zone)


def ever_open(week: Week, days_off: Sequence[str | date]) -> bool:
    """Whether somebody works within 366 days of each day of this year, the next, those named."""
    year = datetime.now(UTC).year
    named = {day.year for day in days_off if isinstance(day, date)}
    years = {year, year + 1, *(one for one in named if year < one < MAXYEAR - 1)}
    hours = working_hours(week, days_off, UTC)
    try:
        for year in years:
            for number in range(365):
                hours.next_open(datetime(year, 1, 1, tzinfo=UTC) + number * _DAY)
    except NeverOpen:
        return False
    return True


def _days_off(entries: Sequence[str | date]) -> Callable[[int], frozenset[date]]:
    named = frozenset(entry for entry in entries if isinstance(entry, date))
    countries = [entry for entry in entries if isinstance(entry, str)]

    @cache
    def of_year(year: int) -> frozenset[date]:
        return named.union(*(_public(country, year) for country in countries))

    return of_year


def _public(country: str, year: int) -> frozenset[date]:
    """A country's public holidays; raises NotImplementedError for one that is not known."""
    import holidays  # late, as few settings name a country

    code, _, region = country.partition("-")
    return frozenset(holidays.country_holidays(code, subdiv=region or None, years=year))


def _week(value: Any) -> dict[int, tuple[Shift, ...]]:
    written = _from_json(value)
    if not isinstance(written, dict):
        raise WrongValue("setting.week", like=_LIKE)
    week: dict[int, tuple[Shift, ...]] = {}
    for names, shifts in written.items():
        for day in _days(names):
            if day in week:
                raise WrongValue("setting.day_twice", day=WEEKDAYS[day])
            week[day] = _shifts(day, shifts)
    if written and not any(week.values()):
        raise WrongValue("setting.no_hours")
    _refuse_overlaps(week)
    return week


def _from_json(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return None


def _days(names: str) -> Iterator[int]:
    """The weekdays of `mon`, `mon-fri`, or over the week's end `fri-mon`."""
    first, dash, last = names.replace(" ", "").lower().partition("-")
    last = last if dash else first
    if first not in WEEKDAYS or last not in WEEKDAYS:
        raise WrongValue("setting.days", days=", ".join(WEEKDAYS), like=_LIKE)
    begins, ends = WEEKDAYS.index(first), WEEKDAYS.index(last)
    return ((begins + more) % 7 for more in range((ends - begins) % 7 + 1))


def _shifts(day: int, written: Any) -> tuple[Shift, ...]:
    if not isinstance(written, list):
        raise WrongValue("setting.shifts", day=WEEKDAYS[day], like=_LIKE)
    return tuple(sorted((_shift(day, one) for one in written), key=lambda shift: shift.opens))


def _shift(day: int, written: Any) -> Shift:
    found = _SHIFT.fullmatch(written.strip()) if isinstance(written, str) else None
    if found is None:
        raise WrongValue("setting.shift", day=WEEKDAYS[day])
    hour, minute, *end = found.groups()
    opens = timedelta(hours=int(hour), minutes=int(minute))
    closes = timedelta(hours=int(end[0]), minutes=int(end[1])) if end[0] else _DAY
    if opens == closes:
        raise WrongValue("setting.shift_empty", day=WEEKDAYS[day])
    return Shift(opens, closes if opens < closes else closes + _DAY)


def _refuse_overlaps(week: Week) -> None:
    for day in week:
        for former, later in pairwise(week[day]):
            if later.opens < former.closes:
                raise WrongValue("setting.overlap", day=WEEKDAYS[day])
        tomorrow = (day + 1) % 7
        following = week.get(tomorrow)
        if week[day] and following and following[0].opens + _DAY < week[day][-1].closes:
            raise WrongValue("setting.overlap_at_night", day=WEEKDAYS[day], next=WEEKDAYS[tomorrow])


def _listed(value: Any) -> Any:
    if isinstance(value, str) and value.strip().startswith("["):
        value = _from_json(value)
        if value is None:
            raise WrongValue("setting.holidays_json")
    if isinstance(value, list | tuple):
        return tuple(value)
    return () if value == "" else (value,)


def _day_off(value: Any) -> str | date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    text = value.strip() if isinstance(value, str) else ""
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise WrongValue("setting.no_such_day") from None
    return _country(text)


def _country(text: str) -> str:
    found = _COUNTRY.fullmatch(text)
    if found is None:
        raise WrongValue("setting.holiday")
    country, region = found[1].upper(), found[2]
    if not _is_known(country):
        raise WrongValue("setting.country")
    if region and not _is_known(f"{country}-{region}"):
        raise _no_region(country)
    return f"{country}-{region}" if region else country


def _is_known(country: str) -> bool:
    try:
        _public(country, datetime.now(UTC).year)
    except NotImplementedError:
        return False
    return True


def _no_region(country: str) -> WrongValue:
    import holidays

    if known := holidays.country_holidays(country).subdivisions:
        return WrongValue("setting.region", country=country, regions=", ".join(known))
    return WrongValue("setting.no_regions", country=country)


WorkingWeek = Annotated[Week, BeforeValidator(_week)]
DaysOff = Annotated[
    Sequence[Annotated[str | date, BeforeValidator(_day_off)]], BeforeValidator(_listed)
]
