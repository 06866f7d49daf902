"""New leads are offered in turn to who is on shift, or wait; long by its many cases."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.delivery.jobs import Job
from bot.messages import Facts, LeadWaits, Member
from bot.product import open_product
from storage.cards import claim, wanted
from storage.inbox import Arrival
from storage.schema import assignments, inbox, leads
from storage.session import Conflict, Ids, Reads, Session, flush
from tests.cast import ANNA, BORIS, DASHA, PABLO, TEAM, VERA
from tests.handlers.invariants import assert_invariants
from tests.plays.contents import OTHER_PICTURE, PICTURE
from tests.plays.play import Play
from tests.plays.test_barrier import unclaimed, wrote

MANAGERS = [f"telegram:{BORIS}", f"telegram:{DASHA}"]
MARIA, ROSA, IVAN = 103, 104, 105
MINUTES = 60.0


async def opened(play: Play, scheme: str = "round_robin", **more: Any) -> None:
    """Boris and Dasha are offered leads; Vera hears of what nobody takes."""
    play.telegram.started(VERA)
    for number, name in ((MARIA, "Maria"), (ROSA, "Rosa"), (IVAN, "Ivan")):
        play.telegram.add_user(number, name)
        play.telegram.started(number)
    team = more.pop("team", {"managers": MANAGERS})
    channels = {name: {"distribution": scheme} for name in ("telegram", "vk")}
    more["deadlines"] = {"take": "P1D"} | more.get("deadlines", {})
    await play.start(channels=channels, team=team, **more)


async def asks(play: Play, who: int, words: str = "How much is a window?") -> None:
    play.telegram.write(who, who, words)


async def said(play: Play, who: int, command: str) -> str:
    """What the bot answers to a command of theirs."""
    number = play.telegram.write(who, TEAM, command)
    found = await play.until(lambda: [one for one in play.team() if one.reply_to == number])
    return str(found[0].text)


async def timer_of_the_first_offer_ended(play: Play) -> None:
    """What was to happen when its time is over has happened."""
    first = next(row for row in await play.rows(assignments) if row.kind == "offer")
    name = f"offer:{first.id}"
    async with asyncio.timeout(play.patience):
        while ("done", name) not in {(row.state, row.event_id) for row in await play.rows(inbox)}:
            await asyncio.sleep(0.01)


async def check(play: Play) -> None:
    """No promise of the domain is broken."""
    await play.quiet()
    assert play.product is not None
    await assert_invariants(play.product.database)


async def test_offers_go_in_turn_and_the_card_calls_whoever_is_asked(play: Play) -> None:
    await opened(play)
    await asks(play, ANNA)
    card = await play.card(1, "Offered to Boris until ")
    assert "Take" in card.labels
    assert "text_mention" in {one["type"] for one in card.entities}
    await asks(play, PABLO)
    await play.card(2, "Offered to Dasha until ")
    await asks(play, MARIA)
    await play.card(3, "Offered to Boris until ")
    assert await play.press(BORIS, 1, "Take") == "#1 is yours"
    taken = await play.card(1, "With Boris")
    assert "Offered" not in taken.text


async def test_the_name_rings_with_the_first_post_and_no_second_one_is_needed(play: Play) -> None:
    await opened(play)
    await asks(play, ANNA)
    card = await play.card(1, "Offered to Boris")
    await play.quiet()
    assert len([one for one in play.team() if one.from_bot]) == 1
    posts = [one for one in play.telegram.calls if one.method == "sendMessage"]
    (first,) = [one.params["text"] for one in posts if one.chat_id == TEAM]
    assert first == card.text


async def test_who_is_asked_while_the_card_is_just_being_posted_is_asked_anew(play: Play) -> None:
    scheme = {"telegram": {"distribution": "round_robin"}}
    over = {"channels": scheme, "team": {"managers": MANAGERS}}
    async with open_product(play.settings(**over)) as product:  # opened, but nobody runs the queue
        unclaimed(product)
        await product.inbox.batches.process(
            [Job(Arrival(-1, "telegram", "", {}, None, 0, product.now()), wrote(1))]
        )
        known = Facts(colleagues={one: Member(present=True) for one in MANAGERS})
        for facts in (known, Facts()):
            session = Session(Reads(product.database), Ids(product.database))
            await product.handle(LeadWaits(1), facts, session)
            if facts is known:
                await flush(product.database, [session])
        async with product.database.write() as connection:
            now = product.now() + timedelta(seconds=3)  # the card has waited for the name
            await claim(
                connection, await wanted(connection, "telegram", busy=[], now=now, limit=1), now
            )
        with pytest.raises(Conflict):
            await flush(product.database, [session])


async def test_two_leads_at_once_go_to_two_managers(play: Play) -> None:
    await opened(play)
    await play.stop()
    for who in (ANNA, PABLO, MARIA, ROSA):
        await asks(play, who)
    await opened(play)
    for number in range(1, 5):
        await play.card(number, "Offered to")
    offers = [row.staff for row in await play.rows(assignments) if row.kind == "offer"]
    assert sorted(offers.count(one) for one in set(offers)) == [2, 2]
    await check(play)


async def test_meanwhile_others_are_told_whose_turn_it_is(play: Play) -> None:
    await opened(play)
    await asks(play, ANNA)
    await play.card(1, "Offered to Boris")
    assert (await play.press(DASHA, 1, "Take")).startswith("#1 is offered to Boris until ")
    assert (await play.press(DASHA, 1, "Reject")).startswith("#1 is offered to Boris until ")
    assert await play.press(VERA, 1, "Take") == "#1 is yours"
    await play.card(1, "With Vera")
    play.move(4 * MINUTES)
    await play.quiet()
    assert "With Vera" in (await play.card(1)).text
    await check(play)


async def test_who_answers_the_customer_has_it_whoever_was_asked(play: Play) -> None:
    await opened(play)
    await asks(play, ANNA)
    await play.card(1, "Offered to Boris")
    await play.reply(DASHA, 1, "From 90 euros")
    await play.heard(ANNA, "From 90 euros")
    await play.card(1, "With Dasha")
    await check(play)


async def test_who_answers_with_an_album_without_words_has_it_whoever_was_asked(
    play: Play,
) -> None:
    await opened(play)
    await asks(play, ANNA)
    await play.card(1, "Offered to Boris")
    group = {"media_group_id": "A1"}
    first = await play.reply(DASHA, 1, "", photo=PICTURE, **group)
    await play.reply(DASHA, 1, "", photo=OTHER_PICTURE, **group)
    await play.card(1, "With Dasha")
    await play.until(lambda: play.telegram.message(TEAM, first).reactions)
    (lead,) = await play.rows(leads)
    assert lead.answered_at is not None
    await check(play)


async def test_what_is_not_taken_in_time_goes_to_the_next_who_is_called(play: Play) -> None:
    await opened(play)
    await asks(play, ANNA)
    await play.card(1, "Offered to Boris")
    play.move(3 * MINUTES + 1)
    card = await play.card(1, "Offered to Dasha")
    called = await play.shown("Dasha, will you take this lead?")
    assert called.reply_to == card.id
    assert (await play.press(BORIS, 1, "Take")).startswith("#1 is offered to Dasha")
    assert await play.press(DASHA, 1, "Take") == "#1 is yours"
    story = await said(play, DASHA, "/lead 1")
    assert "offered to Boris" in story
    assert "Boris did not take it" in story


async def test_whoever_is_asked_may_leave_it_to_the_next_at_once(play: Play) -> None:
    await opened(play)
    await asks(play, ANNA)
    await play.card(1, "Offered to Boris")
    assert (await play.press(DASHA, 1, "Pass on")).startswith("#1 is offered to Boris")
    assert await play.press(BORIS, 1, "Pass on") == "#1 goes to the next"
    await play.card(1, "Offered to Dasha")
    await play.press(DASHA, 1, "Take")
    assert "Pass on" not in (await play.card(1, "With Dasha")).labels
    told = await play.forge(DASHA, "1:next:1")
    assert told.text == "This lead is already yours"
    await check(play)


async def test_the_next_has_all_the_time_whenever_the_one_before_left_it(play: Play) -> None:
    await opened(play)
    await asks(play, ANNA)
    await play.card(1, "Offered to Boris")
    play.move(2 * MINUTES)
    await play.press(BORIS, 1, "Pass on")
    await play.card(1, "Offered to Dasha")
    play.move(2 * MINUTES)
    await timer_of_the_first_offer_ended(play)
    await play.quiet()
    assert "Offered to Dasha" in (await play.card(1)).text
    play.move(1 * MINUTES + 1)
    await play.card(1, "Nobody took it in time")


async def test_what_nobody_takes_is_anybodys_and_the_supervisors_hear_once(play: Play) -> None:
    await opened(play, leads={"offers": 2})
    await asks(play, ANNA)
    for name in ("Boris", "Dasha"):
        await play.card(1, f"Offered to {name}")
        play.move(3 * MINUTES + 1)
    card = await play.card(1, "Nobody took it in time")
    await play.heard(VERA, "Lead #1 (Anna) was offered and nobody took it")
    play.move(10 * MINUTES)
    await play.quiet()
    assert len(play.private(VERA, "#1")) == 1
    assert "Take" in card.labels
    assert await play.press(BORIS, 1, "Take") == "#1 is yours"
    await check(play)


async def test_an_offer_outlives_a_restart(play: Play) -> None:
    await opened(play)
    await asks(play, ANNA)
    await play.card(1, "Offered to Boris")
    await play.stop()
    play.move(3 * MINUTES + 1)
    await opened(play)
    await play.card(1, "Offered to Dasha")
    await play.quiet()
    assert len([row for row in await play.rows(assignments) if row.kind == "offer"]) == 2
    await check(play)


async def test_who_goes_off_gets_no_more_and_what_they_were_offered_goes_on(play: Play) -> None:
    await opened(play)
    await asks(play, ANNA)
    await play.card(1, "Offered to Boris")
    told = await said(play, BORIS, "/off")
    assert told == "You are off shift: no new leads are offered to you.\n1 on shift now."
    await play.card(1, "Offered to Dasha")
    for number, who in ((2, PABLO), (3, MARIA)):
        await asks(play, who)
        await play.card(number, "Offered to Dasha")
    told = await said(play, BORIS, "/on")
    assert told == "You are on shift.\n2 on shift now.\nThe queue is empty."
    await asks(play, ROSA)
    await play.card(4, "Offered to Boris")


async def test_where_leads_are_claimed_a_shift_promises_nothing(play: Play) -> None:
    await opened(play, "claim")
    told = await said(play, BORIS, "/off")
    assert told.startswith("You are off shift. Leads are not offered in turn here: anybody may")
    told = await said(play, DASHA, "/off")
    assert told.endswith("\nNobody is on shift now.")
    await asks(play, ANNA)
    await play.press(BORIS, 1, "Take")
    await play.card(1, "With Boris")


async def test_nobody_there_is_said_once_and_the_queue_goes_to_who_comes(play: Play) -> None:
    await opened(play)
    await said(play, BORIS, "/off")
    told = await said(play, DASHA, "/off")
    assert "Nobody is on shift now" in told
    for number, who in ((1, ANNA), (2, PABLO), (3, MARIA)):
        await asks(play, who)
        await play.card(number, "In the queue: nobody is on shift")
    await play.heard(VERA, "Nobody is on shift: lead #1 (Anna) waits in the queue")
    assert "3 new leads wait in the queue" in await said(play, DASHA, "/on")
    await play.card(1, "Offered to Dasha")
    await play.quiet()
    assert "In the queue" in (await play.card(2)).text, "one after the other"
    await play.press(DASHA, 1, "Take")
    await play.card(2, "Offered to Dasha")
    await said(play, BORIS, "/on")
    await play.card(3, "Offered to Boris")
    await play.quiet()
    assert len(play.private(VERA)) == 1
    await check(play)


async def test_who_has_enough_is_offered_more_when_they_have_closed_something(play: Play) -> None:
    await opened(play, leads={"max_open": 1}, team={"managers": MANAGERS[:1]})
    await asks(play, ANNA)
    await play.press(BORIS, 1, "Take")
    await asks(play, PABLO)
    await play.card(2, "In the queue: everybody on shift is busy")
    await play.heard(VERA, "Everybody on shift is busy: lead #2 (Pablo)")
    assert "1 new lead waits in the queue" in await said(play, BORIS, "/on")
    await play.quiet()
    assert (await said(play, BORIS, "/lead 2")).count("everybody busy") == 1
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "No reply")
    await play.card(2, "Offered to Boris")
    await check(play)


async def test_least_loaded_is_asked_first(play: Play) -> None:
    await opened(play, "least_loaded")
    await asks(play, ANNA)
    await play.press(BORIS, 1, "Take")
    for number, who, name in ((2, PABLO, "Dasha"), (3, MARIA, "Boris"), (4, ROSA, "Dasha")):
        await asks(play, who)
        await play.card(number, f"Offered to {name}")


async def test_a_returning_customer_meets_their_manager_again(play: Play) -> None:
    await opened(play, "sticky")
    await asks(play, ANNA)
    await play.press(BORIS, 1, "Take")
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "No reply")
    await asks(play, ANNA, "And how much is a door?")
    await play.card(2, "Offered to Boris")
    await said(play, BORIS, "/off")
    await play.card(2, "Offered to Dasha")


async def test_what_is_given_back_is_offered_to_another(play: Play) -> None:
    await opened(play)
    await asks(play, ANNA)
    await play.press(BORIS, 1, "Take")
    await play.press(BORIS, 1, "Return")
    await play.card(1, "Offered to Dasha")


async def test_where_managers_are_named_nobody_else_is_asked_unless_they_say_so(
    play: Play,
) -> None:
    await opened(play, team={"managers": MANAGERS[:1]})
    await said(play, DASHA, "/my")
    for number, who in ((1, ANNA), (2, PABLO)):
        await asks(play, who)
        await play.card(number, "Offered to Boris")
    await said(play, DASHA, "/on")
    await asks(play, MARIA)
    await play.card(3, "Offered to Dasha")


async def test_the_queue_goes_to_all_who_have_time(play: Play) -> None:
    await opened(play, team={})
    for number, who in ((1, ANNA), (2, PABLO)):
        await asks(play, who)
        await play.card(number, "In the queue: nobody is on shift")
    await said(play, BORIS, "/my")
    await said(play, DASHA, "/on")
    await play.card(1, "Offered to Boris")
    await play.card(2, "Offered to Dasha")


async def test_without_named_managers_those_who_ever_acted_are_asked_but_no_supervisor(
    play: Play,
) -> None:
    await opened(play, team={})
    await said(play, VERA, "/my")
    await asks(play, ANNA)
    await play.card(1, "In the queue: nobody is on shift")
    await said(play, DASHA, "/my")
    await asks(play, PABLO)
    await play.card(2, "Offered to Dasha")
    await said(play, VERA, "/on")
    await play.card(1, "Offered to Vera")


async def test_who_left_the_chat_is_asked_no_more(play: Play) -> None:
    await opened(play)
    await asks(play, ANNA)
    await play.card(1, "Offered to Boris")
    play.telegram.leave(TEAM, BORIS)
    await play.card(1, "Offered to Dasha")
    await asks(play, PABLO)
    await play.card(2, "Offered to Dasha")
    await check(play)


async def test_whoever_claims_needs_no_offers_and_shifts_change_nothing(play: Play) -> None:
    await opened(play, "claim")
    await said(play, BORIS, "/off")
    await asks(play, ANNA)
    card = await play.card(1)
    assert "Offered" not in card.text
    assert "queue" not in card.text
    assert await play.press(BORIS, 1, "Take") == "#1 is yours"
    assert "You still have 1 open lead" in await said(play, BORIS, "/off")


@pytest.mark.parametrize(
    ("scheme", "told"),
    [
        (
            "round_robin",
            "New leads are offered in the team's messenger only: send /on from there.",
        ),
        ("claim", "You are on shift.\n1 on shift now.\nThe queue is empty."),
    ],
)
async def test_who_is_only_on_vk_is_not_on_shift_where_leads_are_offered(
    play: Play, scheme: str, told: str
) -> None:
    await opened(play, scheme, team={"supervisors": [f"vk:{VERA}"]})
    await play.until(lambda: play.vk.polling)
    play.vk.write(VERA, "/on")
    said = await play.until(lambda: [m.text for m in play.vk.dialog(VERA) if m.author < 0])
    assert said == [told]
