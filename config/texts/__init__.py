"""Every visible word in ru, en and es: gettext catalogues read at start, looked up by key."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from gettext import GNUTranslations
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import (
    format_currency,
    format_decimal,
    format_percent,
    get_currency_precision,
    get_currency_symbol,
)

LANGUAGES = ("ru", "en", "es")

_GIGABYTE = 1024  # megabytes
_HOUR = 3_600  # seconds
_UNITS = (("day", 24 * _HOUR), ("hour", _HOUR), ("minute", 60), ("second", 1))


@lru_cache
def load(language: str) -> Texts:
    """The words of one of LANGUAGES; ValueError for any other."""
    if language not in LANGUAGES:
        raise ValueError(f"no texts in language {language!r}: choose {', '.join(LANGUAGES)}")
    return Texts(read_catalogue(language))


def read_catalogue(language: str) -> Catalog:
    """The catalogue of one language as Babel reads it."""
    with Path(__file__).with_name(f"{language}.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


class Texts:
    """The words, dates, durations and money of one language."""

    def __init__(self, catalogue: Catalog) -> None:
        """Compile a catalogue; an empty or fuzzy translation counts as missing."""
        self.locale = Locale.parse(str(catalogue.locale))
        self.language = self.locale.language
        self._translations = _compiled(catalogue)
        self._keys = dict.fromkeys(_translated_keys(catalogue))

    def __call__(self, key: str, /, **values: object) -> str:
        """The text of `key` with its `{name}` placeholders filled; values are never interpreted.

        KeyError when the key or a placeholder's value is missing.
        """
        self._require(key)
        return self._translations.gettext(key).format(**values)

    def plural(self, key: str, n: int, /, **values: object) -> str:
        """The form of `key` that fits `n`, which also fills `{n}`; KeyError as in a plain text."""
        self._require(key)
        return self._translations.ngettext(key, key, n).format(**{"n": n, **values})

    def channel(self, name: str) -> str:
        """What people call a channel: Telegram; one of several by its own name as well."""
        kind, _, own = name.partition(".")
        texts = self  # as all who ask for a text call it
        return f"{texts(f'channel.{kind}')} {own}".rstrip()

    def has(self, key: str) -> bool:
        """Whether there is a text of this key."""
        return key in self._keys

    def under(self, prefix: str) -> tuple[str, ...]:
        """Every plain text whose key begins with `prefix`, in the catalogue's order."""
        return tuple(self(key) for key in self._keys if key.startswith(prefix))

    def date(self, day: dt.date) -> str:
        """The day as in "May 5, 2025"; a datetime counts as the day it is in its own zone."""
        return format_date(day, "medium", locale=self.locale)

    def day(self, day: dt.date) -> str:
        """The day in words and without its year, as in "May 5"."""
        return format_skeleton("MMMMd", day, locale=self.locale)

    def short_day(self, day: dt.date) -> str:
        """The day as short as it goes, as in "Nov 5"."""
        return format_skeleton("MMMd", day, locale=self.locale)

    def weekday(self, day: dt.date) -> str:
        """The day with its weekday and without its year, as in "Monday, May 5"."""
        return f"{format_date(day, 'EEEE', locale=self.locale)}, {self.day(day)}"

    def month(self, day: dt.date) -> str:
        """The month of a day by itself, as in "May 2025"."""
        return format_date(day, "LLLL y", locale=self.locale)

    def weekdays(self) -> tuple[str, ...]:
        """The weekdays from Monday on in two letters or so, as in "Mo"."""
        names = self.locale.days["stand-alone"]["short"]
        return tuple(names[number].capitalize() for number in range(7))

    def time(self, at: dt.datetime, tz: dt.tzinfo) -> str:
        """An aware moment on the clock of `tz`, as in 14:05."""
        return format_time(at, "HH:mm", tzinfo=tz, locale=self.locale)

    def datetime(self, at: dt.datetime, tz: dt.tzinfo) -> str:
        """An aware moment in `tz`, short and without its year, as in "May 5, 14:05"."""
        day = format_skeleton("MMMd", at, tzinfo=tz, locale=self.locale)
        return f"{day}, {self.time(at, tz)}"

    def duration(self, seconds: float) -> str:
        """The largest unit and the next, as in 40 s, 5 min, 2 h 10 min, 3 days; never negative."""
        left = max(0, int(seconds))
        largest = next((i for i, (_, size) in enumerate(_UNITS) if left >= size), len(_UNITS) - 1)
        shown = _UNITS[largest : largest + (2 if left >= _HOUR else 1)]
        words: list[str] = []
        for unit, size in shown:
            count, left = divmod(left, size)
            if count or not words:
                words.append(self.plural(f"duration.{unit}", count))
        return " ".join(words)

    def money(self, minor: int, currency: str) -> str:
        """An amount in minor units of an ISO 4217 currency; a whole sum without its cents."""
        digits = get_currency_precision(currency)
        amount = Decimal(minor).scaleb(-digits)
        pattern = self.locale.currency_formats["standard"].pattern
        if amount == amount.to_integral_value():
            digits = 0
        pattern = pattern.replace(".00", "." + "0" * digits if digits else "")
        if get_currency_symbol(currency, locale=self.locale).isalpha():
            pattern = pattern.replace("¤#", "¤\N{NO-BREAK SPACE}#")
        return format_currency(
            amount, currency, format=pattern, locale=self.locale, currency_digits=False
        )

    def percent(self, share: Fraction) -> str:
        """A share in whole per cent, as in 25%."""
        part = Decimal(share.numerator) / share.denominator
        return str(format_percent(part, locale=self.locale))

    def number(self, value: Fraction | Decimal) -> str:
        """A number to one decimal place at most, as in 4.5."""
        if isinstance(value, Fraction):
            value = Decimal(value.numerator) / value.denominator
        return str(format_decimal(value, format="#,##0.#", locale=self.locale))

    def size(self, megabytes: int) -> str:
        """As in 500 MB; from a gigabyte on as in 1.5 GB."""
        texts = self  # as all who ask for a text call it
        if megabytes < _GIGABYTE:
            return texts("size.megabytes", number=megabytes)
        return texts("size.gigabytes", number=self.number(Fraction(megabytes, _GIGABYTE)))

    def _require(self, key: str) -> None:
        if key not in self._keys:
            raise KeyError(f"no text {key!r} in language {self.language}")


def _compiled(catalogue: Catalog) -> GNUTranslations:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def _translated_keys(catalogue: Catalog) -> list[str]:
    return [
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalogue
        if message.id and not message.fuzzy and _translated(message.string)
    ]


def _translated(string: str | list[str] | tuple[str, ...]) -> bool:
    return bool(string) if isinstance(string, str) else all(string)
