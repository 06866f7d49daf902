"""Files that are sent: those of a messenger, and those that are made of what we know."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from bot.desks import Desks
from bot.messages import Attachment, Channel, Download, Failure, SendError
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
            yield await exports.opened(session, attachment, policy)
        elif attachment.channel == reports.CHANNEL:
            policy = self._desks.named(reports.desk_of(attachment))
            self._desks.narrow(session, policy)
            async with reports.opened(session, attachment, policy.basis) as download:
                yield download
        else:
            async with AsyncExitStack() as stack:
                try:
                    file = self._channels[attachment.channel].open_file(attachment)
                    download = await stack.enter_async_context(file)
                except SendError as error:
                    raise _of_the_file(error) from None
                yield download


def _of_the_file(error: SendError) -> SendError:
    """Its own messenger's refusal says nothing of the chat and the token it was to go to."""
    if error.failure is Failure.TOO_LARGE:
        return error
    failure = Failure.REFUSED if error.permanent else Failure.TRANSIENT
    return SendError(failure, str(error))
