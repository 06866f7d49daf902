"""Working hours and days off as the owner writes them, and the deadlines counted in them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.domain.hours import Hours, Shift, Term
from config.hours import working_hours
from config.settings import Settings, SettingsError, load_settings
from config.texts import load as texts

CONNECTED = {"TELEGRAM__TOKEN": "123456:AAsecretAA", "TEAM__CHAT": "telegram:-1001"}
MADRID = ZoneInfo("Europe/Madrid")
OFFICE = '{"mon-fri": ["09:00-18:00"]}'


def load(folder: Path, toml: str = "", **environ: str) -> Settings:
    (folder / "dialead.toml").write_text(toml, encoding="utf-8")
    return load_settings(CONNECTED | environ, folder)


def refusal(folder: Path, **environ: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load(folder, **environ)
    return caught.value.told(texts("en"))


def shift(opens: float, closes: float) -> Shift:
    return Shift(timedelta(hours=opens), timedelta(hours=closes))


def rules(settings: Settings) -> Hours:
    return working_hours(settings.hours.week, settings.hours.holidays, MADRID)


def at(month: int, day: int, hour: int = 12) -> datetime:
    """A time in Madrid in 2026."""
    return datetime(2026, month, day, hour, tzinfo=MADRID)


WEEKS = [
    ("{}", {}),
    ('{"mon": ["09:00-18:00"]}', {0: (shift(9, 18),)}),
    (
        '{"sat": ["14:00-18:00", "09:30-13:00"]}',
        {5: (shift(9.5, 13), shift(14, 18))},
    ),
    ('{"fri-mon": ["10:00-11:00"]}', dict.fromkeys((4, 5, 6, 0), (shift(10, 11),))),
    ('{" Tue - Wed ": ["00:00 – 24:00"]}', dict.fromkeys((1, 2), (shift(0, 24),))),
    ('{"sun": ["22:00-02:00"], "mon": ["02:00-03:00"]}', {6: (shift(22, 26),), 0: (shift(2, 3),)}),
    ('{"mon": ["20:00-00:00"], "tue": []}', {0: (shift(20, 24),), 1: ()}),
]


@pytest.mark.parametrize(("text", "week"), WEEKS)
def test_hours_are_read_day_by_day(
    tmp_path: Path, text: str, week: dict[int, tuple[Shift, ...]]
) -> None:
    assert load(tmp_path, HOURS__WEEK=text).hours.week == week


def test_hours_may_stand_in_the_file_and_the_environment_wins_as_a_whole(tmp_path: Path) -> None:
    toml = '[hours.week]\nmon-fri = ["09:00-13:00", "14:00-18:00"]'
    assert set(load(tmp_path, toml).hours.week) == {0, 1, 2, 3, 4}
    assert set(load(tmp_path, toml, HOURS__WEEK='{"mon": ["10:00-12:00"]}').hours.week) == {0}


REFUSED_WEEKS = [
    ('["09:00-18:00"]', "must be a table"),
    ("mon-fri", "must be a table, in the environment JSON, like"),
    ('{"monday": ["09:00-18:00"]}', "write days as mon, tue"),
    ('{"mon-": ["09:00-18:00"]}', "write days as mon, tue"),
    ('{"mon-fri": ["09:00-18:00"], "wed": ["10:00-12:00"]}', "wed is named twice"),
    ('{"mon": "09:00-18:00"}', "the hours of mon must be a list"),
    ('{"mon": [9]}', "write the hours of mon as HH:MM-HH:MM"),
    ('{"mon": ["9-18"]}', "write the hours of mon as HH:MM-HH:MM"),
    ('{"mon": ["24:00-02:00"]}', "write the hours of mon as"),
    ('{"mon": ["10:00-24:30"]}', "24:00 at the latest"),
    ('{"mon": ["09:00-09:00"]}', "write 00:00-24:00 for a whole day"),
    ('{"tue": ["09:00-13:00", "12:59-18:00"]}', "two shifts of tue overlap; let one end before"),
    ('{"fri-sat": ["22:00-06:00", "05:00-07:00"]}', "past midnight into one of sat"),
    ('{"sun": ["22:00-02:00"], "mon": ["01:59-03:00"]}', "of sun runs past midnight into one of"),
    ('{"mon": ["12:00-02:00", "13:00-14:00"]}', "two shifts of mon overlap"),
    ('{"mon-sun": []}', "has no hours; write some, or leave it out"),
]


@pytest.mark.parametrize(("text", "words"), REFUSED_WEEKS)
def test_impossible_hours_are_named_with_their_remedy(
    tmp_path: Path, text: str, words: str
) -> None:
    said = refusal(tmp_path, HOURS__WEEK=text)
    assert said.startswith("hours.week (HOURS__WEEK): ")
    assert words in said
    assert "\n" not in said


DAYS_OFF = [
    ("RU", ("RU",)),
    ("es-MD", ("ES-MD",)),
    ("2026-12-31", (date(2026, 12, 31),)),
    ('["MX", "2026-12-31"]', ("MX", date(2026, 12, 31))),
    ("[]", ()),
    ("", ()),
]


@pytest.mark.parametrize(("text", "entries"), DAYS_OFF)
def test_days_off_are_countries_regions_and_dates(
    tmp_path: Path, text: str, entries: tuple[str | date, ...]
) -> None:
    assert load(tmp_path, HOURS__HOLIDAYS=text).hours.holidays == entries


def test_days_off_may_be_dates_of_the_file(tmp_path: Path) -> None:
    settings = load(tmp_path, "[hours]\nholidays = ['ES', 2026-12-31]")
    assert settings.hours.holidays == ("ES", date(2026, 12, 31))
    assert load(tmp_path, "hours.holidays = 2026-12-31").hours.holidays == (date(2026, 12, 31),)


REFUSED_DAYS_OFF = [
    ("Spain", "hours.holidays[0] (HOURS__HOLIDAYS): write a country like RU"),
    ("XX", "no holidays are known of such a country"),
    ("ES-XX", "no such region of ES is known; write one of AN, AR"),
    ("RU-MOW", "no such region of RU is known; write RU alone"),
    ("2026-02-30", "there is no such day"),
    ('["RU", "31.12.2026"]', "hours.holidays[1] (HOURS__HOLIDAYS): write a country like RU"),
    ("[RU]", "must be JSON in the environment"),
    ("[1]", "or a date like 2026-12-31"),
]


@pytest.mark.parametrize(("text", "words"), REFUSED_DAYS_OFF)
def test_an_impossible_day_off_is_named_with_its_remedy(
    tmp_path: Path, text: str, words: str
) -> None:
    said = refusal(tmp_path, HOURS__HOLIDAYS=text)
    assert words in said
    assert "\n" not in said


def test_a_time_is_no_day_off(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"holidays\[0\]: setting\.holiday"):
        load(tmp_path, "hours.holidays = [2026-12-31T10:00:00]")


def test_days_off_that_leave_no_working_day_are_refused(tmp_path: Path) -> None:
    first = date(datetime.now(UTC).year, 2, 1)
    days = [f"{first + timedelta(days=number)}" for number in range(367)]
    words = "hours.holidays (HOURS__HOLIDAYS): leaves no working day in a year"
    for week in ("{}", OFFICE):
        said = refusal(tmp_path, HOURS__WEEK=week, HOURS__HOLIDAYS=json.dumps(days))
        assert said.startswith(words)
    load(tmp_path, HOURS__HOLIDAYS=json.dumps(days[:-1]))


@pytest.mark.parametrize(
    ("entry", "holiday"),
    [
        ("RU", at(1, 7)),
        ("ES", at(10, 12)),
        ("ES-CT", at(9, 11)),
        ("MX", at(9, 16)),
        ("2026-06-02", at(6, 2)),
    ],
)
def test_nobody_works_on_a_day_off(tmp_path: Path, entry: str, holiday: datetime) -> None:
    open_then = {
        off: rules(load(tmp_path, HOURS__WEEK=OFFICE, HOURS__HOLIDAYS=off)).is_open(holiday)
        for off in ("", entry)
    }
    assert open_then == {"": True, entry: False}


def test_days_off_alone_leave_all_other_days_round_the_clock(tmp_path: Path) -> None:
    hours = rules(load(tmp_path, HOURS__HOLIDAYS="2026-06-02"))
    assert hours.is_open(at(6, 1, 3))
    assert hours.add(at(6, 1, 23), timedelta(hours=2)) == at(6, 3, 1)


def test_without_hours_the_clock_is_never_asked(tmp_path: Path) -> None:
    hours = rules(load(tmp_path))
    assert hours.add(at(6, 6, 23), timedelta(hours=2)) == at(6, 7, 1)


TERMS = [
    ("P1D", Term(1)),
    ("PT24H", Term(time=timedelta(hours=24))),
    ("P1DT2H", Term(1, timedelta(hours=2))),
    ("P7D", Term(7)),
    ("86400", Term(time=timedelta(days=1))),
    ("PT0.5S", Term(time=timedelta(seconds=0.5))),
]


@pytest.mark.parametrize(("text", "term"), TERMS)
def test_a_deadline_keeps_working_days_apart_from_hours(
    tmp_path: Path, text: str, term: Term
) -> None:
    assert load(tmp_path, DEADLINES__TAKE=text).deadlines.take == term


@pytest.mark.parametrize("text", ["1 day", "P0.5D", "00:15", "P", "P1DT", "PT"])
def test_a_deadline_that_could_be_misread_is_refused(tmp_path: Path, text: str) -> None:
    assert "must be a duration like PT15M" in refusal(tmp_path, DEADLINES__TAKE=text)


@pytest.mark.parametrize("text", ["P1W", "P1M", "P1Y2D"])
def test_a_deadline_in_weeks_or_longer_is_asked_for_in_working_days(
    tmp_path: Path, text: str
) -> None:
    assert "as working days, like P5D" in refusal(tmp_path, DEADLINES__TAKE=text)
