"""The log of every HTTP call that reached the server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Call:
    """One call: appended when it arrives, completed when it is answered.

    `status` is 0 while unanswered and stays so when the connection was dropped or
    left hanging. `applied` says whether the method was carried out, which under a
    fault the caller cannot know. `params` hold files as summaries.
    """

    at: float
    method: str
    params: dict[str, Any]
    status: int = 0
    description: str = ""
    result: Any = None
    fault: str = ""
    applied: bool = False
    warnings: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether the caller was told that it is done."""
        return self.status == 200

    @property
    def chat_id(self) -> int | None:
        """The chat it was about, where it names one by number."""
        try:
            return int(self.params["chat_id"])
        except (KeyError, TypeError, ValueError):
            return None
