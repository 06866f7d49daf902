"""Digests and reports come with a picture, and a report as a workbook at a press."""

from __future__ import annotations

import io
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from bot.drawing import child
from bot.sandbox.telegram.chats import Message
from tests.cast import ANNA, BORIS, TEAM, VERA
from tests.plays.play import Play

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # draws, not asks


async def worked(play: Play, **over: object) -> None:
    """A lead of today, answered."""
    play.telegram.started(VERA)
    await play.start(deadlines={"take": "P9D"}, **over)
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.reply(BORIS, 1, "From 100 euros")
    await play.heard(ANNA, "From 100 euros")


def file_of(play: Play, message: Message, kind: str) -> bytes:
    """What a message carries."""
    carried: Any = message.body[kind]
    found = play.telegram.world.files.find((carried[-1] if kind == "photo" else carried)["file_id"])
    assert found is not None
    data: bytes = found.media.data
    return data


async def pressed(play: Play, message: Message, label: str) -> str:
    """Vera presses a button; what she is told."""
    shown = next(one for one in message.labels if label in one)
    query = play.telegram.press(VERA, VERA, message.id, label=shown)
    return str((await play.until(lambda: play.telegram.answers.get(query))).text)


async def test_a_digest_has_its_picture_with_it(play: Play) -> None:
    await worked(play)
    play.move(24 * 3600)
    digest = await play.heard(VERA, "Received: 1")
    assert file_of(play, digest, "photo").startswith(b"\x89PNG")
    assert "Received 1" in digest.labels


async def test_a_digest_asked_for_in_the_chat_has_one_too(play: Play) -> None:
    await worked(play)
    play.telegram.write(BORIS, TEAM, "/digest")
    digest = await play.shown("Received: 1")
    assert file_of(play, digest, "photo").startswith(b"\x89PNG")


async def test_what_cannot_be_drawn_keeps_no_words_back(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "_environment", lambda: {"PYTHONHOME": "/nowhere"})
    await worked(play)
    play.move(24 * 3600)
    digest = await play.heard(VERA, "Received: 1")
    assert "photo" not in digest.body
    assert "Received 1" in digest.labels
    await play.quiet()
    assert len(play.private(VERA, "Received: 1")) == 1


async def test_who_never_started_the_bot_gets_words_and_picture_in_the_chat(play: Play) -> None:
    await play.start(deadlines={"take": "P9D"})
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.card(1)
    play.move(24 * 3600)
    digest = await play.shown("Received: 1")
    assert "can’t write to you" in digest.text or "start" in digest.text.lower()
    assert file_of(play, digest, "photo").startswith(b"\x89PNG")


async def test_a_report_has_a_picture_and_a_workbook_at_a_press(play: Play) -> None:
    await worked(play)
    play.telegram.write(VERA, VERA, "/report managers today")
    told = await play.heard(VERA, "Managers · ")
    assert file_of(play, told, "photo").startswith(b"\x89PNG")
    assert await pressed(play, told, "Excel") == "Making the file"
    sent = await play.until(lambda: [m for m in play.private(VERA) if "document" in m.body])
    rows = CalamineWorkbook.from_filelike(io.BytesIO(file_of(play, sent[-1], "document")))
    cells = rows.get_sheet_by_index(0).to_python()
    assert any(row[:3] == ["Boris", 1.0, 1.0] for row in cells)


async def test_a_file_that_cannot_be_made_is_said(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    await worked(play)
    play.telegram.write(VERA, VERA, "/report leads today")
    told = await play.heard(VERA, "Leads · ")
    monkeypatch.setattr(child, "_environment", lambda: {"PYTHONHOME": "/nowhere"})
    await pressed(play, told, "Excel")
    await play.heard(VERA, "The file could not be made")


async def test_a_manager_gets_no_workbook_by_a_forged_press(play: Play) -> None:
    await worked(play)
    told = await play.forge(BORIS, "1:report:0:leads:1-2:xlsx")
    assert told.text
    await play.quiet()
    assert not [m for m in play.team() if "document" in m.body]


async def test_a_forged_span_is_outdated(play: Play) -> None:
    await worked(play)
    told = await play.forge(VERA, "1:report:0:leads:x-y:xlsx", chat=VERA)
    assert told.text == "This button is out of date"
