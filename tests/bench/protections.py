"""Takes each protection away, in a copy of the tree, and lets the test that stands for it fail.

Run from the project's root: python -m tests.bench.protections [--only NAME]

The table is tests/bench/protections_table.py. First all its tests must pass. Then one row
after the other is broken, and its test has to fail by itself: a removal that nobody
notices, or one that only breaks the program, is marked, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from tests.bench.protections_table import ROWS, Row

ROOT = Path(__file__).parents[2]
PATIENCE = 120  # seconds for one row's test
WIDTH = 100  # characters of a failure's words

_NEVER = {".git", ".venv", "__pycache__", ".hypothesis", ".mypy_cache", ".ruff_cache"}
_BREAKAGE = ("ImportError", "ModuleNotFoundError", "SyntaxError", "NameError", "IndentationError")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a row: whether the test noticed, and its words."""

    noticed: bool
    words: str


def main() -> int:
    """Break the rows whose names hold the words, or all; how many went unnoticed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", metavar="NAME", help="rows whose names hold this")
    parser.add_argument("--jobs", type=int, default=2, choices=(1, 2), help="rows at a time")
    given = parser.parse_args()
    rows = [row for row in ROWS if given.only in row.name]
    with tempfile.TemporaryDirectory(prefix="dialead-protections-") as folder:
        copies = [copied(Path(folder) / str(number)) for number in range(given.jobs)]
        if words := fails_unbroken(copies[0], rows):
            print(words)
            return 1
        unnoticed = played(copies, rows)
    print(f"{len(rows)} protections, {unnoticed} removed without a test that fails")
    return min(unnoticed, 1)


def copied(folder: Path) -> Path:
    """A copy of the tree in a new folder."""
    for name in tracked():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def tracked() -> list[str]:
    """The files that git knows or would; all but what is made, where there is no git."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if found.returncode == 0:
        return [name for name in found.stdout.split("\0") if name]
    files = (file.relative_to(ROOT) for file in ROOT.rglob("*") if file.is_file())
    return [str(file) for file in files if not _NEVER & set(file.parts)]


def fails_unbroken(folder: Path, rows: Sequence[Row]) -> str:
    """What pytest says when the tests do not even pass as things are; "" when they do."""
    done = tested(folder, sorted({row.test for row in rows}), patience=len(rows) * PATIENCE)
    if done.returncode == 0:
        return ""
    lines = f"{done.stdout}\n{done.stderr}".splitlines()
    told = [line for line in lines if line.startswith(("FAILED", "ERROR"))] or lines[-20:]
    return "\n".join(["the tests must pass unbroken:", *told])


def played(copies: Sequence[Path], rows: Sequence[Row]) -> int:
    """Break row after row, one in each copy at a time, and print; how many went unnoticed."""
    free: SimpleQueue[Path] = SimpleQueue()
    for folder in copies:
        free.put(folder)

    def one(row: Row) -> Verdict:
        folder = free.get()
        try:
            with broken(folder / row.file, row):
                return judged(folder, row)
        except LookupError as error:
            return Verdict(False, str(error))
        finally:
            free.put(folder)

    unnoticed = 0
    with ThreadPoolExecutor(len(copies)) as pool:
        for row, verdict in zip(rows, pool.map(one, rows), strict=True):
            unnoticed += not verdict.noticed
            mark = " " if verdict.noticed else "✗"
            test = row.test.partition("::")[2]
            print(f"{mark} {row.name} | {test} | {verdict.words}", flush=True)
    return unnoticed


@contextmanager
def broken(file: Path, row: Row) -> Iterator[None]:
    """The file without the protection, while the block lasts."""
    whole = file.read_text(encoding="utf-8")
    if (places := whole.count(row.old)) != 1:
        raise LookupError(f"{row.file} has {places} places to break")
    file.write_text(whole.replace(row.old, row.new), encoding="utf-8")
    try:
        yield
    finally:
        file.write_text(whole, encoding="utf-8")


def judged(folder: Path, row: Row) -> Verdict:
    """Whether the row's test failed by itself, and how."""
    try:
        done = tested(folder, ["-x", row.test], patience=PATIENCE)
    except subprocess.TimeoutExpired:
        return Verdict(False, f"did not end within {PATIENCE} s")
    if done.returncode == 0:
        return Verdict(False, "PASSED: nobody notices")
    failed = re.search(rf"^FAILED {re.escape(row.test)}(?: - )?(.*)$", done.stdout, re.MULTILINE)
    if failed is None:
        return Verdict(False, f"did not run: {_last(done.stdout)}")
    words = failed[1].replace(str(folder), "")
    if words.startswith(_BREAKAGE):
        return Verdict(False, f"the program broke: {words[:WIDTH]}")
    return Verdict(True, words[:WIDTH] or "failed")


def tested(
    folder: Path, arguments: Sequence[str], *, patience: float
) -> subprocess.CompletedProcess[str]:
    """One run of pytest in a copy."""
    options = ["-m", "pytest", "-q", "-n0", "--tb=no", "-rfE", "-p", "no:cacheprovider"]
    # Without byte code: a file broken and mended within a second keeps its time and size.
    environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "1000"}
    return subprocess.run(
        [sys.executable, *options, *arguments],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        timeout=patience,
        check=False,
    )


def _last(words: str) -> str:
    lines = [line for line in words.splitlines() if line.startswith("ERROR")] or words.splitlines()
    return lines[-1][:WIDTH] if lines else ""


if __name__ == "__main__":
    sys.exit(main())
