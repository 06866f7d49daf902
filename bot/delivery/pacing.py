"""When the next call may go, long by its reasons: exact windows per token and chat, holds, turns.

The server counts a call when it arrives, which is some time between its start and
its end here. So a call counts from its start, and leaves a window only a whole
window (and a margin) after its *end*: a call and the one that takes its place are
then a window apart at the server, whatever the network does in between.
Proof: were limit + 1 calls in one window at the server, then at the start of the
one that started last the others would all be in flight or ended less than a
window ago, and it would not have been let go.

The price is the round trip: `limit / (1 + margin + round_trip / window)` is the
most that can be had, 97 % of a second's window up to round trips of 28 ms and
91 % at 100 ms; for a minute's window it does not matter. A call that hangs keeps
its place until it ends, so calls need a time-out.

Times are seconds of one monotonic clock, passed in and never going back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from math import inf
from typing import NewType

Slot = NewType("Slot", int)


@dataclass(frozen=True, slots=True)
class Pace:
    """What a platform permits one token; None where it has no such rule.

    `per_second` counts every call in any rolling second. `per_chat_second` counts the
    messages in one private chat, `group_per_minute` and `group_per_second` those in one
    group in any rolling 60 s and 1 s (sends, edits and new topics alike). `margin` is
    the share by which each window is made longer, for clocks that run at different
    speeds and servers that round: 0.002 is 2 ms of a second, four times the fastest
    slew of a clock.
    """

    per_second: int
    per_chat_second: int | None = None
    group_per_minute: int | None = None
    group_per_second: int | None = None
    margin: float = 0.002

    def __post_init__(self) -> None:
        """ValueError when nothing could ever be sent."""
        limits = (
            self.per_second,
            self.per_chat_second,
            self.group_per_minute,
            self.group_per_second,
        )
        if any(limit is not None and limit < 1 for limit in limits) or self.margin < 0:
            raise ValueError(
                f"a pace needs limits of at least 1 and a margin of at least 0: {self}"
            )


@dataclass(frozen=True, slots=True)
class Past:
    """A call of an earlier process, `age` seconds after its end (0 if nobody saw the end)."""

    chat: str
    group: bool
    age: float


class Pacer:
    """Keeps one token's pace; one per token, in the process that sends for it.

    Everywhere `chat` is the chat in which the platform counts a call, "" for what it
    counts in none (answers, reactions): such a call counts for the token alone;
    `group` tells which rule the chat has.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._token = self._window(pace.per_second, 1.0)
        self._chats: dict[str, tuple[_Window, ...]] = {}
        self._holds: dict[str, float] = {}
        self._all_held_until = -inf
        self._flying: dict[Slot, tuple[_Window, ...]] = {}
        self._numbers = count(1)
        self._tidy_at = _TIDY_AT_LEAST

    def ready_at(self, chat: str, now: float) -> float:
        """When such a call may start: `now` if at once, `inf` if only after some call ends."""
        return max(
            self._token_ready_at(now),
            self._holds.get(chat, now),
            *(window.ready_at(now) for window in self._chats.get(chat, ())),
        )

    def start(self, chat: str, group: bool, now: float) -> Slot:
        """Take the places of a call that is made right now.

        Its slot must be given to `done` or `give_back`. ValueError when it may not go yet.
        """
        if self.ready_at(chat, now) > now:
            raise ValueError(f"a call to chat {chat!r} may not start yet")
        self._tidy(now)
        slot = Slot(next(self._numbers))
        self._flying[slot] = self._windows(chat, group)
        for window in self._flying[slot]:
            window.flying += 1
        return slot

    def done(self, slot: Slot, now: float) -> None:
        """The call ended: answered, refused or given up. KeyError when it had ended before."""
        for window in self._flying.pop(slot):
            window.flying -= 1
            window.count_from(now)

    def give_back(self, slot: Slot) -> None:
        """The call is not made after all: its places are free again. KeyError as of `done`."""
        for window in self._flying.pop(slot):
            window.flying -= 1

    def album(self, chat: str, more: int, now: float) -> None:
        """A call that ended made `more` messages beside the one counted: a minute counts each."""
        for window in self._chats.get(chat, ())[:1]:
            for _ in range(more):
                window.count_from(now)

    def hold(self, chat: str, until: float) -> None:
        """Nothing goes to this chat before `until` (its retry_after); other chats go on.

        ValueError without a chat: then it concerns the token, see `hold_all`.
        """
        if not chat:
            raise ValueError("a hold needs a chat; hold_all holds the token")
        self._holds[chat] = max(until, self._holds.get(chat, until))

    def hold_all(self, until: float) -> None:
        """Nothing goes at all before `until`: VK's 6 and 9, a 429 without a chat, a bad token."""
        self._all_held_until = max(until, self._all_held_until)

    def room(self, now: float) -> int:
        """How many calls the token bears right now, whatever their chats: how many to claim."""
        return 0 if self._all_held_until > now else self._token.room(now)

    def blocked(self, now: float) -> set[str]:
        """Chats that cannot have a call now."""
        held = {chat for chat, until in self._holds.items() if until > now}
        return held | {chat for chat, ws in self._chats.items() if not all(w.room(now) for w in ws)}

    def left(self, chat: str, now: float) -> float:
        """How many more calls this minute of a group bears; `inf` where none are counted."""
        if self._pace.group_per_minute is None:
            return inf
        windows = self._chats.get(chat)
        return windows[0].room(now) if windows else self._pace.group_per_minute

    def tight(self, now: float) -> set[str]:
        """Chats with less than a quarter of their window left: only what is new may go there."""
        return {chat for chat, windows in self._chats.items() if windows[0].tight(now)}

    def next_ready(self, now: float) -> float:
        """When to ask again if nothing can go now: the first moment at which a place comes free.

        `inf` when only the end of a call, or new work, can change anything.
        """
        token = self._token_ready_at(now)
        if token > now:
            return token
        windows = (max(w.ready_at(now) for w in ws) for ws in self._chats.values())
        return min((at for at in (*self._holds.values(), *windows) if at > now), default=inf)

    def restore(self, history: Iterable[Past], now: float) -> None:
        """Count what an earlier process sent, at least the last minute of it; before any start."""
        for past in sorted(history, key=lambda past: -past.age):
            # An age below 0 is a wall clock that was set back.
            ended = now - max(0.0, past.age)
            for window in self._windows(past.chat, past.group):
                window.count_from(ended)
        self._tidy(now)

    def _token_ready_at(self, now: float) -> float:
        return max(self._all_held_until, self._token.ready_at(now))

    def _rules(self, group: bool) -> list[tuple[int, float]]:
        """(limit, seconds) of each window that a chat has, the longest first."""
        pace = self._pace
        in_group = ((pace.group_per_minute, 60.0), (pace.group_per_second, 1.0))
        rules = in_group if group else ((pace.per_chat_second, 1.0),)
        return [(limit, seconds) for limit, seconds in rules if limit is not None]

    def _windows(self, chat: str, group: bool) -> tuple[_Window, ...]:
        rules = self._rules(group)
        if not (chat and rules):
            return (self._token,)
        if chat not in self._chats:
            self._chats[chat] = tuple(self._window(*rule) for rule in rules)
        return (self._token, *self._chats[chat])

    def _window(self, limit: int, seconds: float) -> _Window:
        return _Window(limit, seconds * (1 + self._pace.margin))

    def _tidy(self, now: float) -> None:
        """Forget idle chats, seldom enough that a call pays nothing noticeable for it."""
        if len(self._chats) + len(self._holds) < self._tidy_at:
            return
        self._chats = {c: ws for c, ws in self._chats.items() if not all(w.idle(now) for w in ws)}
        self._holds = {chat: until for chat, until in self._holds.items() if until > now}
        self._tidy_at = max(_TIDY_AT_LEAST, 2 * (len(self._chats) + len(self._holds)))


_TIDY_AT_LEAST = 64


class _Window:
    """The calls that count against one limit: those in flight, and the ended ones for a while."""

    __slots__ = ("_limit", "_seconds", "_until", "flying")

    def __init__(self, limit: int, seconds: float) -> None:
        self._limit = limit
        self._seconds = seconds
        self._until: deque[float] = deque()  # when each ended call stops counting, ascending
        self.flying = 0

    def count_from(self, ended: float) -> None:
        self._until.append(ended + self._seconds)

    def ready_at(self, now: float) -> float:
        over = self._taken(now) - self._limit
        if over < 0:
            return now
        return self._until[over] if over < len(self._until) else inf

    def room(self, now: float) -> int:
        return max(0, self._limit - self._taken(now))

    def tight(self, now: float) -> bool:
        return 4 * (self._limit - self._taken(now)) < self._limit

    def idle(self, now: float) -> bool:
        return not self._taken(now)

    def _taken(self, now: float) -> int:
        while self._until and self._until[0] <= now:
            self._until.popleft()
        return self.flying + len(self._until)
