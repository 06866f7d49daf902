"""What messengers post is kept before it is answered, all else refused: a long list of both."""

from __future__ import annotations

import asyncio
import gzip
import hmac
import json
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from bot.channels import open_channel, posts
from bot.messages import Channel, Raw
from bot.web.hooks import LARGEST, hook_routes
from bot.web.serving import serving
from storage import inbox
from storage.database import Database
from storage.schema import cursors
from storage.schema import inbox as kept_events
from tests.channels.adapters import TelegramSettings
from tests.channels.vk_place import GROUP
from tests.channels.vk_place import Settings as VkSettings
from tests.storage.making import NOW

TELEGRAM, VK = "/hooks/telegram", "/hooks/vk"
SECRET, CODE = "s3cr3t_-s3cr3t", "c0de"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
UPDATE = {"update_id": 5, "message": {"message_id": 1, "text": "Привет"}}
EVENT = {
    "type": "message_new",
    "event_id": "e5",
    "v": "5.199",
    "group_id": GROUP,
    "object": {"message": {"text": "Привет"}},
}
QUESTION = {"type": "confirmation", "group_id": GROUP}
NOWHERE = "http://127.0.0.1:9"


def channels() -> dict[str, Channel]:
    """Both messengers, posting to two paths of one address."""
    address = "https://example.org"
    telegram = TelegramSettings(
        "77:sandbox",
        NOWHERE,
        mode="webhook",
        webhook_url=f"{address}{TELEGRAM}",
        webhook_secret=SECRET,
    )
    vk = VkSettings(
        NOWHERE,
        mode="callback",
        callback_url=f"{address}{VK}",
        secret=SECRET,
        confirmation=CODE,
    )
    return {
        name: open_channel(name, name, one) for name, one in (("telegram", telegram), ("vk", vk))
    }


@dataclass(frozen=True)
class Where:
    """A free port of this machine."""

    port: int
    host: str = "127.0.0.1"


class Door:
    """The product's HTTP side over a database, and somebody who posts to it."""

    def __init__(self, database: Database, port: int, session: aiohttp.ClientSession) -> None:
        self.database = database
        self.port = port
        self.session = session

    async def post(self, path: str, body: Any, **headers: str) -> tuple[int, str]:
        """Status and body of the answer; a body that is no bytes goes as JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with self.session.post(path, data=BytesIO(data), headers=headers) as answer:
            return answer.status, await answer.text()

    async def telegram(self, body: Any = UPDATE, secret: str = SECRET) -> tuple[int, str]:
        """A post of Telegram's."""
        return await self.post(TELEGRAM, body, **{HEADER: secret})

    async def vk(self, **body: Any) -> tuple[int, str]:
        """A post of VK's: the usual event with other fields; None takes one out."""
        event = {**EVENT, "secret": SECRET, **body}
        return await self.post(VK, {name: one for name, one in event.items() if one is not None})

    async def kept(self) -> list[Any]:
        """What the inbox holds."""
        async with self.database.read() as connection:
            return list(await connection.execute(sa.select(kept_events).order_by("id")))


@asynccontextmanager
async def opened(database: Database) -> AsyncIterator[Door]:
    """Both hooks, served."""

    async def keep(name: str, raws: Sequence[Raw]) -> None:
        await inbox.accept(database, name, raws, None, NOW)

    with socket.create_server(("127.0.0.1", 0)) as found:
        where = Where(found.getsockname()[1])
    messengers = channels()
    routes = hook_routes(messengers, keep)
    async with (
        serving(where, database, hindrances=lambda: (), now=lambda: NOW, hooks=routes),
        aiohttp.ClientSession(f"http://127.0.0.1:{where.port}") as session,
    ):
        yield Door(database, where.port, session)
    for messenger in messengers.values():
        await messenger.close()


@pytest.fixture
async def door(database: Database) -> AsyncIterator[Door]:
    async with opened(database) as one:
        yield one


@pytest.fixture
async def file_door(tmp_path: Path, migrated_file: Path) -> AsyncIterator[Door]:
    """For what no database has a part in."""
    file = tmp_path / "dialead.db"
    file.write_bytes(migrated_file.read_bytes())
    async with a_database(file) as database, opened(database) as one:
        yield one


# --- what the messengers post ---


async def test_an_update_of_telegram_is_kept_and_answered(door: Door) -> None:
    assert await door.telegram() == (200, "")
    [row] = await door.kept()
    assert (row.channel, row.body, row.event_id[:2]) == ("telegram", UPDATE, "5:")


async def test_an_event_of_vk_is_kept_without_the_secret_and_answered_ok(door: Door) -> None:
    assert await door.vk() == (200, "ok")
    [row] = await door.kept()
    assert (row.channel, row.body, row.event_id) == ("vk", EVENT, "e5")


async def test_what_is_posted_again_is_answered_again_and_kept_once(door: Door) -> None:
    for _ in range(2):
        assert await door.telegram() == (200, "")
        assert await door.vk() == (200, "ok")
    assert [row.channel for row in await door.kept()] == ["telegram", "vk"]


async def test_many_posts_at_once_are_all_kept(door: Door) -> None:
    updates = [{**UPDATE, "update_id": number} for number in range(60)]
    answers = await asyncio.gather(*(door.telegram(one) for one in (*updates, *updates)))
    assert set(answers) == {(200, "")}
    assert sorted(row.body["update_id"] for row in await door.kept()) == list(range(60))


async def test_the_position_of_polling_stays_where_it_was(door: Door) -> None:
    await inbox.accept(door.database, "vk", [], "17@5", NOW)
    assert await door.vk() == (200, "ok")
    assert await door.telegram() == (200, "")
    async with door.database.read() as connection:
        assert list(await connection.execute(sa.select(cursors))) == [("vk", "17@5")]


async def test_text_that_no_database_stores_stops_nothing(door: Door) -> None:
    text = b'{"update_id": 6, "message": {"text": "half \\ud83d and \\u0000"}}'
    assert await door.telegram(text) == (200, "")
    assert await door.vk(object={"message": {"text": "\0\ud83d"}}) == (200, "ok")
    assert len(await door.kept()) == 2


@pytest.mark.parametrize("secret", [None, "", SECRET])
async def test_vk_is_told_the_code_that_confirms_the_address(
    file_door: Door, secret: str | None
) -> None:
    given = QUESTION if secret is None else {**QUESTION, "secret": secret}
    assert await file_door.post(VK, given) == (200, CODE)
    assert await file_door.kept() == []


# --- what they do not ---

WRONG = ["wrong", SECRET[:-1], f"{SECRET}x", SECRET.upper(), "", "сeкрет", "s\u00e9cret"]


@pytest.mark.parametrize("secret", WRONG)
async def test_who_does_not_know_the_secret_is_refused(file_door: Door, secret: str) -> None:
    assert await file_door.telegram(secret=secret) == (401, "")
    assert await file_door.vk(secret=secret) == (401, "")
    assert await file_door.kept() == []


async def test_no_secret_at_all_is_refused(file_door: Door) -> None:
    assert await file_door.post(TELEGRAM, UPDATE) == (401, "")
    assert await file_door.vk(secret=None) == (401, "")
    for odd in (5, [SECRET], {"secret": SECRET}, True, "\ud83d"):
        assert await file_door.vk(secret=odd) == (401, "")
    assert await file_door.post(VK, {**QUESTION, "secret": "wrong"}) == (401, "")
    assert await file_door.kept() == []


@pytest.mark.parametrize("secret", [b"caf\xe9", b"\xff\xfe", "пароль".encode(), b"\x80" * 14])
async def test_a_secret_of_any_bytes_is_refused_and_breaks_nothing(
    file_door: Door, secret: bytes
) -> None:
    body = json.dumps(UPDATE).encode()
    head = [
        f"POST {TELEGRAM} HTTP/1.1".encode(),
        b"Host: example.org",
        f"Content-Length: {len(body)}".encode(),
        f"{HEADER}: ".encode() + secret,
    ]
    assert await said(file_door, b"\r\n".join([*head, b"", body])) == 401
    assert await file_door.telegram() == (200, "")


async def test_of_a_post_without_telegrams_secret_no_body_is_read(file_door: Door) -> None:
    head = f"POST {TELEGRAM} HTTP/1.1\r\nHost: example.org\r\nContent-Length: {LARGEST}\r\n"
    for secret in ("", f"{HEADER}: wrong\r\n"):
        assert await said(file_door, f"{head}{secret}\r\n".encode()) == 401  # it never comes


async def test_secrets_are_compared_in_constant_time(
    file_door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[bytes] = []
    whole = hmac.compare_digest

    def noted(given: bytes, secret: bytes) -> bool:
        compared.append(given)
        return whole(given, secret)

    monkeypatch.setattr(hmac, "compare_digest", noted)
    for secret in ("wrong", SECRET[:-1], SECRET):
        await file_door.telegram(secret=secret)
        await file_door.vk(secret=secret)
    assert [one.decode() for one in compared] == ["wrong"] * 2 + [SECRET[:-1]] * 2 + [SECRET] * 2


def test_no_secret_opens_no_door() -> None:
    assert not any(posts.same(given, "") for given in ("", "x", None))


async def test_another_communitys_posts_are_refused(file_door: Door) -> None:
    for group in (8, "7", None, 7.5):
        assert await file_door.vk(group_id=group) == (403, "")
    assert await file_door.post(VK, {**QUESTION, "group_id": 8}) == (403, "")
    assert await file_door.kept() == []


MALFORMED = {
    "nothing": b"",
    "no JSON": b"update_id=5",
    "half a JSON": b'{"update_id": 5, "message"',
    "no object": b"[5]",
    "a number": b"5",
    "no update_id": b'{"message": {}}',
    "a text as update_id": b'{"update_id": "5"}',
    "true as update_id": b'{"update_id": true}',
    "no number": b'{"update_id": 5, "message": NaN}',
    "too deep": b'{"update_id": 5, "message": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "too long a number": b'{"update_id": ' + b"9" * 10_000 + b"}",
    "no text": b'{"update_id": 5, "message": "\xff\xfe"}',
}


@pytest.mark.parametrize("name", MALFORMED)
async def test_what_is_no_update_is_refused_and_its_neighbour_kept(
    file_door: Door, name: str
) -> None:
    assert await file_door.telegram(MALFORMED[name]) == (400, "")
    assert await file_door.telegram() == (200, "")
    assert len(await file_door.kept()) == 1


async def test_what_is_no_event_is_refused_and_its_neighbour_kept(file_door: Door) -> None:
    for body in (b"", b"ok", b"[]", b"null", b'{"type": '):
        assert await file_door.post(VK, body) == (400, "")
    for kind in (None, 5, ["message_new"]):
        assert await file_door.vk(type=kind) == (400, "")
    assert await file_door.vk() == (200, "ok")
    assert len(await file_door.kept()) == 1


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("path", [TELEGRAM, VK])
async def test_nothing_but_a_post_is_answered(file_door: Door, method: str, path: str) -> None:
    headers = {HEADER: SECRET}
    async with file_door.session.request(method, path, headers=headers) as answer:
        assert answer.status == 405
        assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize("path", ["/", f"{TELEGRAM}/", "/hooks", f"{VK}x"])
async def test_only_the_path_itself_is_there(file_door: Door, path: str) -> None:
    assert (await file_door.post(path, UPDATE, **{HEADER: SECRET}))[0] == 404


# --- too much, too slow ---


async def said(door: Door, words: bytes, more: bytes = b"", times: int = 0) -> int:
    """The status answered to these bytes and then `more`, sent so often or until an answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    try:
        writer.write(words)
        answer = asyncio.create_task(reader.readline())
        for number in range(times):
            if answer.done():
                assert number < times // 2, "nearly all of it was read"
                break
            writer.write(more)
            await writer.drain()
            await asyncio.sleep(0)
        return int((await asyncio.wait_for(answer, 10)).split()[1])
    finally:
        writer.close()


def head(path: str, *headers: str) -> bytes:
    """The head of a post."""
    lines = [f"POST {path} HTTP/1.1", "Host: x", f"{HEADER}: {SECRET}", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


@pytest.mark.parametrize("path", [TELEGRAM, VK])
async def test_what_announces_ten_megabytes_is_refused_before_it_is_sent(
    file_door: Door, path: str
) -> None:
    assert await said(file_door, head(path, f"Content-Length: {10 * 2**20}")) == 413


@pytest.mark.parametrize("path", [TELEGRAM, VK])
async def test_ten_megabytes_that_come_unannounced_are_not_read_to_their_end(
    file_door: Door, path: str
) -> None:
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    chunked = head(path, "Transfer-Encoding: chunked")
    assert await said(file_door, chunked, chunk, times=160) == 413
    assert await file_door.kept() == []


async def test_what_just_fits_is_kept(door: Door) -> None:
    body = json.dumps({**UPDATE, "message": {"text": ""}})
    fits = body.replace('""', f'"{"x" * (LARGEST - len(body))}"').encode()
    assert len(fits) == LARGEST
    assert await door.telegram(fits) == (200, "")
    assert (await door.telegram(fits + b" "))[0] == 413
    assert len(await door.kept()) == 1


async def test_a_post_that_never_ends_is_not_waited_for(
    file_door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.hooks.PATIENCE", 0.05)
    assert await said(file_door, head(TELEGRAM, "Content-Length: 100") + b"{") == 408
    assert await file_door.telegram() == (200, "")


@asynccontextmanager
async def beginning(door: Door, words: bytes) -> AsyncIterator[asyncio.StreamReader]:
    """A connection on which somebody said this, and no more."""
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    writer.write(words)
    try:
        yield reader
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def ended(reader: asyncio.StreamReader) -> bool:
    """Whether the other side closes the connection, without a word."""
    try:
        async with asyncio.timeout(10):
            return await reader.read() == b""
    except ConnectionError:
        return True


async def test_a_head_that_never_ends_is_not_waited_for(
    tmp_path: Path, migrated_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.serving.SILENCE", 0.05)
    file = tmp_path / "dialead.db"
    file.write_bytes(migrated_file.read_bytes())
    async with (
        a_database(file) as database,
        opened(database) as door,
        beginning(door, b"POST / HTTP/1.1\r\nHost: x\r\nX-") as reader,
    ):
        assert await ended(reader)


async def test_who_holds_connections_open_keeps_no_post_out(
    file_door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.serving.MOST", 5)
    async with AsyncExitStack() as held:
        readers = []
        for number in range(12):
            readers.append(await held.enter_async_context(beginning(file_door, b"POST ")))
            assert await file_door.telegram({**UPDATE, "update_id": number}) == (200, "")
        assert all([await ended(reader) for reader in readers[:7]])


async def test_what_is_packed_is_not_unpacked(file_door: Door) -> None:
    """A megabyte may unpack to a gigabyte, and whoever posts it is not known before."""
    packed = gzip.compress(json.dumps(UPDATE).encode())
    unpacked = {"Content-Encoding": "gzip", HEADER: SECRET}
    assert await file_door.post(TELEGRAM, packed, **unpacked) == (400, "")
    assert await file_door.kept() == []


async def test_a_post_that_is_cut_off_is_not_kept(file_door: Door) -> None:
    with capture_logs() as log:
        _, writer = await asyncio.open_connection("127.0.0.1", file_door.port)
        writer.write(head(TELEGRAM, "Content-Length: 100") + b'{"update_id": 5')
        await writer.drain()
        await file_door.telegram({**UPDATE, "update_id": 6})
        writer.transport.abort()
        while not log:
            await asyncio.sleep(0)
    assert log == [
        {
            "event": "post_refused",
            "channel": "telegram",
            "status": 400,
            "reason": "cut off",
            "log_level": "warning",
        }
    ]
    assert [row.body["update_id"] for row in await file_door.kept()] == [6]


# --- nothing is told of it, nothing is answered for that is not kept ---


async def test_no_path_no_secret_and_no_word_is_logged(
    file_door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    with capture_logs() as log:
        await file_door.telegram()
        await file_door.telegram(secret="wrong_one")
        await file_door.telegram(b'{"text": "Anna 612345678"}')
        await file_door.vk(secret="wrong_one")
        await file_door.vk(group_id=8)
    told = f"{log}{caplog.text}"
    assert [one["status"] for one in log] == [401, 400, 401, 403]
    for word in (SECRET, CODE, "wrong_one", "hooks", "Anna", "612345678", "Привет"):
        assert word not in told


async def test_refusals_by_the_hundred_are_a_line_or_two_of_the_log(
    file_door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    with capture_logs() as log:
        for _ in range(100):
            await file_door.telegram(secret="wrong_one")
        await file_door.vk(secret="wrong_one")
        monkeypatch.setattr("bot.sparing.QUIET", 0.0)
        await file_door.telegram(secret="wrong_one")
    assert [(one["channel"], one.get("more")) for one in log] == [
        ("telegram", None),
        ("vk", None),
        ("telegram", 99),
    ]


@pytest.mark.parametrize("post", [Door.telegram, Door.vk])
async def test_what_could_not_be_kept_is_not_answered_for(
    post: Any, tmp_path: Path, migrated_file: Path
) -> None:
    file, away = tmp_path / "dialead.db", tmp_path / "away.db"
    file.write_bytes(migrated_file.read_bytes())
    async with a_database(file) as database, opened(database) as door:
        file.rename(away)
        again = partial(post, door)
        assert await again() == (503, "")
        away.rename(file)
        assert (await again())[0] == 200
        assert (await again())[0] == 200
        assert len(await door.kept()) == 1


@asynccontextmanager
async def a_database(file: Path) -> AsyncIterator[Database]:
    """The database in this file, closed whatever happens: else the process would not end."""
    database = Database(f"sqlite:///{file}")
    await database.open()
    try:
        yield database
    finally:
        await database.close()
