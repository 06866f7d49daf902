"""The digest in words, short enough for a phone: one count a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from fractions import Fraction

from bot.messages import Span, Style, Text
from bot.reports.basis import Basis
from bot.reports.digest import Digest, Tally
from bot.reports.pace import FEW, Pace, Paces
from bot.reports.team import ManagerFigures

_SHOWN = 3  # channels, sources, reasons, managers
_COMPARED = ("received", "taken", "answered", "converted", "rejected", "unprocessed")
_DIRECTION = {1: "▲", 0: "=", -1: "▼"}


def told(digest: Digest, basis: Basis, title: str) -> Text:
    """At most some eighteen lines under the title; one when there is nothing to tell."""
    head = Span(f"📊 {title}", Style.BOLD)
    if not digest.anything:
        return (head, Span(f"\n{basis.texts('digest.nothing')}"))
    return (head, Span("\n" + "\n".join(_lines(digest, basis))))


def missed(digest: Digest, basis: Basis) -> Iterator[str]:
    """How many of those received missed a deadline; no share of a few."""
    received = digest.counts.received
    if received:
        line = basis.texts("digest.missed", n=digest.missed, of=received)
        share = f" ({basis.texts.percent(Fraction(digest.missed, received))})"
        yield line + (share if received >= FEW else "")


def rated(digest: Digest, basis: Basis) -> Iterator[str]:
    """What customers said, if anybody did."""
    if digest.rating.average is not None:
        number = basis.texts.number(digest.rating.average)
        count = basis.texts.plural("digest.ratings", digest.rating.count)
        yield basis.texts("digest.rating", average=number, count=count)


def _lines(digest: Digest, basis: Basis) -> Iterator[str]:
    texts, counts = basis.texts, digest.counts
    yield texts("digest.received", n=counts.received)
    if counts.received:
        repeat = f"; {texts('digest.repeat', n=digest.repeat)}" if digest.repeat else ""
        yield f"   {_tallies(digest.channels)}{repeat}"
    if digest.sources:
        yield f"   {_tallies(digest.sources)}"
    yield texts("digest.taken", n=counts.taken)
    yield texts("digest.answered", n=counts.answered)
    yield texts("digest.converted", n=counts.converted)
    yield texts("digest.rejected", n=counts.rejected)
    if said := [one for one in digest.reasons if one.name]:
        yield f"   {_tallies(said)}"
    yield _unprocessed(digest, basis)
    if digest.overdue:
        yield texts("digest.overdue", n=digest.overdue)
    yield from _quality(digest, basis)
    for one in digest.managers[:_SHOWN]:
        yield _manager(one, basis)
    if compared := _compared(digest, basis):
        yield texts("digest.before", counts=compared)


def _tallies(found: Sequence[Tally]) -> str:
    return ", ".join(f"{one.name} — {one.count}" for one in found[:_SHOWN])


def _unprocessed(digest: Digest, basis: Basis) -> str:
    texts = basis.texts
    line = texts("digest.unprocessed", n=digest.counts.unprocessed)
    if digest.oldest is None:
        return line
    age = texts.duration((digest.now - digest.oldest).total_seconds())
    return f"{line} ({texts('digest.oldest', age=age)})"


def _quality(digest: Digest, basis: Basis) -> Iterator[str]:
    """How well it went: what was missed, how fast it was, what customers said."""
    yield from missed(digest, basis)
    if digest.to_take.clock.count:
        yield basis.texts("digest.to_take", pace=_paces(digest.to_take, basis))
    if digest.to_answer.clock.count:
        yield basis.texts("digest.to_answer", pace=_paces(digest.to_answer, basis))
    yield from rated(digest, basis)


def _paces(found: Paces, basis: Basis) -> str:
    """In working time, and by the clock where that differs."""
    texts = basis.texts
    working = _durations(found.working)
    said = texts("pace.few", n=len(working), values=_joined(working, basis))
    if found.working.p50 is not None:
        p50, p90 = (texts.duration(one.total_seconds()) for one in working)
        said = texts("pace.percentiles", p50=p50, p90=p90)
    clock = _durations(found.clock)
    if clock == working:
        return said
    return texts("pace.and_clock", working=said, clock=_joined(clock, basis))


def _durations(pace: Pace) -> tuple[timedelta, ...]:
    if pace.p50 is not None and pace.p90 is not None:
        return (pace.p50, pace.p90)
    return pace.few


def _joined(durations: Sequence[timedelta], basis: Basis) -> str:
    return ", ".join(basis.texts.duration(one.total_seconds()) for one in durations)


def _manager(one: ManagerFigures, basis: Basis) -> str:
    line = basis.texts(
        "digest.manager",
        name=one.name,
        taken=one.taken,
        converted=one.converted,
        open=one.open,
    )
    if one.to_answer.working.p50 is None:
        return line
    p50 = basis.texts.duration(one.to_answer.working.p50.total_seconds())
    return f"{line}, {basis.texts('digest.manager_pace', p50=p50)}"


def _compared(digest: Digest, basis: Basis) -> str:
    """What changed against the time before, with its direction; "" when nothing happened then."""
    parts = []
    for name in _COMPARED:
        before, now = getattr(digest.before, name), getattr(digest.counts, name)
        if before or now:
            sign = _DIRECTION[(now > before) - (now < before)]
            parts.append(f"{basis.texts(f'column.{name}').lower()} {before} → {now} {sign}")
    happened = any(getattr(digest.before, name) for name in _COMPARED)
    return ", ".join(parts) if happened else ""
