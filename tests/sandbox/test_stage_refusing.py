"""What the stage refuses: unknown deeds in clear words, other sites' pages altogether."""

from __future__ import annotations

import json

import aiohttp
import pytest

from bot.sandbox.stage import Stage
from tests.sandbox.stage_client import ANNA, TEAM, VK_ANNA, Page


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("no json", "Invalid JSON"),
        ("[]", "object"),
        ("[" * 5000, "Invalid JSON"),
        ("{}", "'do'"),
        ('{"do": "fly"}', "does not match"),
        ('{"do": "clock", "seconds": "5"}', "seconds"),
        ('{"do": "clock", "seconds": -5}', "seconds"),
        ('{"do": "clock", "seconds": NaN}', "seconds"),
        ('{"do": "write", "as": "telegram:101"}', "chat"),
        ('{"do": "morning", "more": 1}', "more"),
        ('{"do": "write", "as": 5, "chat": "x", "text": "y"}', "as"),
    ],
)
async def test_what_cannot_be_read_is_refused_by_field(page: Page, raw: str, why: str) -> None:
    answer = await page.say(raw)
    assert answer["error"] == "input"
    assert why in answer["why"]


@pytest.mark.parametrize("number", ['"x"', "null", "1.5", "true", "[1]"])
async def test_a_strange_number_is_refused_too(page: Page, number: str) -> None:
    answer = await page.say(f'{{"do": "morning", "id": {number}}}')
    assert answer["error"] == "input"


@pytest.mark.parametrize(
    "deed",
    [
        {"do": "write", "as": "telegram:401", "chat": TEAM, "text": "let me in"},
        {"do": "write", "as": ANNA, "chat": TEAM, "text": "let me in"},
        {"do": "write", "as": "nobody", "chat": "nowhere", "text": "?"},
    ],
)
async def test_nobody_acts_where_they_have_no_phone(page: Page, deed: dict[str, str]) -> None:
    assert (await page.say(json.dumps(deed)))["error"] == "unknown"


@pytest.mark.parametrize(
    "deed",
    [
        {"do": "write", "as": ANNA, "chat": ANNA, "text": "   "},
        {"do": "write", "as": ANNA, "chat": ANNA, "text": "hi", "reply_to": 999},
        {"do": "press", "as": ANNA, "chat": ANNA, "message": 1, "data": "x"},
        {"do": "edit", "as": ANNA, "chat": ANNA, "message": 1, "text": "x"},
        {"do": "delete", "as": ANNA, "chat": ANNA, "message": 1},
        {"do": "start", "as": ANNA, "chat": ANNA, "payload": "no spaces"},
        {"do": "contact", "as": "telegram:201", "chat": TEAM},
        {"do": "block", "as": "telegram:201", "chat": TEAM},
        {"do": "write", "as": VK_ANNA, "chat": VK_ANNA, "text": ""},
        {"do": "press", "as": VK_ANNA, "chat": VK_ANNA, "message": 1, "data": "{}"},
        {"do": "key", "as": VK_ANNA, "chat": VK_ANNA, "label": "x", "data": "no json"},
        {"do": "contact", "as": VK_ANNA, "chat": VK_ANNA},
        {"do": "start", "as": VK_ANNA, "chat": VK_ANNA},
        {"do": "react", "as": ANNA, "chat": ANNA, "message": 1, "emoji": "👍"},
        {"do": "forward", "as": ANNA, "chat": ANNA, "message": 1},
        {"do": "react", "as": VK_ANNA, "chat": VK_ANNA, "message": 1, "emoji": "👍"},
        {"do": "forward", "as": VK_ANNA, "chat": VK_ANNA, "message": 1},
        {"do": "write", "as": "telegram:201", "chat": TEAM, "text": "hi", "thread": 5},
        {"do": "restart"},
        {"do": "clock", "seconds": 1e12},
    ],
)
async def test_what_the_app_does_not_offer_is_refused(page: Page, deed: dict[str, object]) -> None:
    answer = await page.say(json.dumps(deed))
    assert answer["error"] == "impossible"
    assert answer["why"]


@pytest.mark.parametrize("data", ["***", ""])
async def test_a_file_without_content_is_refused(page: Page, data: str) -> None:
    deed = {"do": "attach", "files": [{"kind": "photo", "data": data}]}
    assert (await page.do(**deed, person=ANNA, chat=ANNA))["error"] == "input"


@pytest.mark.parametrize("path", ["/", "/talk", "/words/ru"])
async def test_a_name_that_only_points_here_is_refused(
    stage: Stage, http: aiohttp.ClientSession, path: str
) -> None:
    async with http.get(stage.url + path, headers={"Host": "evil.example"}) as response:
        assert response.status == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
async def test_another_sites_page_cannot_talk_to_the_stage(
    stage: Stage, http: aiohttp.ClientSession, origin: str
) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        await http.ws_connect(f"{stage.url}/talk", origin=origin)
    assert refusal.value.status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Host": "evil.example"},
        {"Sec-Fetch-Site": "cross-site"},  # as an <img> asks: without an origin
        {"Sec-Fetch-Site": "same-site"},  # from another port of this machine
    ],
)
async def test_no_page_can_talk_to_the_messengers_behind_the_stage(
    stage: Stage, http: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    """Their tokens are known to everybody, their ports are soon tried."""
    telegram = f"{stage.telegram.url}/bot{stage.telegram.token}/getMe"
    vk = f"{stage.vk.url}/method/groups.getById?access_token={stage.vk.token}&v=5.199"
    for url in (telegram, vk, f"{stage.vk.url}/file/x/y"):
        async with http.post(url, data={"group_id": 7}, headers=headers) as refused:
            assert refused.status == 403
        async with http.get(url, headers=headers) as refused:
            assert refused.status == 403
    for url in (telegram, vk):
        async with http.post(url) as answered:
            assert answered.status == 200
        async with http.get(url, headers={"Sec-Fetch-Site": "none"}) as answered:
            assert answered.status == 200


async def test_the_pages_own_origin_is_welcome(stage: Stage, http: aiohttp.ClientSession) -> None:
    async with http.ws_connect(f"{stage.url}/talk", origin=stage.url) as socket:
        assert "hello" in await socket.receive_json()


@pytest.mark.parametrize(
    "path",
    [
        "/page/none.js",
        "/page/..%2Fstage.py",
        "/page/%2Fetc%2Fhostname",
        "/words/de",
        "/files/telegram/none",
        "/files/vk/none",
    ],
)
async def test_nothing_else_is_served(stage: Stage, http: aiohttp.ClientSession, path: str) -> None:
    async with http.get(stage.url + path) as response:
        assert response.status == 404


async def test_a_taken_port_is_told_and_leaves_nothing_behind(stage: Stage) -> None:
    other = Stage("en", int(stage.url.rpartition(":")[2]))
    with pytest.raises(OSError, match="address already in use"):
        await other.start()
    assert not other.clock_file.exists()
