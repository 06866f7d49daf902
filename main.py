"""The command line: every command loads what it needs, and tells errors in words."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from config.settings import Settings

FAILED, WRONG = 1, 2

app = typer.Typer(
    help="Dialead: leads from Telegram and VK, worked by a team in its own chat.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.command()
def run() -> None:
    """Run the product on the settings found."""
    settings = _settings()
    from bot.product import run_product

    _do(run_product(settings))


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="The page's port; 0 takes a free one.")] = 8080,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
    language: Annotated[str, typer.Option(help="The team's language: ru, en or es.")] = "ru",
) -> None:
    """Try the whole product with no token: local messengers and a page to play every part."""
    from bot.demo import run_demo

    _do(run_demo(Path(__file__), port, language, browser=browser))


@app.command()
def migrate() -> None:
    """Bring the database's schema up to date."""
    settings = _settings(connected=False)
    from storage.migrate import upgrade_at

    _do(upgrade_at(settings.database_url))
    typer.echo("the database is up to date")


def _settings(*, connected: bool = True) -> Settings:
    """The settings found, or the end with what is wrong in them."""
    from bot.logs import start_logs
    from config.settings import SettingsError, load_settings

    try:
        settings = load_settings(os.environ, Path.cwd(), connected=connected)
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(WRONG) from None
    start_logs(settings.log.level, settings.log.format)
    return settings


def _do(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end; what the operator can mend is told without a traceback."""
    from storage.database import UNREACHABLE, DatabaseUnfit

    try:
        asyncio.run(work)
        return
    except DatabaseUnfit as error:
        typer.echo(str(error), err=True)
    except UNREACHABLE as error:
        typer.echo(f"cannot reach the database: {type(error).__name__}", err=True)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    raise typer.Exit(FAILED)


if __name__ == "__main__":
    sys.exit(app())
