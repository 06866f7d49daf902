"""Two events decided upon in the same moment, of which neither saw what the other did."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa

from bot.messages import (
    EVENTS,
    Author,
    Chat,
    ErasureWanted,
    Facts,
    Member,
    MessageReceived,
)
from storage.erasure import LIST
from storage.forgetting import NOTHING
from storage.schema import inbox, outbox
from tests.cast import ANNA, BORIS, TEAM
from tests.handlers.stand import MORNING, Asked, Stand, message

WORDS = "How much is an aquamarine?"


@pytest.fixture
async def stand(database_url: str) -> AsyncIterator[Stand]:
    """Handlers on a fresh database of either kind; Anna wrote."""
    found = Stand(database_url)
    await found.database.open()
    await found.happen(message("telegram", ANNA, "1", WORDS))
    yield found
    await found.database.close()


def told(who: int, text: str) -> Asked:
    """Somebody of the team writes in its chat."""
    author, chat = Author(str(who), "Boris"), Chat(str(TEAM), private=False)
    event = MessageReceived("telegram", chat, author, "30", MORNING, text)
    return event, Facts(member=Member(present=True, name="Boris"))


async def again(stand: Stand, name: str) -> None:
    """What is to be looked at once more happens."""
    query = sa.select(inbox.c.body).where(inbox.c.event_id.like(name))
    (row,) = await stand.rows(query)
    await stand.happen((EVENTS.validate_python(row.body), Facts()))


async def lists(stand: Stand) -> list[sa.Row[Any]]:
    """The calls that post lists."""
    return await stand.rows(sa.select(outbox).where(outbox.c.asks == LIST))


@pytest.mark.parametrize("state", ["queued", "failed", "sent"])
async def test_a_list_put_together_while_somebody_in_it_is_erased_is_forgotten(
    stand: Stand, state: str
) -> None:
    await stand.happen((ErasureWanted(1, "customer", "R1"), Facts()), told(BORIS, "/leads"))
    (known,) = await lists(stand)
    assert "Anna" in str(known.payload)
    async with stand.database.write() as connection:
        ended = None if state == "queued" else stand.now
        changed = outbox.update().where(outbox.c.id == known.id)
        await connection.execute(changed.values(state=state, ended_at=ended))
    await again(stand, "erasure:R1:again")
    (known,) = await lists(stand)
    assert known.payload == NOTHING
    assert known.state == ("sent" if state == "sent" else "dropped")
    answers = sa.select(outbox.c.payload).where(outbox.c.ended_at.is_(None))
    outdated = [row for row in await stand.rows(answers) if "out of date" in str(row.payload)]
    assert [row.payload["reply_to"] for row in outdated] == ["30"] * (state == "queued")
