"""How the server says no: an error code, Telegram's own description, and its parameters."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """An answer with `ok: false`; raised by methods, turned into JSON by the server."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """The JSON that Telegram answers with."""
        body: dict[str, Any] = {
            "ok": False,
            "error_code": self.code,
            "description": self.description,
        }
        if self.parameters:
            body["parameters"] = self.parameters
        return body


class Impossible(Exception):
    """A person cannot do this in the app: the button is not there, the chat is not theirs."""


def bad_request(what: str, **parameters: int) -> Refusal:
    """400 with Telegram's prefix."""
    return Refusal(400, f"Bad Request: {what}", **parameters)


def forbidden(what: str) -> Refusal:
    """403 with Telegram's prefix."""
    return Refusal(403, f"Forbidden: {what}")


def conflict(what: str) -> Refusal:
    """409 with Telegram's prefix."""
    return Refusal(409, f"Conflict: {what}")


def too_many(seconds: int) -> Refusal:
    """429: come back after so many seconds."""
    return Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
