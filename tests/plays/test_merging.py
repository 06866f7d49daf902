"""One person on two messengers, long as one story: proposed, merged, undone, merged again."""

from __future__ import annotations

import pytest

from bot.sandbox.telegram.chats import Message
from storage import reports
from storage.clients import Known, remember
from storage.reports import Happened
from storage.schema import clients, deals, leads, merges, persons, strangers
from storage.session import Ids, Reads, Session
from tests.cast import ANNA, BORIS, DASHA, PABLO, TEAM
from tests.handlers.invariants import assert_invariants
from tests.plays.play import Play

PHONE = "+34 600 111 222"
SAME, OTHER = "Same person", "Not the same"


async def two_leads(play: Play, **over: object) -> None:
    """Anna asks on Telegram, Boris takes it; then somebody gives the same phone on VK."""
    await play.start(**over)
    await play.until(lambda: play.vk.polling)
    play.telegram.write(ANNA, ANNA, f"How much is a window? {PHONE}")
    await play.press(BORIS, 1, "Take")
    await play.card(1, "With Boris")
    play.vk.write(PABLO, f"I asked about a window, my phone is {PHONE.replace(' ', '')}")
    await play.card(2, "#1 (Telegram, Anna): same phone")


async def whole(play: Play, *, received: int, unprocessed: int) -> None:
    """No promise is broken, and the digest counts right."""
    assert play.product is not None
    database = play.product.database
    await play.quiet()
    await assert_invariants(database)
    session, now = Session(Reads(database), Ids(database)), play.product.now()
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    came = await reports.count(session, Happened.RECEIVED, today, now)
    assert (came, len(await reports.open_at(session, now))) == (received, unprocessed)


async def states(play: Play) -> dict[int, str]:
    """How each lead stands."""
    return {row.id: row.state for row in await play.rows(leads)}


async def told_on_vk(play: Play, words: str) -> None:
    """The customer reads it on VK."""
    await play.until(lambda: [one for one in play.vk.dialog(PABLO) if words in one.text])


async def story(play: Play, number: int) -> str:
    """What /lead tells."""
    seen = len(play.team(f"#{number} "))
    play.telegram.write(DASHA, TEAM, f"/lead {number}")
    found: list[Message] = await play.until(
        lambda: (
            [m for m in play.team("came in") if m.from_bot and f"#{number} " in m.text]
            if len(play.team(f"#{number} ")) > seen
            else []
        )
    )
    return found[-1].text


@pytest.fixture
async def met(play: Play) -> Play:
    """A play in which both have written."""
    await two_leads(play)
    return play


async def test_proposed_merged_undone_and_merged_again(met: Play) -> None:
    play = met
    assert "#2 (VK, Pablo): same phone" in (await play.card(1, "Looks like")).text
    assert {SAME, OTHER} <= set((await play.card(1)).labels)
    await whole(play, received=2, unprocessed=2)

    assert await play.press(DASHA, 1, SAME) == "They are one person now"
    await play.card(2, "#2 → #1")
    card = await play.card(1, "Replies go to Pablo (VK)")
    assert "+34 600 11 12 22" in card.text
    assert SAME not in card.labels
    joined = await play.shown("#2 (VK, Pablo) goes on here")
    assert "Boris" in joined.text, "who has the lead hears of it"
    assert await states(play) == {1: "taken", 2: "absorbed"}
    await whole(play, received=2, unprocessed=1)
    told = await story(play, 1)
    assert "How much is a window?" in told
    assert "I asked about a window" in told
    assert "merged into #1 by Dasha" in told

    assert await undone(play, 1) == "Two people again"
    await play.card(2, "Looks like")
    assert await states(play) == {1: "taken", 2: "new"}
    assert len({row.person for row in await play.rows(leads)}) == 2
    await whole(play, received=2, unprocessed=2)
    assert "I asked about a window" not in await story(play, 1)
    assert "split from #1 by Boris" in await story(play, 2)

    assert await play.press(BORIS, 2, SAME) == "They are one person now"
    await play.card(2, "#2 → #1")
    assert await states(play) == {1: "taken", 2: "absorbed"}
    assert [row.undone_at is None for row in await play.rows(merges)] == [False, True]
    await whole(play, received=2, unprocessed=1)


async def undone(play: Play, number: int) -> str:
    """Boris splits them again by the card's menu."""
    await play.press(BORIS, number, "More")
    return await play.press(BORIS, number, "Split")


async def test_after_a_merge_the_conversation_goes_on_where_the_customer_writes(
    met: Play,
) -> None:
    play = met
    await play.press(BORIS, 1, SAME)
    old = await play.card(2, "#2 → #1")
    card = await play.card(1, "Replies go to Pablo (VK)")
    play.vk.write(PABLO, "And when?")
    shown = await play.shown("And when?")
    assert shown.text == "Pablo (VK):\nAnd when?\n→ Boris"
    assert shown.reply_to == card.id
    await play.reply(BORIS, 1, "Tomorrow")
    await told_on_vk(play, "Tomorrow")
    play.telegram.write(BORIS, TEAM, "At noon", reply_to=old.id)
    await told_on_vk(play, "At noon")
    assert (await play.forge(DASHA, "1:take:2")).text == "#2 is part of #1 now"
    play.telegram.write(ANNA, ANNA, "Here I am again")
    await play.shown("Here I am again")
    await play.quiet()
    assert "Replies go" not in (await play.card(1)).text
    await play.reply(BORIS, 1, "Welcome")
    await play.heard(ANNA, "Welcome")
    assert "At noon" in await story(play, 1)
    await whole(play, received=2, unprocessed=1)


async def test_the_card_names_who_gets_the_replies_on_the_same_messenger_too(play: Play) -> None:
    """Whoever writes somebody else's phone may be taken for them: managers see who reads them."""
    await play.start()
    play.telegram.write(ANNA, ANNA, f"How much is a window? {PHONE}")
    await play.card(1, "Anna")
    play.telegram.write(PABLO, PABLO, f"It is me, {PHONE}")
    await play.card(2, "Looks like")
    await play.press(BORIS, 1, SAME)
    card = await play.card(1, "Replies go to Pablo (Telegram)")
    assert card.text.startswith("🆕 #1 Anna")


async def test_words_said_while_they_were_one_are_answered_to_whoever_said_them(
    met: Play,
) -> None:
    play = met
    await play.press(BORIS, 1, SAME)
    await play.card(1, "Replies go to Pablo (VK)")
    play.vk.write(PABLO, "And when?")
    shown = await play.shown("And when?")
    await undone(play, 1)
    await play.card(2, "new")
    play.telegram.write(DASHA, TEAM, "Next week", reply_to=shown.id)
    await told_on_vk(play, "Next week")
    await play.card(2, "With Dasha")
    await play.quiet()
    assert not play.private(ANNA, "Next week")


async def test_undone_after_the_lead_was_closed_leaves_a_repeat_of_it(met: Play) -> None:
    play = met
    await play.press(BORIS, 1, SAME)
    await play.card(2, "#2 → #1")
    await play.press(BORIS, 1, "Convert")
    await play.press(BORIS, 1, "Deal")
    await play.card(1, "Deal")
    assert await undone(play, 1) == "Two people again"
    card = await play.card(2, "repeat of #1")
    assert "new" in card.text
    first, _ = await play.rows(leads)
    assert [row.person for row in await play.rows(clients)] == [first.person]
    assert len(await play.rows(deals)) == 1
    await whole(play, received=2, unprocessed=1)


async def test_a_repeat_by_another_messenger_shows_the_deal_made_on_the_first(
    met: Play,
) -> None:
    play = met
    await play.press(BORIS, 1, SAME)
    await play.card(2, "#2 → #1")
    await play.press(BORIS, 1, "Convert")
    await play.press(BORIS, 1, "Deal")
    asked = await play.shown("Title and amount for #1?")
    play.telegram.write(BORIS, TEAM, "Windows 1,200", reply_to=asked.id)
    await play.card(1, "Windows")
    play.vk.write(PABLO, "And now a door")
    card = await play.card(3, "repeat of #1")
    assert "Earlier: #1 Deal · Windows · $1,200 · #2 merged" in card.text
    assert "Deal · Windows · $1,200" in await story(play, 3)
    await whole(play, received=3, unprocessed=1)
    assert await undone(play, 3) == "Two people again"
    await play.card(2, "#2 → #3")  # their own open lead stands for it now
    await whole(play, received=3, unprocessed=1)


async def test_a_lead_returns_to_its_manager_and_to_the_queue_once_they_left(met: Play) -> None:
    play = met
    await play.press(DASHA, 2, "Take")
    await play.card(2, "With Dasha")
    await play.press(BORIS, 1, SAME)
    joined = await play.shown("goes on here")
    assert joined.text.endswith("→ Dasha"), "whose lead went up in Boris's hears of it"
    await undone(play, 1)
    await play.card(2, "With Dasha")
    await play.press(BORIS, 1, SAME)
    await play.card(2, "#2 → #1")
    play.telegram.leave(TEAM, DASHA)
    await play.quiet()
    await undone(play, 1)
    assert "Take" in (await play.card(2, "new")).labels
    await whole(play, received=2, unprocessed=2)


async def test_who_was_said_to_be_another_is_not_proposed_again(met: Play) -> None:
    play = met
    assert "not suggesting" in await play.press(DASHA, 2, OTHER)
    for number in (1, 2):
        await play.until(lambda n=number: play._with_button(n, "More"))  # type: ignore[misc]
    await play.quiet()
    play.vk.write(PABLO, f"Once more: {PHONE}, and pablo@example.org")
    await play.card(2, "pablo@example.org")
    play.telegram.write(ANNA, ANNA, "Write to Pablo@example.org")
    await play.card(1, "pablo@example.org")
    await play.quiet()
    for number in (1, 2):
        assert "Looks like" not in (await play.card(number)).text
    both = sorted(row.person for row in await play.rows(leads))
    assert [[row.one, row.other] for row in await play.rows(strangers)] == [both]


async def test_of_several_the_newest_is_proposed_first(met: Play) -> None:
    play = met
    play.vk.write(BORIS, f"We share this phone: {PHONE}")
    await play.card(3, "#2 (VK, Pablo)")
    await play.card(1, "#3 (VK, Boris)")
    await play.press(DASHA, 1, OTHER)
    await play.card(1, "#2 (VK, Pablo)")


async def test_a_card_names_whoever_it_looks_like_by_what_became_of_them(met: Play) -> None:
    play = met
    play.vk.write(BORIS, f"We share this phone: {PHONE}")
    await play.card(1, "#3 (VK, Boris)")
    await play.press(DASHA, 3, SAME)
    await play.card(1, "#2 (VK, Pablo)")
    await undone(play, 3)
    await play.card(1, "#3 (VK, Boris)")
    await close(play, 3)
    play.vk.write(BORIS, "One more thing: do you paint walls?")
    await play.card(1, "#4 (VK, Boris)")
    await close(play, 4)
    await play.press(DASHA, 3, "Reopen")
    await play.card(1, "#3 (VK, Boris)")
    await close(play, 3)
    await play.card(1, "#4 (VK, Boris)")
    await play.press(DASHA, 2, OTHER)
    await play.card(2, "#1 (Telegram, Anna)")
    play.telegram.add_user(ANNA, "Anya")
    play.telegram.write(ANNA, ANNA, "It is me")
    await play.card(2, "#1 (Telegram, Anya)")


async def close(play: Play, number: int) -> None:
    """A lead comes to its end."""
    await play.press(DASHA, number, "Reject")
    await play.press(DASHA, number, "Too expensive")


async def test_a_merge_of_a_merge_is_undone_newest_first(met: Play) -> None:
    play = met
    play.vk.write(BORIS, f"We share this phone: {PHONE}")
    await play.card(3, "#2 (VK, Pablo)")
    await play.press(DASHA, 3, SAME)
    await play.card(3, "#3 → #2")
    await play.card(2, "#1 (Telegram, Anna)")
    await play.press(BORIS, 2, SAME)
    await play.card(2, "#2 → #1")
    assert await states(play) == {1: "taken", 2: "absorbed", 3: "absorbed"}
    (one,) = {row.person for row in await play.rows(leads)}
    assert {row.root for row in await play.rows(persons)} == {None, one}
    await whole(play, received=3, unprocessed=1)
    first, _ = await play.rows(merges)
    old = await play.forge(DASHA, f"1:split:3:{first.id}")
    assert old.text == "This button is out of date", "what was built on it comes first"
    await undone(play, 1)
    await play.card(2, "new")
    assert await states(play) == {1: "taken", 2: "new", 3: "absorbed"}
    await whole(play, received=3, unprocessed=2)
    await undone(play, 3)
    await play.card(3, "new")
    assert await states(play) == {1: "taken", 2: "new", 3: "new"}
    assert {row.root for row in await play.rows(persons)} == {None}
    await whole(play, received=3, unprocessed=3)


async def test_a_name_on_telegram_told_on_vk_is_recognised(play: Play) -> None:
    play.telegram.add_user(555, "Anna", username="Anna_K")
    play.telegram.started(555)
    await play.start()
    await play.until(lambda: play.vk.polling)
    play.vk.write(PABLO, "Write to me on Telegram: @anna_k")
    await play.card(1)
    play.telegram.write(555, 555, "Hello")
    await play.card(2, "#1 (VK, Pablo): same Telegram username")
    await play.card(1, "#2 (Telegram, Anna): same Telegram username")


async def test_a_client_of_an_imported_list_is_recognised(play: Play) -> None:
    product = await play.start()
    listed = [
        Known("Anna Petrova", phones=("+34600111222",)),
        Known("Pablo", telegram="@pablo_k"),
    ]
    await remember(product.database, listed, product.now(), lambda _: None)
    play.telegram.write(ANNA, ANNA, f"A door, please. {PHONE}")
    await play.card(1, "somebody we already know (Client list, Anna Petrova): same phone")
    assert await play.press(BORIS, 1, SAME) == "They are one person now"
    await play.until(lambda: not [one for one in play.team("#1 ") if SAME in one.labels])
    await play.reply(BORIS, 1, "Welcome back")
    await play.heard(ANNA, "Welcome back")
    play.telegram.write(BORIS, TEAM, "/new Vera, write to @pablo_k, +34 600 111 222")
    await play.card(2, "#1 (Telegram, Anna): same phone")
    await play.card(1, "#2 (By hand, Vera): same phone")
    await play.quiet()
    await assert_invariants(product.database)


async def test_somebody_elses_contact_is_not_theirs(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, contact={"phone_number": "34600111222", "first_name": "Gleb"})
    card = await play.card(1, "Gleb")
    assert card.text.splitlines()[2].startswith("[Contact]")
    play.telegram.write(PABLO, PABLO, contact="+34600111222")
    await play.card(2, "+34 600 11 12 22")
    await play.quiet()
    assert "Looks like" not in (await play.card(2)).text


async def test_an_edit_tells_a_contact_too(play: Play) -> None:
    await play.start()
    message = play.telegram.write(ANNA, ANNA, "My phone is 600")
    await play.card(1)
    play.telegram.edit(ANNA, ANNA, message, f"My phone is {PHONE}")
    await play.card(1, "+34 600 11 12 22")


async def test_a_repeat_lead_shows_how_the_earlier_ones_ended(play: Play) -> None:
    await play.start()
    for number, reason in enumerate(("Spam", "Too expensive", "Duplicate", "No reply"), 1):
        play.telegram.write(ANNA, ANNA, f"Question {number}")
        await play.press(BORIS, number, "Reject")
        await play.press(BORIS, number, reason)
        await play.card(number, "rejected")
    play.telegram.write(ANNA, ANNA, "The last one")
    card = await play.card(5, "repeat of #4")
    assert "Earlier: #4 No reply · #3 Duplicate · #2 Too expensive" in card.text
    assert "#1" not in card.text
