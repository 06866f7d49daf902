"""What VK's refusals and the network's faults mean for the caller."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import requests
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError
from vk_api.exceptions import ApiError, ApiHttpError, VkApiError

from bot.messages import Failure, SendError

CAPTCHA = 14


class VkError(SendError):
    """A failed call to VK; `code` is VK's own number, 0 where VK gave none."""

    def __init__(
        self, failure: Failure, reason: str, *, code: int = 0, retry_after: float | None = None
    ) -> None:
        super().__init__(failure, reason, retry_after=retry_after)
        self.code = code


def from_code(code: int, message: str, method: str) -> VkError:
    """VK's numbered refusal; its `message` is told only where the number alone says little."""
    known = _METHOD_CODES.get((method, code)) or _CODES.get(code)
    if known is None:
        reason = f"VK error {code} at {method}: {_without_numbers(message)}"
        return VkError(Failure.REFUSED, reason, code=code)
    reason = f"VK error {code} at {method}: {known.words}"
    return VkError(known.failure, reason, code=code, retry_after=known.retry_after)


def from_exception(error: Exception, method: str) -> VkError:
    """Anything that a call through vk_api may raise.

    Only messages.send can be ambiguous: repeating any other method changes nothing.
    """
    if isinstance(error, ApiError):
        return from_code(_number(error.code), str(error.error.get("error_msg", "")), method)
    if isinstance(error, ApiHttpError):
        return from_status(error.response.status_code, method)
    if isinstance(error, VkApiError):
        return VkError(Failure.REFUSED, f"VK refused {method}: {type(error).__name__}")
    if _never_left(error):
        return VkError(Failure.TRANSIENT, f"VK cannot be reached for {method}")
    lost = Failure.AMBIGUOUS if method == "messages.send" else Failure.TRANSIENT
    return VkError(lost, f"no answer from VK to {method} ({type(error).__name__})")


def from_status(status: int, what: str) -> VkError:
    """An HTTP status other than success, from a method, an upload or a download."""
    reason = f"HTTP {status} at {what}"
    if status == 429:
        return VkError(Failure.PACE, reason, retry_after=1.0)
    if status == 413:
        return VkError(Failure.TOO_LARGE, reason)
    passing = status >= 500 or status == 408
    return VkError(Failure.TRANSIENT if passing else Failure.REFUSED, reason)


@contextmanager
def usual_form(what: str) -> Iterator[None]:
    """Reading an answer inside turns one that has not VK's form into a VkError."""
    try:
        yield
    except (LookupError, TypeError, AttributeError, ValueError):
        raise VkError(Failure.TRANSIENT, f"VK's answer to {what} has not its usual form") from None


@dataclass(frozen=True, slots=True)
class _Meaning:
    failure: Failure
    words: str
    retry_after: float | None = None  # seconds


_CODES: dict[int, _Meaning] = {
    1: _Meaning(Failure.TRANSIENT, "an unknown error"),
    5: _Meaning(Failure.TOKEN, "the token is not accepted"),
    6: _Meaning(Failure.PACE, "too many requests a second", 1.0),
    7: _Meaning(Failure.RIGHTS, "the token lacks a permission"),
    9: _Meaning(Failure.PACE, "flood control", 60.0),
    10: _Meaning(Failure.TRANSIENT, "an internal server error"),
    CAPTCHA: _Meaning(Failure.PACE, "captcha needed", 3600.0),
    15: _Meaning(Failure.RIGHTS, "access denied"),
    18: _Meaning(Failure.GONE, "the account was deleted or banned"),
    27: _Meaning(Failure.TOKEN, "the community's token is not accepted"),
    28: _Meaning(Failure.TOKEN, "the application's token is not accepted"),
    29: _Meaning(Failure.PACE, "the rate limit is reached", 300.0),
    36: _Meaning(Failure.TRANSIENT, "the method timed out"),
    43: _Meaning(Failure.TRANSIENT, "temporarily unavailable"),
    900: _Meaning(Failure.BLOCKED, "the account is on a blacklist"),
    901: _Meaning(Failure.DENIED, "the person never allowed messages"),
    902: _Meaning(Failure.DENIED, "the person's privacy settings forbid messages"),
    909: _Meaning(Failure.TOO_LATE, "the message is too old to be edited"),
    911: _Meaning(Failure.REFUSED, "the keyboard is invalid"),
    914: _Meaning(Failure.REFUSED, "the message is too long"),
    917: _Meaning(Failure.REFUSED, "no access to this chat"),
    920: _Meaning(Failure.TOO_LATE, "a message of this kind cannot be edited"),
    921: _Meaning(Failure.LOST, "the message to reply to is no longer there"),
    924: _Meaning(Failure.TOO_LATE, "the message can no longer be deleted for everybody"),
    936: _Meaning(Failure.GONE, "the contact no longer exists"),
    1117: _Meaning(Failure.TOKEN, "the token has expired"),
    3610: _Meaning(Failure.GONE, "the account is deactivated"),
}

# The same number may say more where the method is known.
_METHOD_CODES: dict[tuple[str, int], _Meaning] = {
    ("messages.send", 36): _Meaning(Failure.AMBIGUOUS, "the method timed out"),
    ("messages.sendMessageEventAnswer", 100): _Meaning(
        Failure.TOO_LATE, "the press is no longer known"
    ),
}


def _number(code: object) -> int:
    return code if isinstance(code, int) else 0


def _without_numbers(message: str) -> str:
    """VK echoes parameters in some messages: ids and phones have no place in a reason."""
    return re.sub(r"\S*\d{4,}\S*", "…", message)[:120]


def _never_left(error: Exception) -> bool:
    """Whether no connection was made, so that the call is certainly not done."""
    if isinstance(
        error,
        requests.exceptions.ConnectTimeout
        | requests.exceptions.SSLError
        | requests.exceptions.ProxyError,
    ):
        return True
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else None
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)
