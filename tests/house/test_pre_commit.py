"""The hooks before a commit run the same checks as the tests, on the same files."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENTRIES = re.findall(
    r"entry: \.venv/bin/(.+)", (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
)


def test_every_hook_has_its_program() -> None:
    there = Path(sys.executable).parent
    assert [one.split()[0] for one in ENTRIES] == ["ruff", "ruff", "mypy", "lint-imports"]
    assert [one for one in ENTRIES if not (there / one.split()[0]).exists()] == []


def test_hooks_leave_alone_what_the_checks_leave_alone() -> None:
    """They name every file, and ruff takes a file that is named unless it is told not to."""
    files = sorted(str(one) for one in (ROOT / "storage" / "migrations" / "versions").glob("*.py"))
    for entry in (one for one in ENTRIES if one.startswith("ruff")):
        command = [sys.executable, "-m", *entry.split(), *files]
        command += ["--check"] if "format" in entry else []
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
