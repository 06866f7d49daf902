"""Answers method calls: token, version, pace, parameters, faults, and the log of it all."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from bot.sandbox.vk import errors
from bot.sandbox.vk.calls import Call
from bot.sandbox.vk.community import Community
from bot.sandbox.vk.errors import VkError, bad
from bot.sandbox.vk.faults import Fault, Kind
from bot.sandbox.vk.methods import EXECUTE, METHODS
from bot.sandbox.vk.methods.batch import parse_batch

_VERSION = re.compile(r"5\.(\d+)")
_OLDEST = 199


class Answerer:
    """Runs methods on the community in the name of whoever holds the token."""

    def __init__(self, community: Community, token: str, *, strict: bool) -> None:
        self.community = community
        self.token = token
        self.strict = strict
        self.calls: list[Call] = []

    def answer(self, method: str, given: Mapping[str, str], fault: Fault | None) -> dict[str, Any]:
        """The body that VK would send; the call is logged whatever comes of it."""
        params = {name: value for name, value in given.items() if name != "access_token"}
        try:
            _refuse_on(fault)
            self._admit(given)
            body = self._execute(params) if method == "execute" else self._run(method, params)
        except VkError as error:
            self._log(method, params, error, None, fault)
            return error.body(method, params)
        self._log(method, params, None, body["response"], fault)
        return body

    def unanswered(self, method: str, given: Mapping[str, str], fault: Fault) -> None:
        """Log a call that a fault kept from being applied."""
        params = {name: value for name, value in given.items() if name != "access_token"}
        self._log(method, params, None, None, fault)

    def _admit(self, given: Mapping[str, str]) -> None:
        if given.get("access_token") != self.token:
            raise VkError(errors.BAD_TOKEN, "invalid access_token (4).")
        version = _VERSION.fullmatch(given.get("v", ""))
        if version is None or int(version[1]) < _OLDEST:
            raise VkError(errors.BAD_REQUEST, f"v should be given and at least 5.{_OLDEST}")
        self.community.pace.call(self.community.clock())

    def _run(self, method: str, params: Mapping[str, str]) -> dict[str, Any]:
        known = METHODS.get(method)
        if known is None:
            raise VkError(errors.UNKNOWN_METHOD)
        if known.permission and known.permission not in self.community.permissions:
            raise VkError(errors.ACCESS_DENIED, f"the token has no right to {known.permission}")
        if known.permission == "messages" and not self.community.messages_on:
            raise VkError(errors.ACCESS_DENIED, "group messages are disabled")
        unknown = known.signature.unknown(params)
        if unknown and self.strict:
            raise bad(", ".join(unknown), "is no parameter of this method")
        return {"response": known.run(self.community, known.signature.read(params))}

    def _execute(self, params: Mapping[str, str]) -> dict[str, Any]:
        results: list[Any] = []
        refused: list[dict[str, Any]] = []
        for method, values in parse_batch(EXECUTE.read(params)["code"]):
            inner = {name: _text(value) for name, value in values.items()}
            try:
                results.append(self._run(method, inner)["response"])
                self._log(method, inner, None, results[-1], None)
            except VkError as error:
                results.append(False)
                told = {"error_code": error.code, "error_msg": error.message}
                refused.append({"method": method, **told})
                self._log(method, inner, error, None, None)
        body: dict[str, Any] = {"response": results}
        return body | ({"execute_errors": refused} if refused else {})

    def _log(
        self,
        method: str,
        params: Mapping[str, str],
        error: VkError | None,
        response: Any,
        fault: Fault | None,
    ) -> None:
        known = METHODS.get(method)
        call = Call(
            at=self.community.clock(),
            method=method,
            params=dict(params),
            outcome=error.code if error else 0,
            response=response,
            applied=error is None and (fault is None or fault.applied),
            fault=fault,
            warnings=known.signature.unknown(params) if known else (),
        )
        self.calls.append(call)


def _refuse_on(fault: Fault | None) -> None:
    if fault is not None and fault.kind is Kind.CODE:
        raise VkError(int(fault.value))
    if fault is not None and fault.kind is Kind.CAPTCHA:
        image = "https://api.vk.ru/captcha.php?sid=100500"
        raise VkError(errors.CAPTCHA, captcha_sid="100500", captcha_img=image)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return json.dumps(value)
