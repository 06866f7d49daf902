"""The command line, long by its commands: each loads what it needs and tells errors in words."""

from __future__ import annotations

from bot.interrupts import INTERRUPTED, as_usual, end_imports

if __name__ == "__main__":
    end_imports()  # before the first that takes a while

import asyncio
import contextlib
import os
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.terminal import FAILED, WRONG, do, ending, operators_texts

if TYPE_CHECKING:
    from bot.operations.init import Run, Ways
    from config.settings import Settings
    from config.texts import Texts

VERSION = "0.1.0"  # that of pyproject.toml, which a copy of the program need not have

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.command()
def run() -> None:
    """Run the product on the settings found."""
    settings = _settings()
    from bot.product import run_product

    do(run_product(settings, lambda words: typer.echo(words, err=True)))


@app.command()
def worker() -> None:
    """Help a product on PostgreSQL: handle events, take none in, send nothing."""
    settings = _settings()
    from bot.operations.errors import Wrong
    from bot.product import run_product

    if settings.database_url.startswith("sqlite"):
        raise ending(Wrong("run.needs_postgresql"))
    do(run_product(settings, lambda words: typer.echo(words, err=True), leads=False))


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="The page's port; 0 takes a free one.")] = 8080,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
    language: Annotated[
        str, typer.Option(help="The language to play in: ru, en or es; else Russian.")
    ] = "",
) -> None:
    """Try the whole product with no token: local messengers and a page to play every part."""
    texts = _texts_in(language)
    do(_demo(port, language, texts, browser=browser), texts)


@app.command()
def init(
    language: Annotated[
        str, typer.Option(help="The team's language: ru, en or es; else it is asked.")
    ] = "",
) -> None:
    """Set everything up by questions and answers: writes dialead.toml, then checks it."""
    _init(language)


@app.command()
def check(
    fix: Annotated[
        bool, typer.Option("--fix", help="Fix what a program may fix, and say what it fixed.")
    ] = False,
) -> None:
    """Say what is wrong with settings, database, tokens, chats and rights, and what to do."""
    do(_check(_settings(), fix=fix))


@app.command()
def migrate() -> None:
    """Bring the database's schema up to date."""
    settings = _settings(connected=False)
    from storage.migrate import upgrade_at

    do(upgrade_at(settings.database_url))
    typer.echo(operators_texts()("migrate.done"))


@app.command("import")
def import_clients(
    file: Annotated[Path, typer.Argument(help="A CSV or Excel file with a row of headings.")],
    yes: Annotated[bool, typer.Option("--yes", help="Write; without it nothing is.")] = False,
    channel: Annotated[
        list[str] | None,
        typer.Option(help="Whose ids they are, telegram.NAME or vk.NAME; else the first one's."),
    ] = None,
) -> None:
    """Show the clients in a file and what is wrong in which line; remember them, with --yes."""
    do(_import(_settings(connected=False), file, channel or [], yes=yes))


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The copy to be made; it must not exist yet.")],
) -> None:
    """Copy the SQLite database while the product runs, and verify the copy."""
    do(_backup(_settings(connected=False), file))


@app.command()
def copy(
    # A command line with a password is seen by everybody on the machine, and is kept.
    to: Annotated[
        str, typer.Option(envvar="DIALEAD_COPY_TO", help="An empty database, postgresql://…")
    ],
) -> None:
    """Move everything from SQLite to PostgreSQL, and verify it row by row."""
    do(_copy(_settings(connected=False), to))


@app.command()
def report(
    name: Annotated[str, typer.Argument(help="digest, leads, reasons, sources, managers …")] = "",
    since: Annotated[
        str, typer.Option("--from", metavar="D", help="The first day; else 30 days are told of.")
    ] = "",
    until: Annotated[
        str, typer.Option("--to", metavar="D", help="The last day; else it is today.")
    ] = "",
    form: Annotated[str, typer.Option("--format", help="text, json, png or xlsx.")] = "text",
    output: Annotated[Path | None, typer.Option(help="The file to write.")] = None,
    desk: Annotated[str, typer.Option(help="One desk's leads only, by its name.")] = "",
) -> None:
    """Write any report that the bot gives, for any period of whole days in the team's time."""
    do(_report(_settings(connected=False), name, (since, until), form, output, desk))


@app.command()
def dead(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[list | retry ID… | drop ID…]",
            help="What to do; the IDs are those of the list, `all` means every one.",
        ),
    ] = None,
) -> None:
    """List what was set aside and why; put it back in the queue, or end it for good."""
    do(_dead(_settings(connected=False), words or []))


def _init(language: str) -> None:
    """The questions, the file, the check; whoever stops before has changed nothing."""
    from bot.operations.init import converse
    from bot.operations.init_more import one_more
    from bot.operations.settings_file import add, can_write, may_replace, write
    from bot.operations.talk import Talk, choose_language
    from config.settings import SettingsError, file_of_settings
    from config.texts import load

    path = file_of_settings(os.environ, Path.cwd())
    texts = _texts_in(language)
    as_usual()
    try:
        texts = texts if language else load(choose_language(texts.language))
        talk = Talk(texts)
        if not can_write(talk, path):
            raise typer.Exit(FAILED)
        known = _usable(path)
        if known and talk.agree(talk.texts("init.more", file=path.name)):
            with asyncio.Runner() as runner:
                more = one_more(talk, _ways(runner.run, known), known)
            add(talk, path, more, os.environ)
        else:
            if not may_replace(talk, path):
                raise typer.Exit(FAILED)
            with asyncio.Runner() as runner:
                answers = converse(talk, _ways(runner.run))
            write(talk, path, answers)
    except SettingsError as error:
        typer.echo(texts("init.stopped"), err=True)
        raise ending(error) from None
    except (typer.Abort, KeyboardInterrupt):
        typer.echo(f"\n{texts('init.stopped')}", err=True)
        raise typer.Exit(INTERRUPTED) from None
    talk.say(f"\n{talk.texts('init.check')}")
    do(_looked_over(_settings()))
    python = os.path.relpath(sys.executable) if sys.prefix != sys.base_prefix else sys.executable
    command = f"{python} {os.path.relpath(__file__)}"
    talk.say(f"\n{talk.texts('init.start', run=f'{command} run', check=f'{command} check')}")


def _usable(path: Path) -> Settings | None:
    """The settings in a file that can be added to; None where it is not there, or is wrong."""
    from config.settings import SettingsError, load_settings

    if not path.exists():
        return None
    with contextlib.suppress(SettingsError):
        return load_settings(os.environ, Path.cwd())
    return None


def _ways(run: Run, known: Settings | None = None) -> Ways:
    """How `init` reaches the messengers: where the settings or the environment say, if they do."""
    from bot.channels.telegram.setup import Setup
    from bot.channels.vk.setup import community
    from bot.operations.init import Ways

    environ = {name: value for name, value in os.environ.items() if name != "DIALEAD_CONFIG"}
    # Where no file of settings can be.
    found = known or _read_settings(environ, Path(os.devnull))
    telegram, vk = found.telegram, found.vk
    return Ways(
        run,
        lambda token: Setup(token, telegram.api_url, telegram.proxy),
        lambda token: community(token, vk.api_url, vk.proxy),
    )


async def _looked_over(settings: Settings) -> None:
    """What `check` finds, whatever it is."""
    with contextlib.suppress(typer.Exit):
        await _check(settings)


async def _demo(port: int, language: str, texts: Texts, *, browser: bool) -> None:
    from bot.demo import run_demo
    from bot.logs import start_logs
    from config.texts import LANGUAGES

    start_logs("error", "auto")  # as of `run`, or libraries would show tracebacks
    played = language or LANGUAGES[0]
    await run_demo(Path(__file__), port, played, texts, browser=browser, say=typer.echo)


async def _report(
    settings: Settings,
    name: str,
    days: tuple[str, str],
    form: str,
    output: Path | None,
    desk: str,
) -> None:
    """The report on standard output, or whole in a file."""
    from bot.clock import Clock
    from bot.operations.report import Wanted, deliver

    now = Clock(settings.rehearsal.clock_file)()
    await deliver(settings, Wanted(name, *days, form, desk), now, output)


async def _dead(settings: Settings, words: list[str]) -> None:
    """The answer on standard output; words that name nothing end with WRONG."""
    from zoneinfo import ZoneInfo

    from bot.clock import Clock
    from bot.operations.dead import decide
    from handlers.dead import asked

    texts, zone = operators_texts(), ZoneInfo(settings.team.timezone)
    now = Clock(settings.rehearsal.clock_file)()
    answer = await decide(
        settings.database_url,
        lambda session: asked(session, texts, zone, now, words, "main.py dead"),
    )
    typer.echo(answer.text, err=not answer.ok)
    if not answer.ok:
        raise typer.Exit(WRONG)


async def _import(settings: Settings, file: Path, named: list[str], *, yes: bool) -> None:
    """The preview first; nothing is written unless told so. FAILED when lines were left out."""
    from bot.clock import Clock
    from bot.operations.importing import (
        channels_meant,
        country,
        preview,
        read_clients,
        write,
    )
    from bot.operations.progress import progress

    texts, channels = operators_texts(), channels_meant(settings, named)
    sheet = read_clients(file, settings.team.language, country(settings.team.timezone))
    for told in preview(texts, sheet):
        typer.echo(told)
    if not yes and sheet.clients:
        typer.echo(texts("import.dry"))
    if yes and sheet.clients:
        now = Clock(settings.rehearsal.clock_file)()
        with progress(len(sheet.clients)) as bar:
            done = await write(settings.database_url, sheet.clients, now, bar.update, channels)
        typer.echo(texts("import.done", new=done.new, known=done.known))
    if sheet.left_out:
        raise typer.Exit(FAILED)


async def _backup(settings: Settings, file: Path) -> None:
    from bot.operations.backup import backed_up

    typer.echo(await backed_up(operators_texts(), settings.database_url, file))


async def _copy(settings: Settings, to: str) -> None:
    from bot.operations.copy import copied
    from bot.operations.progress import progress

    with progress(1) as bar:

        def expect(steps: int) -> None:
            bar.length = max(1, steps)

        moved = await copied(settings.database_url, to, expect, bar.update)
    texts = operators_texts()
    typer.echo(texts("copy.done", rows=moved.rows, tables=moved.tables))


async def _check(settings: Settings, *, fix: bool = False) -> None:
    """Each line as soon as it is known; the end with FAILED unless all is well."""
    from bot.clock import Clock
    from bot.operations.check import check, line, total
    from bot.product import open_channels
    from config.settings import file_of_settings

    texts = operators_texts()
    file = file_of_settings(os.environ, Path.cwd())
    findings = []
    async with contextlib.AsyncExitStack() as stack:
        opened = partial(stack.enter_async_context, open_channels(settings))
        now = Clock(settings.rehearsal.clock_file)()
        async for finding in check(settings, opened, now, file=file, fix=fix):
            findings.append(finding)
            typer.echo(line(texts, finding))
    typer.echo(total(texts, findings))
    if not all(finding.ok for finding in findings):
        raise typer.Exit(FAILED)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"Dialead {VERSION}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Dialead: leads from Telegram and VK, worked by a team in its own chat."""


def _texts_in(language: str) -> Texts:
    """The words of a language that was asked for, "" for none, or the end with which there are."""
    from bot.operations.errors import Wrong
    from config.texts import LANGUAGES, load

    if language not in ("", *LANGUAGES):
        raise ending(Wrong("run.language", languages=", ".join(LANGUAGES)))
    return load(language) if language else operators_texts()


def _settings(*, connected: bool = True) -> Settings:
    """The settings found, or the end with what is wrong in them."""
    from bot.logs import start_logs

    settings = _read_settings(os.environ, Path.cwd(), connected=connected)
    start_logs(settings.log.level, settings.log.format)
    return settings


def _read_settings(
    environ: Mapping[str, str], folder: Path, *, connected: bool = False
) -> Settings:
    from config.settings import SettingsError, load_settings

    try:
        return load_settings(environ, folder, connected=connected)
    except SettingsError as error:
        raise ending(error) from None


if __name__ == "__main__":
    sys.exit(app())
