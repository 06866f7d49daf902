"""A deal as people write it in one line: a title, and an amount if they like."""

from __future__ import annotations

import re
from decimal import Decimal

_CURRENCIES = {
    "RUB": ("₽", "руб", "руб.", "рублей", "рубля", "рубль", "р", "р.", "rub"),
    "EUR": ("€", "евро", "eur", "euro", "euros"),
    "USD": ("$", "доллар", "долларов", "usd", "dollars"),
    "KZT": ("₸", "тенге", "тг", "kzt"),
    "MXN": ("mxn",),
    "ARS": ("ars",),
}
_BY_NAME = {name: code for code, names in _CURRENCIES.items() for name in names}
_LARGEST = 10**12  # whole units: what is larger is no sum of money
_THOUSANDS = ("к", "k", "т", "тыс", "тыс.")
_NAMES = "|".join(re.escape(name) for name in sorted(_BY_NAME, key=len, reverse=True))
_MANY = "|".join(re.escape(word) for word in sorted(_THOUSANDS, key=len, reverse=True))
_AMOUNT = re.compile(
    rf"(?:^|[\s,;:—–-])(?P<before>[€$₽₸])?\s*"
    rf"(?P<number>\d{{1,3}}(?:[ \u00a0.,']\d{{3}})+(?:[.,]\d{{1,2}})?"
    rf"|\d{{1,12}}(?:[.,]\d{{1,2}})?)\s*(?P<many>(?:{_MANY})(?!\w))?\s*(?P<after>{_NAMES})?\s*$",
    re.IGNORECASE,
)


def read_deal(text: str, currency: str) -> tuple[str, int | None, str]:
    """(title, amount in minor units or None, currency) of "Окна на дачу 45 000 руб"."""
    found = _AMOUNT.search(text)
    amount = _number(found["number"]) * (1000 if found["many"] else 1) if found else Decimal(0)
    if found is None or amount > _LARGEST:
        return text.strip(), None, ""
    mark = (found["before"] or found["after"] or "").lower()
    title = text[: found.start()].strip(" ,;:—–-\n")
    return title, int(amount * 100), _BY_NAME.get(mark, currency)


def _number(written: str) -> Decimal:
    """45 000, 45.000,50 and 45,000.50 alike: a last group of one or two digits is the cents."""
    digits, mark, cents = re.fullmatch(r"(.*?)(?:([.,])(\d{1,2}))?", written).groups()  # type: ignore[union-attr]
    whole = re.sub(r"\D", "", digits)
    return Decimal(f"{whole}.{cents}" if mark else whole)
