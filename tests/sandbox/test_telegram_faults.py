"""Every fault that can be ordered, as the real client sees it, and what became of the call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)

from bot.sandbox.telegram import Fault
from tests.sandbox.telegram_cast import ANNA, PABLO, Stage, stage


@pytest.fixture
async def play() -> AsyncIterator[Stage]:
    async with stage() as it:
        yield it


@pytest.mark.parametrize(
    ("fault", "error", "applied", "status"),
    [
        (Fault.DROP_BEFORE, TelegramNetworkError, False, 0),
        (Fault.DROP_AFTER, TelegramNetworkError, True, 0),
        (Fault.BAD_REQUEST, TelegramBadRequest, False, 400),
        (Fault.UNAUTHORIZED, TelegramUnauthorizedError, False, 401),
        (Fault.FORBIDDEN, TelegramForbiddenError, False, 403),
        (Fault.NOT_FOUND, TelegramNotFound, False, 404),
        (Fault.CONFLICT, TelegramConflictError, False, 409),
        (Fault.TOO_LARGE, TelegramEntityTooLarge, False, 413),
        (Fault.TOO_MANY, TelegramAPIError, False, 429),
        (Fault.SERVER_ERROR, TypeError, False, 500),
        (Fault.HTML_502, ClientDecodeError, False, 502),
        (Fault.TRUNCATED_JSON, ClientDecodeError, True, 200),
    ],
)
async def test_fault_strikes_once_and_the_log_knows_whether_it_was_done(
    play: Stage, fault: Fault, error: type[Exception], applied: bool, status: int
) -> None:
    play.server.fail("sendMessage", fault)
    with pytest.raises(error):
        await play.bot.send_message(ANNA, "первое")
    call = play.server.calls[0]
    assert (call.fault, call.applied) == (fault.value, applied)
    assert call.status == status
    await play.bot.send_message(ANNA, "второе")
    shown = [message.text for message in play.server.shown(ANNA)]
    assert shown == (["первое", "второе"] if applied else ["второе"])


async def test_hanging_call_is_never_answered_and_done_only_if_ordered(play: Stage) -> None:
    for applied in (False, True):
        play.server.fail("sendMessage", Fault.HANG, applied=applied)
        with pytest.raises(TelegramNetworkError):
            await play.bot.send_message(ANNA, "тишина", request_timeout=0.05)  # type: ignore[arg-type]
        assert play.server.calls[-1].applied is applied
    assert len(play.server.shown(ANNA)) == 1


async def test_slow_call_is_done_in_the_end(play: Stage) -> None:
    play.server.fail("sendMessage", Fault.SLOW, seconds=0.01)
    await play.bot.send_message(ANNA, "не спеша")
    assert play.server.calls[0].fault == "slow"
    assert play.server.calls[0].applied


async def test_too_many_may_tell_how_long_to_wait(play: Stage) -> None:
    play.server.fail("sendMessage", Fault.TOO_MANY, retry_after=7)
    with pytest.raises(TelegramRetryAfter) as refused:
        await play.bot.send_message(ANNA, "x")
    assert refused.value.retry_after == 7


async def test_fault_of_one_chat_spares_the_others(play: Stage) -> None:
    play.server.fail("sendMessage", Fault.BAD_REQUEST, chat=ANNA, description="Bad Request: no")
    await play.bot.send_message(PABLO, "x")
    with pytest.raises(TelegramBadRequest, match="Bad Request: no"):
        await play.bot.send_message(ANNA, "x")


async def test_everything_fails_until_healed(play: Stage) -> None:
    play.server.fail_all(Fault.HTML_502)
    for _ in range(3):
        with pytest.raises(ClientDecodeError):
            await play.bot.get_me()
    play.server.heal()
    await play.bot.get_me()


@pytest.mark.parametrize(("refuse", "error"), [(True, TelegramNetworkError), (False, Exception)])
async def test_outage_ends_even_a_waiting_poll_and_passes(
    play: Stage, refuse: bool, error: type[Exception]
) -> None:
    await play.server.outage(True, refuse=refuse)
    with pytest.raises(error):
        await play.bot.get_me()
    await play.server.outage(False)
    assert (await play.bot.get_me()).id == play.server.bot_id


async def test_outage_drops_the_poll_that_waits(play: Stage) -> None:
    waiting = asyncio.create_task(play.bot.get_updates(timeout=30))
    await play.server.until(lambda: play.server.calls)
    await play.server.outage(True)
    with pytest.raises(TelegramNetworkError):
        await waiting
    play.server.write(ANNA, ANNA, "во время бури")
    await play.server.outage(False)
    (update,) = await play.bot.get_updates()
    assert update.message is not None
    assert update.message.text == "во время бури"
