"""What Telegram's refusals mean."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from bot.channels.telegram.errors import broken, refusal, scrubbed
from bot.messages import Failure

FORBIDDEN = "Forbidden: bot was blocked by the user"


def refused(status: int, description: str = "", **parameters: Any) -> Any:
    answer: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    return refusal("sendMessage", status, answer | {"parameters": parameters})


@pytest.mark.parametrize(
    ("status", "description", "failure"),
    [
        (429, "Too Many Requests: retry after 5", Failure.PACE),
        (500, "Internal Server Error", Failure.TRANSIENT),
        (502, "Bad Gateway", Failure.TRANSIENT),
        (500, "restart", Failure.TRANSIENT),
        (500, "", Failure.TRANSIENT),
        (409, "Conflict: terminated by other getUpdates request", Failure.TRANSIENT),
        (401, "Unauthorized", Failure.TOKEN),
        (404, "Not Found", Failure.TOKEN),
        (404, "Not Found: method not found", Failure.REFUSED),
        (413, "Request Entity Too Large", Failure.TOO_LARGE),
        (403, "Forbidden: bot was blocked by the user", Failure.BLOCKED),
        (403, "Forbidden: bot can't initiate conversation with a user", Failure.DENIED),
        (403, "Forbidden: user is deactivated", Failure.GONE),
        (403, "Forbidden: bot was kicked from the supergroup chat", Failure.GONE),
        (403, "Forbidden: bot is not a member of the channel chat", Failure.GONE),
        (400, "Bad Request: message to edit not found", Failure.LOST),
        (400, "Bad Request: message to delete not found", Failure.LOST),
        (400, "Bad Request: message thread not found", Failure.LOST),
        (400, "Bad Request: message can't be edited", Failure.TOO_LATE),
        (400, "Bad Request: message can't be deleted for everyone", Failure.TOO_LATE),
        (400, "Bad Request: chat not found", Failure.GONE),
        (400, "Bad Request: query is too old and response timeout expired", Failure.TOO_LATE),
        (400, "Bad Request: not enough rights to send text messages", Failure.RIGHTS),
        (400, "Bad Request: not enough rights to send text messages to the chat", Failure.RIGHTS),
        (400, "Bad Request: not enough rights to send messages", Failure.RIGHTS),
        (400, "Bad Request: not enough rights to send photos to the chat", Failure.REFUSED),
        (400, "Bad Request: CHAT_WRITE_FORBIDDEN", Failure.RIGHTS),
        (400, "Bad Request: CHAT_SEND_PLAIN_FORBIDDEN", Failure.RIGHTS),
        (403, "Forbidden: CHAT_SEND_PHOTOS_FORBIDDEN", Failure.REFUSED),
        (400, "Bad Request: VOICE_MESSAGES_FORBIDDEN", Failure.REFUSED),
        (400, "Bad Request: file is too big", Failure.TOO_LARGE),
        (400, "Bad Request: message text is empty", Failure.REFUSED),
    ],
)
def test_every_refusal_has_its_meaning(status: int, description: str, failure: Failure) -> None:
    error = refused(status, description)
    assert error.failure is failure
    assert error.status == status


def test_a_pace_is_told_in_seconds_where_telegram_tells_it() -> None:
    told = refused(429, "Too Many Requests: retry after 5", retry_after=5)
    assert (told.failure, told.retry_after) == (Failure.PACE, 5.0)
    assert refused(429).retry_after is None


def test_a_group_that_moved_tells_its_new_id() -> None:
    error = refused(400, "group chat was upgraded", migrate_to_chat_id=-1001)
    assert (error.failure, error.moved_to, error.permanent) == (Failure.MOVED, "-1001", True)


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (502, Failure.TRANSIENT),
        (413, Failure.TOO_LARGE),
        (429, Failure.PACE),
        (403, Failure.TRANSIENT),
        (200, Failure.AMBIGUOUS),
    ],
)
def test_an_answer_that_is_no_json_is_judged_by_its_status(status: int, failure: Failure) -> None:
    assert refusal("sendMessage", status, None).failure is failure


def test_strange_parameters_do_no_harm() -> None:
    answer = {"ok": False, "description": ["?"], "parameters": "soon"}
    assert refusal("sendMessage", 429, answer).failure is Failure.PACE
    assert refused(429, retry_after="soon").retry_after is None


class Key:
    """What aiohttp keeps of a connection that it could not make."""

    host, port, ssl, is_ssl = "127.0.0.1", 1, True, False


@pytest.mark.parametrize(
    ("cause", "failure"),
    [
        (aiohttp.ClientConnectorError(Key(), OSError("refused")), Failure.TRANSIENT),  # type: ignore[arg-type]
        (aiohttp.ClientConnectorDNSError(Key(), OSError("name")), Failure.TRANSIENT),  # type: ignore[arg-type]
        (aiohttp.ConnectionTimeoutError(), Failure.TRANSIENT),
        (aiohttp.ServerDisconnectedError(), Failure.AMBIGUOUS),
        (aiohttp.ClientPayloadError(), Failure.AMBIGUOUS),
        (TimeoutError(), Failure.AMBIGUOUS),
    ],
)
def test_only_what_never_left_is_certainly_not_done(cause: Exception, failure: Failure) -> None:
    assert broken("sendMessage", cause).failure is failure


@pytest.mark.parametrize(
    "secret",
    [
        "https://api.telegram.org/bot77:AAHsecretsecretsecretsecret/getMe",
        "77:AAHsecretsecretsecretsecret",
        "+34600000000",
        "@anna_orlova",
        "'Anna Orlova'",
        '"Anna, 34600"',
    ],
)
def test_a_reason_names_nobody(secret: str) -> None:
    assert scrubbed(f"Bad Request: {secret} is invalid") == "Bad Request: … is invalid"


def test_a_plain_reason_stays_readable() -> None:
    reason = "Bad Request: can't parse entities: it isn't at byte offset 17"
    assert scrubbed(reason) == reason


def test_a_server_that_knows_no_reactions_says_nothing_of_the_token() -> None:
    answer = {"ok": False, "error_code": 404, "description": "Not Found"}
    assert refusal("setMessageReaction", 404, answer).failure is Failure.REFUSED
    assert refusal("sendMessage", 404, answer).failure is Failure.TOKEN
