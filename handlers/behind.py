"""The leads behind a number of a digest: buttons that open them, and lists by pages."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from bot.messages import Button, Keyboard, Span, Style
from bot.reports.digest import Digest
from bot.reports.period import Period
from handlers import cards as faces
from handlers.menus import TeamPress, page_of, pairs
from handlers.warmth import hot_first
from handlers.wire import pack
from handlers.work import Work
from storage import deadlines, leads, reports
from storage.erasure import LIST
from storage.reports import Happened

VERB = "behind"
_NOW = ("unprocessed", "overdue")
_PAGE = 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SPAN = re.compile(r"(\d{1,16})-(\d{1,16})", re.ASCII)


def keyboard(work: Work, digest: Digest) -> Keyboard:
    """A button for each number that is not nought."""
    counts = {"unprocessed": digest.counts.unprocessed, "overdue": digest.overdue}
    counts |= {name: n for name, n in asdict(digest.counts).items() if name not in counts}
    span = packed(digest.period)
    return pairs(
        [
            Button(
                f"{work.texts(f'column.{name}')} {n}",
                pack(VERB, 0, name if name in _NOW else f"{name}:{span}"),
            )
            for name, n in counts.items()
            if n
        ]
    )


async def pressed(work: Work, press: TeamPress) -> str:
    """A page of them, where it was pressed; a page of its own, for an erasure finds each post."""
    name, *rest = press.argument.split(":")
    page = page_of(rest.pop()) if len(rest) > (name not in _NOW) else 0
    found = await _found(work, name, rest)
    if found is None or page is None:
        return work.texts("press.outdated")
    first, end = page * _PAGE, (page + 1) * _PAGE
    known = await asyncio.gather(*(leads.by_id(work.session, one) for one in found[first:end]))
    shown = [lead for lead in known if lead is not None]
    late = await deadlines.overdue_leads(work.session, work.now)
    lines = await asyncio.gather(
        *(faces.line(work.session, work.policy, lead, work.now, late) for lead in shown)
    )
    title = work.texts(f"digest.{name}", n=len(found))
    if len(found) > _PAGE and shown:
        title = f"{title} ({first + 1}–{first + len(shown)})"
    text = (
        Span(title, Style.BOLD),
        *(span for line in lines for span in (Span("\n"), *line)),
    )
    more: Keyboard = ()
    if end < len(found):
        left = work.texts.plural("leads.more", len(found) - end)
        argument = ":".join((name, *rest, f"p{page + 1}"))
        more = ((Button(f"{left} ›", pack(VERB, 0, argument)),),)
    await work.post(press.where, text, keyboard=more, asks=LIST, **press.beside)
    return ""


async def _found(work: Work, name: str, rest: Sequence[str]) -> Sequence[int] | None:
    """The leads' numbers; None when the button was forged."""
    if name in _NOW and not rest:
        return await _of_now(work, name)
    span = unpacked(rest[0]) if len(rest) == 1 else None
    if span is None or name not in set(Happened):
        return None
    return await reports.happened(work.session, Happened(name), *span)


async def _of_now(work: Work, name: str) -> Sequence[int]:
    """As `/leads` and `/overdue` list them."""
    found = [lead.id for lead in hot_first(await leads.unprocessed(work.session))]
    if name == "unprocessed":
        return found
    late = set(await deadlines.overdue_leads(work.session, work.now))
    return [number for number in found if number in late]


def packed(period: Period) -> str:
    """In whole microseconds, so that the list counts what the digest counted."""
    marks = [(at - _EPOCH) // timedelta.resolution for at in (period.since, period.until)]
    return "-".join(map(str, marks))


def unpacked(text: str) -> tuple[datetime, datetime] | None:
    """Since when and until when; None when it was forged."""
    found = _SPAN.fullmatch(text)
    if found is None:
        return None
    since, until = (_EPOCH + int(mark) * timedelta.resolution for mark in found.groups())
    return since, until
