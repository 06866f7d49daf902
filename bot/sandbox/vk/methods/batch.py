"""Reads the few forms of `execute` code that bots and vk_api's request pool write."""

from __future__ import annotations

import json
import re
from typing import Any

from bot.sandbox.vk.errors import VkError

MOST = 25
_COMPILE = 12
_CALL = re.compile(r"API\.(\w+\.\w+)\(")
_LOOP = re.compile(
    r"var values = (?P<values>.*),\s*i = 0,\s*result = \[\];\s*while\(i < values\.length\) \{\s*"
    r"result\.push\(API\.(?P<method>\w+\.\w+)\(values\[i\]\)\);\s*i = i \+ 1;\s*\}"
    r"\s*return result;",
    re.DOTALL,
)
Calls = list[tuple[str, dict[str, Any]]]


def parse_batch(code: str) -> Calls:
    """The calls of `return [API.a.b({…}), …];` or of vk_api's loop over one method."""
    loop = _LOOP.fullmatch(code.strip())
    calls = _loop(loop) if loop else _list(code)
    if len(calls) > MOST:
        raise VkError(13, "too many API calls")
    return calls


def _loop(match: re.Match[str]) -> Calls:
    try:
        values = json.loads(match["values"])
    except ValueError as error:
        raise VkError(_COMPILE, "values are not JSON") from error
    return [(match["method"], one) for one in values]


def _list(code: str) -> Calls:
    rest = re.sub(r"^\s*return\s*\[\s*", "", code)
    calls: Calls = []
    while match := _CALL.match(rest):
        try:
            params, end = json.JSONDecoder().raw_decode(rest, match.end())
        except ValueError as error:
            raise VkError(_COMPILE, "parameters are not JSON") from error
        calls.append((match[1], params))
        rest = re.sub(r"^\)\s*,?\s*", "", rest[end:])
    if not calls or not re.fullmatch(r"\]\s*;?\s*", rest):
        raise VkError(_COMPILE, "the sandbox reads only a list of API calls")
    return calls
