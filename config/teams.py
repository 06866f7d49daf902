"""Which channels and which desks the settings make: the first ones and those added by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.lead import MAIN
from config.groups import Bot, ChannelPolicy, Deadlines, Digest, Group, Hours, Team, Telegram, Vk
from config.problems import SettingPath

if TYPE_CHECKING:
    from config.settings import Settings

KINDS = ("telegram", "vk")

_SHARED = {"api_url", "proxy", "per_second", "group_per_minute"}


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """One channel: the connection of its kind, and what holds for its leads.

    The first of a kind is called like the kind, any other KIND.NAME, so that a name tells
    of which messenger it is.
    """

    name: str
    kind: str
    desk: str
    connection: Telegram | Vk
    policy: ChannelPolicy

    @property
    def path(self) -> SettingPath:
        """The table in which its connection is set."""
        return table_of(self.name)


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """One team, with what it takes over from the others filled in."""

    name: str
    team: Team
    deadlines: Deadlines
    hours: Hours
    digest: Digest
    reject_reasons: tuple[str, ...]  # none: a list in its language


def channels_of(settings: Settings) -> tuple[ChannelSettings, ...]:
    """Every channel, whether it has a token or not; the first of each kind before others."""
    first = (
        ChannelSettings(kind, kind, MAIN, getattr(settings, kind), getattr(settings.channels, kind))
        for kind in KINDS
    )
    more = (
        ChannelSettings(f"{bot.kind}.{name}", bot.kind, bot.desk, _connection(settings, bot), bot)
        for name, bot in settings.bots.items()
    )
    return (*first, *more)


def table_of(channel: str) -> SettingPath:
    """The table of the settings in which a channel's connection is set."""
    kind, _, name = channel.partition(".")
    return ("bots", name) if name else (kind,)


def desks_of(settings: Settings) -> tuple[DeskSettings, ...]:
    """Every desk, the first one first."""
    return tuple(_desks(settings))


def bots_of(settings: Settings, desk: str) -> dict[str, str]:
    """By messenger what speaks to a desk's people and serves its chats: its own first, else any."""
    on = [one for one in channels_of(settings) if one.connection.token]
    found = {kind: kind for kind in KINDS}
    for one in (*reversed(on), *reversed([one for one in on if one.desk == desk])):
        found[one.kind] = one.name
    return found


def through(bots: Mapping[str, str], chat: str) -> str:
    """A chat as the settings name it, by the channel that serves it; "" for none."""
    kind, colon, number = chat.partition(":")
    return f"{bots[kind]}:{number}" if colon else ""


def _connection(settings: Settings, bot: Bot) -> Telegram | Vk:
    """As that of the first of its kind, but for what is its own."""
    first = settings.telegram if bot.kind == "telegram" else settings.vk
    found = {name: getattr(bot, name) for name in bot.connects.model_fields}
    own = {name: value for name, value in found.items() if value}
    return bot.connects.model_validate(first.model_dump(include=_SHARED) | own)


def _desks(settings: Settings) -> Iterator[DeskSettings]:
    yield DeskSettings(
        MAIN,
        settings.team,
        settings.deadlines,
        settings.hours,
        settings.digest,
        settings.leads.reject_reasons,
    )
    for name, desk in settings.desks.items():
        team = _given(desk, *Team.model_fields)
        language = desk.language or settings.team.language
        same = language == settings.team.language
        yield DeskSettings(
            name,
            settings.team.model_copy(update=_EMPTY | team),
            settings.deadlines.model_copy(update=_given(desk.deadlines)),
            settings.hours.model_copy(update=_given(desk.hours)),
            settings.digest.model_copy(update=_given(desk.digest)),
            desk.reject_reasons or (settings.leads.reject_reasons if same else ()),
        )


# What no team takes over from another.
_EMPTY: dict[str, object] = {
    "chat": "",
    "managers": (),
    "dispatchers": (),
    "supervisors_chat": "",
}


def _given(group: Group, *names: str) -> dict[str, object]:
    """What is set in a group, of these names or of all."""
    found = {name: getattr(group, name) for name in group.model_fields_set}
    return {
        name: value
        for name, value in found.items()
        if value is not None and (not names or name in names)
    }
