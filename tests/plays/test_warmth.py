"""How warm a lead is: said by a tap, marked on its card, and what is hot leads the lists."""

from __future__ import annotations

from bot.domain.lead import Action
from storage.schema import leads, touches
from tests.cast import ANNA, BORIS, DASHA, PABLO, TEAM, VERA
from tests.plays.play import Play

ROSA = 104


async def three_leads(play: Play) -> None:
    """Anna, Pablo and Rosa have asked, in this order; Boris has Anna's lead."""
    play.telegram.add_user(ROSA, "Rosa")
    play.telegram.started(ROSA)
    await play.start()
    for number, who in enumerate((ANNA, PABLO, ROSA), start=1):
        play.telegram.write(who, who, "How much is a window?")
        await play.card(number)
    await play.press(BORIS, 1, "Take")
    await play.card(1, "With Boris")


async def say(play: Play, who: int, number: int, label: str) -> str:
    await play.press(who, number, "More")
    return await play.press(who, number, label)


async def listed(play: Play, who: int, command: str) -> str:
    number = play.telegram.write(who, TEAM, command)
    found = await play.until(lambda: [one for one in play.team() if one.reply_to == number])
    return str(found[0].text)


async def test_a_tap_marks_the_card_and_a_tick_shows_what_was_chosen(play: Play) -> None:
    await three_leads(play)
    assert await say(play, BORIS, 1, "Hot") == "🔥 #1: hot"
    card = await play.card(1, "🔥")
    assert card.text.splitlines()[0] == "💬 #1 🔥 Anna · in progress"
    await play.press(BORIS, 1, "More")
    await play.until(lambda: "✓ Hot" in play.team("#1 ")[0].labels)
    assert await play.press(BORIS, 1, "Cold") == "❄️ #1: cold"
    await play.card(1, "❄️")
    assert await say(play, BORIS, 1, "Warm") == "🌤 #1: warm"
    await play.until(lambda: "❄️" not in play.team("#1 ")[0].text)
    assert [row.warmth for row in await play.rows(leads)] == ["warm", "", ""]


async def test_what_is_hot_leads_the_lists_and_the_rest_keeps_its_order(play: Play) -> None:
    await three_leads(play)
    await say(play, DASHA, 3, "Hot")
    await say(play, DASHA, 2, "Cold")
    await play.card(3, "🔥")
    text = await listed(play, DASHA, "/leads")
    assert text.index("#3") < text.index("#1") < text.index("#2")
    assert "#3 🔥 Rosa" in text
    assert "#2 ❄️ Pablo" in text
    await play.press(BORIS, 3, "Take")
    await play.card(3, "With Boris")
    mine = await listed(play, BORIS, "/my")
    assert mine.index("#3") < mine.index("#1")


async def test_saying_the_same_twice_is_told_once_in_the_history(play: Play) -> None:
    await three_leads(play)
    card = await play.card(1)
    for _ in range(2):
        told = await play.forge(BORIS, "1:warm:1:hot", message=card.id)
        assert told.text == "🔥 #1: hot"
    await play.quiet()
    kinds = [row.kind for row in await play.rows(touches) if row.lead == 1]
    assert kinds.count("warmth_hot") == 1
    assert "hot: Boris" in await listed(play, DASHA, "/lead 1")


async def test_only_who_may_act_on_a_lead_says_how_warm_it_is(play: Play) -> None:
    await three_leads(play)
    card = await play.card(1)
    told = await play.forge(DASHA, "1:warm:1:hot", message=card.id)
    assert (told.text, told.alert) == ("#1 is with Boris", True)
    assert (await play.forge(DASHA, "1:warm:1:boiling", message=card.id)).alert
    assert (await play.forge(VERA, "1:warm:1:hot", message=card.id)).text == "🔥 #1: hot"
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "Too expensive")
    closed = await play.card(1, "rejected")
    told = await play.forge(BORIS, "1:warm:1:cold", message=closed.id)
    assert told.alert
    assert "🔥" in (await play.card(1)).text
    assert Action.STEP.value not in str(closed.labels)


async def test_a_restart_remembers_it(play: Play) -> None:
    await three_leads(play)
    await say(play, BORIS, 1, "Hot")
    await play.card(1, "🔥")
    await play.stop()
    await play.start()
    assert "#1 🔥 Anna" in await listed(play, BORIS, "/my")
