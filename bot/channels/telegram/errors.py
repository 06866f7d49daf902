"""What Telegram's refusals and a broken connection mean in the neutral terms of SendError."""

from __future__ import annotations

import re
from typing import Any

import aiohttp
import aiohttp_socks

from bot.messages import Failure, SendError

NETWORK_ERRORS = (
    aiohttp.ClientError,
    aiohttp_socks.ProxyError,
    aiohttp_socks.ProxyConnectionError,
    aiohttp_socks.ProxyTimeoutError,
    OSError,
    TimeoutError,
)
"""Everything that a call over the network is known to raise."""


class RefusalError(SendError):
    """A refusal that Telegram put into words; `status` is the HTTP status."""

    def __init__(self, status: int, failure: Failure, reason: str, **more: Any) -> None:
        super().__init__(failure, reason, **more)
        self.status = status


def refusal(method: str, status: int, answer: Any) -> SendError:
    """What an answer without a result means; `answer` is its JSON, None when it was none."""
    if not isinstance(answer, dict) or ("ok" not in answer and status < 300):
        return _unreadable(method, status)
    description = str(answer.get("description") or "")
    parameters = answer.get("parameters")
    parameters = parameters if isinstance(parameters, dict) else {}
    moved_to = parameters.get("migrate_to_chat_id")
    return RefusalError(
        status,
        Failure.MOVED if moved_to else _failure(method, status, description),
        f"{method}: {scrubbed(description) or f'HTTP {status}'}",
        retry_after=_seconds(parameters.get("retry_after")),
        moved_to=str(moved_to or ""),
    )


def broken(method: str, error: BaseException) -> SendError:
    """What a connection that failed means: only a failure to connect is certainly not done."""
    failure = Failure.TRANSIENT if isinstance(error, _NEVER_SENT) else Failure.AMBIGUOUS
    return SendError(failure, f"{method}: {type(error).__name__}")


def scrubbed(description: str) -> str:
    """A description fit for a log: without quotations, links, names, numbers of people, tokens."""
    for pattern in _PERSONAL:
        description = pattern.sub("…", description)
    return description[:200]


_NEVER_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    aiohttp_socks.ProxyError,
    aiohttp_socks.ProxyConnectionError,
    aiohttp_socks.ProxyTimeoutError,
)

_PERSONAL = (
    re.compile(r"\w+://\S+"),
    re.compile(r"\d+:[\w-]{20,}"),  # a token
    re.compile(r"(?<!\w)([\"'«“`]).*[\"'»”`](?!\w)"),
    re.compile(r"@\w+"),
    re.compile(r"[-+]?\d{5,}"),
)

_BY_STATUS = {
    401: Failure.TOKEN,
    404: Failure.TOKEN,  # the path is only the token and the method
    409: Failure.TRANSIENT,
    413: Failure.TOO_LARGE,
    429: Failure.PACE,
}

_BY_WORDS = (
    (Failure.REFUSED, ("method not found",)),
    (Failure.BLOCKED, ("blocked by the user", "user_is_blocked")),
    (Failure.DENIED, ("can't initiate conversation", "can't send messages to bots")),
    (
        Failure.GONE,
        (
            "user is deactivated",
            "input_user_deactivated",
            "chat not found",
            "user not found",
            "peer_id_invalid",
            "group chat was deactivated",
            "chat was deleted",
            "was kicked",
            "not a member",
        ),
    ),
    (Failure.TOO_LATE, ("can't be deleted for everyone",)),
    (
        Failure.LOST,
        (
            "message to edit not found",
            "message to delete not found",
            "message to react not found",
            "message to be replied not found",
            "message to reply not found",
            "message thread not found",
            "message can't be deleted",
            "message_id_invalid",
            "topic_deleted",
            "topic_id_invalid",
        ),
    ),
    (
        Failure.TOO_LATE,
        (
            "query is too old",
            "query_id_invalid",
            "query id is invalid",
            "message can't be edited",  # somebody else's, or too old
        ),
    ),
    (Failure.TOO_LARGE, ("file is too big", "too large", "too big for a photo")),
    (
        Failure.RIGHTS,
        (
            "not enough rights",
            "have no rights",
            "need administrator rights",
            "chat_write_forbidden",
            "chat_admin_required",
            "chat_restricted",
            "_forbidden",  # chat_send_plain_forbidden and its sisters
            "topic_closed",
        ),
    ),
)


# One kind of things is forbidden there, or by whom it goes to, while words are not.
_OF_A_KIND = re.compile(
    r"not enough rights to send (?!(text )?messages)|chat_send_(?!plain_)\w+_forbidden"
    r"|voice_messages_forbidden"
)

# What an older or another server may not know: its 404 says nothing about the token.
_OPTIONAL = frozenset({"setMessageReaction", "getWebhookInfo"})


def _failure(method: str, status: int, description: str) -> Failure:
    if status >= 500:
        return Failure.TRANSIENT
    if status == 404 and method in _OPTIONAL:
        return Failure.REFUSED
    words = description.lower()
    if status in (400, 403) and _OF_A_KIND.search(words):
        return Failure.REFUSED
    for failure, signs in _BY_WORDS:
        if status in (400, 403, 404) and any(sign in words for sign in signs):
            return failure
    if status == 403:
        return Failure.RIGHTS
    return _BY_STATUS.get(status, Failure.REFUSED)


def _unreadable(method: str, status: int) -> SendError:
    """An answer that some proxy wrote, or a cut one: a cut success may well be done."""
    if status < 300:
        return RefusalError(status, Failure.AMBIGUOUS, f"{method}: unreadable answer")
    passing = {413: Failure.TOO_LARGE, 429: Failure.PACE}
    failure = passing.get(status, Failure.TRANSIENT)
    return RefusalError(status, failure, f"{method}: unreadable answer, HTTP {status}")


def _seconds(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and value > 0 else None
