"""Whatever people can send goes over, or is said in words: the table of contents, played."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import urlparse

from bot.sandbox.telegram.chats import Message
from bot.sandbox.telegram.faults import Fault
from bot.sandbox.telegram.files import MEDIA, Media
from bot.sandbox.vk.shown import Shown
from tests.cast import ANNA, BORIS, TEAM
from tests.plays.contents import TELEGRAM, VK, Seen
from tests.plays.play import Play

THINGS = ("venue", "location", "contact", "animation", *MEDIA)  # an animation is a document too


def new_on_telegram(play: Play, chat: int, after: int) -> list[Message]:
    """What the bot posted in a chat since."""
    return [one for one in play.telegram.shown(chat) if one.from_bot and one.id > after]


def new_on_vk(play: Play, after: int) -> list[Shown]:
    """What the community wrote to Anna since."""
    return [one for one in play.vk.dialog(ANNA) if one.author < 0 and one.id > after]


def seen_on_telegram(messages: Sequence[Message], head: str = "") -> Seen:
    """What these messages show."""
    things = [next((one for one in THINGS if one in m.body), "") for m in messages]
    words = [m.text.removeprefix(head).strip() for m in messages]
    albums = {m.media_group for m in messages}
    together = len(messages) > 1 and len(albums) == 1 and albums != {""}
    return Seen(tuple(filter(None, things)), "\n".join(filter(None, words)), together)


def seen_on_vk(messages: Sequence[Shown]) -> Seen:
    """What these messages show."""
    things = [one["type"] for m in messages for one in m.attachments]
    things += ["geo" for m in messages if m.geo]
    words = [m.text for m in messages if m.text]
    return Seen(tuple(things), "\n".join(words), len(messages) == 1 and len(things) > 1)


def bytes_on_telegram(play: Play, messages: Sequence[Message]) -> list[bytes]:
    """The files that these messages carry."""
    kinds = [next((one for one in THINGS if one in m.body), "") for m in messages]
    told = [m.body[kind] for m, kind in zip(messages, kinds, strict=True) if kind in MEDIA]
    ids = [(one[-1] if isinstance(one, list) else one)["file_id"] for one in told]
    return [file.media.data for one in ids if (file := play.telegram.world.files.find(one))]


def bytes_on_vk(play: Play, messages: Sequence[Shown]) -> list[bytes]:
    """The files that these messages carry."""
    urls = [_url(one) for m in messages for one in m.attachments]
    files = [play.vk.community.files.open(urlparse(url).path.split("/")[2]) for url in urls]
    return [file.data for file in files if file]


def _url(attached: dict[str, Any]) -> str:
    thing = attached[attached["type"]]
    if "sizes" in thing:
        return str(thing["sizes"][-1]["url"])
    return str(thing.get("link_ogg") or thing["url"])


def bytes_of(sent: dict[str, Any]) -> list[bytes]:
    """The files that somebody sends."""
    items = sent.get("media_group", [sent])
    found = [value for item in items for kind, value in item.items() if kind in MEDIA]
    return [one.data if isinstance(one, Media) else one for one in found]


def last_id(messages: Sequence[Any]) -> int:
    """The newest message's number."""
    return max((one.id for one in messages), default=0)


async def test_what_a_telegram_customer_sends_is_under_the_card(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "Hello")
    card = await play.card(1)
    for row in TELEGRAM:
        before = last_id(play.telegram.shown(TEAM))
        play.telegram.write(ANNA, ANNA, **row.sent)
        await play.quiet()
        arrived = new_on_telegram(play, TEAM, before)
        assert (row.name, seen_on_telegram(arrived, "Anna:")) == (row.name, row.team)
        assert bytes_on_telegram(play, arrived) == bytes_of(row.sent), row.name
        assert {one.reply_to for one in arrived} == {card.id}, row.name


async def test_what_a_manager_sends_reaches_a_telegram_customer(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "Hello")
    card = await play.card(1)
    for row in TELEGRAM:
        before = last_id(play.telegram.shown(ANNA))
        play.telegram.write(BORIS, TEAM, **row.sent, reply_to=card.id)
        await play.quiet()
        arrived = new_on_telegram(play, ANNA, before)
        assert (row.name, seen_on_telegram(arrived)) == (row.name, row.telegram)
        assert bytes_on_telegram(play, arrived) == bytes_of(row.sent), row.name
    await play.card(1, "With Boris")


async def test_what_a_manager_sends_reaches_a_vk_customer(play: Play) -> None:
    await play.start()
    await play.until(lambda: play.vk.polling)
    play.vk.write(ANNA, "Hello")
    card = await play.card(1)
    for row in TELEGRAM:
        before, told = last_id(play.vk.dialog(ANNA)), last_id(play.telegram.shown(TEAM))
        play.telegram.write(BORIS, TEAM, **row.sent, reply_to=card.id)
        await play.quiet()
        arrived = new_on_vk(play, before)
        if row.vk.told:
            (answer,) = new_on_telegram(play, TEAM, told)
            assert (answer.text, arrived) == (f"⚠️ {row.vk.told}", [])
            continue
        assert (row.name, seen_on_vk(arrived)) == (row.name, row.vk)
        files = bytes_of(row.sent) if row.vk.things else []
        assert bytes_on_vk(play, arrived) == files, row.name


async def test_what_a_vk_customer_sends_is_under_the_card(play: Play) -> None:
    await play.start()
    await play.until(lambda: play.vk.polling)
    play.vk.write(ANNA, "Hello")
    card = await play.card(1)
    for row in VK:
        before = last_id(play.telegram.shown(TEAM))
        play.vk.write(ANNA, row.text, attachments=row.attachments)
        await play.until(partial(new_on_telegram, play, TEAM, before))
        await play.quiet()
        arrived = new_on_telegram(play, TEAM, before)
        assert (row.name, seen_on_telegram(arrived, "Anna:")) == (row.name, row.team)
        assert bytes_on_telegram(play, arrived) == list(row.bytes), row.name
        assert {one.reply_to for one in arrived} == {card.id}, row.name


async def test_where_a_group_forbids_pictures_their_words_and_what_follows_are_shown(
    play: Play,
) -> None:
    await play.start()
    words = "Bad Request: not enough rights to send photos to the chat"
    play.telegram.fail("sendPhoto", Fault.BAD_REQUEST, times=-1, description=words)
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.card(1)
    play.telegram.write(ANNA, ANNA, caption="The window", photo=Media(b"window"))
    play.telegram.write(ANNA, ANNA, "Can you do it?")
    told = await play.shown("Could not be shown")
    assert "The window" in told.text
    await play.shown("Can you do it?")
