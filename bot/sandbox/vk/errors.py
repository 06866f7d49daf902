"""The refusals of the VK API: codes, their messages, and the form they travel in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

UNKNOWN_METHOD = 3
BAD_TOKEN = 5
TOO_MANY_PER_SECOND = 6
BAD_REQUEST = 8
FLOOD = 9
CAPTCHA = 14
ACCESS_DENIED = 15
USER_DELETED = 18
BAD_PARAMETER = 100
NOT_FOUND = 104
BLACKLISTED = 900
NOT_ALLOWED = 901
PRIVACY = 902
TOO_OLD_TO_EDIT = 909
BAD_KEYBOARD = 911
BOT_FEATURES_OFF = 912
TOO_MANY_FORWARDS = 913
TEXT_TOO_LONG = 914
NO_CHAT_ACCESS = 917
WRONG_KIND_TO_EDIT = 920
CANNOT_FORWARD = 921
CANNOT_DELETE_FOR_ALL = 924
NOT_CHAT_ADMIN = 925
NOT_IN_CHAT = 935
CONTACT_NOT_FOUND = 936
TOO_MANY_CALLBACKS = 2000

MESSAGES = {
    1: "Unknown error occurred",
    UNKNOWN_METHOD: "Unknown method passed",
    BAD_TOKEN: "User authorization failed",
    TOO_MANY_PER_SECOND: "Too many requests per second",
    7: "Permission to perform this action is denied",
    BAD_REQUEST: "Invalid request",
    FLOOD: "Flood control",
    10: "Internal server error",
    12: "Unable to compile code",
    13: "Runtime error occurred during code invocation",
    CAPTCHA: "Captcha needed",
    ACCESS_DENIED: "Access denied",
    USER_DELETED: "User was deleted or banned",
    27: "Group authorization failed",
    28: "Application authorization failed",
    29: "Rate limit reached",
    BAD_PARAMETER: "One of the parameters specified was missing or invalid",
    NOT_FOUND: "Not found",
    BLACKLISTED: "Can't send messages for users from blacklist",
    NOT_ALLOWED: "Can't send messages for users without permission",
    PRIVACY: "Can't send messages to this user due to their privacy settings",
    TOO_OLD_TO_EDIT: "Can't edit this message, because it's too old",
    BAD_KEYBOARD: "Keyboard format is invalid",
    BOT_FEATURES_OFF: "This is a chat bot feature, change this status in settings",
    TOO_MANY_FORWARDS: "Too many forwarded messages",
    TEXT_TOO_LONG: "Message is too long",
    NO_CHAT_ACCESS: "You don't have access to this chat",
    WRONG_KIND_TO_EDIT: "Can't edit this kind of message",
    CANNOT_FORWARD: "Can't forward these messages",
    CANNOT_DELETE_FOR_ALL: "Can't delete this message for everybody",
    NOT_CHAT_ADMIN: "You are not admin of this chat",
    NOT_IN_CHAT: "User not found in chat",
    CONTACT_NOT_FOUND: "Contact not found",
    TOO_MANY_CALLBACKS: "Servers number limit is reached",
}


class VkError(Exception):
    """A refusal with VK's `code`; `detail` is appended to the code's usual message."""

    def __init__(self, code: int, detail: str = "", **extra: Any) -> None:
        self.code = code
        usual = MESSAGES.get(code, "Unknown error occurred")
        self.message = f"{usual}: {detail}" if detail else usual
        self.extra = extra
        super().__init__(f"[{code}] {self.message}")

    def body(self, method: str, params: Mapping[str, str]) -> dict[str, Any]:
        """What VK answers (with HTTP status 200); `params` must not hold the token."""
        echo = [{"key": "method", "value": method}, {"key": "oauth", "value": "1"}]
        echo += [{"key": key, "value": value} for key, value in params.items()]
        error = {"error_code": self.code, "error_msg": self.message, **self.extra}
        return {"error": {**error, "request_params": echo}}


def bad(parameter: str, why: str) -> VkError:
    """Error 100 about one parameter."""
    return VkError(BAD_PARAMETER, f"{parameter} {why}")
