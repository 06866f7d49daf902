"""The ways in which a call can go wrong on request, and which calls are to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.sandbox.telegram.refusals import Refusal

EVERY = "*"


class Fault(StrEnum):
    """What happens to a call instead of an answer."""

    DROP_BEFORE = "drop_before"  # the connection closes and nothing is done
    DROP_AFTER = "drop_after"  # it is done, then the connection closes
    HANG = "hang"  # no answer ever; done first only when `applied`
    SLOW = "slow"  # `seconds` of waiting, then done; done first when `applied`
    BAD_REQUEST = "bad_request"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"  # `retry_after` seconds; None: without parameters
    SERVER_ERROR = "server_error"  # 500 without a description
    HTML_502 = "html_502"  # a proxy's page
    TRUNCATED_JSON = "truncated_json"  # it is done, but the answer breaks off


_REFUSALS = {
    Fault.BAD_REQUEST: (400, "Bad Request: fault"),
    Fault.UNAUTHORIZED: (401, "Unauthorized"),
    Fault.FORBIDDEN: (403, "Forbidden: bot was blocked by the user"),
    Fault.NOT_FOUND: (404, "Not Found"),
    Fault.CONFLICT: (
        409,
        "Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running",
    ),
    Fault.TOO_LARGE: (413, "Request Entity Too Large"),
}
_DONE_FIRST = (Fault.DROP_AFTER, Fault.TRUNCATED_JSON)


@dataclass(slots=True)
class Planned:
    """A fault waiting for its calls; `times` counts down, negative lasts for ever."""

    method: str
    fault: Fault
    times: int
    chat: int | None
    seconds: float
    description: str
    retry_after: int | None
    applied: bool

    @property
    def done_first(self) -> bool:
        """Whether the call is carried out before it goes wrong."""
        return self.applied or self.fault in _DONE_FIRST

    def refusal(self) -> Refusal | None:
        """The refusal it answers with, if it is one."""
        if self.fault is Fault.TOO_MANY:
            if self.retry_after is None:
                return Refusal(429, self.description or "Too Many Requests")
            text = f"Too Many Requests: retry after {self.retry_after}"
            return Refusal(429, self.description or text, retry_after=self.retry_after)
        if self.fault not in _REFUSALS:
            return None
        code, description = _REFUSALS[self.fault]
        return Refusal(code, self.description or description)


class Faults:
    """The planned faults, taken in the order in which they were planned."""

    def __init__(self) -> None:
        self._planned: list[Planned] = []

    def plan(self, planned: Planned) -> None:
        """Remember one."""
        self._planned.append(planned)

    def clear(self) -> None:
        """Let everything go right again."""
        self._planned.clear()

    def take(self, method: str, chat: object) -> Planned | None:
        """The fault for this call, counted down; method names compare without case."""
        for planned in self._planned:
            named = planned.method in (EVERY, method.lower())
            if named and planned.chat in (None, chat):
                planned.times -= 1
                if planned.times == 0:
                    self._planned.remove(planned)
                return planned
        return None
