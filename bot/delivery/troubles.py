"""What only a person can mend, as calls tell: refused by a chat or a whole messenger, no topics."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.delivery.items import Made
from bot.messages import Failure, OpenTopic, Post, TroubleSeen, address
from storage import inbox, incidents
from storage.cards import Card

_PARKED = 1800.0  # seconds; a messenger that asks for so much waits for a person

_Trouble = tuple[Literal["refused", "shut_out", "topics"], str]  # and its subject


class Troubles:
    """What one channel's calls tell of being refused."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self._open: set[_Trouble] = set()

    async def restore(self, connection: AsyncConnection) -> None:
        """Look for the end of what began before this process."""
        known = await incidents.standing(connection)
        chats = [subject for _, subject in known if subject.startswith(address(self._channel, ""))]
        possible = [one for chat in chats for one in (_shut_out(chat), _no_topics(chat))]
        self._open = {one for one in (self._refused, *possible) if one in known}

    async def write(self, connection: AsyncConnection, made: Sequence[Made], now: datetime) -> bool:
        """Let handlers hear of what began or is over; whether there was anything."""
        began = self._seen(made)
        over = (self._open & self._mended(made)) - began
        if not began and not over:
            return False
        known = await incidents.standing(connection)
        news = [_event(one, now) for one in began if one not in known]
        news += [_event(one, now, over=True) for one in over]
        # A minute's worth of failures is one event; handlers know what was told already.
        events = {
            f"trouble:{one.trouble}:{one.subject}:{one.over}:{now:%Y-%m-%dT%H:%M}": one
            for one in news
        }
        await inbox.add_events(connection, events, now)
        return bool(events)

    def note(self, made: Sequence[Made]) -> None:
        """Remember what was written."""
        self._open -= self._mended(made)
        self._open |= self._seen(made)

    @property
    def _refused(self) -> _Trouble:
        return "refused", self._channel

    def _seen(self, made: Iterable[Made]) -> set[_Trouble]:
        """What these calls were refused for."""
        found = (self._of(one) for one in made)
        return {one for one in found if one is not None}

    def _of(self, made: Made) -> _Trouble | None:
        error, chat = made.error, address(self._channel, made.item.chat)
        if error is None:
            return None
        if error.failure is Failure.TOKEN or (error.retry_after or 0) >= _PARKED:
            return self._refused
        if made.topics_refused:
            return _no_topics(chat)
        refused = error.failure in (Failure.RIGHTS, Failure.GONE)
        return _shut_out(chat) if refused and made.item.group and _shows(made) else None

    def _mended(self, made: Iterable[Made]) -> set[_Trouble]:
        """What these calls were taken in spite of."""
        taken = [one for one in made if one.error is None and not one.expired]
        found = {self._refused} if taken else set()
        for one in taken:
            chat = address(self._channel, one.item.chat)
            if _shows(one):
                found.add(_shut_out(chat))
            if one.showing is not None and isinstance(one.showing.outgoing, OpenTopic):
                found.add(_no_topics(chat))
        return found


def _shut_out(chat: str) -> _Trouble:
    return "shut_out", chat


def _no_topics(chat: str) -> _Trouble:
    return "topics", chat


def _event(trouble: _Trouble, now: datetime, *, over: bool = False) -> TroubleSeen:
    kind, subject = trouble
    detail = "rights" if kind == "topics" else ""
    return TroubleSeen(kind, subject, now, over, detail)


def _shows(made: Made) -> bool:
    """Whether it was words, and not what a chat may refuse beside them: reactions, topics."""
    work, error = made.item.work, made.error
    if not isinstance(work, Card):
        return isinstance(work.outgoing, Post)
    if made.showing is None or error is None:
        return True
    return made.showing.mended(error) is None
