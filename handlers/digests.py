"""The digest: what came in and what became of it, one count a line."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from bot.messages import Span, Style, Text
from handlers.work import Work
from storage import reports
from storage.reports import Figures

_PERIODS = {"daily": timedelta(days=1), "weekly": timedelta(days=7)}


async def digest_text(work: Work, period: str, day: str = "") -> Text:
    """The digest of the day or week that ends on `day` (ISO), or of today "so_far"."""
    since, until = _span(work, period, day)
    figures = await reports.figures(work.session, since, until, work.now)
    texts = work.texts
    dates = texts.datetime(since, work.policy.timezone)
    title = Span(f"📊 {texts(f'digest.{period}', since=dates)}", Style.BOLD)
    if not figures.anything:
        return (title, Span(f"\n{texts('digest.nothing')}"))
    return (title, Span("\n" + "\n".join(_lines(work, figures))))


def _span(work: Work, period: str, day: str) -> tuple[datetime, datetime]:
    """Since when and until when; one digest's end is the next one's beginning, to the second."""
    zone = work.policy.timezone
    if period not in _PERIODS:
        today = work.now.astimezone(zone).date()
        return datetime.combine(today, time(), zone), work.now
    at = work.policy.daily_at if period == "daily" else work.policy.weekly_at
    last = date.fromisoformat(day)
    return (datetime.combine(last - _PERIODS[period], at, zone), datetime.combine(last, at, zone))


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
