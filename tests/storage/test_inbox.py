"""Events are kept once, go in order within a key, and hold up nobody but their own key."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import sqlalchemy as sa

from bot.messages import DeadlineDue, Raw
from storage import dead, inbox
from storage.database import Database
from storage.schema import inbox as inbox_table
from tests.storage.making import NOW, asking, count, rows

LATER = NOW + timedelta(minutes=1)


async def _arrive(database: Database, *keys: str) -> list[int]:
    """An event for each key, in order; their numbers."""
    before = await count(database, inbox_table)
    raws = [Raw(str(before + n), {"n": n}) for n in range(len(keys))]
    await inbox.accept(database, "telegram", raws, "", NOW)
    new = await inbox.unrouted(database, 1000)
    numbers = [arrival.id for arrival in new]
    async with database.write() as connection:
        await inbox.route(connection, dict(zip(numbers, keys, strict=True)))
    return numbers


async def _heads(database: Database, *busy: str) -> list[int]:
    found = await inbox.heads(database, busy=set(busy), now=NOW, limit=100)
    return [arrival.id for arrival in found]


async def test_what_comes_twice_is_kept_once_with_the_newest_cursor(database: Database) -> None:
    raws = [Raw("7", {"text": "Добрый день"}), Raw("8", {"text": "?"})]
    await inbox.accept(database, "telegram", raws, "8", NOW)
    await inbox.accept(database, "telegram", [*raws[1:], Raw("9", {})], "9", NOW)
    await inbox.accept(database, "vk", raws[:1], "7", NOW)
    found = await inbox.unrouted(database, 10)
    assert [(one.channel, one.body) for one in found] == [
        ("telegram", {"text": "Добрый день"}),
        ("telegram", {"text": "?"}),
        ("telegram", {}),
        ("vk", {"text": "Добрый день"}),
    ]
    assert await inbox.cursor(database, "telegram") == "9"


async def test_a_cursor_moves_without_events_and_is_empty_at_first(database: Database) -> None:
    assert await inbox.cursor(database, "vk") == ""
    await inbox.accept(database, "vk", [], "41", NOW)
    assert await inbox.cursor(database, "vk") == "41"


async def test_both_messengers_accept_at_once_and_all_is_kept(database: Database) -> None:
    async def accept(channel: str, batch: int) -> None:
        raws = [Raw(f"{batch}:{n}", {"n": n}) for n in range(20)]
        await inbox.accept(database, channel, raws, str(batch), NOW)

    await asyncio.gather(*(accept(name, n) for name in ("telegram", "vk") for n in range(10)))
    assert await count(database, inbox_table) == 400


async def test_only_the_first_of_each_key_may_start(database: Database) -> None:
    anna, _, pablo, _ = await _arrive(database, "anna", "anna", "pablo", "anna")
    assert await _heads(database) == [anna, pablo]


async def test_the_next_of_a_key_starts_when_the_first_is_done(database: Database) -> None:
    first, second = await _arrive(database, "anna", "anna")
    async with database.write() as connection:
        await inbox.done(connection, [first], NOW)
    assert await _heads(database) == [second]


async def test_of_a_long_event_only_that_it_came_is_kept_when_it_was_handled(
    database: Database,
) -> None:
    """A post in a message may be of any length, and only the words count for the day's bound."""
    wall = {"text": "look", "wall": "я" * inbox.SHORT}
    await inbox.accept(database, "vk", [Raw("long", wall), Raw("short", {"text": "?"})], "", NOW)
    before = await inbox.unrouted(database, 10)
    assert [one.body for one in before] == [wall, {"text": "?"}]
    async with database.write() as connection:
        await inbox.done(connection, [one.id for one in before], NOW)
    await inbox.accept(database, "vk", [Raw("long", wall)], "", NOW)
    assert await inbox.unrouted(database, 10) == [], "known when it comes again"
    kept = await rows(database, sa.select(inbox_table.c.body).order_by(inbox_table.c.id))
    assert [row.body for row in kept] == [None, {"text": "?"}]
    assert await count(database, inbox_table, inbox_table.c.body.is_not(None)) == 1


async def test_what_could_not_be_handled_is_kept_whole_to_be_tried_again(
    database: Database,
) -> None:
    await inbox.accept(database, "vk", [Raw("long", {"wall": "я" * inbox.SHORT})], "", NOW)
    (arrival,) = await inbox.unrouted(database, 1)
    async with database.write() as connection:
        await inbox.set_aside(connection, {arrival.id: "why"}, NOW)
    kept = await rows(database, sa.select(inbox_table.c.body))
    assert kept[0].body == arrival.body


async def test_busy_keys_are_passed_over(database: Database) -> None:
    _, pablo = await _arrive(database, "anna", "pablo")
    assert await _heads(database, "anna") == [pablo]


async def test_a_retry_holds_up_its_own_key_alone(database: Database) -> None:
    anna, anna_next, pablo = await _arrive(database, "anna", "anna", "pablo")
    async with database.write() as connection:
        await inbox.retry(connection, anna, not_before=LATER, reason="a failure")
    assert await _heads(database) == [pablo]
    assert await inbox.next_retry(database, NOW) == LATER
    again = await inbox.heads(database, busy=(), now=LATER, limit=10)
    assert [(one.id, one.attempts) for one in again] == [(anna, 1), (pablo, 0)]
    assert anna_next not in [one.id for one in again]


async def test_events_of_a_channel_that_is_switched_off_wait_and_hold_up_nobody(
    database: Database,
) -> None:
    anna, anna_next = await _arrive(database, "anna", "anna")
    async with database.write() as connection:
        moved = inbox_table.update().where(inbox_table.c.id == anna)
        await connection.execute(moved.values(channel="vk"))
    await inbox.accept(database, "vk", [Raw("new", {})], "", NOW)
    known = {"telegram"}
    found = await inbox.heads(database, busy=(), now=NOW, limit=10, channels=known)
    assert [one.id for one in found] == [anna_next]
    assert await inbox.unrouted(database, 10, known) == []
    assert len(await inbox.unrouted(database, 10, {"vk"})) == 1
    assert await _heads(database) == [anna]


async def test_what_is_set_aside_frees_its_key_and_keeps_the_reason(database: Database) -> None:
    anna, anna_next = await _arrive(database, "anna", "anna")
    async with database.write() as connection:
        await inbox.set_aside(connection, {anna: "malformed: KeyError"}, NOW)
    assert await _heads(database) == [anna_next]
    (one,) = await dead.found(asking(database))
    assert (one.number, one.channel, one.reason) == (anna, "telegram", "malformed: KeyError")


async def test_heads_come_in_the_order_of_arrival_up_to_the_limit(database: Database) -> None:
    numbers = await _arrive(database, *(f"key {n:02}" for n in range(20, 0, -1)))
    found = await inbox.heads(database, busy=(), now=NOW, limit=5)
    assert [one.id for one in found] == numbers[:5]


async def test_an_event_of_our_own_comes_once_by_its_name(database: Database) -> None:
    for _ in range(2):
        async with database.write() as connection:
            events = {"deadline:5:0": DeadlineDue(5, 0)}
            await inbox.add_events(connection, events, NOW)
    (found,) = await inbox.unrouted(database, 10)
    assert (found.channel, found.body) == (
        inbox.INTERNAL,
        {"deadline": 5, "step": 0, "at": None, "kind": "deadline_due"},
    )
