"""The kinds of value that a setting may have, a long list: each refuses the impossible."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time, timedelta
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter, ValidationError

from bot.domain.hours import Term
from config.problems import WrongValue

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_LONGEST = timedelta(days=366)
CENTURY = 36525  # days: nothing is looked for in a time before the calendar's
_A_CENTURY = timedelta(days=CENTURY)
_TIMEDELTA = TypeAdapter(timedelta)
_TERM = re.compile(r"[+-]?P(?:(?P<days>\d+)D)?(?:T.+)?|\d+(\.\d+)?")
_CALENDAR = re.compile(r"P[^T]*[WMY]")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_ADDRESS = re.compile(r"(telegram|vk):-?[1-9]\d{0,18}")
# What SQLAlchemy takes apart; a password may hold slashes and colons.
_POSTGRESQL = re.compile(
    r"postgresql://([^:/]*(:[^@]*)?@)?(?P<host>\[[^/?]+\]|[^/:?]+)?(:(?P<port>\d+))?(/[^?]*)?(\?.*)?"
)
_STRAY_AT = re.compile(r"(?s)@.*@|\?\w+=.*@|://[^/@:]*/.*@")
_OWN_NAME = re.compile(r"(?=.{1,16}$)[a-z](_?[a-z0-9])*")
_TELEGRAM_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
_TELEGRAM_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_PATH = re.compile(r"[\w.~!$&'()*+,;=:@/-]*", re.ASCII)  # with a %, servers differ in what it is


@dataclass(frozen=True, slots=True)
class WeeklyTime:
    """A local time on one day of the week; `weekday` counts from Monday, 0."""

    weekday: int
    at: time

    def __str__(self) -> str:
        return f"{WEEKDAYS[self.weekday]} {self.at:%H:%M}"


def _database_url(value: str) -> str:
    if not value.startswith(("postgresql://", "sqlite:///")) or value.endswith("///"):
        raise WrongValue("setting.database_url")
    return _sqlite_file(value) if value.startswith("sqlite") else _postgresql(value)


def _sqlite_file(value: str) -> str:
    if value == "sqlite:///:memory:":
        raise WrongValue("setting.memory")
    if "?" in value:
        raise WrongValue("setting.sqlite_options")
    return value


def has_stray_at(url: str) -> bool:
    """Whether a password's signs would be taken for others, and part of it for another part.

    With an @ of its own its end would be the server, and among the options the password; behind
    a user's name with a slash it would be the database.
    """
    return _STRAY_AT.search(url) is not None


def _postgresql(value: str) -> str:
    if has_stray_at(value):
        raise WrongValue("setting.postgresql_signs")
    found = _POSTGRESQL.fullmatch(value)
    if found is None or not 0 < int(found["port"] or 5432) <= 65535:
        raise WrongValue("setting.postgresql_port")
    if not _is_host(found["host"] or ""):
        raise WrongValue("setting.database_url")
    return value


def _is_host(value: str) -> bool:
    """Whether whoever connects can take it for a host: not with half a bracket, or empty parts."""
    try:
        urlsplit(f"postgresql://{value}")
        value.encode("idna")
    except ValueError:
        return False
    return True


def _address(value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise WrongValue("setting.address")
    return value


def _account(value: str) -> str:
    if ":-" in _address(value):
        raise WrongValue("setting.group_for_person")
    return value


def _team_chat(value: str) -> str:
    if value.startswith("vk:"):
        raise WrongValue("setting.vk_chat")
    if ":-" not in _address(value):
        raise WrongValue("setting.person_for_group")
    return value


def _unless_empty(check: Callable[[str], str]) -> AfterValidator:
    return AfterValidator(lambda value: check(value) if value else value)


def telegram_token(value: str) -> str:
    """The token of a bot, or ValueError."""
    if not _TELEGRAM_TOKEN.fullmatch(value):
        raise WrongValue("setting.telegram_token")
    return value


def vk_token(value: str) -> str:
    """The key of a community, or ValueError."""
    if re.search(r"\s", value):
        raise WrongValue("setting.vk_token")
    return value


def _url(*schemes: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not _has_host(value, schemes):
            raise WrongValue("setting.url", schemes=", ".join(f"{one}://" for one in schemes))
        return value.rstrip("/")

    return check


def _hook_url(value: str) -> str:
    """Kept to the letter, as a messenger posts to exactly what it was told."""
    if not _has_host(value, ("http", "https")) or not _PATH.fullmatch(urlsplit(value).path):
        raise WrongValue("setting.hook_url")
    return value


def _telegram_secret(value: str) -> str:
    if not _TELEGRAM_SECRET.fullmatch(value):
        raise WrongValue("setting.telegram_secret")
    return value


def _has_host(value: str, schemes: tuple[str, ...]) -> bool:
    if re.search(r"[\s\x00-\x1f]", value):  # which the parser would leave out
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a broken IPv6 host
        return False


def _timezone(value: str) -> str:
    zones = available_timezones()
    if value in zones:
        return value
    if near := get_close_matches(value, zones, 1):
        raise WrongValue("setting.zone_near", near=near[0])
    raise WrongValue("setting.zone")


def _number(value: Any) -> Any:
    if isinstance(value, bool):
        raise WrongValue("setting.number")
    return value


def _duration(value: Any) -> Any:
    """Let the environment, where all is text, give seconds as the file does."""
    return float(value) if isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?", value) else value


def _kept(value: timedelta) -> timedelta:
    if not timedelta(0) <= value <= _A_CENTURY:
        raise WrongValue("setting.keeping")
    return value


def _sensible(value: timedelta) -> timedelta:
    if not timedelta(0) < value <= _LONGEST:
        raise WrongValue("setting.term")
    return value


def _term(value: Any) -> Any:
    """The days of a duration apart from its time, which a timedelta would mix."""
    if isinstance(value, Term):
        return value
    text = value.strip().upper() if isinstance(value, str) else "0"
    if _CALENDAR.match(text):
        raise WrongValue("setting.working_days")
    if (found := _TERM.fullmatch(text)) is None:
        raise WrongValue("setting.duration")
    try:
        whole = _sensible(_TIMEDELTA.validate_python(_duration(value)))
    except ValidationError:
        raise WrongValue("setting.duration") from None
    days = int(found["days"] or 0)
    return Term(days, whole - timedelta(days=days))


def _optional_term(value: Any) -> Any:
    return None if value is None or value == "" else _term(value)


def _time_of_day(value: Any) -> time:
    if isinstance(value, time):
        return value
    found = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise WrongValue("setting.time_of_day")
    return time(int(found[1]), int(found[2]))


def _weekly_time(value: Any) -> WeeklyTime:
    if isinstance(value, WeeklyTime):
        return value
    day, _, at = value.strip().lower().partition(" ") if isinstance(value, str) else ("", "", "")
    if day not in WEEKDAYS or not _TIME.fullmatch(at):
        raise WrongValue("setting.time_of_week", days=", ".join(WEEKDAYS))
    return WeeklyTime(WEEKDAYS.index(day), _time_of_day(at))


def names(value: dict[str, Any]) -> dict[str, Any]:
    """Tables under names that the owner gave, or ValueError."""
    if not all(isinstance(name, str) and _OWN_NAME.fullmatch(name) for name in value):
        raise WrongValue("setting.given_names")
    return value


def _distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(values)) < len(values):
        raise WrongValue("setting.twice")
    return values


def _sources(value: dict[str, Any]) -> dict[str, Any]:
    for name in value.values():
        if not isinstance(name, str) or not 0 < len(name.strip()) <= 40:
            raise WrongValue("setting.sources")
    return value


DatabaseUrl = Annotated[str, AfterValidator(_database_url)]
TelegramToken = Annotated[str, _unless_empty(telegram_token)]
VkToken = Annotated[str, _unless_empty(vk_token)]
ApiUrl = Annotated[str, AfterValidator(_url("http", "https"))]
HookUrl = Annotated[str, _unless_empty(_hook_url)]
TelegramSecret = Annotated[str, _unless_empty(_telegram_secret)]
OptionalUrl = Annotated[str, _unless_empty(_url("http", "https"))]
Proxy = Annotated[str, _unless_empty(_url("http", "https", "socks5"))]
Whole = Annotated[int, BeforeValidator(_number)]
PerPeriod = Annotated[Whole, Field(ge=1)]
Address = Annotated[str, _unless_empty(_address)]
Account = Annotated[str, AfterValidator(_account)]
Accounts = Annotated[tuple[Account, ...], AfterValidator(_distinct)]
OptionalAccount = Annotated[str, _unless_empty(_account)]
TeamChat = Annotated[str, _unless_empty(_team_chat)]
TimeZone = Annotated[str, AfterValidator(cache(_timezone))]  # to look reads a whole folder
Sources = Annotated[dict[str, Any], AfterValidator(_sources)]
Reason = Annotated[str, Field(min_length=1, max_length=40)]  # fits a button of every messenger
Reasons = Annotated[tuple[Reason, ...], Field(max_length=30), AfterValidator(_distinct)]
Keeping = Annotated[
    timedelta, BeforeValidator(_duration), BeforeValidator(_number), AfterValidator(_kept)
]
OptionalTerm = Annotated[Term | None, BeforeValidator(_optional_term), BeforeValidator(_number)]
WorkingTerm = Annotated[Term, BeforeValidator(_term), BeforeValidator(_number)]
TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]
TimeOfWeek = Annotated[WeeklyTime, BeforeValidator(_weekly_time)]
