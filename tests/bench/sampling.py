"""Where a process's time goes: which module runs, looked at every few milliseconds of its CPU."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

EVERY = 0.004  # seconds of CPU, of all threads together
OURS = ("bot", "config", "handlers", "storage")
ELSEWHERE = "other threads"  # while the loop waits: SQLite's


@contextmanager
def sampled() -> Iterator[Counter[str]]:
    """How often each module was found running; what is written in C counts for its caller."""
    counts: Counter[str] = Counter()

    def look(_number: int, frame: FrameType | None) -> None:
        counts[_module(frame)] += 1

    before = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)
    try:
        yield counts
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def table(counts: Counter[str], most: int = 14) -> str:
    """A line a module: its share of the time in %."""
    whole = counts.total() or 1
    return "\n".join(
        f"{100 * count / whole:5.1f} %  {name}" for name, count in counts.most_common(most)
    )


def _module(frame: FrameType | None) -> str:
    """A package of others as a whole, of ours the module: storage.session."""
    name = str(frame.f_globals.get("__name__", "?")) if frame else "?"
    if name == "selectors":
        return ELSEWHERE
    package, *parts = name.split(".")
    return ".".join([package, *parts[:2]]) if package in OURS else package
