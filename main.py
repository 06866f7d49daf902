"""The command line, long by its commands: each loads what it needs and tells errors in words."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from bot.operations.init import Run, Ways
    from config.settings import Settings

VERSION = "0.1.0"  # that of pyproject.toml, which a copy of the program need not have
FAILED, WRONG = 1, 2

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

    _do(run_product(settings, lambda words: typer.echo(words, err=True)))


@app.command()
def worker() -> None:
    """Help a product on PostgreSQL: handle events, take none in, send nothing."""
    settings = _settings()
    if settings.database_url.startswith("sqlite"):
        typer.echo("several processes need PostgreSQL: set database_url = postgresql://…", err=True)
        raise typer.Exit(WRONG)
    from bot.product import run_product

    _do(run_product(settings, lambda words: typer.echo(words, err=True), leads=False))


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="The page's port; 0 takes a free one.")] = 8080,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
    language: Annotated[str, typer.Option(help="The team's language: ru, en or es.")] = "ru",
) -> None:
    """Try the whole product with no token: local messengers and a page to play every part."""
    _do(_demo(port, language, browser=browser))


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
        bool, typer.Option("--fix", help="Mend what the messengers let be mended.")
    ] = False,
) -> None:
    """Say what is wrong with settings, database, tokens, chats and rights, and what to do."""
    _do(_check(_settings(), fix=fix))


@app.command()
def migrate() -> None:
    """Bring the database's schema up to date."""
    settings = _settings(connected=False)
    from storage.migrate import upgrade_at

    _do(upgrade_at(settings.database_url))
    typer.echo("the database is up to date")


@app.command("import")
def import_clients(
    file: Annotated[Path, typer.Argument(help="A CSV or Excel file with a row of headings.")],
    yes: Annotated[bool, typer.Option("--yes", help="Write; without it nothing is.")] = False,
) -> None:
    """Show the clients in a file and what is wrong in which line; remember them, with --yes."""
    _do(_import(_settings(connected=False), file, yes=yes))


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The copy to be made; it must not exist yet.")],
) -> None:
    """Copy the SQLite database while the product runs, and verify the copy."""
    _do(_backup(_settings(connected=False), file))


@app.command()
def copy(
    to: Annotated[str, typer.Option(help="An empty database, postgresql://…")],
) -> None:
    """Move everything from SQLite to PostgreSQL, and verify it row by row."""
    _do(_copy(_settings(connected=False), to))


@app.command()
def report(
    name: Annotated[str, typer.Argument(help="digest, leads, reasons, sources, managers …")],
    since: Annotated[
        str, typer.Option("--from", metavar="D", help="The first day; else 30 days are told of.")
    ] = "",
    until: Annotated[
        str, typer.Option("--to", metavar="D", help="The last day; else it is today.")
    ] = "",
    form: Annotated[str, typer.Option("--format", help="text, json, png or xlsx.")] = "text",
    output: Annotated[Path | None, typer.Option(help="The file to write.")] = None,
) -> None:
    """Write any report that the bot gives, for any period of whole days in the team's time."""
    _do(_report(_settings(connected=False), name, since, until, form, output))


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
    _do(_dead(_settings(connected=False), words or []))


def _init(language: str) -> None:
    """The questions, the file, the check; whoever stops before has changed nothing."""
    from bot.operations.init import converse
    from bot.operations.settings_file import may_write, write
    from bot.operations.talk import Talk, choose_language
    from config.texts import LANGUAGES, load

    if language and language not in LANGUAGES:
        typer.echo(f"--language: choose {', '.join(LANGUAGES)}", err=True)
        raise typer.Exit(WRONG)
    path = Path(os.environ.get("DIALEAD_CONFIG", "").strip() or "dialead.toml").absolute()
    stopped = ""
    try:
        talk = Talk(load(language or choose_language(os.environ.get("LANG", "")[:2])))
        stopped = talk.texts("init.stopped")
        if not may_write(talk, path):
            raise typer.Exit(FAILED)
        with asyncio.Runner() as runner:
            answers = converse(talk, _ways(runner.run))
        write(talk, path, answers)
    except (typer.Abort, KeyboardInterrupt):
        typer.echo(f"\n{stopped}", err=True)
        raise typer.Exit(130) from None
    talk.say(f"\n{talk.texts('init.check')}")
    _do(_looked_over(_settings()))
    python = os.path.relpath(sys.executable) if sys.prefix != sys.base_prefix else sys.executable
    command = f"{python} {os.path.relpath(__file__)}"
    talk.say(f"\n{talk.texts('init.start', run=f'{command} run', check=f'{command} check')}")


def _ways(run: Run) -> Ways:
    """How `init` reaches the messengers: where the environment says, if it says."""
    from bot.channels.telegram.setup import Setup
    from bot.channels.vk.setup import community
    from bot.operations.init import Ways

    environ = {name: value for name, value in os.environ.items() if name != "DIALEAD_CONFIG"}
    found = _read_settings(environ, Path(os.devnull))  # where no file of settings can be
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


async def _demo(port: int, language: str, *, browser: bool) -> None:
    from bot.demo import PortTaken, run_demo

    try:
        await run_demo(Path(__file__), port, language, browser=browser, say=typer.echo)
    except PortTaken as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(FAILED) from None


async def _report(
    settings: Settings, name: str, since: str, until: str, form: str, output: Path | None
) -> None:
    """The report on standard output, or whole in a file; WRONG when there is no such report."""
    from bot.clock import Clock
    from bot.operations.report import Wanted, WrongReport, check, write

    wanted, now = Wanted(name, since, until, form), Clock(settings.rehearsal.clock_file)()
    try:
        check(settings, wanted, now)
    except WrongReport as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(WRONG) from None
    if output is None:
        await write(settings, wanted, now, sys.stdout.buffer, _progress)
        return
    part = output.with_name(f"{output.name}.part")
    with part.open("wb") as file:
        await write(settings, wanted, now, file, _progress)
    part.replace(output)


def _progress(done: int, of: int) -> None:
    """How far it is, now and then, for who looks on."""
    if sys.stderr.isatty() and (done == of or done % 1000 == 0):
        typer.echo(f"\r{done:,} / {of:,}", nl=done == of, err=True)


async def _dead(settings: Settings, words: list[str]) -> None:
    """The answer on standard output; words that name nothing end with WRONG."""
    from zoneinfo import ZoneInfo

    from bot.clock import Clock
    from bot.operations.dead import decide
    from config.texts import load
    from handlers.dead import asked

    texts, zone = load(settings.team.language), ZoneInfo(settings.team.timezone)
    now = Clock(settings.rehearsal.clock_file)()
    answer = await decide(
        settings.database_url,
        lambda session: asked(session, texts, zone, now, words, "main.py dead"),
    )
    typer.echo(answer.text, err=not answer.ok)
    if not answer.ok:
        raise typer.Exit(WRONG)


async def _import(settings: Settings, file: Path, *, yes: bool) -> None:
    """The preview first; nothing is written unless told so. FAILED when lines were left out."""
    from bot.clock import Clock
    from bot.operations.importing import country, preview, read_clients, write
    from bot.operations.tables import Unreadable
    from config.texts import load

    texts = load(settings.team.language)
    try:
        sheet = read_clients(file, settings.team.language, country(settings.team.timezone))
    except Unreadable as error:
        typer.echo(texts(error.key, **error.values), err=True)
        raise typer.Exit(WRONG) from None
    for told in preview(texts, sheet):
        typer.echo(told)
    if not yes and sheet.clients:
        typer.echo(texts("import.dry"))
    if yes and sheet.clients:
        now = Clock(settings.rehearsal.clock_file)()
        with typer.progressbar(length=len(sheet.clients), file=sys.stderr) as bar:
            done = await write(settings.database_url, sheet.clients, now, bar.update)
        typer.echo(texts("import.done", new=done.new, known=done.known))
    if sheet.left_out:
        raise typer.Exit(FAILED)


async def _backup(settings: Settings, file: Path) -> None:
    from config.texts import load
    from storage.backup import back_up, size_of

    url = settings.database_url
    with typer.progressbar(length=size_of(url), file=sys.stderr) as bar:
        made = await back_up(url, file, bar.update)
    texts = load(settings.team.language)
    size = texts("attachment.megabytes", number=-(-made.size // 2**20))
    values = {"file": file, "size": size, "leads": made.leads, "messages": made.messages}
    typer.echo(texts("backup.done", **values))


async def _copy(settings: Settings, to: str) -> None:
    from bot.operations.copy import copied
    from config.texts import load

    with typer.progressbar(length=1, file=sys.stderr) as bar:

        def expect(steps: int) -> None:
            bar.length = max(1, steps)

        moved = await copied(settings.database_url, to, expect, bar.update)
    texts = load(settings.team.language)
    typer.echo(texts("copy.done", rows=moved.rows, tables=moved.tables))


async def _check(settings: Settings, *, fix: bool = False) -> None:
    """Each line as soon as it is known; the end with FAILED unless all is well."""
    from bot.clock import Clock
    from bot.operations.check import check, line, total
    from bot.product import open_channels
    from config.texts import load

    texts = load(settings.team.language)
    findings = []
    async with open_channels(settings) as channels:
        now = Clock(settings.rehearsal.clock_file)()
        async for finding in check(settings, channels, now, fix=fix):
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
        typer.echo(str(error), err=True)
        raise typer.Exit(WRONG) from None


def _do(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end; whatever fails is told without a traceback."""
    try:
        asyncio.run(work)
    except typer.Exit:
        raise
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except Exception as error:  # the last resort: nobody is above us
        typer.echo(_told(error), err=True)
        raise typer.Exit(FAILED) from None


def _told(error: BaseException) -> str:
    """The first thing that failed: what the operator can mend, or where the fault is in here."""
    from bot.delivery.describing import describe
    from storage.database import UNREACHABLE, DatabaseUnfit

    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, DatabaseUnfit):
        return str(error)
    if isinstance(error, UNREACHABLE):
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return f"cannot go on: {reason}"
    return f"stopped by a fault in the program: {describe(error)}"


if __name__ == "__main__":
    sys.exit(app())
