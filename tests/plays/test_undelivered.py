"""A reply that did not arrive is sent again by a button, once; long as calls end in many ways."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.delivery.inbox import Dispatcher
from bot.sandbox.telegram import Fault
from bot.sandbox.telegram.chats import Message
from storage import retention
from storage.schema import leads, messages, outbox
from tests.cast import ANNA, BORIS, DASHA, TEAM, VERA
from tests.plays.contents import OTHER_PICTURE, PICTURE
from tests.plays.play import Play
from tests.plays.test_rewriting import on_vk, reaction

DAY = 86_400
WORDS = "From 100 euros"
AGAIN = "Send again"
NEVER = "Not delivered"


class Customer:
    """Anna on one of the messengers."""

    def __init__(self, play: Play, channel: str) -> None:
        self.play, self.on_vk = play, channel == "vk"

    def write(self, text: str) -> None:
        """She writes."""
        if self.on_vk:
            self.play.vk.write(ANNA, text)
        else:
            self.play.telegram.write(ANNA, ANNA, text)

    def leave(self) -> None:
        """She blocks the bot, or forbids messages."""
        if self.on_vk:
            self.play.vk.deny(ANNA)
        else:
            self.play.telegram.block(ANNA)

    def come_back(self) -> None:
        """She lets us write again."""
        if self.on_vk:
            self.play.vk.allow(ANNA)
        else:
            self.play.telegram.unblock(ANNA)

    def sees(self) -> list[str]:
        """What she has from us."""
        return on_vk(self.play) if self.on_vk else [one.text for one in self.play.private(ANNA)]

    def gone(self) -> None:
        """Her account is deleted."""
        (self.play.vk if self.on_vk else self.play.telegram).deactivate(ANNA)


@pytest.fixture(params=["telegram", "vk"])
async def anna(request: pytest.FixtureRequest, play: Play) -> Customer:
    """Boris has Anna's lead."""
    await play.start()
    await play.until(lambda: play.vk.polling)
    customer = Customer(play, request.param)
    customer.write("How much is a window?")
    await play.press(BORIS, 1, "Take")
    await play.quiet()
    return customer


async def left(play: Play, anna: Customer) -> tuple[int, Message]:
    """Anna is out of reach, and Boris's reply to her; its id, and what he is told of it."""
    anna.leave()
    await play.card(1, "The customer ")
    reply = await play.reply(BORIS, 1, WORDS)
    return reply, await notice(play)


async def notice(play: Play) -> Message:
    """The notice that offers to send something again."""
    found: list[Message] = await play.until(lambda: offers(play))
    await play.quiet()
    assert len(found) == 1
    return found[0]


def offers(play: Play) -> list[Message]:
    """The messages with the button."""
    return [one for one in play.team() if AGAIN in one.labels]


def data(message: Message) -> str:
    """What its button carries."""
    return str(message.buttons[0]["callback_data"])


async def pressed(play: Play, message: Message, who: int = BORIS, label: str = AGAIN) -> str:
    """What the presser is told."""
    query = play.telegram.press(who, TEAM, message.id, label=label)
    told = str((await play.until(lambda: play.telegram.answers.get(query))).text)
    await play.quiet()
    return told


async def never_sent(play: Play, anna: Customer, told: Message) -> None:
    """The button of this notice sends nothing, also once she is back."""
    anna.come_back()
    await play.quiet()
    assert await pressed(play, told) == "This button is out of date"
    assert anna.sees() == []


async def test_a_reply_to_who_is_out_of_reach_is_sent_once_they_are_back(
    play: Play, anna: Customer
) -> None:
    reply, told = await left(play, anna)
    assert (told.reply_to, told.text[:16]) == (reply, "⚠️ Not delivered")
    assert (await play.rows(leads))[0].answered_at is None
    anna.come_back()
    await play.quiet()
    assert await pressed(play, told) == "Sent again"
    assert anna.sees() == [WORDS]
    assert reaction(play, reply) == ("👍",)
    assert (await play.rows(leads))[0].answered_at is not None
    after = play.telegram.message(TEAM, told.id)
    assert (after.text, after.labels) == ("Sent again", [])


async def test_two_who_press_at_once_send_it_once(play: Play, anna: Customer) -> None:
    _, told = await left(play, anna)
    forged = data(told)
    anna.come_back()
    await play.quiet()
    both = [play.telegram.press(who, TEAM, told.id, label=AGAIN) for who in (BORIS, DASHA)]
    await play.until(lambda: all(map(play.telegram.answers.get, both)))
    await play.quiet()
    said = sorted(str(play.telegram.answers[query].text) for query in both)
    assert said == ["Sent again", "This was sent again already"]
    assert (await play.forge(BORIS, forged, message=told.id)).text == said[1]
    await play.quiet()
    assert anna.sees() == [WORDS]


async def test_who_is_still_out_of_reach_is_told_of_anew(play: Play, anna: Customer) -> None:
    _, told = await left(play, anna)
    await pressed(play, told)
    again = await notice(play)
    assert NEVER in again.text
    assert again.id != told.id
    anna.come_back()
    await play.quiet()
    await pressed(play, again, VERA)
    assert anna.sees() == [WORDS]
    assert offers(play) == []


async def test_a_refusal_that_only_the_sending_reveals_is_sent_again(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.press(BORIS, 1, "Take")
    await play.quiet()
    play.telegram.block(ANNA)
    play.telegram.world.updates._queue.clear()  # the event never came
    await play.reply(BORIS, 1, WORDS)
    told = await notice(play)
    play.telegram.press_start(ANNA)
    await play.quiet()
    await pressed(play, told)
    assert [one.text for one in play.private(ANNA, WORDS)] == [WORDS]


async def test_an_album_to_who_is_out_of_reach_is_sent_as_one(play: Play, anna: Customer) -> None:
    anna.leave()
    card = await play.card(1, "The customer ")
    items: list[dict[str, Any]] = [{"photo": PICTURE}, {"photo": OTHER_PICTURE}]
    play.telegram.write(BORIS, TEAM, caption=WORDS, media_group=items, reply_to=card.id)
    told = await notice(play)
    anna.come_back()
    await play.quiet()
    await pressed(play, told)
    assert [one for one in anna.sees() if one] == [WORDS]
    sent = [row for row in await play.rows(outbox) if row.message and row.state == "sent"]
    assert [len(row.payload["attachments"]) for row in sent if row.chat == str(ANNA)] == [2]


async def test_who_deleted_their_account_is_not_offered_to_be_tried(
    play: Play, anna: Customer
) -> None:
    anna.gone()
    await play.reply(BORIS, 1, WORDS)
    told = await play.shown("Reach them by phone or e-mail")
    await play.reply(BORIS, 1, WORDS)
    await play.quiet()
    assert (told.labels, offers(play)) == ([], [])


async def test_what_the_messenger_refused_is_offered(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.press(BORIS, 1, "Take")
    await play.quiet()
    play.telegram.fail("sendMessage", Fault.BAD_REQUEST, chat=ANNA)
    await play.reply(BORIS, 1, WORDS)
    await pressed(play, await notice(play))
    assert [one.text for one in play.private(ANNA)] == [WORDS]


async def test_what_did_not_arrive_within_a_day_is_offered(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.press(BORIS, 1, "Take")
    await play.quiet()
    play.telegram.fail("sendMessage", Fault.SERVER_ERROR, chat=ANNA, times=-1)
    await play.reply(BORIS, 1, WORDS)
    await play.until(lambda: [c for c in play.telegram.calls if c.fault == "server_error"])
    play.move(DAY + 3600)
    await play.shown("Not delivered within a day")
    play.telegram.heal()
    told = await notice(play)
    await pressed(play, told)
    await play.heard(ANNA, WORDS)


async def test_words_changed_before_it_is_sent_again_go(play: Play, anna: Customer) -> None:
    reply, told = await left(play, anna)
    play.telegram.edit(BORIS, TEAM, reply, "From 200 euros")
    await play.shown("If it is sent again, it will be in the new words")
    anna.come_back()
    await play.quiet()
    await pressed(play, told)
    assert anna.sees() == ["From 200 euros"]


@pytest.mark.parametrize("anna", ["telegram"], indirect=True)
async def test_words_that_take_more_messages_are_to_be_sent_anew(
    play: Play, anna: Customer
) -> None:
    anna.leave()
    card = await play.card(1, "The customer ")
    reply = play.telegram.write(BORIS, TEAM, caption=WORDS, photo=PICTURE, reply_to=card.id)
    told = await notice(play)
    play.telegram.edit(BORIS, TEAM, reply, "a" * 1100)
    await play.shown("The customer never got this message. Please send a new one.")
    await never_sent(play, anna, told)


async def test_words_that_became_a_note_are_not_sent_again(play: Play, anna: Customer) -> None:
    reply, told = await left(play, anna)
    play.telegram.edit(BORIS, TEAM, reply, "// dear enough")
    await play.shown("Taken back in time, the customer will not get it.")
    await never_sent(play, anna, told)


@pytest.mark.parametrize("anna", ["telegram"], indirect=True)
async def test_what_is_in_doubt_and_became_a_note_is_not_sent_again(
    play: Play, anna: Customer
) -> None:
    play.telegram.fail("sendMessage", Fault.DROP_BEFORE, chat=ANNA)
    reply = await play.reply(BORIS, 1, WORDS)
    told = await notice(play)
    play.telegram.edit(BORIS, TEAM, reply, "// dear enough")
    await play.shown("Not sure the customer has this message. It will not be sent again")
    await never_sent(play, anna, told)


async def test_what_was_taken_back_is_not_sent_again(play: Play, anna: Customer) -> None:
    reply, told = await left(play, anna)
    play.telegram.write(BORIS, TEAM, "/del", reply_to=reply)
    await play.shown("Taken back in time")
    await never_sent(play, anna, told)


@pytest.mark.parametrize("anna", ["telegram"], indirect=True)
async def test_the_rest_of_what_was_taken_back_is_not_sent_again(
    play: Play, anna: Customer
) -> None:
    for method in ("sendMediaGroup", "sendPhoto"):
        play.telegram.fail(method, Fault.BAD_REQUEST, chat=ANNA)
    card = await play.card(1)
    items: list[dict[str, Any]] = [{"photo": PICTURE}, {"photo": OTHER_PICTURE}]
    album = play.telegram.write(BORIS, TEAM, caption=WORDS, media_group=items, reply_to=card.id)
    told = await notice(play)
    assert len(play.private(ANNA)) == 1  # one picture arrived
    play.telegram.write(BORIS, TEAM, "/del", reply_to=album)
    await play.shown("Taken back, the customer no longer sees it.")
    await never_sent(play, anna, told)


async def test_words_that_are_kept_no_more_are_not_sent_again(play: Play, anna: Customer) -> None:
    _, told = await left(play, anna)
    assert play.product is not None
    later = datetime.fromtimestamp(play.now() + DAY, UTC)
    assert await retention.purge(play.product.database, later)
    await never_sent(play, anna, told)


async def test_of_two_presses_of_one_moment_one_sends_it(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = await _revealed_by_sending(play)
    play.telegram.unblock(ANNA)
    await play.quiet()
    handle, waits = Dispatcher._handle, True

    async def both_at_once(dispatcher: Dispatcher) -> bool:
        nonlocal waits
        if waits and len(dispatcher._ready) < 2:
            return False
        waits = False
        return await handle(dispatcher)

    monkeypatch.setattr(Dispatcher, "_handle", both_at_once)
    both = [play.telegram.press(who, TEAM, told.id, label=AGAIN) for who in (BORIS, DASHA)]
    await play.until(lambda: all(map(play.telegram.answers.get, both)))
    await play.quiet()
    said = {play.telegram.answers[query].text for query in both}
    assert said == {"Sent again", "This was sent again already"}
    assert len(play.private(ANNA, WORDS)) == 1


async def _revealed_by_sending(play: Play) -> Message:
    """Boris's second reply was tried, and only that told that Anna has blocked the bot."""
    await play.start()
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.press(BORIS, 1, "Take")
    await play.reply(BORIS, 1, "Good day")
    await play.quiet()
    play.telegram.block(ANNA)
    play.telegram.world.updates._queue.clear()
    await play.reply(BORIS, 1, WORDS)
    return await notice(play)


async def test_an_album_that_turns_out_to_be_a_note_is_not_sent_again(
    play: Play, anna: Customer
) -> None:
    anna.leave()
    card = await play.card(1, "The customer ")
    for words, picture in (("", PICTURE), ("// for us", OTHER_PICTURE)):
        part: dict[str, Any] = {"photo": picture, "media_group_id": "A1", "reply_to": card.id}
        play.telegram.write(BORIS, TEAM, **part | ({"caption": words} if words else {}))
        await play.until(lambda: not play.telegram.world.updates.pending())
        await play.handled()
    told = await notice(play)
    kept = [one for one in await play.rows(messages) if one.author == "staff"]
    assert [one.direction for one in kept] == ["note", "note"]
    assert not play.team("had already gone")
    await never_sent(play, anna, told)


async def test_each_of_several_held_replies_is_offered_again(play: Play, anna: Customer) -> None:
    anna.leave()
    await play.card(1, "The customer ")
    for words in ("First", "Second"):
        await play.reply(DASHA, 1, words)
    question = (await play.until(lambda: [m for m in play.team() if "Send" in m.labels]))[-1]
    await play.quiet()
    await pressed(play, question, DASHA, label="Send")
    assert len(offers(play)) == 2


async def test_sent_again_in_vain_it_is_no_answer(play: Play, anna: Customer) -> None:
    _, told = await left(play, anna)
    await pressed(play, told)
    (lead,) = await play.rows(leads)
    assert lead.answered_at is None
