"""Making one call, whatever comes of it: as it is to be now, or found where it already stands."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial

import structlog

from bot.delivery import adopt, record
from bot.delivery.describing import describe
from bot.delivery.items import Item, Made, name_of
from bot.delivery.outcomes import Fault
from bot.delivery.pacing import Pacer, Slot
from bot.delivery.showing import Showing, showing
from bot.messages import Channel, Failure, OpenFile, Outgoing, Post, SendError, Sent, address
from storage import doubts
from storage.cards import Card, Face
from storage.database import UNREACHABLE, Database
from storage.outbox import Delivery
from storage.session import Reads

Render = Callable[[Card, Reads], Awaitable[Face]]

log = structlog.get_logger()


class Caller:
    """Makes the calls of one channel, each with a place in the pace taken for it."""

    def __init__(
        self,
        database: Database,
        channel: Channel,
        pacer: Pacer,
        *,
        render: Render,
        open_file: OpenFile,
        now: Callable[[], datetime],
        lives: Callable[[], bool],
    ) -> None:
        """`lives` tells whether it is known that no other process sends here by now."""
        self._database = database
        self._channel = channel
        self._pacer = pacer
        self._render = render
        self._open_file = open_file
        self._now = now
        self._lives = lives

    async def make(self, item: Item, slot: Slot, reads: Reads) -> Made:
        """Make the call; what became of it, whatever that was."""
        shows: Showing | None = None
        if isinstance(item.work, Delivery) and _expired(item.work, self._now()):
            self._pacer.give_back(slot)
            return Made(item, expired=True)
        try:
            async with self._held(slot):
                shows = await self._shows(item, reads)
                outgoing = _outgoing(item, shows)
                if outgoing is None:
                    return Made(item, sent=Sent(), showing=shows)
                if not _doubted(item, outgoing):
                    sent = await self._send(outgoing)
                    return Made(item, sent=sent, showing=shows)
            return Made(item, sent=await self._sought_or_sent(item, outgoing), showing=shows)
        except SendError as error:
            return Made(item, error=error, showing=shows)
        except UNREACHABLE as error:
            return Made(item, error=SendError(Failure.TRANSIENT, describe(error)), showing=shows)
        except Exception as error:  # a fault of ours must not stop the sender
            log.error("send_failed", work=name_of(item.work), reason=describe(error))
            return Made(item, error=Fault(describe(error)))

    @asynccontextmanager
    async def _held(self, slot: Slot) -> AsyncIterator[None]:
        try:
            yield
        finally:
            self._pacer.done(slot, self._time())

    async def _sought_or_sent(self, item: Item, outgoing: Outgoing) -> Sent:
        """Each look is a call with a place of its own, for which the item's had to be given up."""
        found = await self._sought(item, outgoing)
        if found or isinstance(item.work, Card):
            return found or Sent()  # what a card that is not there shows next is decided anew
        return await self._send_in_turn(item, outgoing)

    async def _send(self, outgoing: Outgoing) -> Sent:
        """Not once we may have lost the lease: another process may have sent it since.

        Nor does it look for a post any more: where that one might stand, another may by now.
        """
        if not self._lives():
            raise SendError(Failure.TRANSIENT, "another process may send by now")
        return await self._channel.send(outgoing, self._open_file)

    async def _sought(self, item: Item, outgoing: Outgoing) -> Sent | None:
        """The post where it already stands, if it does."""
        above = item.work.posted_above
        if above is None or not isinstance(outgoing, Post):
            return None
        where = address(self._channel.name, item.chat)
        async with self._database.read() as connection:
            known = await doubts.known(connection, where, adopt.ids(above))
        return await adopt.seek(outgoing, above, known, partial(self._send_in_turn, item))

    async def _send_in_turn(self, item: Item, outgoing: Outgoing) -> Sent:
        """With one more place in the pace of the item's chat."""
        while (wait := self._ready_at(item) - self._time()) > 0:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(min(wait, 1.0))
        slot = self._pacer.start(item.chat, item.group, self._time())
        async with self._held(slot):
            return await self._send(outgoing)

    def _ready_at(self, item: Item) -> float:
        return self._pacer.ready_at(item.chat, self._time())

    async def _shows(self, item: Item, reads: Reads) -> Showing | None:
        """What a card shows next, with its face of this moment; None for any other call."""
        card = item.work
        return showing(card, await self._render(card, reads)) if isinstance(card, Card) else None

    def _time(self) -> float:
        return asyncio.get_running_loop().time()


def _outgoing(item: Item, shows: Showing | None) -> Outgoing | None:
    """The call as it is to be made; None when there is nothing to show any more."""
    if isinstance(item.work, Card):
        return shows.outgoing if shows else None
    return record.completed(item.work, item.joined)


def _doubted(item: Item, outgoing: Outgoing) -> bool:
    """Whether it may stand there already, and can be sought."""
    seekable = isinstance(outgoing, Post) and adopt.findable(item.work)
    return seekable and item.work.posted_above is not None


def _expired(delivery: Delivery, now: datetime) -> bool:
    return delivery.expires_at is not None and delivery.expires_at <= now
