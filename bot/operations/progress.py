"""How far a long command is, for whoever looks on."""

from __future__ import annotations

import sys
from typing import Any

import typer


def progress(length: int) -> Any:
    """A bar on the terminal; where none is, as under a timer, not even its empty line."""
    return typer.progressbar(length=length, file=sys.stderr, hidden=not sys.stderr.isatty())
