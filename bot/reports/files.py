"""What a report is sent as beside its words: a picture, drawn of what it tells, and a workbook.

Both are made when they are sent, and kept nowhere: an attachment's `ref` says of what.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter

from bot.drawing.child import NotDrawn, picture, workbook
from bot.messages import Attachment, AttachmentKind, Download, Failure, SendError
from bot.reports import REPORTS, as_workbook
from bot.reports.basis import Basis
from bot.reports.period import Period
from storage.session import Session

CHANNEL = "reports"
_PERIOD = TypeAdapter(Period)
_CHUNK = 2**16  # bytes
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def picture_of(name: str, sheet: str) -> Attachment:
    """The picture of a sheet, see `as_sheet`."""
    return Attachment(AttachmentKind.PHOTO, CHANNEL, sheet, name=f"{name}.png", mime="image/png")


def workbook_of(name: str, period: Period, now: datetime, desk: str) -> Attachment:
    """The workbook of a report of one desk, as it stood `now`."""
    ref = {"report": name, "desk": desk, "period": _PERIOD.dump_python(period, mode="json")}
    return Attachment(
        AttachmentKind.DOCUMENT,
        CHANNEL,
        json.dumps({**ref, "now": now.isoformat()}),
        name=f"{name}.xlsx",
        mime=_WORKBOOK,
    )


def desk_of(wanted: Attachment) -> str:
    """Whose leads a workbook tells of; "" where that is said nowhere."""
    if wanted.kind is AttachmentKind.PHOTO:
        return ""
    return str(json.loads(wanted.ref).get("desk", ""))


@asynccontextmanager
async def opened(
    session: Session, wanted: Attachment, basis: Callable[[datetime], Basis]
) -> AsyncIterator[Download]:
    """The file, made now; SendError (REFUSED) when it cannot be."""
    try:
        if wanted.kind is AttachmentKind.PHOTO:
            content = await picture(wanted.ref)
            yield Download(wanted.name, len(content), _at_once(content))
            return
        asked = json.loads(wanted.ref)
        known = basis(datetime.fromisoformat(asked["now"]))
        period = _PERIOD.validate_python(asked["period"])
        table = await REPORTS[asked["report"]](session, period, known)
        async with workbook(as_workbook.lines(table, known)) as file:
            yield Download(wanted.name, _size(file), _pieces(file))
    except NotDrawn as error:
        raise SendError(Failure.REFUSED, str(error)) from None


async def _at_once(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _size(file: Path) -> int:
    return file.stat().st_size


async def _pieces(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as opened_file:
        while piece := opened_file.read(_CHUNK):
            yield piece
