"""`main.py init`: the settings by questions and answers, each tried at once; long by the steps."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo, available_timezones

import typer

from bot.messages import Failure, SendError
from bot.operations.settings_file import Answers
from bot.operations.talk import Talk

LOOK_SECONDS = 5.0
"""How long a group is waited for before it is asked for again."""

T = TypeVar("T")

_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
_GROUP = re.compile(r"(?:telegram:)?(-[1-9]\d{0,18})")
_PERSON = re.compile(r"(?:telegram:)?([1-9]\d{0,18})")
_ZONES = {"ru": "Europe/Moscow", "en": "Europe/London", "es": "Europe/Madrid"}


class Place(Protocol):
    """A group, and somebody of it ("" where nobody is known)."""

    @property
    def chat(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def user(self) -> str: ...
    @property
    def name(self) -> str: ...


class Sight(Protocol):
    """The groups that a bot sees, and why it may see none."""

    @property
    def places(self) -> Sequence[Place]: ...
    @property
    def crowded(self) -> bool: ...
    @property
    def taken(self) -> bool: ...


class Telegram(Protocol):
    """A token on trial; every method may raise SendError."""

    async def bot(self) -> tuple[str, str]: ...
    async def webhook(self) -> str: ...
    async def remove_webhook(self) -> None: ...
    async def look(self, seconds: float, known: Collection[str]) -> Sight: ...
    async def group(self, chat: str) -> Place: ...
    async def close(self) -> None: ...


class Run(Protocol):
    """Waits for a coroutine."""

    def __call__(self, work: Coroutine[Any, Any, T], /) -> T: ...


@dataclass(frozen=True, slots=True)
class Ways:
    """How the outside is reached."""

    run: Run
    telegram: Callable[[str], Telegram]
    vk: Callable[[str], Coroutine[Any, Any, tuple[int, str]]]


def converse(talk: Talk, ways: Ways) -> Answers:
    """All the questions. Nothing is written; typer.Abort when somebody had enough."""
    talk.say(talk.texts("init.welcome"))
    token, bot, telegram = ask_bot(talk, ways, talk.texts("init.bot"))
    try:
        vk = ask_community(talk, ways, talk.texts("init.vk"), talk.texts("init.vk.token"))
        timezone = _timezone(talk)
        free_from_webhook(talk, ways, telegram)
        place = ask_group(talk, ways, telegram, talk.texts("init.group", bot=bot))
        supervisor = _supervisor(talk, place, bot)
    finally:
        ways.run(telegram.close())
    return Answers(token, vk, talk.texts.language, timezone, place.chat, supervisor)


def ask_bot(
    talk: Talk, ways: Ways, how: str, taken: Collection[str] = ()
) -> tuple[str, str, Telegram]:
    """The token, the bot's username, and the way to ask more under this token.

    `how` tells how to come by one; `taken` are the tokens that the settings have.
    """
    texts = talk.texts
    talk.say(f"\n{how}")
    while True:
        token = talk.until(texts("init.bot.token"), lambda given: _token(talk, given, taken))
        telegram = ways.telegram(token)
        try:
            name, bot = _answer(talk, ways, telegram.bot)
        except SendError:
            ways.run(telegram.close())
            talk.say(texts("init.bot.refused"))
            continue
        except BaseException:  # whoever leaves here leaves no connection open
            ways.run(telegram.close())
            raise
        talk.say(texts("init.bot.found", name=name, bot=bot))
        return token, bot, telegram


def _token(talk: Talk, given: str, taken: Collection[str]) -> str | None:
    if _TOKEN.fullmatch(given) and given not in taken:
        return given
    talk.say(talk.texts("init.more.token_taken" if given in taken else "init.bot.malformed"))
    return None


def _answer(talk: Talk, ways: Ways, ask: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Telegram's answer, asked again while it gives none. SendError when it refuses."""
    while True:
        try:
            return ways.run(ask())
        except SendError as error:
            if error.failure not in _PASSING:
                raise
            talk.say(talk.texts("init.bot.silent", reason=error))
        _try_again(talk)


def _try_again(talk: Talk) -> None:
    if not talk.agree(talk.texts("init.again")):
        raise typer.Abort


def ask_community(
    talk: Talk, ways: Ways, how: str, question: str, taken: Collection[str] = ()
) -> tuple[str, int] | None:
    """A community's key and number, None for Enter; `how` tells where the key is.

    `taken` are the keys that the settings have.
    """
    texts = talk.texts
    talk.say(f"\n{how}")
    while token := talk.ask(question):
        if not (token.isascii() and token.isprintable() and " " not in token):
            talk.say(texts("init.vk.malformed"))
            continue
        if token in taken:
            talk.say(texts("init.more.token_taken"))
            continue
        try:
            number, name = ways.run(ways.vk(token))
        except SendError as error:
            passing = error.failure in _PASSING
            talk.say(texts("init.vk.silent", reason=error) if passing else texts("init.vk.refused"))
            continue
        talk.say(texts("init.vk.found", name=name))
        return token, number
    return None


def _timezone(talk: Talk) -> str:
    texts = talk.texts
    talk.say(f"\n{texts('init.zone')}")
    usual = guess_timezone(os.environ, Path("/etc/localtime")) or _ZONES[texts.language]
    time = texts.time(datetime.now(UTC), ZoneInfo(usual))
    return talk.until(
        texts("init.zone.name", time=time), lambda given: _zone(talk, given, usual), usual
    )


def _zone(talk: Talk, given: str, usual: str) -> str | None:
    zones = available_timezones()
    by_letters = {zone.lower(): zone for zone in zones}
    if found := by_letters.get(given.lower().replace(" ", "_")):
        return found
    near = get_close_matches(given, zones, 1)
    talk.say(talk.texts("init.zone.unknown", example=near[0] if near else usual))
    return None


def guess_timezone(environ: Mapping[str, str], localtime: Path) -> str:
    """The machine's zone by its name, "" where it has none that says where people are."""
    named = environ.get("TZ", "").lstrip(":")
    _, _, linked = str(localtime.resolve()).partition("/zoneinfo/")
    usable = {zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")}
    return next((zone for zone in (named, linked) if zone in usable), "")


def free_from_webhook(talk: Talk, ways: Ways, telegram: Telegram) -> None:
    """A webhook takes the updates by which the group is found; without it they can be seen."""
    host = _answer(talk, ways, telegram.webhook)
    if host and talk.agree(f"\n{talk.texts('init.bot.webhook', host=host)}", otherwise=False):
        _answer(talk, ways, telegram.remove_webhook)


def ask_group(
    talk: Talk, ways: Ways, telegram: Telegram, how: str, taken: Collection[str] = ()
) -> Place:
    """The team's group, found or named; `how` tells what to do with it before.

    `taken` are the groups of other teams.
    """
    texts = talk.texts
    talk.say(f"\n{how}")
    refused = set(taken)
    while True:
        if number := talk.ask(texts("init.group.ready")):
            found = _numbered(talk, ways, telegram, number)
        else:
            found = _seen(talk, ways, telegram, refused)
        for place in found:
            if place.chat in taken:
                talk.say(texts("init.more.group_taken", title=place.title))
            elif talk.agree(texts("init.group.this", title=place.title)):
                return _with_owner(ways, telegram, place)
            refused.add(place.chat)


def _numbered(talk: Talk, ways: Ways, telegram: Telegram, number: str) -> Sequence[Place]:
    texts = talk.texts
    if (given := _GROUP.fullmatch(number)) is None:
        talk.say(texts("init.group.no_number"))
        return ()
    try:
        return (ways.run(telegram.group(given[1])),)
    except SendError as error:
        talk.say(texts("init.group.closed", reason=error))
        return ()


def _seen(talk: Talk, ways: Ways, telegram: Telegram, refused: Collection[str]) -> Sequence[Place]:
    texts = talk.texts
    talk.say(texts("init.group.looking"))
    sight = _answer(talk, ways, lambda: telegram.look(LOOK_SECONDS, refused))
    if sight.taken:
        talk.say(texts("init.group.taken"))
    elif not sight.places:
        talk.say(texts("init.group.crowded" if sight.crowded else "init.group.unseen"))
    return sight.places


def _with_owner(ways: Ways, telegram: Telegram, place: Place) -> Place:
    """Where an anonymous admin added the bot, its owner is asked for; nobody, if that fails."""
    if place.user:
        return place
    try:
        return ways.run(telegram.group(place.chat))
    except SendError:
        return place


def _supervisor(talk: Talk, place: Place, bot: str) -> str:
    """A person's number, "" for nobody."""
    texts = talk.texts
    talk.say(f"\n{texts('init.supervisor')}")
    if place.user and talk.agree(texts("init.supervisor.this", name=place.name)):
        number = place.user
    else:
        number = talk.until(texts("init.supervisor.number"), lambda given: _person(talk, given))
    if number:
        talk.ask(texts("init.supervisor.start", bot=bot))
    return number


def _person(talk: Talk, given: str) -> str | None:
    if not given:
        return ""
    if found := _PERSON.fullmatch(given):
        return found[1]
    talk.say(talk.texts("init.supervisor.no_number"))
    return None


_PASSING = (Failure.TRANSIENT, Failure.AMBIGUOUS, Failure.PACE)
