"""No token and no key stands in anything that goes out: words, files, reports, what check says."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.messages import Channel
from bot.operations.backup import backed_up
from bot.operations.check import check, line
from bot.operations.report import FORMS, NAMES, Wanted, deliver
from bot.sandbox.vk.attachments import Document, Photo
from config.texts import load
from tests.cast import ANNA, BORIS, PABLO, TEAM, VERA
from tests.plays.play import Play

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

WEBHOOK, CALLBACK, CODE = "quartzhook", "quartzcall", "quartzcode"
JPEG = b"\xff\xd8\xff\xe0 a picture \xff\xd9"


async def worked(play: Play) -> None:
    """A day with files of VK's, conversions, what was refused, and a customer's own export."""
    play.telegram.started(VERA)
    secrets = {"webhook_secret": WEBHOOK}, {"secret": CALLBACK, "confirmation": CODE}
    await play.start(telegram=secrets[0], vk=secrets[1])
    await play.until(lambda: play.vk.polling)
    play.vk.write(PABLO, "The plan", attachments=[Photo(JPEG), Document(b"%PDF", "plan.pdf")])
    await play.card(1)
    play.telegram.write(ANNA, ANNA, "A window, +34 600 111 222")
    await play.card(2)
    await play.reply(BORIS, 1, "Like this?", photo=JPEG)
    for number in (1, 2):
        await play.press(BORIS, number, "Take" if number == 2 else "Convert")
    await play.press(BORIS, 1, "Deal")
    asked = await play.shown("Title and amount")
    play.telegram.write(BORIS, TEAM, "Windows 1200", reply_to=asked.id)
    play.vk.write(PABLO, "/privacy")
    play.telegram.write(ANNA, ANNA, "/privacy")
    for command in ("/lead 1", "/find plan", "/client 1", "/dead"):
        play.telegram.write(VERA, TEAM, command)
    await play.quiet()


def secrets_of(play: Play) -> list[str]:
    """Whatever opens a door: ours, and the keys of VK's files in its customers' events."""
    keys = [one for event in play.vk.events for one in _keys(event)]
    assert len(keys) > 3
    return [play.telegram.token, play.vk.token, WEBHOOK, CALLBACK, CODE, *keys]


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, one in value.items():
            if name in ("access_key", "url") and isinstance(one, str):
                yield one
            yield from _keys(one)
    elif isinstance(value, list):
        for one in value:
            yield from _keys(one)


def words_that_went_out(play: Play) -> Iterator[str]:
    """Everything that anybody was told on either messenger, and text files with it."""
    for chat in (TEAM, ANNA, BORIS, VERA):
        for message in play.telegram.shown(chat):
            if message.from_bot:
                yield json.dumps(message.body, default=str)
                named = message.body.get("document")
                found = play.telegram.world.files.find(named["file_id"]) if named else None
                if found is not None:
                    yield found.media.data.decode("utf-8", "replace")
    for shown in play.vk.dialog(PABLO):
        if shown.author < 0:
            yield f"{shown.text} {shown.keyboard}"


async def reports(play: Play, folder: Path) -> Iterator[str]:
    """Every report in every form that can be read."""
    assert play.product is not None
    told = []
    for name in NAMES:
        for form in FORMS:
            if form == "png" or (form == "xlsx" and name == "digest"):
                continue
            out = folder / f"{name}.{form}"
            wanted = Wanted(name, form=form)
            await deliver(play.product.settings, wanted, play.product.now(), out)
            assert out.stat().st_mode & 0o777 == 0o600
            told.append(_read(out.read_bytes()))
    return iter(told)


def _read(content: bytes) -> str:
    """What stands in a file, unpacked where it is a workbook."""
    if not content.startswith(b"PK"):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return " ".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())


async def checked(play: Play) -> str:
    """What `check` says, in three languages."""
    assert play.product is not None
    product = play.product

    async def opened() -> Mapping[str, Channel]:
        return product.channels

    found = [one async for one in check(product.settings, opened, product.now())]
    return " ".join(line(load(language), one) for one in found for language in ("en", "ru", "es"))


async def test_no_token_and_no_key_goes_out(play: Play, tmp_path: Path) -> None:
    await worked(play)
    told = [*words_that_went_out(play), *await reports(play, tmp_path), await checked(play)]
    whole = " ".join(told)
    for expected in ("plan.pdf", "Windows", "A window"):
        assert expected in whole
    for secret in secrets_of(play):
        assert not [one[:300] for one in told if secret in one], secret


async def test_a_backup_is_its_owners_and_has_no_token_in_it(play: Play, tmp_path: Path) -> None:
    await worked(play)
    assert play.product is not None
    copy = tmp_path / "copy.db"
    await backed_up(load("en"), play.database_url, copy)
    assert copy.stat().st_mode & 0o777 == 0o600
    content = copy.read_bytes()
    for secret in (play.telegram.token, play.vk.token, WEBHOOK, CALLBACK, CODE):
        assert secret.encode() not in content
