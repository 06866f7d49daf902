"""A file's address came with somebody's message: where it may lead, and where not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import quote, urljoin, urlsplit

import pytest
from aiohttp import web

from bot.channels.vk import VkChannel, connections
from bot.messages import Attachment, AttachmentKind, Failure, SendError
from bot.sandbox.vk.attachments import Document
from tests.channels.vk_place import ANNA, Settings, open_place

OUTSIDE = Settings("https://api.vk.ru")  # the real one: nothing of VK's is in our own network


async def refusal(channel: VkChannel, url: str) -> SendError:
    """Why a file is not opened."""
    file = Attachment(AttachmentKind.DOCUMENT, "vk", "doc1_1", url=url)
    with pytest.raises(SendError) as caught:
        async with channel.open_file(file):
            pass
    return caught.value


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
async def test_no_file_is_fetched_from_our_own_network(host: str) -> None:
    async with open_place() as place:
        place.server.write(ANNA, "", attachments=[Document(b"secret", "plan.pdf")])
        url = urlsplit(place.heard().attachments[0].url)
        channel = VkChannel("vk", OUTSIDE)
        error = await refusal(channel, url._replace(netloc=f"{host}:{url.port}").geturl())
        await channel.close()
    assert error.failure is Failure.REFUSED
    assert "127" not in str(error)


@pytest.mark.parametrize("host", ["10.0.0.1", "192.168.1.1", "169.254.169.254", "[fd00::1]"])
async def test_an_address_of_a_neighbour_is_not_even_tried(host: str) -> None:
    channel = VkChannel("vk", OUTSIDE)
    error = await refusal(channel, f"http://{host}/latest/meta-data")
    await channel.close()
    assert (error.failure, str(error)) == (Failure.REFUSED, "a VK file in our own network")


NEIGHBOURS = (
    *("64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1"),
    *("::7f00:1", "::ffff:10.0.0.1", "::ffff:0:7f00:1", "fec0::1", "ff02::1", "224.0.0.1"),
    *("168.63.129.16", "::1", "::", "0.0.0.1", "fe80::1%eth0"),
)


@pytest.mark.parametrize("host", NEIGHBOURS)
def test_an_address_that_only_looks_like_one_outside_is_inside(host: str) -> None:
    assert connections._is_inside(host)


@pytest.mark.parametrize("host", ["87.240.129.133", "2a00:bdc0::1", "64:ff9b::57f0:8185"])
def test_an_address_outside_is_one_through_a_translator_too(host: str) -> None:
    assert not connections._is_inside(host)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "aaaa", "http://", "ftp://e/x", "//e/x"])
async def test_what_is_no_address_is_not_tried_again(url: str) -> None:
    """It would hold up for hours what its customer wrote after it."""
    channel = VkChannel("vk", OUTSIDE)
    assert (await refusal(channel, url)).failure is Failure.REFUSED
    await channel.close()


ELSEWHERE = "127.0.0.2"  # an address of this machine that counts as somebody else's here


@pytest.fixture
async def hosts(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[str, int]]:
    """Where a host outside redirects to whatever is asked for, and the port of one within."""
    inside = connections._is_inside
    monkeypatch.setattr(connections, "_is_inside", lambda one: one != ELSEWHERE and inside(one))

    async def redirect(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": request.query["to"]})

    async def secret(request: web.Request) -> web.Response:
        return web.Response(text="secret")

    app = web.Application()
    app.router.add_get("/redirect", redirect)
    app.router.add_get("/secret", secret)
    runner = web.AppRunner(app)
    await runner.setup()
    for host in (ELSEWHERE, "127.0.0.1"):
        await web.TCPSite(runner, host, 0).start()
    (_, outside), (_, within) = runner.addresses
    yield f"http://{ELSEWHERE}:{outside}/redirect", within
    await runner.cleanup()


WAYS_IN = [
    "http://127.0.0.1:{port}/secret",
    "http://localhost:{port}/secret",
    "http://2130706433:{port}/secret",
    "http://0x7f000001:{port}/secret",
    "http://0177.0.0.1:{port}/secret",
    "http://127.1:{port}/secret",
    "http://0:{port}/secret",
    "http://[::1]:{port}/secret",
    "http://[::ffff:7f00:1]:{port}/secret",
    "//127.0.0.1:{port}/secret",
    "http://169.254.169.254/latest/meta-data",
    "http://10.0.0.1/",
    "http://100.64.0.1/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/secret",
    "http://user:word@127.0.0.1:{port}/secret",
    "http://",
]


@pytest.mark.parametrize("way", WAYS_IN)
@pytest.mark.parametrize("steps", [1, 2])
async def test_no_redirect_leads_into_our_own_network(
    hosts: tuple[str, int], way: str, steps: int
) -> None:
    redirect, port = hosts
    url = way.format(port=port)
    for _ in range(steps):
        url = f"{redirect}?to={quote(url, safe='')}"
    channel = VkChannel("vk", OUTSIDE)
    error = await refusal(channel, url)
    await channel.close()
    assert error.failure is Failure.REFUSED
    assert "secret" not in str(error)


async def test_a_redirect_to_elsewhere_is_followed(hosts: tuple[str, int]) -> None:
    """Or nothing would be shown by the refusals above."""
    redirect, _ = hosts
    channel = VkChannel("vk", OUTSIDE)
    url = f"{redirect}?to={quote(urljoin(redirect, '/secret'), safe='')}"
    file = Attachment(AttachmentKind.DOCUMENT, "vk", "doc1_1", url=url)
    async with channel.open_file(file) as download:
        assert b"".join([one async for one in download.chunks]) == b"secret"
    await channel.close()
