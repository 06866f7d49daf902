"""A day full of trouble leaves no token, phone, name or word in logs, metrics and lists."""

from __future__ import annotations

import io
import logging
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, cast

import pytest
import structlog
from aiohttp import web

from bot.delivery.describing import describe
from bot.logs import start_logs
from bot.operations.dead import decide
from bot.sandbox.telegram.faults import Fault
from bot.sandbox.vk.faults import Fault as VkFault
from bot.web.health import ready
from bot.web.metrics import metrics
from config.texts import load
from handlers import router
from handlers.dead import asked
from tests.cast import ANNA, BORIS, GLEB, PABLO, TEAM, VERA
from tests.plays.play import Play

WORDS, NOTE, NAME, USERNAME = "quartzwords", "quartznote", "Quartzanna", "quartz_anna"
PHONE, MAIL = "+34 600 111 222", "quartz@example.org"
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(params=["json", "pretty"])
def logged(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[io.StringIO]:
    """All that is logged, by the product and by libraries, as `run` would write it."""
    written = io.StringIO()
    handlers, level = logging.root.handlers[:], logging.root.level
    monkeypatch.setattr(sys, "stderr", written)
    start_logs("debug", request.param)
    yield written
    structlog.reset_defaults()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def assert_clean(told: str, *more: str) -> None:
    """None of what was planted stands there."""
    assert "Traceback" not in told
    digits = "".join(one for one in told if one not in " +-()")
    for secret in (WORDS, NOTE, NAME, USERNAME, MAIL, *more):
        assert secret.lower() not in told.lower(), secret
    assert "600111222" not in digits


async def troubled(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    """Customers, takes, replies, a rejection, failing calls and a handler that raises."""
    play.telegram.add_user(ANNA, NAME, username=USERNAME)
    play.telegram.started(VERA)
    await play.start()
    await play.until(lambda: play.vk.polling)
    play.telegram.write(ANNA, ANNA, f"{WORDS} {PHONE} {MAIL}")
    await play.press(BORIS, 1, "Take")
    await play.reply(BORIS, 1, f"// {NOTE}")
    quoted = f"Bad Request: /bot{play.telegram.token}/ {PHONE} @{USERNAME}"
    play.telegram.fail("sendMessage", Fault.BAD_REQUEST, chat=ANNA, description=quoted)
    await play.reply(BORIS, 1, f"{WORDS} one")
    play.telegram.fail("sendMessage", Fault.HTML_502, times=2)
    play.telegram.fail("sendMessage", Fault.SERVER_ERROR)
    play.telegram.fail("getChatMember", Fault.DROP_BEFORE)
    await play.reply(BORIS, 1, f"{WORDS} two")
    await play.quiet()
    play.vk.fail("messages.send", VkFault.HTML_502)
    play.vk.fail("messages.send", VkFault.code(100))
    play.vk.write(PABLO, f"{WORDS} {PHONE}")
    await play.reply(BORIS, (await _number_of(play)), f"{WORDS} three")
    await play.quiet()
    for command in ("/lead 1", f"/find {WORDS}", "/digest", "/report leads"):
        play.telegram.write(BORIS, TEAM, command)
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "Spam")
    await play.quiet()
    await _a_fault_of_ours(play, monkeypatch)
    play.telegram.inject({"message": {"text": WORDS, "from": NAME, "chat": {"id": PHONE}}})
    play.move(61)
    await play.quiet()


async def _number_of(play: Play) -> int:
    await play.card(2)
    return 2


async def _a_fault_of_ours(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    """A handler that raises with all that it knows, until its event is set aside."""
    handle = router.handle

    async def failing(work: Any, event: Any) -> None:
        if getattr(event, "text", "").startswith("poison"):
            raise ValueError(f"{event!r} {play.telegram.token}")
        await handle(work, event)

    monkeypatch.setattr(router, "handle", failing)
    monkeypatch.setattr("bot.delivery.setbacks.ATTEMPTS", 1)
    play.telegram.write(GLEB, GLEB, f"poison {WORDS} {PHONE}")
    await play.heard(VERA, "set aside: ValueError")


async def test_nothing_that_was_planted_stands_in_logs_metrics_and_lists(
    play: Play, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    await troubled(play, monkeypatch)
    product = play.product
    assert product is not None
    request = cast(web.Request, None)
    now = datetime.now(UTC)
    measured = (await metrics(product.database, product.now)(request)).body
    hindered = await ready(product.database, product.watch.hindrances)(request)
    texts = load("en")
    listed = await decide(
        play.database_url, lambda session: asked(session, texts, UTC, now, [], "main.py dead")
    )
    tokens = (play.telegram.token, play.vk.token)
    assert "send_failed" in logged.getvalue()
    assert "event_failed" in logged.getvalue()
    assert "ValueError" in listed.text
    for told in (logged.getvalue(), str(measured), hindered.text or "", listed.text):
        assert_clean(told, *tokens)


async def test_an_error_is_described_without_its_words_and_its_locals(database_url: str) -> None:
    words = f"{WORDS} {PHONE}"
    try:
        raise ValueError(words)
    except ValueError as error:
        told = describe(error)
        frames = "".join(traceback.format_tb(error.__traceback__))
    assert_clean(told)
    assert words not in frames
    assert told.startswith("ValueError at test_secrets.py:")


async def test_a_line_of_the_log_cannot_be_forged(database_url: str, logged: io.StringIO) -> None:
    del database_url
    forged = "no\n2026-01-01T00:00:00Z [error    ] channel_refused\x1b[2J"
    structlog.get_logger().warning("send_failed", reason=forged)
    assert len(logged.getvalue().splitlines()) == 1
    assert "\x1b[2J" not in logged.getvalue()
