"""/privacy shows and sends what is stored; /delete erases it, once it is confirmed."""

from __future__ import annotations

import re
import tracemalloc
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers import exports
from storage import accounts
from storage.schema import erasures, inbox, leads, messages, versions
from tests.cast import ANNA, BORIS, PABLO, TEAM
from tests.plays.play import Play
from tests.storage.making import asking

LONG = "ж" * 4000
SECOND = timedelta(seconds=1)

URL = "https://shop.example/privacy"


def today(play: Play) -> str:
    return f"{datetime.fromtimestamp(play.now(), ZoneInfo('Europe/Madrid')):%b %-d, %Y}"


async def started(play: Play) -> None:
    """Anna asked about a window, agreed, answered; Boris noted something of his own."""
    play.telegram.add_user(ANNA, "Anna", username="anna", language="en")
    found = {
        "questions": [{"ask": "Which floor?"}],
        "consent": {"url": URL, "version": "3"},
        "greeting": "Welcome",
    }
    await play.start(channels={"telegram": found})
    play.telegram.write(ANNA, ANNA, "How much is a window? Call me: +34 600 111 222")
    asked = await play.heard(ANNA, "consent")
    await play.quiet()
    play.telegram.press(ANNA, ANNA, asked.id, label="I agree")
    await play.heard(ANNA, "Which floor?")
    await play.quiet()
    play.telegram.write(ANNA, ANNA, "The seventh")
    await play.heard(ANNA, "passed it on")
    await play.reply(BORIS, 1, "// a difficult customer")
    await play.quiet()


async def test_privacy_tells_in_words_and_sends_everything_as_a_file(play: Play) -> None:
    await started(play)
    play.telegram.write(ANNA, ANNA, "/privacy")
    shown = await play.heard(ANNA, "This is what we keep about you")
    for words in ("Anna, @anna, Telegram", "+34600111222", "2 messages from you", "1 request"):
        assert words in shown.text
    assert f"Consent to data processing: version 3, {today(play)}, {URL}" in shown.text
    document = shown.body["document"]
    assert document["file_name"] == "my-data.txt"
    sent = play.telegram.world.files.find(document["file_id"])
    assert sent is not None
    file = sent.media.data.decode("utf-8-sig")
    for words in ("How much is a window?", "The seventh", "Which floor? The seventh", "version 3"):
        assert words in file
    assert "difficult" not in file
    await play.quiet()
    assert len(await play.rows(messages)) == 3
    assert not play.team("/privacy")


async def test_privacy_of_a_stranger_is_short_and_makes_no_lead(play: Play) -> None:
    await play.start()
    play.telegram.add_user(PABLO, "Pablo", language="es")
    play.telegram.write(PABLO, PABLO, "/privacy@shop_bot")
    shown = await play.heard(PABLO, "Esto es lo que guardamos sobre usted")
    assert "0 mensajes suyos" in shown.text
    await play.quiet()
    assert await play.rows(leads) == []
    assert play.team() == []


async def test_vk_gets_the_file_too(play: Play) -> None:
    await play.start()
    await play.until(lambda: play.vk.polling)
    play.vk.write(ANNA, "Здравствуйте, сколько стоит окно?")
    await play.card(1)
    play.vk.write(ANNA, "/privacy")
    shown = await play.until(lambda: [m for m in play.vk.dialog(ANNA) if m.attachments])
    assert "1 ваше сообщение" in shown[0].text
    assert shown[0].attachments[0]["doc"]["title"] == "my-data.txt"


async def test_what_somebody_wrote_is_not_gathered_in_memory(play: Play) -> None:
    """Nor are lines lost, or their order, where one page of them ends and the next begins."""
    product = await play.start()
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.card(1)
    await play.quiet()
    (hello,) = await play.rows(messages)
    numbers = range(1001, 2401)
    lines = [
        hello._asdict()
        | {"id": n, "message_id": str(n), "text": f"said {n} {LONG}"}
        | {"at": hello.at + n // 7 * SECOND}
        for n in numbers
    ]
    before = {"message": 1350, "text": "said before", "until": hello.at}
    async with product.database.write() as connection:
        await connection.execute(messages.insert(), lines)
        await connection.execute(versions.insert().values(before))
    account = await accounts.by_id(asking(product.database), hello.account)
    tracemalloc.start()
    try:
        (whole,) = await exports.attachments(asking(product.database), account)
        async with product.files.opened(whole) as file:
            told = [piece.replace("ж".encode(), b"") async for piece in file.chunks]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert file.size is not None
    assert file.size > 2 * 4000 * len(numbers)
    assert peak < file.size / 2
    expected = [str(n).encode() for n in numbers]
    expected.insert(349, b"before")
    assert re.findall(rb"said (\w+)", b"".join(told)) == expected


async def test_what_no_messenger_takes_as_one_file_comes_in_several(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "LARGEST", 1200)
    play.telegram.add_user(ANNA, "Anna", language="en")
    await play.start()
    said = [f"Window number {number}, with {'ж' * 40}" for number in range(24)]
    for first in (0, 12):
        play.telegram.write(ANNA, ANNA, "\n".join(said[first : first + 12]))
    await play.card(1)
    await play.quiet()
    play.telegram.write(ANNA, ANNA, "/privacy")
    await play.heard(ANNA, "2 messages from you")
    await play.quiet()
    files = [m.body["document"] for m in play.private(ANNA) if "document" in m.body]
    assert [one["file_name"] for one in files] == [
        f"my-data-{number}.txt" for number in range(1, len(files) + 1)
    ]
    assert len(files) > 2
    assert all(one["file_size"] <= 1200 for one in files)
    found = [play.telegram.world.files.find(one["file_id"]) for one in files]
    parts = [one.media.data.decode("utf-8-sig") for one in found if one is not None]
    assert all(part.endswith("\n") for part in parts)
    assert re.findall(r"Window number \d+, with ж+", "".join(parts)) == said


async def test_delete_is_done_on_confirmation_only(play: Play) -> None:
    await started(play)
    play.telegram.write(ANNA, ANNA, "/delete")
    asked = await play.heard(ANNA, "Delete everything we keep")
    assert asked.labels == ["Yes, delete everything", "No, keep it"]
    await play.quiet()
    play.telegram.press(ANNA, ANNA, asked.id, label="No")
    await play.heard(ANNA, "everything stays as it was")
    await play.quiet()
    assert await play.rows(erasures) == []
    play.telegram.write(ANNA, ANNA, "/delete")
    asked = await play.heard(ANNA, "Delete everything we keep")
    await play.quiet()
    data = asked.buttons[0]["callback_data"]
    for _ in range(2):
        await play.forge(ANNA, data, chat=ANNA, message=asked.id)
    await play.heard(ANNA, "will tell you when it is done")
    wanted = [row for row in await play.rows(inbox) if row.event_id.startswith("erase:")]
    assert len(wanted) == 1, "a double press asks for one erasure"


async def test_an_old_button_or_a_foreign_one_erases_nobody(play: Play) -> None:
    await started(play)
    play.telegram.write(ANNA, ANNA, "/delete")
    asked = await play.heard(ANNA, "Delete everything we keep")
    await play.quiet()
    data = asked.buttons[0]["callback_data"]
    assert (await play.forge(PABLO, data, chat=PABLO)).text
    assert (await play.forge(BORIS, data, chat=TEAM)).text
    play.move(25 * 3600)
    assert "/delete again" in (await play.forge(ANNA, data, chat=ANNA, message=asked.id)).text
    await play.handled()
    assert not [row for row in await play.rows(inbox) if row.event_id.startswith("erase:")]


async def test_a_banned_customer_gets_none_of_this(play: Play) -> None:
    await started(play)
    await play.press(BORIS, 1, "More")
    await play.press(BORIS, 1, "Ban")
    await play.press(BORIS, 1, "Spam")
    await play.card(1, "Banned: Spam")
    before = len(play.private(ANNA))
    for text in ("/privacy", "/delete", "/start", "Hello?"):
        play.telegram.write(ANNA, ANNA, text)
    await play.card(1, "4 messages since")
    await play.quiet()
    assert len(play.private(ANNA)) == before
