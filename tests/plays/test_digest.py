"""The digest's numbers, and the leads behind them at a press."""

from __future__ import annotations

import pytest

from bot.sandbox.telegram.chats import Message
from handlers.wire import pack
from storage import reports
from tests.cast import ANNA, BORIS, GLEB, PABLO, TEAM, VERA
from tests.plays.play import Play


async def worked(play: Play, **over: object) -> None:
    """Anna was answered, Pablo on Telegram and VK was rejected."""
    play.telegram.started(VERA)
    await play.start(deadlines={"take": "PT5M", "first_reply": "PT15M"}, **over)
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.card(1)
    play.move(7 * 60)
    await play.reply(BORIS, 1, "From 100 euros")
    await play.heard(ANNA, "From 100 euros")
    play.telegram.write(PABLO, PABLO, "And a door?")
    await play.press(BORIS, 2, "Reject")
    await play.press(BORIS, 2, "Too expensive")
    await play.card(2, "rejected")
    await play.quiet()


async def digest(play: Play) -> Message:
    """Boris asks for it in the team's chat."""
    play.telegram.write(BORIS, TEAM, "/digest")
    return await play.shown("Today since")


async def opened(play: Play, who: int, message: Message, label: str, *, chat: int = TEAM) -> str:
    """Press one of its buttons; what the presser is told."""
    shown = next(one for one in message.labels if one.startswith(label))
    query = play.telegram.press(who, chat, message.id, label=shown)
    return str((await play.until(lambda: play.telegram.answers.get(query))).text)


async def listed(play: Play, title: str) -> str:
    """The list that a button opened in the team's chat."""
    found = await play.until(lambda: [m for m in play.team(title) if m.text.startswith(title)])
    return str(found[-1].text)


async def test_it_tells_counts_paces_managers_and_what_was_missed(play: Play) -> None:
    await worked(play)
    lines = (await digest(play)).text.splitlines()
    assert lines[1:3] == ["Received: 2", "   Telegram — 2"]
    assert "Missed a deadline: 1 of 2 received" in lines
    assert any(line.startswith("Time to first answer: 7 min (1 in all)") for line in lines)
    assert "Boris: took 1, converted 0, open 1" in lines
    assert len(lines) <= 18


async def test_a_button_opens_the_leads_behind_its_number(play: Play) -> None:
    await worked(play)
    told = await digest(play)
    assert [label for label in told.labels if "Received" in label] == ["Received 2"]
    await opened(play, BORIS, told, "Rejected")
    rejected = await listed(play, "Rejected: 1\n")
    assert "#2" in rejected
    assert "#1" not in rejected
    await opened(play, BORIS, told, "Unprocessed")
    assert "#1" in await listed(play, "Unprocessed now: 1\n")


async def test_what_came_later_is_not_behind_the_number_of_then(play: Play) -> None:
    await worked(play)
    told = await digest(play)
    play.move(60)
    play.vk.write(PABLO, "And a gate?")
    await play.card(3)
    await opened(play, BORIS, told, "Received")
    assert "#3" not in await listed(play, "Received: 2\n")


async def test_many_leads_are_listed_by_pages(play: Play) -> None:
    play.telegram.started(VERA)
    await play.start(deadlines={"take": "P9D"})
    for number in range(1001, 1024):
        play.telegram.add_user(number, f"Customer {number}")
        play.telegram.started(number)
        play.telegram.write(number, number, "Hello")
    await play.quiet()
    told = await digest(play)
    await opened(play, BORIS, told, "Received 23")
    first = await play.shown("Received: 23 (1–20)")
    assert first.text.count("#") == 20
    await opened(play, BORIS, first, "and 3 more")
    assert (await play.shown("Received: 23 (21–23)")).text.count("#") == 3


async def test_of_more_leads_than_a_statement_can_name_a_page_is_shown(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL takes 32,767 parameters, and lists of keys are padded to a power of two."""
    await worked(play)
    told = await digest(play)

    async def happened(*_: object) -> range:
        return range(1, 20_000)

    monkeypatch.setattr(reports, "happened", happened)
    await opened(play, BORIS, told, "Received")
    shown = await play.shown("Received: 19999")
    assert shown.text.count("#") == 2
    assert shown.labels == ["and 19979 more ›"]


async def test_a_supervisor_opens_them_in_private_and_in_their_own_chat(play: Play) -> None:
    heads = -1001000000002
    play.telegram.add_group(heads, "Heads", members=[VERA, GLEB])
    await worked(play, team={"supervisors_chat": f"telegram:{heads}"})
    play.move(24 * 3600)
    found = await play.until(
        lambda: [m for m in play.telegram.shown(heads) if "The day since" in m.text]
    )
    await opened(play, VERA, found[-1], "Received", chat=heads)
    await play.until(
        lambda: [m for m in play.telegram.shown(heads) if m.text.startswith("Received: 2\n")]
    )
    assert "for the team only" in await opened(play, GLEB, found[-1], "Received", chat=heads)


async def test_buttons_go_along_to_the_team_chat_for_who_never_started_the_bot(play: Play) -> None:
    await play.start(deadlines={"take": "P9D"})
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.card(1)
    play.move(24 * 3600)
    told = await play.shown("The day since")
    await opened(play, BORIS, told, "Received")
    assert "#1" in await listed(play, "Received: 1\n")


async def test_strangers_and_forged_buttons_get_nothing(play: Play) -> None:
    await worked(play)
    told = await digest(play)
    before = len(play.team())
    data = pack("behind", 0, "unprocessed")
    stranger = await play.forge(GLEB, data, message=told.id)
    assert "for the team only" in stranger.text
    for forged in ("", "nonsense", "received", "received:1-", "unprocessed:px", "overdue:1-2"):
        answer = await play.forge(BORIS, pack("behind", 0, forged), message=told.id)
        assert answer.text == "This button is out of date"
    await play.quiet()
    assert len(play.team()) == before
