"""Albums go over as one, whenever and in whatever order their parts come, or stay inside whole."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.telegram import Fault
from bot.sandbox.telegram.chats import Message
from bot.sandbox.telegram.files import Media, content
from bot.sandbox.vk.attachments import Document, Photo
from storage.schema import leads, messages, outbox
from tests.cast import ANNA, BORIS, TEAM
from tests.plays.contents import OTHER_PICTURE, PICTURE, PLAN
from tests.plays.play import Play

HUGE = Media(b"small here", "film.mp4", size=25 * 2**20)


def part(play: Play, who: int, chat: int, picture: bytes, **more: Any) -> int:
    """One part of an album, sent for itself."""
    return play.telegram.write(who, chat, photo=picture, media_group_id="A1", **more)


def shown(play: Play, chat: int) -> list[Message]:
    """The photos that the bot posted in a chat."""
    return [one for one in play.telegram.shown(chat) if one.from_bot and "photo" in one.body]


def pictures(play: Play, chat: int) -> list[bytes]:
    """Their bytes."""
    ids = [one.body["photo"][-1]["file_id"] for one in shown(play, chat)]
    return [file.media.data for one in ids if (file := play.telegram.world.files.find(one))]


def albums_sent(play: Play) -> int:
    """How often the bot called for an album."""
    return sum(call.method == "sendMediaGroup" for call in play.telegram.calls)


async def greeted(play: Play) -> int:
    """Anna's card is there; its message's id."""
    await play.start()
    play.telegram.write(ANNA, ANNA, "Hello")
    card = await play.card(1)
    await play.quiet()
    return card.id


async def test_parts_that_come_one_by_one_are_one_album_under_the_card(play: Play) -> None:
    card = await greeted(play)
    part(play, ANNA, ANNA, PICTURE)
    await play.until(lambda: not play.telegram.world.updates.pending())
    await play.handled()
    part(play, ANNA, ANNA, OTHER_PICTURE, caption="Both windows")
    await play.quiet()
    first, second = shown(play, TEAM)
    assert albums_sent(play) == 1
    assert first.media_group == second.media_group != ""
    assert (first.reply_to, first.text) == (card, "Anna:\nBoth windows")
    assert pictures(play, TEAM) == [PICTURE, OTHER_PICTURE]


async def test_parts_out_of_order_stand_as_they_were_sent(play: Play) -> None:
    await greeted(play)
    world = play.telegram.world
    chat, anna = world.chat(ANNA), world.user(ANNA)
    group = {"media_group_id": "A1"}
    parts = [content(world.files, "photo", Media(one)) for one in (PICTURE, OTHER_PICTURE)]
    sent = [world.compose(chat, anna, one | group) for one in parts]
    for message in reversed(sent):
        world.announce(message)
    await play.quiet()
    assert pictures(play, TEAM) == [PICTURE, OTHER_PICTURE]
    assert albums_sent(play) == 1


async def test_a_part_that_comes_too_late_follows_alone(play: Play) -> None:
    card = await greeted(play)
    part(play, ANNA, ANNA, PICTURE)
    await play.quiet()
    part(play, ANNA, ANNA, OTHER_PICTURE)
    await play.quiet()
    assert pictures(play, TEAM) == [PICTURE, OTHER_PICTURE]
    assert [one.reply_to for one in shown(play, TEAM)] == [card, card]


async def test_a_death_between_the_parts_loses_none(play: Play) -> None:
    await greeted(play)
    part(play, ANNA, ANNA, PICTURE)
    await play.until(lambda: not play.telegram.world.updates.pending())
    await play.handled()
    await play.stop()
    part(play, ANNA, ANNA, OTHER_PICTURE)
    await play.start()
    await play.quiet()
    assert pictures(play, TEAM) == [PICTURE, OTHER_PICTURE]


async def test_a_text_between_the_parts_does_not_part_them(play: Play) -> None:
    await greeted(play)
    part(play, ANNA, ANNA, PICTURE)
    play.telegram.write(ANNA, ANNA, "and this one")
    part(play, ANNA, ANNA, OTHER_PICTURE)
    await play.quiet()
    assert albums_sent(play) == 1
    assert len(play.team("and this one")) == 1


async def test_an_album_whose_answer_was_lost_is_not_shown_twice(play: Play) -> None:
    await greeted(play)
    play.telegram.fail("sendMediaGroup", Fault.HANG, chat=TEAM, applied=True)
    part(play, ANNA, ANNA, PICTURE)
    part(play, ANNA, ANNA, OTHER_PICTURE, caption="Both")
    await play.until(lambda: play.telegram.calls[-1].fault == "hang")
    await play.stop()
    await play.start()
    play.telegram.write(ANNA, ANNA, "After it")
    await play.shown("After it")
    await play.quiet()
    assert pictures(play, TEAM) == [PICTURE, OTHER_PICTURE]


async def test_an_album_as_the_first_message_is_one_lead_with_its_caption(play: Play) -> None:
    await play.start()
    part(play, ANNA, ANNA, PICTURE)
    part(play, ANNA, ANNA, OTHER_PICTURE, caption="How much?")
    await play.card(1, "How much? [Photo]")
    await play.quiet()
    assert len(await play.rows(leads)) == 1
    assert albums_sent(play) == 1


@pytest.mark.parametrize("noted", [0, 1])
async def test_an_album_with_a_note_stays_inside_whole(play: Play, noted: int) -> None:
    card = await greeted(play)
    for number, picture in enumerate((PICTURE, OTHER_PICTURE)):
        words = {"caption": "// for us"} if number == noted else {}
        part(play, BORIS, TEAM, picture, reply_to=card, **words)
        await play.until(lambda: not play.telegram.world.updates.pending())
        await play.handled()
    await play.quiet()
    assert shown(play, ANNA) == []
    kept = [one for one in await play.rows(messages) if one.author == "staff"]
    assert [one.direction for one in kept] == ["note", "note"]
    (lead,) = await play.rows(leads)
    assert (lead.state, lead.answered_at) == ("new", None)


async def test_a_note_that_comes_after_its_album_had_gone_is_told_of(play: Play) -> None:
    card = await greeted(play)
    part(play, BORIS, TEAM, PICTURE, reply_to=card)
    await play.quiet()
    part(play, BORIS, TEAM, OTHER_PICTURE, reply_to=card, caption="// for us")
    await play.shown("part of the album had already gone to the customer")
    await play.quiet()
    assert pictures(play, ANNA) == [PICTURE]


async def test_an_album_without_words_is_an_answer_once_it_has_gone(play: Play) -> None:
    card = await greeted(play)
    part(play, BORIS, TEAM, PICTURE, reply_to=card)
    part(play, BORIS, TEAM, OTHER_PICTURE, reply_to=card)
    await play.card(1, "With Boris")
    await play.quiet()
    (lead,) = await play.rows(leads)
    assert lead.answered_at is not None
    assert albums_sent(play) == 1
    assert pictures(play, ANNA) == [PICTURE, OTHER_PICTURE]


async def test_an_album_of_unknown_fate_is_asked_about_once_and_sent_again_whole(
    play: Play,
) -> None:
    card = await greeted(play)
    play.telegram.fail("sendMediaGroup", Fault.DROP_AFTER, chat=ANNA)
    part(play, BORIS, TEAM, PICTURE, reply_to=card)
    part(play, BORIS, TEAM, OTHER_PICTURE, reply_to=card)
    asked = await play.shown("Not sure this message reached the customer")
    await play.quiet()
    assert len(play.team("Not sure")) == 1
    play.telegram.press(BORIS, TEAM, asked.id, label=asked.labels[0])
    await play.quiet()
    assert pictures(play, ANNA)[-2:] == [PICTURE, OTHER_PICTURE]
    assert len({one.media_group for one in shown(play, ANNA)[-2:]}) == 1


async def test_one_file_too_large_does_not_hold_up_its_album(play: Play) -> None:
    await play.start()
    await play.until(lambda: play.vk.polling)
    play.vk.write(ANNA, "Hello")
    card = await play.card(1)
    items: list[dict[str, Any]] = [{"photo": PICTURE}, {"video": HUGE}]
    play.telegram.write(BORIS, TEAM, media_group=items, reply_to=card.id)
    await play.shown("Not delivered: the file is too large")
    await play.quiet()
    kinds = [one["type"] for m in play.vk.dialog(ANNA) for one in m.attachments]
    assert kinds == ["photo"]


async def test_a_large_file_among_a_vk_customers_photos_is_told_of_to_both(play: Play) -> None:
    await play.start()
    await play.until(lambda: play.vk.polling)
    play.vk.write(ANNA, "Hello")
    await play.card(1)
    large = bytes(51 * 2**20)
    files: list[Any] = [Photo(PICTURE), Document(large, "film.mov"), Document(PLAN, "plan.pdf")]
    play.vk.write(ANNA, "Look", attachments=files)
    told = await play.shown("Too large to be shown here: [File] film.mov, 51 MB")
    assert "asked the customer for a link or a smaller file" in told.text
    await play.quiet()
    documents = [one.body["document"]["file_name"] for one in play.team() if "document" in one.body]
    assert documents == ["plan.pdf"]
    assert pictures(play, TEAM) == [PICTURE]
    assert "film.mov" in play.vk.dialog(ANNA)[-1].text


async def test_calls_of_an_album_are_made_once(play: Play) -> None:
    await greeted(play)
    for picture in (PICTURE, OTHER_PICTURE):
        part(play, ANNA, ANNA, picture)
    await play.quiet()
    made = [one for one in await play.rows(outbox) if one.album]
    assert [one.state for one in made] == ["sent", "sent"]
    assert [one.method for one in play.telegram.calls].count("sendMediaGroup") == 1
    assert len(shown(play, TEAM)) == 2


async def test_a_forwarded_album_says_once_whose_it_was(play: Play) -> None:
    await greeted(play)
    part(play, ANNA, ANNA, PICTURE, forward_from="Somebody")
    part(play, ANNA, ANNA, OTHER_PICTURE, forward_from="Somebody", caption="Both")
    await play.quiet()
    first, second = shown(play, TEAM)
    assert (first.text, second.text) == ("Anna:\nForwarded from Somebody\nBoth", "")


async def test_an_album_counts_as_one_message_of_a_busy_customer(play: Play) -> None:
    await play.start(leads={"messages_per_minute": 2})
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.card(1)
    for _ in range(4):
        part(play, ANNA, ANNA, PICTURE)
    await play.quiet()
    assert pictures(play, TEAM) == [PICTURE] * 4
    assert play.team("is writing too fast") == []
