"""Dispatchers named in the settings: anybody's leads, while they are in the team's chat."""

from __future__ import annotations

from tests.cast import ANNA, BORIS, DASHA, TEAM, VERA
from tests.plays.play import Play
from tests.plays.test_commands import ask


async def taken_by_boris(play: Play, **team: object) -> int:
    """Boris has Anna's lead, Dasha dispatches; the card's message id."""
    await play.start(team={"dispatchers": [f"telegram:{DASHA}", f"vk:{DASHA}"], **team})
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.press(BORIS, 1, "Take")
    return (await play.card(1, "With Boris")).id


async def test_a_dispatcher_takes_back_and_gives_out_anybodys_lead(play: Play) -> None:
    await taken_by_boris(play)
    assert await play.press(DASHA, 1, "Return") == "#1 is back in the queue"
    await play.press(BORIS, 1, "Take")
    await play.press(DASHA, 1, "Assign")
    assert await play.press(DASHA, 1, "Vera") == "#1 is with Vera now"


async def test_a_dispatcher_closes_nobodys_lead_and_is_no_supervisor(play: Play) -> None:
    await taken_by_boris(play)
    for label in ("Convert", "Reject"):
        assert await play.press(DASHA, 1, label) == "#1 is with Boris"
    await ask(play, DASHA, "/dead", "Only supervisors")
    await ask(play, DASHA, "/t+ price From 100 euros", "Stored: /t price")


async def test_a_dispatcher_who_left_the_chat_is_a_stranger(play: Play) -> None:
    card = await taken_by_boris(play)
    play.telegram.leave(TEAM, DASHA)
    await play.quiet()
    told = await play.forge(DASHA, "1:return:1", message=card)
    assert told.text == "These buttons are for the team only"
    play.telegram.join(TEAM, DASHA)
    await play.quiet()
    assert (await play.forge(DASHA, "1:return:1", message=card)).text.endswith("in the queue")


async def test_a_dispatcher_on_vk_uses_the_teams_commands_there(play: Play) -> None:
    await taken_by_boris(play)
    await play.until(lambda: play.vk.polling)
    play.vk.write(DASHA, "/handover")
    await play.until(lambda: [m for m in play.vk.dialog(DASHA) if "Whose leads" in m.text])


async def test_a_dispatcher_who_never_acted_is_offered_as_a_colleague(play: Play) -> None:
    await taken_by_boris(play)
    await play.press(BORIS, 1, "Assign")
    assert await play.press(BORIS, 1, "Dasha") == "#1 is with Dasha now"


async def test_an_admin_and_a_supervisor_stay_what_they_are(play: Play) -> None:
    play.telegram.promote(TEAM, BORIS)
    await taken_by_boris(play, dispatchers=[f"telegram:{VERA}"])
    await play.press(BORIS, 1, "Return")
    await play.press(DASHA, 1, "Take")
    assert await play.press(BORIS, 1, "Return") == "#1 is back in the queue"
    await play.press(DASHA, 1, "Take")
    await play.press(VERA, 1, "Reject")
    assert await play.press(VERA, 1, "Duplicate") == "#1 is rejected"
