"""Uploads by vk_api's own uploader, and what Anna can then open."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import aiohttp
import pytest
import requests
from vk_api import VkUpload

from bot.sandbox.vk import Fault, Photo
from tests.sandbox.vk_client import ANNA, GROUP, World, world


@contextmanager
def uploader(vk: World) -> Iterator[Any]:
    made = VkUpload(vk.vk)
    try:
        yield made
    finally:
        made.http.close()


async def fetch(vk: World, url: str) -> bytes:
    async with vk.http.get(url) as answer:
        assert answer.status == 200
        return await answer.read()


async def test_a_photo_goes_up_and_anna_opens_it() -> None:
    async with world() as vk:
        with uploader(vk) as up:
            [photo] = await asyncio.to_thread(up.photo_messages, io.BytesIO(b"jpeg"), ANNA)
        name = f"photo{photo['owner_id']}_{photo['id']}_{photo['access_key']}"
        await vk.send(ANNA, "", 1, attachment=name)
        [shown] = vk.server.dialog(ANNA)[-1].attachments
        assert await fetch(vk, shown["photo"]["sizes"][0]["url"]) == b"jpeg"
    assert photo["owner_id"] == -GROUP


async def test_several_photos_go_up_at_once() -> None:
    async with world() as vk:
        pictures = [io.BytesIO(b"one"), io.BytesIO(b"two")]
        with uploader(vk) as up:
            photos = await asyncio.to_thread(up.photo_messages, pictures, ANNA)
        files = [await fetch(vk, photo["sizes"][-1]["url"]) for photo in photos]
    assert files == [b"one", b"two"]


async def test_a_document_keeps_its_title() -> None:
    async with world() as vk:
        file = io.BytesIO(b"%PDF")
        file.name = "offer.pdf"
        with uploader(vk) as up:
            saved = await asyncio.to_thread(up.document_message, file, "Смета.pdf", None, ANNA)
        document = saved["doc"]
        await vk.send(ANNA, "The offer", 1, attachment=f"doc-{GROUP}_{document['id']}")
        assert await fetch(vk, document["url"]) == b"%PDF"
    assert (saved["type"], document["title"], document["ext"]) == ("doc", "Смета.pdf", "pdf")


@pytest.mark.parametrize("name", ["song.mp3", "SETUP.EXE", "app.apk"])
async def test_music_and_programs_are_taken_for_no_document(name: str) -> None:
    async with world() as vk:
        told = await vk.call("docs.getMessagesUploadServer", type="doc", peer_id=ANNA)
        form = aiohttp.FormData()
        form.add_field("file", b"bytes", filename=name)
        async with vk.http.post(told["upload_url"], data=form) as answer:
            assert "file" not in await answer.json(content_type=None)


async def test_a_voice_message_is_attached_as_a_document() -> None:
    async with world() as vk:
        with uploader(vk) as up:
            saved = await asyncio.to_thread(up.audio_message, io.BytesIO(b"ogg"), ANNA)
        voice = saved["audio_message"]
        await vk.send(ANNA, "", 1, attachment=f"doc-{GROUP}_{voice['id']}")
        [shown] = vk.server.dialog(ANNA)[-1].attachments
        assert await fetch(vk, shown["audio_message"]["link_ogg"]) == b"ogg"
    assert saved["type"] == "audio_message"


async def test_an_upload_is_saved_once() -> None:
    async with world() as vk:
        told = await vk.call("docs.getMessagesUploadServer", type="doc", peer_id=ANNA)
        form = aiohttp.FormData()
        form.add_field("file", b"%PDF", filename="offer.pdf")
        async with vk.http.post(told["upload_url"], data=form) as answer:
            uploaded = await answer.json(content_type=None)
        await vk.call("docs.save", **uploaded)
        assert await vk.refusal("docs.save", **uploaded) == 100


async def test_a_file_in_the_wrong_field_is_no_file() -> None:
    async with world() as vk:
        told = await vk.call("docs.getMessagesUploadServer", type="doc", peer_id=ANNA)
        form = aiohttp.FormData()
        form.add_field("document", b"%PDF", filename="offer.pdf")
        async with vk.http.post(told["upload_url"], data=form) as answer:
            assert (await answer.json(content_type=None))["error"] == "no_file"


async def test_a_large_file_goes_up() -> None:
    async with world() as vk:
        large = bytes(6 * 2**20)
        with uploader(vk) as up:
            saved = await asyncio.to_thread(
                up.document_message, io.BytesIO(large), None, None, ANNA
            )
    assert saved["doc"]["size"] == len(large)


async def test_annas_private_photo_needs_its_key() -> None:
    async with world() as vk:
        await vk.connect()
        vk.server.write(ANNA, attachments=[Photo(b"mine")])
        [event] = await vk.poll()
        photo = event["object"]["message"]["attachments"][0]["photo"]
        name = f"photo{ANNA}_{photo['id']}"
        asked = {"user_id": ANNA, "random_id": 1}
        assert await vk.refusal("messages.send", attachment=name, **asked) == 100
        keyed = f"{name}_{photo['access_key']}"
        assert await vk.refusal("messages.send", attachment=keyed, **asked) == 0


async def test_an_upload_that_drops_can_be_repeated() -> None:
    async with world() as vk:
        vk.server.fail("upload", Fault.DROP_BEFORE)
        with uploader(vk) as up:
            with pytest.raises(requests.ConnectionError):
                await asyncio.to_thread(up.photo_messages, io.BytesIO(b"jpeg"), ANNA)
            assert await asyncio.to_thread(up.photo_messages, io.BytesIO(b"jpeg"), ANNA)
