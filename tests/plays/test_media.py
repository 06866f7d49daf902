"""Photos and other things cross over between the messengers, byte for byte."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlparse

from bot.sandbox.telegram.chats import Message
from bot.sandbox.telegram.files import Media
from bot.sandbox.vk.attachments import Photo
from tests.cast import ANNA, BORIS, TEAM
from tests.plays.play import Play

PICTURE = b"\xff\xd8\xff" + bytes(range(256)) * 2000  # half a megabyte


def on_telegram(play: Play, chat: int) -> list[bytes]:
    """The bytes of the photos that the bot sent to a chat."""
    sent = [m for m in play.telegram.shown(chat) if m.from_bot and "photo" in m.body]
    files = [play.telegram.world.files.find(m.body["photo"][-1]["file_id"]) for m in sent]
    return [file.media.data for file in files if file]


def on_vk(play: Play, user: int) -> list[bytes]:
    """The bytes of the photos that the community sent to a person."""
    photos = [
        attached["photo"]
        for message in play.vk.dialog(user)
        if message.author < 0
        for attached in message.attachments
        if attached["type"] == "photo"
    ]
    paths = [urlparse(photo["sizes"][-1]["url"]).path.split("/")[2] for photo in photos]
    files = [play.vk.community.files.open(path) for path in paths]
    return [file.data for file in files if file]


async def test_a_telegram_photo_stands_under_the_card(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "This window", photo=PICTURE)
    card = await play.card(1, "This window")
    assert "[Photo]" in card.text
    await play.until(lambda: on_telegram(play, TEAM))
    assert on_telegram(play, TEAM) == [PICTURE]
    (shown,) = [m for m in play.team() if "photo" in m.body]
    assert (shown.reply_to, shown.text) == (card.id, "Anna:\nThis window")


async def test_a_vk_photo_reaches_the_team_and_a_telegram_photo_the_vk_customer(
    play: Play,
) -> None:
    await play.start()
    await play.until(lambda: play.vk.polling)
    play.vk.write(ANNA, "This window", attachments=[Photo(PICTURE)])
    card = await play.card(1)
    await play.until(lambda: on_telegram(play, TEAM))
    assert on_telegram(play, TEAM) == [PICTURE]
    answer = PICTURE[::-1]
    play.telegram.write(BORIS, TEAM, "Like this one?", photo=answer, reply_to=card.id)
    await play.until(lambda: on_vk(play, ANNA))
    assert on_vk(play, ANNA) == [answer]
    assert play.vk.dialog(ANNA)[-1].text == "Like this one?"


async def test_a_managers_photo_reaches_the_telegram_customer(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.reply(BORIS, 1, "Like this one?", photo=PICTURE)
    await play.until(lambda: on_telegram(play, ANNA))
    assert on_telegram(play, ANNA) == [PICTURE]
    await play.card(1, "With Boris")


def below(play: Play, card: int) -> list[Message]:
    """What stands under a card."""
    return [message for message in play.team() if message.reply_to == card]


SENT: dict[str, dict[str, Any]] = {
    "[Voice message]": {"voice": b"words"},
    "[File] plan.pdf": {"document": Media(b"a plan", "plan.pdf")},
    "[Sticker]": {"sticker": b"a cat"},
    "[Place]": {"location": (40.4, -3.7)},
    "[Poll] Which colour?": {"poll": "Which colour?"},
    "[Video message]": {"video_note": b"me"},
    "[Story]": {"story": {"chat": {"id": 1, "type": "private"}, "id": 1}},
}


async def test_nothing_a_customer_sends_is_dropped(play: Play) -> None:
    await play.start()
    for number, (said, attached) in enumerate(SENT.items(), start=1):
        customer = play.telegram.add_user(600 + number, f"Pablo {number}")
        play.telegram.write(customer, customer, **attached)
        card = await play.card(number, said)
        await play.until(partial(below, play, card.id))


async def test_a_file_too_large_to_cross_is_told_of(play: Play) -> None:
    await play.start()
    await play.until(lambda: play.vk.polling)
    play.vk.write(ANNA, "Hello")
    card = await play.card(1)
    huge = Media(b"small here", "plan.pdf", size=25 * 2**20)
    play.telegram.write(BORIS, TEAM, "The plan", document=huge, reply_to=card.id)
    await play.shown("Not delivered: the file is too large")


async def test_a_forwarded_message_says_whose_it_was(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "Best windows in town", forward_from="Somebody")
    await play.shown("Forwarded from Somebody\nBest windows in town")


CAPTIONLESS: dict[str, Any] = {
    "sticker": b"a cat",
    "location": (40.4, -3.7),
    "video_note": b"me",
    "contact": {"phone_number": "+34911234567", "first_name": "Pablo"},
}


async def test_what_bears_no_words_is_followed_by_no_bare_name(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "Hello")
    card = await play.card(1)
    for kind, thing in CAPTIONLESS.items():
        play.telegram.write(ANNA, ANNA, **{kind: thing})
    play.telegram.write(ANNA, ANNA, photo=PICTURE)
    await play.quiet()
    under = below(play, card.id)
    assert [one.text for one in under] == ["", "", "", "", "Anna:"]
    assert [next(k for k in (*CAPTIONLESS, "photo") if k in one.body) for one in under] == [
        *CAPTIONLESS,
        "photo",
    ]
    play.telegram.write(BORIS, TEAM, "A fine cat", reply_to=under[0].id)
    await play.heard(ANNA, "A fine cat")


async def test_who_has_the_lead_is_called_after_a_sticker_too(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.press(BORIS, 1, "Take")
    play.telegram.write(ANNA, ANNA, sticker=b"a cat")
    await play.shown("Anna:\n→ Boris")
