"""The log of method calls that tests and the page read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.sandbox.vk.faults import Fault


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it ended: `outcome` is 0 or the error code, `params` is without the token.

    `applied` says whether it took effect, which after a `fault` the caller may not know.
    `warnings` names parameters that VK does not know.
    """

    at: float
    method: str
    params: dict[str, str]
    outcome: int
    response: Any
    applied: bool
    fault: Fault | None = None
    warnings: tuple[str, ...] = ()
