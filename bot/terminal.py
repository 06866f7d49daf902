"""How a command ends on the operator's terminal: with its exit code, in words, no traceback."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bot.interrupts import INTERRUPTED, as_usual, end_imports

if TYPE_CHECKING:
    from config.texts import Texts

FAILED, WRONG, UNREAD = 1, 2, 141


def do(work: Coroutine[Any, Any, None], texts: Texts | None = None) -> None:
    """Run to the end; whatever fails is told, in the operator's language unless in these words."""
    import uvloop  # late, as all that a command may not need

    as_usual()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_heeding_interrupts(work))
        sys.stdout.flush()
    except typer.Exit:
        raise
    except BrokenPipeError:
        raise _unread() from None
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    except Exception as error:  # the last resort: nobody is above us
        raise ending(error, texts) from None


async def _heeding_interrupts(work: Coroutine[Any, Any, None]) -> None:
    end_imports()  # beyond what the runner has made of Ctrl-C: an end of the work
    try:
        await work
    finally:
        as_usual()


def operators_texts() -> Texts:
    """The words in which the operator is spoken to."""
    from config.language import operators_language  # late, as all that a command may not need
    from config.texts import load

    return load(operators_language(os.environ, Path.cwd()))


def ending(error: BaseException, texts: Texts | None = None) -> typer.Exit:
    """What failed, told; the end with the code that it has."""
    words, code = _told(error, texts or operators_texts())
    typer.echo(words, err=True)
    return typer.Exit(code)


def _unread() -> typer.Exit:
    """The end when whoever read what we print has seen enough, as `head` does: nothing to tell."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())  # what is still to be printed would fail once more
    return typer.Exit(UNREAD)


def _told(error: BaseException, texts: Texts) -> tuple[str, int]:
    """The first thing that failed: what the operator can mend, or where the fault is in here."""
    from bot.delivery.describing import describe
    from bot.operations.errors import Failed, Wrong
    from config.settings import SettingsError
    from storage.failures import UNREACHABLE, DatabaseUnfit, Unreachable, in_words

    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, SettingsError):
        return error.told(texts), WRONG
    if isinstance(error, Failed | DatabaseUnfit):
        return texts(error.key, **error.values), WRONG if isinstance(error, Wrong) else FAILED
    if isinstance(error, Unreachable):
        return texts("database.unreachable", reason=error), FAILED
    if isinstance(error, UNREACHABLE):
        return texts("run.cannot", reason=in_words(error)), FAILED
    return texts("run.fault", fault=describe(error)), FAILED
