"""The digest: its time, its words and picture, with the buttons that open the leads behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.messages import Attachment, DigestDue, Keyboard, Priority, Text
from bot.reports import as_sheet
from bot.reports.digest import digest
from bot.reports.digest_text import told
from bot.reports.files import picture_of
from bot.reports.period import Period, ending, named
from handlers import behind
from handlers.work import Work

_DAYS = {"daily": 1, "weekly": 7}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a digest or a report is posted as."""

    text: Text
    keyboard: Keyboard = ()
    attachments: tuple[Attachment, ...] = ()

    async def post(self, work: Work, where: str, **how: Any) -> None:
        """Post it in a chat; `how` as for Work.post."""
        await work.post(
            where, self.text, keyboard=self.keyboard, attachments=self.attachments, **how
        )


async def digest_due(work: Work, event: DigestDue) -> None:
    """One recipient's digest."""
    shown = await digest_post(work, event.period, event.day)
    await shown.post(work, event.recipient, priority=Priority.DIGEST, told=True)


async def digest_post(work: Work, period: str, day: str = "") -> Shown:
    """The digest of the day or week that ends on `day` (ISO), or of today "so_far"."""
    span = _span(work, period, day)
    since = work.texts.datetime(span.since, work.policy.timezone)
    title = work.texts(f"digest.{period}", since=since)
    return await digest_of(work, span, title, drawn=work.texts(f"picture.{period}"))


async def digest_of(work: Work, span: Period, title: str, *, drawn: str) -> Shown:
    """The digest of any period, and what its picture is called; none where nothing was."""
    basis = work.policy.basis(work.now)
    found = await digest(work.session, span, basis)
    text = told(found, basis, title)
    if not found.anything:
        return Shown(text)
    sheet = as_sheet.of_digest(found, basis, drawn)
    return Shown(text, behind.keyboard(work, found), (picture_of("digest", sheet),))


def _span(work: Work, period: str, day: str) -> Period:
    zone = work.policy.timezone
    if period not in _DAYS:
        return named("today", work.now, zone)
    at = work.policy.daily_at if period == "daily" else work.policy.weekly_at
    return ending(date.fromisoformat(day), at, _DAYS[period], zone)
