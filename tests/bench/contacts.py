"""How well contacts are read from what customers write: `python -m tests.bench.contacts`.

Prints recall and precision for the lines the reader was tuned on and for those it
never saw, phones and e-mails counted as values, and the cost of a message.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from bot.domain.contacts import read
from tests.domain.contact_lines import LINES, Line

TIMES = 20  # over all lines


@dataclass(frozen=True)
class Figures:
    """Values expected and read over some lines."""

    lines: int
    expected: int
    found: int  # and expected
    wrong: int  # read, not expected

    @property
    def recall(self) -> float:
        """The share of the expected that was read."""
        return self.found / self.expected

    @property
    def precision(self) -> float:
        """The share of what was read that is right."""
        return self.found / (self.found + self.wrong)


def part(held_out: bool) -> list[Line]:
    """The lines unseen by those who make the reader, or the others."""
    return [line for line in LINES if line.held_out is held_out]


def figures(lines: Iterable[Line]) -> Figures:
    """Compare by value; a value read twice counts once."""
    count = expected = found = wrong = 0
    for line in lines:
        wanted = {("phone", one) for one in line.phones} | {("email", one) for one in line.emails}
        got = {(str(one.kind), one.value) for one in read(line.text, line.language)}
        count += 1
        expected += len(wanted)
        found += len(wanted & got)
        wrong += len(got - wanted)
    return Figures(count, expected, found, wrong)


def microseconds() -> float:
    """What a message costs, on the mean of all lines."""
    start = time.perf_counter()
    for _ in range(TIMES):
        for line in LINES:
            read(line.text, line.language)
    return (time.perf_counter() - start) / TIMES / len(LINES) * 1e6


def main() -> None:
    """Print a line of JSON for each part, and one for the cost."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    for name, held_out in (("tuning", False), ("held out", True)):
        one = figures(part(held_out))
        shares = {"recall": round(one.recall, 4), "precision": round(one.precision, 4)}
        print(json.dumps({"bench": "contacts", "part": name, **asdict(one), **shares}))
    print(json.dumps({"bench": "contacts", "microseconds a message": round(microseconds())}))


if __name__ == "__main__":
    main()
