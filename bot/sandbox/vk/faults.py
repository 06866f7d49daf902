"""The ways in which a call to VK can go wrong, and the list of those still to happen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

LONG_POLL = "longpoll"
UPLOAD = "upload"
ANY = "*"


class Kind(Enum):
    """What happens to a faulted call."""

    DROP_BEFORE = "the connection drops before the call is applied"
    DROP_AFTER = "the call is applied, then the connection drops"
    HANG = "the call is not applied and never answered"
    SLOW = "the call is applied at once and answered late"
    CODE = "the call is refused with an error code"
    CAPTCHA = "the call is refused with a captcha"
    HTML_502 = "a gateway answers with status 502; the call is not applied"
    HTML_200 = "an HTML page with status 200; the call is not applied"
    TRUNCATED_JSON = "the call is applied, its answer is cut short"
    FAILED = "the long poll answers with a `failed` number"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: `Fault.DROP_AFTER`, `Fault.slow(2)`, `Fault.code(9)`, `Fault.failed(3)`."""

    kind: Kind
    value: float = 0

    DROP_BEFORE: ClassVar[Fault]
    DROP_AFTER: ClassVar[Fault]
    HANG: ClassVar[Fault]
    CAPTCHA: ClassVar[Fault]
    HTML_502: ClassVar[Fault]
    HTML_200: ClassVar[Fault]
    TRUNCATED_JSON: ClassVar[Fault]

    @classmethod
    def slow(cls, seconds: float) -> Fault:
        """Applied at once, answered after so many real seconds."""
        return cls(Kind.SLOW, seconds)

    @classmethod
    def code(cls, number: int) -> Fault:
        """Refused with this error code."""
        return cls(Kind.CODE, number)

    @classmethod
    def failed(cls, number: int) -> Fault:
        """For the long poll alone: `{"failed": number}`."""
        return cls(Kind.FAILED, number)

    @property
    def applied(self) -> bool:
        """Whether the call takes effect all the same."""
        return self.kind in (Kind.DROP_AFTER, Kind.SLOW, Kind.TRUNCATED_JSON)


Fault.DROP_BEFORE = Fault(Kind.DROP_BEFORE)
Fault.DROP_AFTER = Fault(Kind.DROP_AFTER)
Fault.HANG = Fault(Kind.HANG)
Fault.CAPTCHA = Fault(Kind.CAPTCHA)
Fault.HTML_502 = Fault(Kind.HTML_502)
Fault.HTML_200 = Fault(Kind.HTML_200)
Fault.TRUNCATED_JSON = Fault(Kind.TRUNCATED_JSON)


@dataclass(slots=True)
class _Planned:
    method: str
    fault: Fault
    left: int
    peer: int | None


class Faults:
    """Faults still to happen; the one planned first is used first."""

    def __init__(self) -> None:
        self._planned: list[_Planned] = []

    def plan(self, method: str, fault: Fault, times: int, peer: int | None) -> None:
        """Let the next `times` calls of a method (or ANY, LONG_POLL, UPLOAD) fail."""
        method_only = fault.kind in (Kind.CODE, Kind.CAPTCHA) and method in (LONG_POLL, UPLOAD)
        if method_only or (fault.kind is Kind.FAILED and method != LONG_POLL):
            raise ValueError(f"{method} cannot fail with {fault.kind.name}")
        self._planned.append(_Planned(method, fault, times, peer))

    def take(self, method: str, peers: Collection[int] = ()) -> Fault | None:
        """The fault for this call, used up by it."""
        for planned in self._planned:
            if _fits(planned, method, peers):
                planned.left -= 1
                if planned.left == 0:
                    self._planned.remove(planned)
                return planned.fault
        return None

    def clear(self) -> None:
        """Nothing fails any more."""
        self._planned.clear()


def _fits(planned: _Planned, method: str, peers: Collection[int]) -> bool:
    named = planned.method == method or (planned.method == ANY and method != LONG_POLL)
    return named and (planned.peer is None or planned.peer in peers)
