"""`main.py backup`: a verified copy of the SQLite file, and how far it is."""

from __future__ import annotations

from pathlib import Path

from bot.operations.progress import progress
from config.texts import Texts
from storage.backup import back_up, size_of


async def backed_up(texts: Texts, database_url: str, file: Path) -> str:
    """What was copied, in words. DatabaseUnfit as in `back_up`."""
    with progress(size_of(database_url)) as bar:
        made = await back_up(database_url, file, bar.update)
    size = texts.size(-(-made.size // 2**20))
    return texts("backup.done", file=file, size=size, leads=made.leads, messages=made.messages)
