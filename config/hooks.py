"""What must be set where messengers post their events to an address of the product."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from config.problems import Problem, SettingPath, dotted
from config.teams import ChannelSettings, channels_of

if TYPE_CHECKING:
    from config.settings import Settings

_OWN = ("/healthz", "/readyz", "/metrics")

_NEEDED = {  # by the mode in which a messenger posts: the address, and what goes with it
    "webhook": ("webhook_url", "webhook_secret"),
    "callback": ("callback_url", "confirmation", "secret"),
}


def unposted(settings: Settings) -> list[Problem]:
    """What keeps the posts of messengers that should make some from being served."""
    posting = [one for one in channels_of(settings) if one.connection.mode in _NEEDED]
    problems = [problem for one in posting for problem in _empty(one)]
    if posting and not settings.http.port:
        problems.append(Problem(("http", "port"), "setting.hook_port"))
    return [*problems, *_on_taken_paths(posting)]


def _empty(channel: ChannelSettings) -> Iterator[Problem]:
    path = channel.path
    for one in _NEEDED[channel.connection.mode]:
        if not getattr(channel.connection, one):
            mode = dotted((*path, "mode"))
            yield Problem((*path, one), "setting.hook_unset", {"mode": mode})


def _on_taken_paths(posting: Sequence[ChannelSettings]) -> Iterator[Problem]:
    """Each address is told from all others by its path alone."""
    taken: dict[str, SettingPath] = {}
    for channel in posting:
        name = _NEEDED[channel.connection.mode][0]
        url, mine = getattr(channel.connection, name), (*channel.path, name)
        path = urlsplit(url).path or "/"
        other = taken.setdefault(path, mine) if url else mine
        if path in _OWN:
            yield Problem(mine, "setting.hook_path")
        elif other != mine:
            yield Problem(mine, "setting.hook_path_twice", {"other": dotted(other)})
