"""A file's address came with somebody's message: where it may lead, and where not."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from bot.channels.vk import VkChannel
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


@pytest.mark.parametrize("url", ["file:///etc/passwd", "aaaa", "http://", "ftp://e/x", "//e/x"])
async def test_what_is_no_address_is_not_tried_again(url: str) -> None:
    """It would hold up for hours what its customer wrote after it."""
    channel = VkChannel("vk", OUTSIDE)
    assert (await refusal(channel, url)).failure is Failure.REFUSED
    await channel.close()
