"""What is learned of many people at once is written down together."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest
import sqlalchemy as sa

from bot.delivery.prepare import Prepare
from bot.desks import Desks
from bot.messages import (
    Author,
    Channel,
    Chat,
    Event,
    Facts,
    Failure,
    Member,
    MessageReceived,
    SendError,
)
from bot.policies import policies_of
from config.groups import Team
from config.settings import Settings
from storage.database import Database
from storage.schema import members
from storage.session import Reads
from tests.storage.making import count

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TEAM = "telegram:-100"


class Messenger:
    """Everybody with an odd number is in the team's chat."""

    def __init__(self) -> None:
        self.asked = 0

    async def member(self, chat: str, user: str) -> Member:
        self.asked += 1
        return Member(present=int(user) % 2 == 1)


async def test_the_standing_of_many_who_write_at_once_is_kept_in_two_transactions(
    database: Database,
) -> None:
    commits: list[Any] = []
    sa.event.listen(database._writer.sync_engine, "commit", commits.append)
    facts = await _asked(_prepare(database, Messenger()), Reads(database))
    assert facts[7] == Facts(desk="main", member=Member(present=True))
    assert sum(one.member is not None and one.member.present for one in facts) == 25
    assert await count(database, members) == 25
    assert len(commits) <= 2  # the first one's, and that of all who came meanwhile


async def test_nobody_is_asked_about_again_who_wrote_a_moment_ago(database: Database) -> None:
    messenger = Messenger()
    prepare = _prepare(database, messenger)
    first = await _asked(prepare, Reads(database))
    assert await _asked(prepare, Reads(database)) == first
    assert messenger.asked == 50


class Moved(Messenger):
    """The team's group became a supergroup."""

    async def member(self, chat: str, user: str) -> Member:
        raise SendError(Failure.MOVED, "it was upgraded", moved_to="-1001")

    async def is_open(self, chat: str) -> bool:
        raise SendError(Failure.MOVED, "it was upgraded", moved_to="-1001")


async def test_of_a_group_that_moved_is_asked_again_where_it_is_now(database: Database) -> None:
    for where in (Chat("7", private=True), Chat("-100", private=False)):
        event = replace(wrote(7), chat=where)
        with pytest.raises(SendError, match="upgraded"):
            await _prepare(database, Moved())(event, Reads(database))


class Named(Messenger):
    """A bot that commands can call."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    async def username(self) -> str:
        return self.name


@pytest.mark.parametrize(
    ("text", "for_another"),
    [
        ("/help@shop_bot", False),
        ("/help@Service_Bot please", False),
        ("/help@other_bot", True),
        ("/help", False),
        ("ask me@other_bot", False),
    ],
)
async def test_a_command_that_names_none_of_our_bots_is_for_another(
    database: Database, text: str, for_another: bool
) -> None:
    bots = {"telegram": Named("shop_bot"), "telegram.service": Named("service_bot")}
    event = replace(wrote(7), chat=Chat("-100", private=False), text=text)
    facts = await _prepare(database, bots)(event, Reads(database))
    assert facts.for_another is for_another


async def test_a_bot_that_is_told_no_name_of_its_own_answers_to_any(database: Database) -> None:
    event = replace(wrote(7), chat=Chat("-100", private=False), text="/help@shop_bot")
    facts = await _prepare(database, Named(""))(event, Reads(database))
    assert not facts.for_another


async def _asked(prepare: Prepare, reads: Reads) -> list[Facts]:
    return await asyncio.gather(*(prepare(wrote(number), reads) for number in range(50)))


def _prepare(database: Database, messenger: Messenger | Mapping[str, Messenger]) -> Prepare:
    messengers = {"telegram": messenger} if isinstance(messenger, Messenger) else messenger
    return Prepare(
        database,
        cast("Mapping[str, Channel]", messengers),
        teams=Desks(policies_of(Settings(team=Team(chat=TEAM)))).candidates,
        offering=False,
        add=_nothing_to_tell,
        now=lambda: NOW,
    )


async def _nothing_to_tell(events: Mapping[str, Event]) -> None:
    raise AssertionError(f"told of {len(events)} troubles")


def wrote(number: int) -> MessageReceived:
    """What a customer writes in private."""
    chat = Chat(str(number), private=True)
    return MessageReceived("telegram", chat, Author(str(number), "Anna"), "1", NOW, "Hello")
