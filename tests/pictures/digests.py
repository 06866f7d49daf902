"""`python -m tests.pictures.digests`: a made-up day's digest in every language, as it is drawn."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.domain.hours import Hours
from bot.drawing.child import picture
from bot.reports.as_sheet import of_digest
from bot.reports.basis import Basis
from bot.reports.digest import Counts, Digest, Rating, Tally
from bot.reports.pace import Pace, Paces
from bot.reports.period import ending
from bot.reports.team import ManagerFigures
from config.texts import LANGUAGES, Texts, load
from tests.pictures.reducing import reduced

HERE = Path(__file__).parent
ZONE = ZoneInfo("Europe/Madrid")
NOW = datetime(2026, 3, 3, 8, tzinfo=UTC)
NAMES = {"ru": ("Борис", "Даша"), "en": ("Boris", "Dasha"), "es": ("Boris", "Dasha")}


def main() -> None:
    """One file a language."""
    for language in LANGUAGES:
        texts = load(language)
        basis = Basis(texts, ZONE, Hours({}, lambda _: frozenset(), ZONE), "", str, NOW)
        sheet = of_digest(a_day(texts), basis, texts("report.digest"))
        target = HERE / f"digest.{language}.png"
        target.write_bytes(reduced(asyncio.run(picture(sheet))))
        print(f"{target.name}: {target.stat().st_size // 1024} KB")


def a_day(texts: Texts) -> Digest:
    """Forty-one leads of a small company."""
    first, second = NAMES[texts.language]
    dear, elsewhere, spam = texts.under("reason.")[:3]
    return Digest(
        period=ending(date(2026, 3, 3), time(9), 1, ZONE),
        now=NOW,
        counts=Counts(41, 40, 38, 11, 14, 6),
        before=Counts(36, 36, 35, 12, 14, 9),
        repeat=5,
        channels=(Tally("Telegram", 27), Tally(texts("channel.vk"), 14)),
        sources=(),
        reasons=(Tally(dear, 7), Tally(elsewhere, 4), Tally(spam, 3)),
        oldest=NOW - timedelta(hours=19),
        overdue=1,
        missed=3,
        to_take=_paces(40, 3, 14),
        to_answer=_paces(38, 8, 47),
        managers=(_manager(1, first, 22, 7), _manager(2, second, 18, 4)),
        rating=Rating(9, 42),
    )


def _paces(count: int, half: int, most: int) -> Paces:
    found = Pace(count, timedelta(minutes=half), timedelta(minutes=most))
    return Paces(found, found)


def _manager(number: int, name: str, taken: int, converted: int) -> ManagerFigures:
    pace = _paces(taken, 4 + 3 * number, 40)
    return ManagerFigures(number, name, 2 + number, taken, 1, pace, converted, 7, 30)


if __name__ == "__main__":
    main()
