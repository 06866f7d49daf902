"""What is learned of many people at once is written down together."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

import sqlalchemy as sa

from bot.delivery.prepare import Prepare
from bot.desks import Desks
from bot.messages import Author, Channel, Chat, Facts, Member, MessageReceived
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
    """Knows nobody in the team's chat but Boris."""

    async def member(self, chat: str, user: str) -> Member:
        return Member(present=user == "7", name="Boris" if user == "7" else "")


async def test_the_standing_of_fifty_who_write_at_once_is_kept_in_two_transactions(
    database: Database,
) -> None:
    prepare = Prepare(
        database,
        cast("Mapping[str, Channel]", {"telegram": Messenger()}),
        teams=Desks(policies_of(Settings(team=Team(chat=TEAM)))).candidates,
        offering=False,
        now=lambda: NOW,
    )
    commits: list[Any] = []
    sa.event.listen(database._writer.sync_engine, "commit", commits.append)
    reads = Reads(database)
    facts = await asyncio.gather(*(prepare(wrote(n), reads) for n in range(50)))
    assert facts[7] == Facts(desk="main", member=Member(present=True, name="Boris"))
    assert sum(one.member is not None and one.member.present for one in facts) == 1
    assert await count(database, members) == 50
    assert len(commits) <= 2  # the first one's, and that of all who came meanwhile


def wrote(number: int) -> MessageReceived:
    """What a customer writes in private."""
    chat = Chat(str(number), private=True)
    return MessageReceived("telegram", chat, Author(str(number), "Anna"), "1", NOW, "Hello")
