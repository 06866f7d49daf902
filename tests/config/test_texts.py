"""Every visible word is there in three languages, is used, and is filled safely."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config.texts import LANGUAGES, load, read_catalogue
from tests.config.catalogue_faults import entries, faults
from tests.config.keys_in_code import missing_keys, unused_keys, used_in_files
from tests.config.made_up import counted, entry, texts

ROOT = Path(__file__).parents[2]
TEXTS = ROOT / "config" / "texts"
MOSCOW = ZoneInfo("Europe/Moscow")
NOON = datetime(2025, 5, 5, 9, 0, tzinfo=UTC)


# --- the real catalogues and the real code -------------------------------


def test_the_catalogues_have_no_faults() -> None:
    sources = {name: (TEXTS / f"{name}.po").read_text("utf-8") for name in LANGUAGES}
    assert faults({name: read_catalogue(name) for name in LANGUAGES}, sources) == []


def test_the_catalogues_keep_one_order() -> None:
    ru, en, es = (list(entries(read_catalogue(name))) for name in LANGUAGES)
    assert ru == en == es


def product_code() -> list[Path]:
    rooms = [ROOT / room for room in ("bot", "config", "handlers", "storage")]
    return [path for room in rooms for path in room.rglob("*.py")] + [*ROOT.glob("main.py")]


def test_the_code_asks_for_no_unknown_key() -> None:
    used = used_in_files(product_code())
    assert used.unclear == [], "keys that cannot be told from the code"
    assert missing_keys(used, set(entries(read_catalogue("ru")))) == []


def test_no_key_is_left_unused() -> None:
    used = used_in_files(product_code())
    assert unused_keys(used, set(entries(read_catalogue("ru")))) == []


BUTTONS = {
    "ru": "Взять · Назначить · Отклонить · Конвертировать · Вернуть · Открыть заново",
    "en": "Take · Assign · Reject · Convert · Return · Reopen",
    "es": "Tomar · Asignar · Rechazar · Convertir · Devolver · Reabrir",
}
KINDS = {
    "ru": "Сделка · Задача · Контакт",
    "en": "Deal · Task · Contact",
    "es": "Trato · Tarea · Contacto",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_labels_are_the_promised_ones(language: str) -> None:
    words = load(language)
    actions = ("take", "assign", "reject", "convert", "return", "reopen")
    assert " · ".join(words(f"button.{action}") for action in actions) == BUTTONS[language]
    kinds = ("deal", "task", "contact")
    assert " · ".join(words(f"convert.{kind}") for kind in kinds) == KINDS[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_default_reasons_fit_their_buttons(language: str) -> None:
    reasons = load(language).under("reason.")
    assert len(set(reasons)) == len(reasons) >= 5
    assert max(map(len, reasons)) <= 40


# --- filling -------------------------------------------------------------


def test_placeholders_are_filled() -> None:
    assert texts("ru", entry("Взял {name}"))("card.title", name="Борис") == "Взял Борис"


@pytest.mark.parametrize("hostile", ["{name}", "{0}", "%s %(n)d", "{name.__class__}", "}{", "{{"])
def test_a_customers_braces_and_percents_stay_as_they_are(hostile: str) -> None:
    assert texts("en", entry("100% {name}"))("card.title", name=hostile) == f"100% {hostile}"


def test_a_forgotten_value_is_an_error() -> None:
    words = texts("en", entry("by {name}") + "\n" + counted("{n} by {name}", "{n} by {name}"))
    with pytest.raises(KeyError, match="name"):
        words("card.title")
    with pytest.raises(KeyError, match="name"):
        words.plural("leads.count", 2)


def test_an_unknown_key_is_an_error_that_names_it() -> None:
    words = texts("en", entry(""))
    assert not words.has("card.title")
    with pytest.raises(KeyError, match=r"card\.title"):
        words("card.title")


def test_an_unknown_language_is_an_error() -> None:
    with pytest.raises(ValueError, match="choose ru, en, es"):
        load("de")


@pytest.mark.parametrize(
    ("n", "expected"),
    [(1, "1 лид"), (3, "3 лида"), (5, "5 лидов"), (11, "11 лидов"), (21, "21 лид"), (0, "0 лидов")],
)
def test_russian_counts_in_three_forms(n: int, expected: str) -> None:
    words = texts("ru", counted("{n} лид", "{n} лида", "{n} лидов"))
    assert words.plural("leads.count", n) == expected


def test_texts_under_a_prefix_keep_their_order() -> None:
    words = texts("en", entry("B", "a.2") + "\n" + entry("A", "a.1") + "\n" + entry("C", "b.1"))
    assert words.under("a.") == ("B", "A")


# --- dates, durations, money ---------------------------------------------


@pytest.mark.parametrize(
    ("language", "expected"),
    [("ru", "5 мая, 12:00"), ("en", "May 5, 12:00"), ("es", "5 may, 12:00")],
)
def test_a_moment_is_told_in_the_teams_zone(language: str, expected: str) -> None:
    assert load(language).datetime(NOON, MOSCOW) == expected
    assert load(language).time(NOON, MOSCOW) == "12:00"


def test_a_moment_near_midnight_falls_on_the_local_day() -> None:
    late = datetime(2025, 5, 5, 22, 30, tzinfo=UTC)
    assert load("en").datetime(late, MOSCOW) == "May 6, 01:30"


def test_a_day_is_told_with_its_year() -> None:
    assert load("en").date(date(2025, 5, 5)) == "May 5, 2025"
    assert load("ru").date(date(2025, 5, 5)).startswith("5 мая 2025")


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (-5, "0 \N{CYRILLIC SMALL LETTER ES}"),
        (40.9, "40 \N{CYRILLIC SMALL LETTER ES}"),
        (300, "5 мин"),
        (359, "5 мин"),
        (7800, "2 ч 10 мин"),
        (7200, "2 ч"),
        (3 * 86_400, "3 дня"),
        (86_400 + 3_600 * 4 + 70, "1 день 4 ч"),
        (86_400 + 70, "1 день"),
    ],
)
def test_a_duration_is_short(seconds: float, expected: str) -> None:
    assert load("ru").duration(seconds) == expected


def test_days_are_counted_in_english_and_spanish() -> None:
    assert load("en").duration(86_400) == "1 day"
    assert load("es").duration(2 * 86_400) == "2 días"


@pytest.mark.parametrize(
    ("language", "minor", "currency", "expected"),
    [
        ("ru", 1_500_000, "RUB", "15 000 ₽"),
        ("ru", 1_500_050, "RUB", "15 000,50 ₽"),
        ("en", 1_999, "USD", "$19.99"),
        ("en", 1_500_000, "RUB", "RUB 15,000"),
        ("es", 1_500_000, "EUR", "15.000 €"),
        ("en", 500, "JPY", "¥500"),
        ("en", -500, "USD", "-$5"),
    ],
)
def test_money_is_told_as_people_write_it(
    language: str, minor: int, currency: str, expected: str
) -> None:
    assert load(language).money(minor, currency).replace("\xa0", " ") == expected


@pytest.mark.parametrize(
    ("language", "megabytes", "expected"),
    [
        ("en", 1023, "1023 MB"),
        ("en", 1024, "1 GB"),
        ("en", 79_192, "77.3 GB"),
        ("es", 79_192, "77,3 GB"),
        ("ru", 79_192, "77,3 ГБ"),
        ("ru", 2_000_000, "1 953,1 ГБ"),
    ],
)
def test_a_size_is_told_as_people_write_it(language: str, megabytes: int, expected: str) -> None:
    assert load(language).size(megabytes).replace("\xa0", " ") == expected
