"""What becomes of a call that failed, or of which nobody knows: one policy per kind, pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.delivery.backoff import delay
from bot.messages import Failure, FileError, Post, Priority, React, SendError
from storage.outbox import Delivery, Outcome

ATTEMPTS = 500  # some eight hours at the longest wait
ATTEMPTS_OF_REACTIONS = 5  # nobody misses one
ATTEMPTS_OF_FILES = 20  # some seven minutes, in which all that was said after it waits
WAIT_FOR_RIGHTS = timedelta(seconds=60)
_TEAM = frozenset({Priority.CARD, Priority.CHANGE})
_OF_OTHERS = frozenset({Failure.LOST, Failure.TOO_LATE})


class Fault(SendError):
    """A call that we failed to make by a fault of ours; `str()` says where."""

    def __init__(self, reason: str) -> None:
        super().__init__(Failure.REFUSED, reason)


def after_error(
    delivery: Delivery,
    error: SendError,
    *,
    now: datetime,
    repeatable: float,
    seekable: bool,
    jitter: float,
) -> Outcome:
    """How a refused or unanswered call goes on; `repeatable` as of its channel.

    `seekable` says that it can be found if it was made.
    """
    if error.failure is Failure.AMBIGUOUS:
        return after_silence(
            delivery, str(error), now=now, repeatable=repeatable, seekable=seekable
        )
    outcome = _after_refusal(delivery, error, now, jitter)
    # Still not sought to the end: as much in doubt as before.
    doubted = outcome.state == "queued" and seekable and delivery.posted_above is not None
    return replace(outcome, doubted=doubted)


def _after_refusal(delivery: Delivery, error: SendError, now: datetime, jitter: float) -> Outcome:
    gone_on_for_long = delivery.attempts >= ATTEMPTS_OF_FILES
    if isinstance(error, FileError) and not error.permanent and gone_on_for_long:
        return Outcome(delivery, "failed", Failure.REFUSED.value)
    match error.failure:
        case Failure.PACE:
            wait = timedelta(seconds=error.retry_after or 1.0)
            return Outcome(delivery, "queued", str(error), retry_at=now + wait)
        case Failure.TRANSIENT | Failure.TOKEN | Failure.MOVED:
            return _again(delivery, str(error), now, jitter)
        case Failure.RIGHTS | Failure.GONE if _in_team(delivery):
            # The team's chat: rights come back, and then nothing may be missing.
            return Outcome(delivery, "queued", str(error), retry_at=now + WAIT_FOR_RIGHTS)
    if isinstance(error, Fault):
        return Outcome(delivery, "failed", str(error))
    # What a new message was to refer to is gone, or so it is said: nobody asked for that.
    astray = isinstance(delivery.outgoing, Post) and error.failure in _OF_OTHERS
    return Outcome(delivery, "failed", (Failure.REFUSED if astray else error.failure).value)


def _in_team(delivery: Delivery) -> bool:
    """Whether the team's chat was to show it; an answer to somebody in private is another thing."""
    return delivery.priority in _TEAM and delivery.chat.startswith("-")


def after_silence(
    delivery: Delivery, reason: str, *, now: datetime, repeatable: float, seekable: bool
) -> Outcome:
    """How a call goes on that may have been made: the answer, or our record of it, is missing.

    What is harmless when repeated is repeated. A customer's copy never is: its
    manager is asked. What the team would miss is sought, and posted again if not found.
    """
    if not isinstance(delivery.outgoing, Post):
        return Outcome(delivery, "queued", reason)
    claimed = delivery.claimed_at or now
    if repeatable and now - claimed < timedelta(seconds=repeatable):
        retry_at = now + timedelta(seconds=1)
        return Outcome(delivery, "queued", reason, retry_at, unsure=True)
    if delivery.priority is Priority.REPLY:
        return Outcome(delivery, "unknown", reason)
    retry_at = now + timedelta(seconds=1)
    return Outcome(delivery, "queued", reason, retry_at, unsure=True, doubted=seekable)


def _again(delivery: Delivery, reason: str, now: datetime, jitter: float) -> Outcome:
    attempts = ATTEMPTS_OF_REACTIONS if isinstance(delivery.outgoing, React) else ATTEMPTS
    if delivery.attempts >= attempts:
        return Outcome(delivery, "failed", reason)
    wait = delay(delivery.attempts + 1, base=1, cap=60, jitter=jitter)
    return Outcome(delivery, "queued", reason, retry_at=now + timedelta(seconds=wait))


def card_retry(attempts: int, error: SendError, *, now: datetime, jitter: float) -> datetime:
    """When a card that could not be shown is tried again."""
    wait = error.retry_after or delay(attempts + 1, base=1, cap=60, jitter=jitter)
    return now + timedelta(seconds=wait)
