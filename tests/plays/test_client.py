"""A client and their deals, told both ways: the lead names the client, the client every deal."""

from __future__ import annotations

from storage.schema import clients
from tests.cast import ANNA, BORIS, DASHA, PABLO, TEAM, VERA
from tests.plays.play import Play
from tests.plays.test_commands import ask
from tests.plays.test_erasing import erased


async def won(play: Play, number: int, words: str = "") -> None:
    """Boris converts a lead into a deal, in these words."""
    await play.press(BORIS, number, "Convert")
    await play.press(BORIS, number, "Deal")
    if words:
        asked = await play.shown(f"Title and amount for #{number}?")
        play.telegram.write(BORIS, TEAM, words, reply_to=asked.id)
        await play.card(number, words.split()[0])


async def windows_sold(play: Play) -> None:
    """Anna's first lead became a deal, her second one is open."""
    await play.start()
    play.telegram.write(ANNA, ANNA, "How much is a window? anna@example.org")
    await play.card(1)
    await won(play, 1, "Windows 900")
    play.telegram.write(ANNA, ANNA, "And how much is a door?")
    await play.press(BORIS, 2, "Take")


async def test_a_converted_lead_names_its_client(play: Play) -> None:
    await windows_sold(play)
    assert "client 1" in (await play.card(1)).text
    assert "· client 1" in await ask(play, DASHA, "/lead 1", "came in")
    assert "client" not in (await play.card(2, "With Boris")).text


async def test_a_client_shows_contacts_accounts_deals_and_leads(play: Play) -> None:
    await windows_sold(play)
    told = (await ask(play, DASHA, "/client 1", "Client 1")).splitlines()
    assert told[0] == "👤 Client 1 · Anna"
    assert "anna@example.org" in told
    assert "Telegram: Anna" in told
    (deal,) = [line for line in told if line.startswith("• ")]
    assert deal.startswith("• Deal · Windows · $900 · Boris · #1 · ")
    assert [line.split(" ")[1] for line in told[told.index("Leads") + 1 :]] == ["#2", "#1"]
    assert await ask(play, VERA, "/client #1", "Client 1")


async def test_in_reply_to_a_card_the_leads_client_is_shown(play: Play) -> None:
    await windows_sold(play)
    card = await play.card(2)
    asked = play.telegram.write(BORIS, TEAM, "/client", reply_to=card.id)
    await play.until(lambda: [m for m in play.team("Client 1 · Anna") if m.reply_to == asked])
    await play.quiet()
    assert not play.private(ANNA)


async def test_whoever_is_no_client_gets_a_clear_answer(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.reply(BORIS, 1, "/client")
    await play.shown("#1 has no client yet")
    await ask(play, BORIS, "/client", "Which client?")
    await ask(play, BORIS, "/client Anna", "Which client?")
    await ask(play, BORIS, "/client 7", "There is no such client")


async def test_a_reopened_lead_keeps_its_deal_in_sight(play: Play) -> None:
    await windows_sold(play)
    await play.press(BORIS, 2, "Reject")
    await play.press(BORIS, 2, "Duplicate")
    await play.press(BORIS, 1, "Reopen")
    await play.card(1, "With Boris")
    assert "lead no longer converted" in await ask(play, BORIS, "/client 1", "Windows")
    assert "converted by Boris" in await ask(play, BORIS, "/lead 1", "came in")


async def two_clients(play: Play) -> None:
    """Anna and Pablo each have a deal, and gave the same e-mail."""
    await play.start()
    for number, who in enumerate((ANNA, PABLO), 1):
        play.telegram.write(who, who, "A window, please: family@example.org")
        await play.card(number)
        await won(play, number, f"Order{number} {number}00")
    play.telegram.write(PABLO, PABLO, "And how much is a door?")
    await play.press(BORIS, 3, "Same person")
    await play.quiet()


async def test_both_numbers_of_a_merged_person_still_work(play: Play) -> None:
    await two_clients(play)
    assert len(await play.rows(clients)) == 2
    first = await ask(play, DASHA, "/client 1", "Client 1")
    second = await ask(play, DASHA, "/client 2", "Client 2")
    assert first.splitlines()[0].endswith("also 2")
    assert second.splitlines()[0].endswith("also 1")
    for told in (first, second):
        assert "Order1 · $100" in told
        assert "Order2 · $200" in told


async def test_split_again_each_keeps_their_own_deals(play: Play) -> None:
    await two_clients(play)
    await play.press(BORIS, 3, "More")
    await play.press(BORIS, 3, "Split")
    await play.quiet()
    told = await ask(play, DASHA, "/client 2", "Client 2")
    assert "Order2" in told
    assert "Order1" not in told


async def test_an_erased_client_is_a_number_without_a_name(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.card(1)
    await won(play, 1, "Windows 900")
    shown = await ask(play, DASHA, "/client 1", "Client 1 · Anna")
    await erased(play)
    await play.quiet()
    assert not play.team("Anna")
    told = await ask(play, DASHA, "/client 1", "Client 1")
    assert "Windows" in shown
    assert "Windows" not in told
    assert "the customer's data are erased" in told
