"""How a command ends on the operator's terminal: with its exit code, in words, no traceback."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import typer

FAILED, WRONG, INTERRUPTED = 1, 2, 130


def do(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end; whatever fails is told without a traceback."""
    try:
        asyncio.run(work)
    except typer.Exit:
        raise
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    except Exception as error:  # the last resort: nobody is above us
        raise ended(_told(error), FAILED) from None


def ended(words: str, code: int) -> typer.Exit:
    """The end of a command, its words told."""
    typer.echo(words, err=True)
    return typer.Exit(code)


def _told(error: BaseException) -> str:
    """The first thing that failed: what the operator can mend, or where the fault is in here."""
    from bot.delivery.describing import describe  # late: only who fails needs them
    from storage.database import UNREACHABLE, DatabaseUnfit

    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, DatabaseUnfit):
        return str(error)
    if isinstance(error, UNREACHABLE):
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return f"cannot go on: {reason}"
    return f"stopped by a fault in the program: {describe(error)}"
