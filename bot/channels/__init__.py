"""The messengers that the product can speak through, each loaded only when it is used."""

from __future__ import annotations

from importlib import import_module
from typing import Any, cast

from bot.messages import Channel

CHANNELS = {
    "telegram": "bot.channels.telegram:open_channel",
    "vk": "bot.channels.vk:open_channel",
}


def open_channel(kind: str, name: str, settings: Any) -> Channel:
    """A channel of this kind under this name; `settings` are the kind's own.

    Raises KeyError for a kind that is not in the table. Opens no connection yet.
    """
    module, _, function = CHANNELS[kind].partition(":")
    return cast(Channel, getattr(import_module(module), function)(name, settings))
