"""`main.py check` says each line as soon as it is known, whoever reads."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.messages import Channel
from bot.operations.check import check
from config.settings import Settings
from tests import warm

REFUSED = (
    b"HTTP/1.1 401 Unauthorized\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
)
BODY = b'{"ok": false, "error_code": 401, "description": "Unauthorized"}'
FIRST = ("✓ The settings can be used", "✓ The database x.db will be made", "✓ ", "✓ It is ")


async def test_lines_come_through_a_pipe_while_a_messenger_is_still_asked(tmp_path: Path) -> None:
    read = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read.wait()
        writer.write(REFUSED % len(BODY) + BODY)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(warm.ROOT / "main.py"),
            "check",
            cwd=tmp_path,
            env={
                "PATH": os.environ["PATH"],
                "LANG": "C.UTF-8",
                "TEAM__LANGUAGE": "en",
                "TELEGRAM__TOKEN": "42:invented",
                "TELEGRAM__API_URL": f"http://127.0.0.1:{port}",
                "TEAM__CHAT": "telegram:-1001000000001",
                "DATABASE_URL": "sqlite:///x.db",
            },
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        for begins in FIRST:
            assert (await process.stdout.readline()).decode().startswith(begins)
        read.set()
        rest = (await process.stdout.read()).decode()
        assert await process.wait() == 1
    # Had they been held back until the end, Telegram would have been waited for in vain.
    assert "TimeoutError" not in rest
    assert "Unauthorized" in rest


async def test_what_needs_no_messenger_is_said_before_any_is_loaded(tmp_path: Path) -> None:
    said: list[str] = []

    async def opened() -> dict[str, Channel]:
        assert said == ["check.settings", "check.database_new", "check.disk", "check.clock"]
        return {}

    settings = Settings(database_url=f"sqlite:///{tmp_path}/x.db")
    noon = datetime(2025, 5, 5, 12, 0, tzinfo=UTC)
    async for finding in check(settings, opened, noon, lambda _: 2**40):
        said.append(finding.key)
