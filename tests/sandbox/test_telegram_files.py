"""Media, albums, copies and forwards at the local Telegram."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiogram.types import BufferedInputFile, InputMediaPhoto, InputMediaVideo

from bot.sandbox.telegram import Impossible, Media
from tests.sandbox.telegram_cast import ANNA, BORIS, GLEB, PABLO, TEAM, Stage, stage


@pytest.fixture
async def play() -> AsyncIterator[Stage]:
    async with stage() as it:
        yield it


async def test_photo_of_a_customer_is_downloaded_in_its_largest_size(play: Stage) -> None:
    picture = b"\xff\xd8" + bytes(range(256)) * 8
    play.server.write(ANNA, ANNA, photo=picture, caption="вот")
    (update,) = await play.updates()
    small, large = update.message.photo
    assert small.file_size < large.file_size == len(picture)
    file = await play.bot.get_file(large.file_id)
    assert file.file_path is not None
    downloaded = await play.bot.download_file(file.file_path)
    assert downloaded is not None
    assert downloaded.read() == picture


async def test_file_once_uploaded_is_sent_again_by_its_id(play: Stage) -> None:
    sent = await play.bot.send_document(ANNA, BufferedInputFile(b"%PDF", "Договор.pdf"))
    assert sent.document is not None
    again = await play.bot.send_document(PABLO, sent.document.file_id, caption="копия")
    assert again.document is not None
    assert (again.document.file_name, again.caption) == ("Договор.pdf", "копия")
    assert play.server.calls[0].params["document"] != play.server.calls[1].params["document"]


@pytest.mark.parametrize(
    "kind",
    ["photo", "video", "voice", "audio", "document", "video_note", "animation", "sticker"],
)
async def test_every_medium_goes_both_ways(play: Stage, kind: str) -> None:
    sent = await getattr(play.bot, f"send_{kind}")(ANNA, BufferedInputFile(b"bytes", "a.bin"))
    assert sent.content_type == kind
    attached: dict[str, Any] = {kind: b"bytes"}
    play.server.write(ANNA, ANNA, **attached)
    (update,) = await play.updates()
    assert update.message.content_type == kind


async def test_everything_else_a_person_can_attach(play: Stage) -> None:
    play.server.write(ANNA, ANNA, contact="+79990001122")
    play.server.write(ANNA, ANNA, location=(55.75, 37.62))
    play.server.write(ANNA, ANNA, poll="Когда удобно?")
    play.server.write(ANNA, ANNA, dice=6)
    play.server.write(ANNA, ANNA, "от друга", forward_from=PABLO)
    play.server.write(ANNA, ANNA, "от скрытого", forward_from="Некто")
    kinds = [update.message.content_type for update in await play.updates()]
    assert kinds == ["contact", "location", "poll", "dice", "text", "text"]
    own = play.server.messages(ANNA)[0].body["contact"]
    assert (own["user_id"], own["phone_number"]) == (ANNA, "+79990001122")


async def test_album_of_a_customer_comes_as_separate_messages_of_one_group(play: Stage) -> None:
    ids = play.server.album(ANNA, ANNA, [("photo", b"1"), ("video", b"2")], "два")
    updates = await play.updates()
    assert [update.message.message_id for update in updates] == ids
    assert len({update.message.media_group_id for update in updates}) == 1
    assert [update.message.caption for update in updates] == ["два", None]
    with pytest.raises(Impossible):
        play.server.album(ANNA, ANNA, [("photo", b"1")])


async def test_album_of_the_bot_uploads_and_reuses(play: Stage) -> None:
    known = (await play.bot.send_photo(ANNA, BufferedInputFile(b"p", "p.jpg"))).photo
    assert known is not None
    sent = await play.bot.send_media_group(
        TEAM,
        [
            InputMediaPhoto(media=known[-1].file_id, caption="<b>Фото</b>", parse_mode="HTML"),
            InputMediaVideo(media=BufferedInputFile(b"v", "v.mp4")),
        ],
    )
    assert [message.content_type for message in sent] == ["photo", "video"]
    assert sent[0].media_group_id == sent[1].media_group_id
    assert sent[0].caption == "Фото"


async def test_copies_keep_albums_together_and_skip_what_is_gone(play: Stage) -> None:
    first, second = play.server.album(ANNA, ANNA, [("photo", b"1"), ("photo", b"2")])
    gone = play.server.write(ANNA, ANNA, "удалю")
    last = play.server.write(ANNA, ANNA, "останется")
    play.server.delete(ANNA, gone)
    copied = await play.bot.copy_messages(TEAM, ANNA, [first, second, gone, last])
    assert len(copied) == 3
    one, two, three = play.server.shown(TEAM)
    assert one.media_group == two.media_group != ""
    assert one.media_group != play.server.message(ANNA, first).media_group
    assert three.text == "останется"
    assert three.sender_id == play.server.bot_id


async def test_copy_hides_the_author_and_a_forward_names_them(play: Stage) -> None:
    said = play.server.write(ANNA, ANNA, "мой вопрос")
    copy = await play.bot.copy_message(TEAM, ANNA, said)
    forward = await play.bot.forward_message(TEAM, ANNA, said)
    assert "forward_origin" not in play.server.message(TEAM, copy.message_id).body
    assert forward.forward_origin is not None
    assert forward.forward_origin.sender_user.id == ANNA  # type: ignore[union-attr]


async def test_captions_are_edited_by_both_sides(play: Stage) -> None:
    theirs = play.server.write(ANNA, ANNA, voice=Media(b"ogg", fields={"duration": 61}))
    play.server.edit(ANNA, ANNA, theirs, "подпись")
    written, edited = await play.updates()
    assert written.message.voice.duration == 61
    assert edited.edited_message.caption == "подпись"
    mine = await play.bot.send_photo(ANNA, BufferedInputFile(b"p", "p.jpg"), caption="было")
    await play.bot.edit_message_caption(chat_id=ANNA, message_id=mine.message_id, caption="стало")
    shown = play.server.message(ANNA, mine.message_id)
    assert (shown.text, [body["caption"] for body in shown.edits]) == ("стало", ["было"])


async def test_page_hears_of_every_visible_change(play: Stage) -> None:
    heard: list[tuple[str, int]] = []
    stop = play.server.subscribe(lambda change: heard.append((change.what.value, change.chat_id)))
    sent = await play.bot.send_message(TEAM, "Лид")
    await play.bot.edit_message_text("Лид взят", chat_id=TEAM, message_id=sent.message_id)
    play.server.react(BORIS, TEAM, sent.message_id, "👍")
    await play.bot.delete_message(TEAM, sent.message_id)
    play.server.block(ANNA)
    stop()
    play.server.join(TEAM, GLEB)
    assert heard == [
        ("message", TEAM),
        ("edit", TEAM),
        ("reaction", TEAM),
        ("delete", TEAM),
        ("chat", ANNA),
    ]
