"""`main.py check`: what is right and wrong around the product, line by line, with the remedy."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.messages import Channel, Finding, SendError, split_address
from bot.operations.database import Free, about_database, current, is_running
from bot.operations.settings_file import privacy
from config.problems import dotted
from config.settings import Settings
from config.teams import bots_of, desks_of, table_of, through
from config.texts import Texts

_NO_TOPICS = "check.telegram.no_topics"  # no matter to who wants none


async def check(
    settings: Settings,
    opened: Callable[[], Awaitable[Mapping[str, Channel]]],
    now: datetime,
    free: Free | None = None,
    *,
    file: Path | None = None,
    fix: bool = False,
) -> AsyncIterator[Finding]:
    """Findings in the order in which an operator would mend them, each as soon as it is known.

    `opened` gives the channels that have a token, late, as to load them takes seconds; `free`
    tells a folder's free bytes, `file` is that of the settings. With `fix` what can be mended
    is mended, said, and looked at again; else nothing is changed, and no database made.
    """
    yield Finding(True, "check.settings")
    if file is not None and (told := privacy(file, fix=fix)):
        yield told
    teams, running = _teams(settings), False
    async for finding in about_database(settings, free, _going_on(now)):
        yield finding
        if finding.key == "check.database":
            teams = [await _moved(settings, team) for team in teams]
            running = await is_running(settings)
    yield _clock(settings, now)
    channels, answering = await opened(), list[str]()
    for name, channel in channels.items():
        said: list[Finding] = []
        served = [team for team in teams if team.chat.partition(":")[0] == name]
        for team in served or [_NOBODY]:
            found = await _of_channel(team, channel, fix=fix, running=running)
            if found[0].ok and name not in answering:
                answering.append(name)
            for finding in found:
                if finding not in said:  # of another team's chat already
                    said.append(finding)
                    yield finding
    for team in teams:
        async for finding in _recipients(team, channels, answering):
            yield finding


@dataclass(frozen=True, slots=True)
class _Team:
    """A desk's chat by the channel that serves it, and who is told things."""

    chat: str
    conversation: str
    supervisors: tuple[str, ...]
    supervisors_chat: str
    bots: Mapping[str, str]  # by messenger

    @property
    def by_replies(self) -> bool:
        """Whether its leads have no topics."""
        return self.conversation == "replies"


_NOBODY = _Team("", "auto", (), "", {})


def line(texts: Texts, finding: Finding) -> str:
    """One finding in the team's language: a mark, what it is and, if wrong, what to do."""
    values = dict(finding.values)
    if "channel" in values:
        values["channel"] = texts.channel(values["channel"])
    for size in {"free", "least"} & values.keys():
        values[size] = texts.size(int(values[size]))
    words = texts(finding.key, **values)
    if finding.mend and not finding.ok:
        words = texts("check.or_fix", words=words)
    of = f"{texts.channel(values['further'])}: " if values.get("further") else ""
    return f"{'✓' if finding.ok else '✗'} {of}{words}"


def total(texts: Texts, findings: Sequence[Finding]) -> str:
    """The last line: that all is well, or how much there is to mend."""
    wrong = sum(not finding.ok for finding in findings)
    return texts.plural("check.to_mend", wrong) if wrong else texts("check.all_well")


def _teams(settings: Settings) -> list[_Team]:
    found = []
    for desk in desks_of(settings):
        team, bots = desk.team, bots_of(settings, desk.name)
        chats = [through(bots, chat) for chat in (team.chat, team.supervisors_chat)]
        found.append(_Team(chats[0], team.conversation, team.supervisors, chats[1], bots))
    return found


async def _moved(settings: Settings, team: _Team) -> _Team:
    return replace(team, chat=await current(settings, team.chat)) if team.chat else team


def _going_on(now: datetime) -> Callable[[], datetime]:
    """A clock that goes on from this moment, however long something takes."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    return lambda: now + timedelta(seconds=loop.time() - began)


def _clock(settings: Settings, now: datetime) -> Finding:
    """Only people can tell whether this is their time; a zone that does not exist is refused."""
    zone = settings.team.timezone
    local = now.astimezone(ZoneInfo(zone))
    return Finding(True, "check.clock", {"zone": zone, "time": f"{local:%Y-%m-%d %H:%M}"})


async def _of_channel(team: _Team, channel: Channel, *, fix: bool, running: bool) -> list[Finding]:
    """What there is to say of a channel and the chat of a team that it serves."""
    found = await _asked(channel, team.chat, running=running)
    if fix and any(finding.mend for finding in found):
        found = await _mended(channel, team.chat, found, running=running)
    found = [*found, *await _topics(team, channel, found)]
    told = [one for one in found if not (one.key == _NO_TOPICS and team.by_replies)]
    return [_of(channel.name, one) for one in told]


def _of(channel: str, finding: Finding) -> Finding:
    """Said of this channel: with where it is set, and its name where it is not the first."""
    further = channel if "." in channel else ""
    named = {"table": dotted(table_of(channel)), "further": further}
    return replace(finding, values={**finding.values, **named})


async def _asked(channel: Channel, chat: str, *, running: bool) -> list[Finding]:
    """What a channel finds about itself; the first of it tells whether it answers at all."""
    where, platform_id = split_address(chat) if chat else ("", "")
    try:
        here = platform_id if where == channel.name else ""
        return await channel.check(here, running=running)
    except SendError as error:
        values = {"channel": channel.name, "reason": str(error)}
        return [Finding(False, "check.channel_silent", values)]


async def _mended(
    channel: Channel, chat: str, found: Sequence[Finding], *, running: bool
) -> list[Finding]:
    """What the channel finds once everything is mended that can be, and what that was."""
    told = {}
    for what in dict.fromkeys(finding.mend for finding in found if finding.mend):
        try:
            told[what] = await channel.mend(what)
        except SendError as error:
            values = {"channel": channel.name, "reason": str(error)}
            told[what] = Finding(False, "check.not_mended", values)
    again = await _asked(channel, chat, running=running)
    # What cannot be seen but was mended needs no hint any more.
    left = [one for one in again if not (one.ok and one.mend in told)]
    return [*left, *told.values()]


async def _topics(team: _Team, channel: Channel, found: Sequence[Finding]) -> list[Finding]:
    """Whoever wants topics needs a group that has them."""
    if team.conversation != "topics" or not team.chat or not found[0].ok:
        return []
    try:
        forum = await channel.has_topics(split_address(team.chat)[1])
    except SendError:
        return []  # told already
    return [] if forum else [Finding(False, "check.no_forum")]


async def _recipients(
    team: _Team, channels: Mapping[str, Channel], answering: Sequence[str]
) -> AsyncIterator[Finding]:
    """Whether those who get digests and alarms can be written to, as far as that can be asked."""
    for account in team.supervisors:
        name = team.bots[split_address(account)[0]]
        if name in answering or name not in channels:
            yield await _supervisor(channels.get(name), account)
    name, chat = split_address(team.supervisors_chat) if team.supervisors_chat else ("", "")
    if name in answering:
        yield await _digests_chat(channels[name], team.supervisors_chat, chat)


async def _digests_chat(channel: Channel, address: str, chat: str) -> Finding:
    try:
        await channel.has_topics(chat)  # which only who is there is told
    except SendError as error:
        values = {"chat": address, "reason": str(error)}
        return Finding(False, "check.supervisors_chat_unknown", values)
    return Finding(True, "check.supervisors_chat", {"chat": address})


async def _supervisor(channel: Channel | None, account: str) -> Finding:
    """Whether a supervisor can be known to the bot: on Telegram only who met it is."""
    kind, platform_id = split_address(account)
    name = channel.name if channel else kind
    values = {"account": account, "channel": name}
    if channel is None:
        return Finding(False, "check.supervisor_off", values)
    try:
        profile = (await channel.profiles([platform_id])).get(platform_id)
        reached = profile is not None and await channel.reaches(platform_id)
    except SendError as error:
        return Finding(False, "check.channel_silent", {"channel": name, "reason": str(error)})
    if profile is None:
        return Finding(False, "check.supervisor_unknown", values)
    values["name"] = profile.name
    return Finding(reached, "check.supervisor" if reached else "check.supervisor_deaf", values)
