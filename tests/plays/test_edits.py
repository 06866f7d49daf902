"""Customers change what they sent: managers see the difference, and the first words are kept."""

from __future__ import annotations

from typing import Any

from bot.sandbox.telegram.files import Media, content
from bot.sandbox.vk.attachments import Link, Photo
from storage.schema import leads, messages, versions
from tests.cast import ANNA, BORIS, TEAM
from tests.plays.contents import OTHER_PICTURE, PICTURE
from tests.plays.play import Play
from tests.plays.test_albums import pictures


async def test_an_edit_of_the_first_words_changes_the_card_and_shows_the_difference(
    play: Play,
) -> None:
    await play.start()
    number = play.telegram.write(ANNA, ANNA, "Two windows")
    await play.card(1, "Two windows")
    play.telegram.edit(ANNA, ANNA, number, "Three windows")
    shown = await play.shown("Anna edited a message\nTwo windows\nThree windows")
    assert [one["type"] for one in shown.entities] == ["italic", "strikethrough"]
    await play.card(1, "Three windows")
    (kept,) = await play.rows(versions)
    assert kept.text == "Two windows"


async def test_the_history_keeps_the_original_of_an_edit(play: Play) -> None:
    await play.start()
    first = play.telegram.write(ANNA, ANNA, "Two windows")
    await play.card(1, "Two windows")
    play.telegram.edit(ANNA, ANNA, first, "Three windows")
    await play.card(1, "Three windows")
    play.telegram.write(BORIS, TEAM, "/lead 1")
    assert "(before: Two windows)" in (await play.shown("← Three windows")).text


async def test_an_edit_of_later_words_leaves_the_card_alone(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "Hello")
    number = play.telegram.write(ANNA, ANNA, "Two windows")
    await play.shown("Two windows")
    play.telegram.edit(ANNA, ANNA, number, "Three windows")
    await play.shown("Anna edited a message\nTwo windows\nThree windows")
    await play.card(1, "Hello")


async def test_a_changed_caption_is_a_difference_too(play: Play) -> None:
    await play.start()
    number = play.telegram.write(ANNA, ANNA, photo=PICTURE, caption="Two windows")
    await play.card(1, "Two windows")
    play.telegram.edit(ANNA, ANNA, number, "Three windows")
    await play.shown("Anna edited a message\nTwo windows\nThree windows")
    await play.card(1, "Three windows")
    await play.quiet()
    assert pictures(play, TEAM) == [PICTURE]


async def test_a_caption_given_later_and_one_taken_away_are_shown(play: Play) -> None:
    await play.start()
    number = play.telegram.write(ANNA, ANNA, photo=PICTURE)
    await play.card(1)
    play.telegram.edit(ANNA, ANNA, number, "My window")
    await play.shown("Anna edited a message\nMy window")
    play.telegram.edit(ANNA, ANNA, number, "")
    await play.until(lambda: len(play.team("Anna edited a message")) == 2)
    assert play.team("Anna edited a message")[-1].text == "Anna edited a message\nMy window"


async def test_another_picture_in_place_of_the_first_is_shown(play: Play) -> None:
    await play.start()
    await play.until(lambda: play.vk.polling)
    number = play.vk.write(ANNA, "Look", attachments=[Photo(PICTURE)])
    await play.until(lambda: pictures(play, TEAM))
    play.vk.edit(ANNA, number, "Look", attachments=[Photo(OTHER_PICTURE)])
    await play.shown("edited a message\nLook")
    assert pictures(play, TEAM) == [PICTURE, OTHER_PICTURE]


async def test_an_edit_that_overtook_its_message_is_one_lead_with_both_versions(
    play: Play,
) -> None:
    await play.start()
    world = play.telegram.world
    body = {"text": "Two windows"}
    message = world.compose(world.chat(ANNA), world.user(ANNA), body)
    first = message.body
    world.rewrite(message, first | {"text": "Three windows", "edit_date": world.now})
    world.announce(message, "edited_message")
    await play.card(1, "Three windows")
    world.updates.push("message", first)
    await play.quiet()
    assert len(await play.rows(leads)) == 1
    (kept,) = await play.rows(messages)
    (original,) = await play.rows(versions)
    assert (kept.text, original.text) == ("Three windows", "Two windows")
    assert play.team("edited a message") == []


async def test_an_older_edit_that_comes_late_is_only_a_version(play: Play) -> None:
    await play.start()
    number = play.telegram.write(ANNA, ANNA, "Two windows")
    await play.card(1, "Two windows")
    first = play.telegram.message(ANNA, number).body
    world = play.telegram.world
    older = first | {"text": "Three windows", "edit_date": world.now + 30}
    newer = first | {"text": "Four windows", "edit_date": world.now + 60}
    world.updates.push("edited_message", newer)
    await play.card(1, "Four windows")
    for _ in range(2):
        world.updates.push("edited_message", older)
    world.updates.push("edited_message", newer | {"text": "Five windows"})  # in the same second
    await play.card(1, "Five windows")
    await play.quiet()
    (kept,) = await play.rows(messages)
    assert kept.text == "Five windows"
    earlier = [one.text for one in await play.rows(versions)]
    assert earlier == ["Two windows", "Three windows", "Four windows"]
    assert len(play.team("edited a message")) == 2


async def test_of_two_edits_that_overtook_their_message_the_newer_counts(play: Play) -> None:
    await play.start()
    world = play.telegram.world
    first = world.compose(world.chat(ANNA), world.user(ANNA), {"text": "Two windows"}).body
    older = first | {"text": "Three windows", "edit_date": world.now + 30}
    newer = first | {"text": "Four windows", "edit_date": world.now + 60}
    world.updates.push("edited_message", newer)
    await play.card(1, "Four windows")
    world.updates.push("edited_message", older)
    world.updates.push("message", first)
    await play.quiet()
    (kept,) = await play.rows(messages)
    assert kept.text == "Four windows"
    assert {one.text for one in await play.rows(versions)} == {"Three windows", "Two windows"}
    await play.card(1, "Four windows")


async def test_an_edit_told_twice_is_shown_once(play: Play) -> None:
    await play.start()
    number = play.telegram.write(ANNA, ANNA, "Two windows")
    await play.card(1)
    play.telegram.edit(ANNA, ANNA, number, "Three windows")
    play.telegram.world.announce(play.telegram.message(ANNA, number), "edited_message")
    await play.quiet()
    assert len(play.team("Anna edited a message")) == 1
    assert len(await play.rows(versions)) == 1


async def test_an_edit_within_an_album_that_waits_comes_after_it(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.card(1)
    group: dict[str, Any] = {"media_group_id": "A1"}
    number = play.telegram.write(ANNA, ANNA, photo=PICTURE, caption="Two", **group)
    play.telegram.write(ANNA, ANNA, photo=OTHER_PICTURE, **group)
    play.telegram.edit(ANNA, ANNA, number, "Three")
    await play.quiet()
    texts = [one.text for one in play.team() if one.from_bot and one.reply_to and one.text]
    assert texts == ["Anna:\nTwo", "Anna edited a message\nTwo\nThree"]
    assert pictures(play, TEAM) == [PICTURE, OTHER_PICTURE]


async def test_a_preview_that_vk_adds_by_itself_is_no_edit(play: Play) -> None:
    await play.start()
    await play.until(lambda: play.vk.polling)
    number = play.vk.write(ANNA, "See https://example.com")
    await play.card(1)
    play.vk.edit(ANNA, number, "See https://example.com", attachments=[Link("https://example.com")])
    play.vk.write(ANNA, "After it")
    await play.shown("After it")
    assert play.team("edited a message") == []


async def test_the_same_picture_under_another_id_is_no_edit(play: Play) -> None:
    await play.start()
    number = play.telegram.write(ANNA, ANNA, photo=PICTURE)
    await play.card(1)
    world = play.telegram.world
    again = content(world.files, "photo", Media(PICTURE))
    message = play.telegram.message(ANNA, number)
    world.rewrite(message, message.body | again | {"edit_date": world.now})
    world.announce(message, "edited_message")  # the same picture under another id
    await play.quiet()
    assert play.team("edited a message") == []
