"""A whole working day of three managers and forty leads, compared one by one at its end."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from bot.sandbox.telegram import Message
from tests.cast import BORIS, DASHA, TEAM, VERA
from tests.plays.deeds import PIXEL
from tests.plays.play import Play
from tests.plays.working_day import NINA, VOICE, Customer, Day, welcome


@pytest.mark.parametrize(
    ("database_url", "forum"),
    [("sqlite", False), ("postgresql", True)],
    indirect=["database_url"],
    ids=["sqlite-group", "postgresql-forum"],
)
async def test_every_message_of_a_working_day_is_where_it_should_be(
    play: Play, forum: bool
) -> None:
    if forum:
        play.telegram.make_forum(TEAM)
    day = Day(play)
    await welcome(day)
    night = await _over_night(day)
    await _in_the_morning(day, night)
    await _a_next_step(day, night[0])
    noon = await _at_noon(day, night)
    await _vk_is_away(day, noon)
    await _the_product_is_restarted(day, noon)
    await _nina_leaves(day, noon)
    await _in_the_afternoon(day, night)
    assert len(day.tally["received"]) == 40
    assert await day.wrong() == []
    await _the_next_morning(day)


async def _over_night(day: Day) -> list[Customer]:
    """The product is off, and customers write; in the morning the queue stands there."""
    await day.play.stop()
    night = day.come(16)
    day.clock(9, 5, days=1)
    await day.start()
    await day.leads(*night)
    return night


async def _in_the_morning(day: Day, night: list[Customer]) -> None:
    """Leads are taken, given and returned; words, pictures and voices go both ways."""
    for who, mine in ((BORIS, night[:5]), (DASHA, night[5:10]), (NINA, night[10:14])):
        await day.take(who, *mine)
        for one in mine[:3]:
            await day.reply(who, one)
    await day.reply(BORIS, night[0], photo=PIXEL)
    await day.reply(BORIS, night[1], photo=PIXEL)
    await day.reply(BORIS, night[1], voice=VOICE)
    await day.reply(DASHA, night[5], album=[("photo", PIXEL), ("photo", PIXEL + b"2")])
    await day.canned(BORIS, night[3], "price", f"From 100 euros, {night[3].name}")
    for number, one in enumerate(night[:8]):
        day.write(one, photo=number in (2, 3))
    await day.quiet()
    for one in night[:2]:
        day.write(one, edits=True)
    sent = await day.reply(BORIS, night[4])
    await day.note(BORIS, night[4])
    await day.quiet()
    await day.correct(BORIS, sent, night[4])
    await day.press(BORIS, night[0], "More", "Hot")
    await day.shows(night[0], "🔥")
    await day.command(DASHA, night[6], "/tag urgent")
    await day.shows(night[6], "#urgent")
    await day.assign(BORIS, night[4], "Dasha")
    assert "back in the queue" in await day.press(DASHA, night[9], "Return")
    await day.shows(night[9], "new")
    await day.take(NINA, night[9])
    await day.quiet()


async def _a_next_step(day: Day, one: Customer) -> None:
    """Boris plans to call in an hour, is reminded, and has done it."""
    await day.press(BORIS, one, "Next step", "In an hour")
    await day.answer(BORIS, "What is to be done", "call about the balcony")
    await day.shows(one, "call about the balcony")
    day.clock(10, 30)
    reminder = await day.play.shown("time for the next step")
    await _pressed(day, reminder, "Done")
    await _pressed(day, reminder, "Nothing for now")
    await day.quiet()
    assert len(day.play.team("time for the next step")) == 0


async def _pressed(day: Day, message: Message, label: str) -> None:
    """Boris presses a button under a message of the bot once it is there."""
    play = day.play
    await play.until(lambda: label in " ".join(play.telegram.message(TEAM, message.id).labels))
    query = play.telegram.press(BORIS, TEAM, message.id, label=label)
    await play.until(lambda: play.telegram.answers.get(query))


async def _at_noon(day: Day, night: list[Customer]) -> list[Customer]:
    """Many more come; some leads end, each in its way, and one lives again."""
    day.clock(12, 0)
    noon = day.come(16)
    await day.leads(*noon)
    await day.take(BORIS, *noon[:6])
    await day.take(DASHA, *noon[6:8])
    await day.take(NINA, *noon[8:12])
    await day.reject(DASHA, night[5], "Too expensive")
    await day.reject(DASHA, night[6], "Too expensive")
    await day.reject(DASHA, night[7], "No reply")
    await day.reject(DASHA, night[8], "Wants a <b>door</b>", own=True)
    await day.convert(BORIS, night[0], "Deal", "Windows 1,200")
    await day.convert(BORIS, night[1], "Task", "Measure")
    await day.convert(BORIS, night[2], "Contact")
    await day.convert(VERA, night[10], "Deal")
    await day.reopen(DASHA, night[7], "Dasha")
    day.play.telegram.write(NINA, TEAM, "/off")
    await day.play.shown("You are off shift")
    await day.quiet()
    return noon


async def _vk_is_away(day: Day, noon: list[Customer]) -> None:
    """What is written to and fro meanwhile arrives afterwards, once and in order."""
    on_vk = [one for one in noon[:6] if one.channel == "vk"]
    day.play.vk.outage(True)
    for one in on_vk:
        day.write(one)
        await day.reply(BORIS, one)
        await day.reply(BORIS, one)
    for one in noon[:6]:
        if one.channel == "telegram":
            await day.reply(BORIS, one)
            day.write(one)
    day.clock(12, 20)
    day.play.vk.outage(False)
    await day.quiet()


async def _the_product_is_restarted(day: Day, noon: list[Customer]) -> None:
    """What people do meanwhile is done afterwards."""
    play = day.play
    cards = [await day.card(one) for one in noon[12:14]]
    await play.stop()
    for one, card in zip(noon[12:14], cards, strict=True):
        play.telegram.press(DASHA, TEAM, card.id, label="Take")
        day.tally["taken"].add(one.lead)
        day.write(one)
    await day.reply(DASHA, noon[14])  # which takes it
    day.tally["taken"].add(noon[14].lead)
    day.write(noon[0], photo=True)
    day.write(noon[1])
    day.clock(12, 50)
    await day.start()
    await day.quiet()
    for one in noon[12:15]:
        await day.shows(one, "With Dasha")


async def _nina_leaves(day: Day, noon: list[Customer]) -> None:
    """Her leads are back in the queue, and others take some of them."""
    day.clock(14, 0)
    day.play.telegram.leave(TEAM, NINA)
    await day.play.shown("Nina left the chat")
    for one in noon[8:12]:
        await day.shows(one, "new")
    await day.take(BORIS, *noon[8:10])
    await day.reply(BORIS, noon[8])
    await day.quiet()


async def _in_the_afternoon(day: Day, night: list[Customer]) -> None:
    """Who was done with comes again with another wish, others only say thanks."""
    day.clock(16, 30)
    again = [night[number] for number in (0, 1, 5, 6)]
    for one in again:
        day.write(one)
    before = [one.lead for one in again]
    await day.leads(*again)
    for one, earlier in zip(again, before, strict=True):
        await day.shows(one, f"repeat of #{earlier}")
    day.thank(night[2])
    await day.leads(*day.come(4))
    await day.take(DASHA, *again[:2])
    await day.reply(DASHA, again[0])
    await day.reject(DASHA, again[1], "No reply")
    await day.quiet()
    assert len(day.play.team("Thank you!")) == 1


async def _the_next_morning(day: Day) -> None:
    """The digest tells what the script counted."""
    day.clock(9, 1, days=1)
    told = (await day.play.heard(VERA, f"Received: {len(day.tally['received'])}")).text
    for kind, leads in day.tally.items():
        assert f"{kind.capitalize()}: {len(leads)}" in told, told
    for reason, count in Counter(day.reasons.values()).most_common(2):
        assert re.search(rf"{reason} — {count}\b", told), told
