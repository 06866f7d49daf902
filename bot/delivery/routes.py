"""What is new is parsed and given the key within which it goes in order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.delivery.describing import describe
from bot.delivery.jobs import Handlers
from bot.delivery.setbacks import Setbacks
from bot.messages import Event, MessageReceived, Raw, address
from storage import doubts, inbox
from storage.database import UNREACHABLE, Database
from storage.session import Ids, Reads, Session

AT_ONCE = 256  # events routed in one transaction
REMEMBERED = 8192  # events that were parsed and wait for their turn

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Routed:
    """What became of a new event: a key, or why there is none; neither when of no interest."""

    arrival: inbox.Arrival
    event: Event | None = None
    key: str = ""
    bad: str = ""


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is known of events that are just being taken in: keys, by the events' ids."""

    keys: Mapping[str, str] = field(default_factory=dict)
    heard: Mapping[str, int] = field(default_factory=dict)  # see doubts.heard


class Routes:
    """Gives new events of some channels their keys."""

    def __init__(
        self,
        database: Database,
        handlers: Handlers,
        ids: Ids,
        setbacks: Setbacks,
        *,
        channels: Collection[str],
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._handlers = handlers
        self._ids = ids
        self._setbacks = setbacks
        self._channels = channels
        self._now = now
        self._parsed: dict[tuple[str, str], Event] = {}
        self._behind = True  # older events may wait for their keys
        self._more = False  # such were kept since the last look

    async def ahead(self, channel: str, raws: Sequence[Raw]) -> Ahead:
        """Keys of what is to be taken in, so that it needs no other look nor transaction.

        None while anything older may wait for its key, and none among several processes,
        where one gives all keys, whoever takes in. What is of no interest, or can't be
        understood, gets none: that is decided where it is looked at once more.
        """
        if self._behind or not self._database.sqlite:
            return Ahead()
        session = Session(Reads(self._database), self._ids)
        keys, events = {}, []
        for raw in raws:
            try:
                event = self._handlers.parse(channel, raw.body)
                if event is None:
                    continue
                keys[raw.id] = await self._handlers.key(event, session)
            except UNREACHABLE:
                raise
            except Exception:  # noqa: S112 - told where it is looked at once more
                continue
            events.append(event)
            self._remember(channel, raw.id, event)
        return Ahead(keys, _heard(events))

    def fall_behind(self) -> None:
        """Events were kept without their keys, which a look under way may have missed."""
        self._behind = self._more = True

    async def route(self, database: Database) -> int:
        """Parse what is new and give it its key; how many there were, AT_ONCE at most.

        `database` is that of the one process which does this.
        """
        self._more = False
        arrivals = await inbox.unrouted(database, AT_ONCE, self._channels)
        if arrivals:
            session = Session(Reads(database), self._ids)
            await self._keep(database, [await self._look(arrival, session) for arrival in arrivals])
        self._behind = self._more or len(arrivals) == AT_ONCE
        return len(arrivals)

    async def event(self, arrival: inbox.Arrival) -> Event | None:
        """An event that was routed before; None, and set aside, when it is understood no more."""
        event = self._parsed.pop((arrival.channel, arrival.event_id), None)
        if event is None:
            event, bad = self._parse(arrival)
            if event is None:  # it was understood once, by another parser
                await self._keep(self._database, [Routed(arrival, bad=bad)])
        return event

    def forget(self) -> None:
        """Parse anew what was parsed."""
        self._parsed.clear()
        self._behind = True

    async def _look(self, arrival: inbox.Arrival, session: Session) -> Routed:
        event, bad = self._parse(arrival)
        if event is None:
            return Routed(arrival, bad=bad)
        try:
            return Routed(arrival, event, await self._handlers.key(event, session))
        except UNREACHABLE:
            raise
        except Exception as error:  # one event without a key must not stop the others
            return _refused(arrival, error)

    async def _keep(self, database: Database, found: Sequence[Routed]) -> None:
        """Write what became of them; refused as a whole, one at a time."""
        try:
            async with database.write() as connection:
                await self._write(connection, found)
        except UNREACHABLE:
            raise
        except Exception as refusal:  # whatever one event would write, the others go on
            if len(found) == 1 and found[0].bad:
                raise  # it can't even be set aside
            alone = [_refused(found[0].arrival, refusal)] if len(found) == 1 else found
            for one in alone:
                await self._keep(database, [one])
            return
        for one in found:
            if one.event:
                self._remember(one.arrival.channel, one.arrival.event_id, one.event)

    async def _write(self, connection: AsyncConnection, found: Sequence[Routed]) -> None:
        await inbox.route(connection, {one.arrival.id: one.key for one in found if one.event})
        await doubts.heard(connection, _heard(one.event for one in found))
        unwanted = [one.arrival.id for one in found if not (one.event or one.bad)]
        await inbox.done(connection, unwanted, self._now())
        await inbox.empty(connection, unwanted)
        aside = [(one.arrival, one.bad) for one in found if one.bad]
        await self._setbacks.set_aside(connection, aside)

    def _remember(self, channel: str, event_id: str, event: Event) -> None:
        self._parsed[channel, event_id] = event
        if len(self._parsed) > REMEMBERED:
            del self._parsed[next(iter(self._parsed))]  # handled long ago when it came before

    def _parse(self, arrival: inbox.Arrival) -> tuple[Event | None, str]:
        """The event, or why there is none."""
        try:
            return self._handlers.parse(arrival.channel, arrival.body), ""
        except Exception as error:  # one event that can't be understood must not stop the others
            log.warning("event_malformed", inbox=arrival.id, reason=describe(error))
            return None, f"malformed: {describe(error)}"


def _refused(arrival: inbox.Arrival, error: Exception) -> Routed:
    log.warning("event_not_routed", inbox=arrival.id, reason=describe(error))
    return Routed(arrival, bad=describe(error))


def _heard(events: Iterable[Event | None]) -> dict[str, int]:
    """The highest id of a message in each group where somebody wrote."""
    highest: dict[str, int] = {}
    for event in events:
        if not isinstance(event, MessageReceived) or event.chat.private or event.edited:
            continue
        where = address(event.channel, event.chat.id)
        if event.message_id.isdecimal():
            highest[where] = max(highest.get(where, 0), int(event.message_id))
    return highest
