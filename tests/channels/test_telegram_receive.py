"""Long polling, in a long list: offsets, waiting after faults, conflicts, updates out of shape."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.channels.telegram import TelegramChannel
from bot.channels.telegram.client import Client
from bot.channels.telegram.errors import refusal
from bot.channels.telegram.receive import KINDS, receive
from bot.messages import ChannelRefused, Failure, Raw, SendError
from bot.sandbox.telegram import Fault, Limits, TelegramServer
from tests.channels.adapters import TelegramSettings, at_once

TOKEN = "77:sandbox-secret-token"
CONFLICT = {"ok": False, "description": "Conflict: terminated by other getUpdates request"}


class Telegram:
    """Answers polls from a script (results, or errors to raise), then ends the receiving."""

    def __init__(self, *script: Any) -> None:
        self.offsets: list[int | None] = []
        self._script = list(script)

    async def call(self, method: str, asked: dict[str, Any], *, seconds: float = 0) -> Any:
        assert method == "getUpdates"
        self.offsets.append(asked["offset"])
        answer = self._script.pop(0) if self._script else asyncio.CancelledError()
        if isinstance(answer, BaseException):
            raise answer
        return answer


class Run:
    """One run of receiving: what was accepted with which cursor, and every wait in seconds."""

    def __init__(self) -> None:
        self.raws: list[Raw] = []
        self.cursors: list[str] = []
        self.waits: list[float] = []
        self.refuse = 0

    async def accept(self, raws: Sequence[Raw], cursor: str) -> None:
        if self.refuse:
            self.refuse -= 1
            raise ConnectionError("postgresql://dialead:secret@db is away")
        self.raws += raws
        self.cursors.append(cursor)

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    async def of(self, telegram: Telegram) -> Run:
        with pytest.raises(asyncio.CancelledError):
            await receive(telegram, self.accept, self.sleep)  # type: ignore[arg-type]
        return self


def updates(*ids: int) -> list[dict[str, Any]]:
    return [{"update_id": one, "message": {"text": f"line {one}"}} for one in ids]


def numbers(raws: Sequence[Raw]) -> list[str]:
    """Telegram's own ids, without what tells apart updates that share one."""
    return [raw.id.partition(":")[0] for raw in raws]


async def test_only_the_same_content_under_the_same_id_is_a_repeat() -> None:
    known = {"update_id": 5, "message": {"text": "line", "message_id": 1}}
    again = {"message": {"message_id": 1, "text": "line"}, "update_id": 5}
    anew = {"update_id": 5, "message": {"text": "another line", "message_id": 2}}
    run = await Run().of(Telegram([known], [again], [anew]))
    first, repeat, other = run.raws
    assert first.id == repeat.id != other.id


async def test_a_batch_is_confirmed_by_the_poll_after_its_commit() -> None:
    telegram = Telegram(updates(5, 6), updates(7))
    run = await Run().of(telegram)
    assert telegram.offsets == [None, 7, 8]
    assert numbers(run.raws) == ["5", "6", "7"]
    assert run.cursors == ["7", "8"]


async def test_ids_that_start_anew_after_an_idle_week_are_not_dropped() -> None:
    telegram = Telegram(updates(900), [], [], updates(3))
    run = await Run().of(telegram)
    assert telegram.offsets == [None, 901, None, None, 4]
    assert numbers(run.raws) == ["900", "3"]


async def test_a_refused_batch_keeps_the_offset_and_waits() -> None:
    telegram = Telegram(updates(5), updates(6), updates(6))
    run = Run()
    original = run.accept

    async def accept(raws: Sequence[Raw], cursor: str) -> None:
        run.refuse = int(numbers(raws) == ["6"] and not run.waits)
        await original(raws, cursor)

    run.accept = accept  # type: ignore[method-assign]
    await run.of(telegram)
    assert telegram.offsets == [None, 6, 6, 7]
    assert len(run.waits) == 1


async def test_an_update_without_an_id_is_kept_and_stops_nothing() -> None:
    odd: list[Any] = [{"message": {}}, {"update_id": "five"}, {"update_id": True}, "?", None]
    telegram = Telegram([*odd, *updates(8)])
    run = await Run().of(telegram)
    assert telegram.offsets == [None, 9]
    assert len({raw.id for raw in run.raws}) == 6
    assert [raw.body for raw in run.raws][3] == {"malformed": "?"}


async def test_only_updates_without_ids_do_not_spin() -> None:
    run = await Run().of(Telegram([{"message": {}}], [{"message": {}}]))
    first, second = run.raws
    assert first.id == second.id
    assert len(run.waits) == 2


async def test_half_a_character_can_be_stored() -> None:
    run = await Run().of(Telegram([{"update_id": 1, "message": {"text": "\ud83d"}}]))
    assert run.raws[0].body["message"] == {"text": "?"}


async def test_waits_grow_and_start_anew_after_success() -> None:
    fault = SendError(Failure.TRANSIENT, "getUpdates: ClientConnectorError")
    run = await Run().of(Telegram(*[fault] * 8, [], fault))
    *growing, anew = run.waits
    assert all(later > earlier for earlier, later in pairwise(growing[:5]))
    assert max(growing) < 25
    assert anew < growing[2]


async def test_telegrams_own_wish_to_wait_is_obeyed() -> None:
    run = await Run().of(Telegram(SendError(Failure.PACE, "slow", retry_after=40)))
    assert run.waits == [40]


async def test_a_result_that_is_no_list_is_a_fault_that_passes() -> None:
    run = await Run().of(Telegram({"odd": 1}, None, updates(1)))
    assert numbers(run.raws) == ["1"]


async def test_a_second_program_on_the_token_is_told_once() -> None:
    conflict = refusal("getUpdates", 409, CONFLICT)
    with capture_logs() as logs:
        run = await Run().of(Telegram(conflict, conflict, conflict, updates(1)))
    assert [log["event"] for log in logs] == ["polling_conflict"]
    assert run.waits[0] < 2 < 10 <= min(run.waits[1:])
    assert numbers(run.raws) == ["1"]


async def test_one_conflict_is_no_second_program() -> None:
    """So `main.py check` on another machine looks whether anybody polls."""
    conflict = refusal("getUpdates", 409, CONFLICT)
    with capture_logs() as logs:
        run = await Run().of(Telegram(conflict, updates(1), conflict, updates(2)))
    assert logs == []
    assert max(run.waits) < 2
    assert numbers(run.raws) == ["1", "2"]


@pytest.mark.parametrize("status", [401, 404])
async def test_a_refused_token_ends_receiving_with_a_remedy(status: int) -> None:
    error = refusal("getUpdates", status, {"ok": False, "description": "Unauthorized"})
    with pytest.raises(ChannelRefused, match="@BotFather"):
        await receive(Telegram(error), Run().accept)  # type: ignore[arg-type]


async def test_a_malformed_token_is_refused_too() -> None:
    channel = TelegramChannel("telegram", TelegramSettings("nonsense", "http://127.0.0.1:9"))
    with pytest.raises(ChannelRefused, match="@BotFather"):
        await channel.receive(Run().accept, "")
    await channel.close()


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    server = TelegramServer(TOKEN, limits=Limits.none())
    server.add_user(101, "Anna")
    await server.start()
    yield server
    await server.stop()


async def received(server: TelegramServer, count: int) -> list[Raw]:
    """What the channel takes in until it holds `count` events."""
    channel = TelegramChannel("telegram", TelegramSettings(TOKEN, server.url), sleep=at_once)
    raws: list[Raw] = []
    enough = asyncio.Event()

    async def accept(batch: Sequence[Raw], cursor: str) -> None:
        raws.extend(batch)
        if len(raws) >= count:
            enough.set()

    task = asyncio.create_task(channel.receive(accept, ""))
    try:
        await asyncio.wait_for(enough.wait(), 20)
    finally:
        task.cancel()
        await channel.close()
    return raws


async def test_a_webhook_left_over_is_removed_and_no_update_is_lost(
    server: TelegramServer,
) -> None:
    client = Client(TOKEN, server.url, "")
    hook = {"url": "https://example.com/hook", "allowed_updates": KINDS}
    await client.call("setWebhook", hook)
    await client.close()
    server.fail("deleteWebhook", Fault.HTML_502)
    server.inject({"message": {"text": "early"}})
    assert len(await received(server, 1)) == 1
    assert server.webhook.url == ""


async def test_members_and_presses_are_asked_for_by_name(server: TelegramServer) -> None:
    server.inject({"message": {}})
    await received(server, 1)
    assert server.world.updates.allowed == tuple(KINDS)


async def test_no_log_line_names_the_token_or_the_database(server: TelegramServer) -> None:
    passing = (Fault.DROP_BEFORE, Fault.HTML_502, Fault.TRUNCATED_JSON)
    for fault in (*passing, Fault.CONFLICT, Fault.CONFLICT):
        server.fail("getUpdates", fault)
    server.inject({"message": {}})
    with capture_logs() as logs:
        await received(server, 1)
        run = Run()
        run.refuse = 1
        await run.of(Telegram(updates(1)))
    assert len(logs) == 5
    assert "secret" not in str(logs)


async def test_a_thousand_updates_all_arrive_in_order(server: TelegramServer) -> None:
    ids = [str(server.inject({"message": {"text": str(number)}})) for number in range(1000)]
    assert numbers(await received(server, 1000)) == ids
