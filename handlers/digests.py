"""The digest: what came in and what became of it, one count a line."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.messages import Span, Style, Text
from handlers.work import Work
from storage import reports
from storage.reports import Figures

_PERIODS = {"daily": timedelta(days=1), "weekly": timedelta(days=7)}


async def digest_text(work: Work, period: str) -> Text:
    """The digest of a day or a week up to now, or of today "so_far"."""
    since = _since(work, period)
    figures = await reports.figures(work.session, since, work.now)
    texts = work.texts
    dates = texts.datetime(since, work.policy.timezone)
    title = Span(f"📊 {texts(f'digest.{period}', since=dates)}", Style.BOLD)
    if not figures.anything:
        return (title, Span(f"\n{texts('digest.nothing')}"))
    return (title, Span("\n" + "\n".join(_lines(work, figures))))


def _since(work: Work, period: str) -> datetime:
    """The same local hour a day or a week before; for "so_far" the last midnight."""
    local = work.now.astimezone(work.policy.timezone)
    if period == "so_far":
        return local.replace(hour=0, minute=0, second=0, microsecond=0)
    return local - _PERIODS[period]  # wall-clock arithmetic, right in the nights clocks change


def _lines(work: Work, figures: Figures) -> list[str]:
    texts = work.texts
    counts = ("received", "taken", "answered", "converted", "rejected")
    lines = [texts(f"digest.{name}", n=getattr(figures, name)) for name in counts]
    if figures.reasons:
        reasons = ", ".join(f"{reason} — {n}" for reason, n in figures.reasons[:3])
        lines.append(f"   {reasons}")
    unprocessed = texts("digest.unprocessed", n=figures.unprocessed)
    if figures.oldest is not None:
        age = texts.duration((work.now - figures.oldest).total_seconds())
        unprocessed += f" ({texts('digest.oldest', age=age)})"
    lines.append(unprocessed)
    if figures.overdue:
        lines.append(texts("digest.overdue", n=figures.overdue))
    return lines
