"""The mark of the settings by which processes on one database see whether they agree."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from config.groups import ChannelPolicy, Group
from config.settings import Settings
from config.teams import ChannelSettings, DeskSettings, channels_of, desks_of

_LENGTH = 16  # hexadecimal digits


def mark_of(settings: Settings) -> str:
    """The same wherever customers and teams are treated the same, another one elsewhere.

    Left out is what may differ between machines: the database's address, how messengers are
    reached and how fast, the HTTP port, the log. Nothing that is shown to nobody is in it:
    of a Telegram token no more than the bot's number, of VK's that there is one.
    """
    whole = [
        [_desk(one) for one in desks_of(settings)],
        [_channel(one) for one in channels_of(settings)],
        _set(settings.leads, exclude={"reject_reasons"}),  # each desk's
        _set(settings.retention),
    ]
    written = json.dumps(whole, sort_keys=True, default=repr)
    return hashlib.sha256(written.encode()).hexdigest()[:_LENGTH]


def _desk(desk: DeskSettings) -> list[Any]:
    groups = (desk.team, desk.deadlines, desk.hours, desk.digest)
    return [desk.name, desk.reject_reasons, *(_set(one) for one in groups)]


def _channel(channel: ChannelSettings) -> list[Any]:
    policy = _set(channel.policy, include=set(ChannelPolicy.model_fields))
    return [channel.name, channel.desk, _account(channel), channel.connection.mode, policy]


def _account(channel: ChannelSettings) -> str:
    """Which bot or community it is; "" for none."""
    token = channel.connection.token
    number = token.partition(":")[0] if channel.kind == "telegram" else _number(channel)
    return number if token else ""


def _number(channel: ChannelSettings) -> str:
    return str(getattr(channel.connection, "group_id", ""))


def _set(group: Group, **what: set[str]) -> dict[str, Any]:
    """What is not as by default: so a version that has a further setting agrees with this one."""
    return group.model_dump(exclude_defaults=True, **what)  # type: ignore[arg-type]
