"""Which of a community's events VK reports, and in which version, as its settings tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

OLDEST = (5, 103)  # before that version a new message comes in another shape
EVENTS = (
    "message_new",
    "message_edit",
    "message_reply",
    "message_event",
    "message_allow",
    "message_deny",
)
"""What the product has to hear of."""


@dataclass(frozen=True, slots=True)
class Reported:
    """What one way of reporting, long poll or callback, is set to."""

    version: str
    old: bool
    missing: tuple[str, ...]
    wanted: Mapping[str, bool]  # with what is reported already, whatever VK makes of the rest

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Reported:
        """From VK's answer; LookupError and the like when it has not its usual form."""
        version, events = str(settings["api_version"]), settings["events"]
        on = [name for name, reports in events.items() if reports]
        return cls(
            version,
            tuple(int(part) for part in version.split(".")) < OLDEST,
            tuple(name for name in EVENTS if not events.get(name)),
            dict.fromkeys([*on, *EVENTS], True),
        )
