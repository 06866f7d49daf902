"""Bans: whoever is banned gets no answer and makes no lead, but is counted, and can come back."""

from __future__ import annotations

from storage.schema import leads, messages
from tests.cast import ANNA, BORIS, DASHA, PABLO, TEAM, VERA
from tests.plays.play import Play
from tests.plays.test_erasing_races import erase


async def banned(play: Play) -> None:
    """Boris bans Anna for spam on her first lead."""
    play.telegram.write(ANNA, ANNA, "Buy my followers")
    await play.press(BORIS, 1, "More")
    await play.press(BORIS, 1, "Ban")
    assert "will not answer" in await play.press(BORIS, 1, "Spam")
    await play.card(1, "Banned: Spam")


async def test_a_banned_customer_makes_no_lead_and_is_counted(play: Play) -> None:
    await play.start(channels={"telegram": {"greeting": "Welcome"}})
    await banned(play)
    assert "rejected" in (await play.card(1)).text
    play.telegram.write(ANNA, ANNA, "Cheap! Cheap!")
    play.telegram.write(ANNA, ANNA, "Last chance")
    await play.card(1, "2 messages since")
    await play.quiet()
    assert len(await play.rows(leads)) == 1
    assert not play.team("Last chance")
    assert len(play.private(ANNA)) == 1, "only the greeting before the ban"
    assert len(await play.rows(messages)) == 3


async def test_an_unbanned_customer_is_heard_again(play: Play) -> None:
    await play.start()
    await banned(play)
    await play.press(DASHA, 1, "More")
    assert await play.press(DASHA, 1, "Unban") == "Unbanned"
    play.telegram.write(ANNA, ANNA, "Sorry. How much is a window?")
    assert "repeat of #1" in (await play.card(2)).text


async def test_nobody_bans_on_a_colleagues_lead(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.press(BORIS, 1, "Take")
    assert "Boris" in (await play.forge(DASHA, "1:ban:1:spam")).text
    assert "Banned" not in (await play.card(1)).text


async def test_a_ban_by_an_old_leads_card_closes_the_open_one(play: Play) -> None:
    await play.start()
    await banned(play)
    await play.press(DASHA, 1, "More")
    await play.press(DASHA, 1, "Unban")
    play.telegram.write(ANNA, ANNA, "Cheap! Cheap!")
    await play.press(BORIS, 2, "Take")
    await play.card(2, "With Boris")
    card = await play.card(1)
    told = await play.forge(DASHA, "1:ban:1:spam", message=card.id)
    assert told.text == "The customer has another open lead"
    assert "will not answer" in (await play.forge(BORIS, "1:ban:1:spam", message=card.id)).text
    assert "rejected" in (await play.card(2, "Banned: Spam")).text
    await play.card(1, "Banned: Spam")


async def both_accounts(play: Play) -> None:
    """Anna wrote on Telegram, then on VK; Boris knows her again: she is one person on lead 1."""
    await play.start()
    await play.until(lambda: play.vk.polling)
    play.telegram.write(ANNA, ANNA, "How much? +34612345678")
    await play.card(1)
    play.vk.write(ANNA, "I asked, my phone is +34612345678")
    await play.card(2, "#1 (")
    await play.press(BORIS, 1, "Same person")
    await play.card(2, "#2 → #1")
    await play.quiet()


async def test_a_ban_holds_for_every_account_of_a_person_and_so_does_its_end(play: Play) -> None:
    await both_accounts(play)
    await play.press(BORIS, 1, "More")
    await play.press(BORIS, 1, "Ban")
    await play.press(BORIS, 1, "Spam")
    await play.card(1, "Banned")
    play.vk.write(ANNA, "Cheap! Buy!")
    await play.card(1, "1 message since")
    await play.quiet()
    assert len(await play.rows(leads)) == 2
    assert not play.team("Cheap!")
    await play.press(BORIS, 1, "More")
    await play.press(BORIS, 1, "Unban")
    await play.quiet()
    play.vk.write(ANNA, "Sorry")
    await play.card(3, "Sorry")


async def test_who_is_known_again_as_a_banned_person_is_banned_until_parted(play: Play) -> None:
    await play.start()
    await play.until(lambda: play.vk.polling)
    play.telegram.write(ANNA, ANNA, "Buy my followers, +34612345678")
    await play.press(BORIS, 1, "More")
    await play.press(BORIS, 1, "Ban")
    await play.press(BORIS, 1, "Spam")
    await play.card(1, "Banned: Spam")
    play.vk.write(PABLO, "Good day, +34612345678")
    await play.card(2, "#1 (")
    await play.press(BORIS, 2, "Same person")
    assert "Banned: Spam" in (await play.card(2, "Banned")).text
    await play.quiet()
    play.vk.write(PABLO, "And followers?")
    await play.card(2, "message")
    await play.quiet()
    assert not play.team("And followers?")
    await play.press(BORIS, 2, "More")
    await play.press(BORIS, 2, "Split")
    await play.quiet()
    play.vk.write(PABLO, "I only want a window")
    await play.shown("I only want a window")


async def test_what_a_banned_customer_wrote_is_found_with_the_lead(play: Play) -> None:
    await play.start()
    await banned(play)
    play.telegram.write(ANNA, ANNA, "Cheap! Cheap!")
    await play.card(1, "1 message since")
    play.telegram.write(BORIS, TEAM, "/lead 1")
    assert "Cheap! Cheap!" in (await play.shown("Cheap! Cheap!")).text


async def test_a_banned_customers_edits_are_not_shown(play: Play) -> None:
    await play.start()
    number = play.telegram.write(ANNA, ANNA, "Good day")
    await play.card(1)
    play.telegram.write(ANNA, ANNA, "A window")
    await play.press(BORIS, 1, "More")
    await play.press(BORIS, 1, "Ban")
    await play.press(BORIS, 1, "Spam")
    await play.card(1, "Banned")
    play.telegram.edit(ANNA, ANNA, number, "Buy my followers")
    await play.quiet()
    assert not play.team("edited a message")


async def test_a_bans_reason_is_told_in_reports_and_outlives_an_erasure(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "You are all fools")
    await play.press(BORIS, 1, "More")
    await play.press(BORIS, 1, "Ban")
    await play.press(BORIS, 1, "Abuse")
    await play.card(1, "Banned: Abuse")
    play.telegram.write(VERA, TEAM, "/report reasons today")
    assert "Abuse" in (await play.shown("Reject reasons")).text
    await erase(play, await play.account(ANNA))
    await play.quiet()
    assert [lead.reason for lead in await play.rows(leads)] == ["Abuse"]
