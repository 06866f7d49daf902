"""What is wrong with several bots and desks taken together, each fit to be one by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.domain.lead import MAIN
from config.problems import Problem, SettingPath
from config.teams import KINDS

if TYPE_CHECKING:
    from config.settings import Settings


def wrong_together(settings: Settings, *, connected: bool) -> list[Problem]:
    """What names nothing, what two of them cannot share and, `connected`, what they lack."""
    found = [*_bots(settings), *_desks(settings), *_shared_chats(settings), *_never_said(settings)]
    return [*found, *_lacking(settings)] if connected else found


def _bots(settings: Settings) -> Iterator[Problem]:
    tokens = {settings.telegram.token: "telegram.token", settings.vk.token: "vk.token"}
    groups = {settings.vk.group_id: "vk.group_id"}
    for name, bot in settings.bots.items():
        path = ("bots", name)
        if (other := tokens.setdefault(bot.token, f"bots.{name}.token")) != f"bots.{name}.token":
            yield Problem((*path, "token"), "setting.bot_twice", {"other": other})
        mine = f"bots.{name}.group_id"
        if bot.kind == "vk" and (other := groups.setdefault(bot.group_id, mine)) != mine:
            yield Problem((*path, "group_id"), "setting.bot_twice", {"other": other})
        if bot.desk not in (MAIN, *settings.desks):
            desks = ", ".join((MAIN, *settings.desks))
            yield Problem((*path, "desk"), "setting.no_desk", {"desks": desks})


def _desks(settings: Settings) -> Iterator[Problem]:
    if MAIN in settings.desks:
        yield Problem(("desks", MAIN), "setting.main_desk")


def _shared_chats(settings: Settings) -> Iterator[Problem]:
    """A chat in which is said something tells by that of which desk it is."""
    known: dict[str, SettingPath] = {}
    teams = {("team",): settings.team} | {
        ("desks", name): desk for name, desk in settings.desks.items()
    }
    for path, team in teams.items():
        for name in ("chat", "supervisors_chat"):
            where, mine = getattr(team, name), (*path, name)
            other = known.setdefault(where, mine) if where else mine
            if other[:-1] != path:
                dotted = ".".join(map(str, other))
                yield Problem(mine, "setting.chat_twice", {"other": dotted})


def _never_said(settings: Settings) -> Iterator[Problem]:
    """What is to be said out of hours, where there are none."""
    policies = {("channels", kind): (getattr(settings.channels, kind), MAIN) for kind in KINDS} | {
        ("bots", name): (bot, bot.desk) for name, bot in settings.bots.items()
    }
    for path, (policy, of) in policies.items():
        desk = settings.desks.get(of)
        hours = (settings.hours, desk.hours) if desk else (settings.hours,)
        if policy.out_of_hours and not any(one.week or one.holidays for one in hours):
            yield Problem((*path, "out_of_hours"), "setting.never_closed")


def _lacking(settings: Settings) -> Iterator[Problem]:
    for name, desk in settings.desks.items():
        if not desk.chat:
            yield Problem(("desks", name, "chat"), "setting.desk_chat")
    off = [kind for kind in KINDS if not _is_on(settings, kind)]
    named = {
        **{
            ("bots", name, "responsible"): (bot.responsible,) for name, bot in settings.bots.items()
        },
        **{
            ("desks", name, "supervisors"): desk.supervisors
            for name, desk in settings.desks.items()
        },
    }
    for path, accounts in named.items():
        for kind in off:
            if any(one.startswith(f"{kind}:") for one in accounts):
                yield Problem(path, "setting.off", {"token": f"{kind}.token"})


def _is_on(settings: Settings, kind: str) -> bool:
    first = getattr(settings, kind).token
    return bool(first) or any(bot.kind == kind for bot in settings.bots.values())
