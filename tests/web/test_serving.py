"""The pages for monitors tell the truth, and nothing of anybody."""

from __future__ import annotations

import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from structlog.testing import capture_logs

from bot.logs import Foreign
from bot.messages import PauseOver, Post, Priority, Raw, plain
from bot.web.serving import serving
from storage import deadlines, inbox, outbox
from storage.database import Database
from tests.cast import ANNA, TEAM
from tests.storage.making import NOW, annas_lead, saving

LATER = NOW + timedelta(minutes=7)


@dataclass(frozen=True)
class Where:
    """A free port of this machine."""

    port: int
    host: str = "127.0.0.1"


@asynccontextmanager
async def served(database: Database, *hindrances: str) -> AsyncIterator[aiohttp.ClientSession]:
    """The pages, seven minutes after everything happened."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        where = Where(found.getsockname()[1])
    async with (
        serving(where, database, hindrances=lambda: hindrances, now=lambda: LATER),
        aiohttp.ClientSession(f"http://127.0.0.1:{where.port}") as session,
    ):
        yield session


async def got(session: aiohttp.ClientSession, path: str) -> tuple[int, str]:
    """Status and body of a page."""
    async with session.get(path) as answer:
        return answer.status, await answer.text()


async def numbers(session: aiohttp.ClientSession) -> dict[str, float]:
    """Every sample of `/metrics`, by its name and labels."""
    _, text = await got(session, "/metrics")
    return {
        f"{sample.name}{''.join(f'.{value}' for value in sample.labels.values())}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_all_is_well(database: Database) -> None:
    async with served(database) as session:
        assert await got(session, "/healthz") == (200, "ok")
        assert await got(session, "/readyz") == (200, "ok")


async def test_a_silent_messenger_is_no_readiness(database: Database) -> None:
    async with served(database, "vk: silent") as session:
        assert await got(session, "/healthz") == (200, "ok")
        assert await got(session, "/readyz") == (503, "vk: silent")


async def test_a_database_that_is_gone_is_told_everywhere(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/dialead.db")
    await database.open()
    (tmp_path / "dialead.db").unlink()
    async with served(database) as session:
        status, body = await got(session, "/readyz")
        assert (status, body) == (503, "database: Unreachable")
        assert await got(session, "/healthz") == (200, "ok")
        status, body = await got(session, "/metrics")
        assert status == 200
        assert "the database cannot be reached" in body
        assert "process_resident_memory_bytes" in body
    await database.close()


async def test_what_waits_is_counted_with_its_age(database: Database) -> None:
    lead = await annas_lead(database)
    await inbox.accept(database, "telegram", [Raw("1", {"text": "Anna"})], "", NOW)
    async with saving(database) as session:
        await deadlines.start(session, lead.id, "take", NOW + timedelta(minutes=5))
        await deadlines.start(session, lead.id, "close", NOW + timedelta(days=5))
        await deadlines.start(session, lead.id, "next_reply", NOW, paused_at=NOW)  # Anna's turn
        for priority in (Priority.REPLY, Priority.CARD):
            await outbox.add(
                session,
                "telegram",
                Post(str(ANNA), plain("Anna, good afternoon")),
                chat=str(ANNA),
                key=f"telegram:{ANNA}",
                priority=priority,
                now=NOW - Priority.REPLY.patience,
            )
    async with served(database) as page:
        found = await numbers(page)
        _, text = await got(page, "/metrics")
    assert found["dialead_inbox_waiting.telegram"] == 1
    assert found["dialead_inbox_oldest_seconds.telegram"] == 420
    assert found["dialead_outbox_waiting.telegram"] == 2
    assert found["dialead_outbox_oldest_seconds.telegram"] == 420
    assert found["dialead_leads_open.new"] == 1
    assert found["dialead_leads_open.taken"] == 0
    assert found["dialead_deadlines_overdue"] == 1
    assert found["dialead_set_aside"] == 0
    for word in ("Anna", f"telegram:{ANNA}", f"telegram:{TEAM}"):
        assert word not in text


async def test_what_is_meant_for_later_does_not_wait(database: Database) -> None:
    async with database.write() as connection:
        later = {"pause:1": PauseOver(1, LATER)}
        not_before = LATER + timedelta(hours=1)
        await inbox.add_events(connection, later, NOW, not_before=not_before)
    async with served(database) as session:
        assert f"dialead_inbox_waiting.{inbox.INTERNAL}" not in await numbers(session)


async def test_a_taken_port_is_done_without(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        where = Where(taken.getsockname()[1])
        async with serving(where, database, hindrances=lambda: (), now=lambda: LATER):
            pass
    assert "http_port_taken" in capsys.readouterr().out + capsys.readouterr().err


async def test_requests_that_are_none_are_a_line_of_the_log_however_many(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever reaches the port needs no secret to send a head of two hundred lines."""
    headers = {f"X-{number}": "1" for number in range(200)}
    server, foreign = logging.getLogger("aiohttp.server"), Foreign()
    server.addHandler(foreign)
    with capture_logs() as log:
        async with served(database) as session:
            for _ in range(20):
                async with session.get("/healthz", headers=headers) as answer:
                    assert answer.status == 400
    server.removeHandler(foreign)
    assert len(caplog.records) == 20, "aiohttp tells of each"
    assert [(one["event"], one["logger"]) for one in log] == [("library", "aiohttp.server")]
