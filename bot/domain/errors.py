"""Why the rules refuse an action; handlers put the reasons into words."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """A reason to refuse, known to the people it is told to."""

    STRANGER = "stranger"  # not a member of the team
    TAKEN = "taken"  # somebody took it before
    OFFERED = "offered"  # somebody else is being asked
    NOT_YOURS = "not_yours"  # it is another manager's
    CLOSED = "closed"  # it has ended
    ABSORBED = "absorbed"  # it went up in another lead
    OPEN = "open"  # it has not ended
    FREE = "free"  # nobody has it
    OTHER_OPEN = "other_open"  # the customer has another open lead


class Refused(Exception):
    """An action that the rules do not allow; nothing was changed."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
