"""Files that are sent: those of a messenger, and those that are made of what we know."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from bot.delivery.transfer import timely
from bot.desks import Desks
from bot.messages import Attachment, Channel, Download
from bot.reports import files as reports
from handlers import exports
from storage.database import Database
from storage.session import Ids, Reads, Session


class Files:
    """Opens each for streaming into a messenger."""

    def __init__(self, database: Database, channels: Mapping[str, Channel], desks: Desks) -> None:
        self._database = database
        self._channels = channels
        self._desks = desks

    @asynccontextmanager
    async def opened(self, attachment: Attachment) -> AsyncIterator[Download]:
        """One file, until the context is left; SendError when it cannot be had."""
        session = Session(Reads(self._database), Ids(self._database))
        if attachment.channel == exports.CHANNEL:
            policy = await self._desks.of_export(attachment, session)
            async with exports.opened(session, attachment, policy) as download:
                yield download
        elif attachment.channel == reports.CHANNEL:
            policy = self._desks.named(reports.desk_of(attachment))
            self._desks.narrow(session, policy)
            async with reports.opened(session, attachment, policy.basis) as download:
                yield download
        else:
            file = self._channels[attachment.channel].open_file(attachment)
            async with timely(file) as download:
                yield download
