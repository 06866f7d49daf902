"""What fails for good alarms the supervisor once, and waits for what they decide."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.messages import MessageReceived
from bot.sandbox.telegram import Fault
from handlers import router
from handlers import topics as faces
from handlers.work import Work
from storage.schema import inbox
from tests.cast import ANNA, BORIS, PABLO, TEAM, VERA
from tests.plays.play import Play


@pytest.fixture
async def broken(play: Play, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Words whose messages our handler fails upon, until they are taken out."""
    play.telegram.started(VERA)
    usual, poison = router._HANDLERS[MessageReceived], {"poison"}

    async def failing(work: Work, event: Any) -> None:
        if any(word in event.text for word in poison):
            raise RuntimeError(f"a fault of ours: {event.text}")
        await usual(work, event)

    monkeypatch.setitem(router._HANDLERS, MessageReceived, failing)
    monkeypatch.setattr("bot.delivery.setbacks.ATTEMPTS", 1)
    return poison


async def ask(play: Play, who: int, command: str, words: str) -> str:
    """A command in private; the answer."""
    known = len(play.private(who, words))
    play.telegram.write(who, who, command)
    await play.until(lambda: len(play.private(who, words)) > known)
    return play.private(who, words)[-1].text


async def test_what_was_set_aside_is_retried_once_its_cause_is_mended(
    play: Play, broken: set[str]
) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "poison, call me on +7 900 000-00-00")
    alarm = await play.heard(VERA, "could not be handled and was set aside: RuntimeError")
    assert "/dead shows it" in alarm.text
    listed = await ask(play, VERA, "/dead", "1 set aside")
    number = alarm.text.split()[2]
    assert f"{number} · telegram · " in listed
    assert "1 try · RuntimeError" in listed
    for secret in ("poison", "900"):
        assert secret not in alarm.text + listed
    broken.clear()
    await ask(play, VERA, f"/dead retry {number}", "1 is tried again")
    await play.card(1, "poison")
    await ask(play, VERA, "/dead", "Nothing is set aside")


async def test_what_fails_again_after_a_retry_is_told_again(play: Play, broken: set[str]) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "poison")
    await play.heard(VERA, "set aside: RuntimeError")
    await ask(play, VERA, "/dead retry all", "1 is tried again")
    play.move(60)
    await play.until(lambda: len(play.private(VERA, "set aside: RuntimeError")) == 2)


async def test_a_dropped_event_leaves_no_words_behind(play: Play, broken: set[str]) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "poison")
    await play.heard(VERA, "set aside")
    await ask(play, VERA, "/dead drop all", "1 was dropped")
    await ask(play, VERA, "/dead", "Nothing is set aside")
    (row,) = [row for row in await play.rows(inbox) if row.state == "dropped"]
    assert (row.body, row.reason.split()[0]) == ({}, "RuntimeError")


async def test_a_storm_of_failures_is_two_notices(play: Play, broken: set[str]) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "poison 0")
    await play.heard(VERA, "set aside")
    for number in range(1, 31):
        play.telegram.write(PABLO, PABLO, f"poison {number}")

    async def failed() -> int:
        return [row.state for row in await play.rows(inbox)].count("dead")

    while await failed() < 31:
        await asyncio.sleep(0)
    play.move(61)
    told = await play.heard(VERA, "30 were set aside:")
    assert "30 × RuntimeError" in told.text
    await play.quiet()
    assert len(play.private(VERA, "set aside")) == 2


async def test_unknown_numbers_and_wrong_words_change_nothing(play: Play, broken: set[str]) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "poison")
    await play.heard(VERA, "set aside")
    assert "call:9, nonsense" in await ask(
        play, VERA, "/dead drop call:9 nonsense", "Not set aside"
    )
    await ask(play, VERA, "/dead drop", "/dead retry 12")
    await ask(play, VERA, "/dead bury 1", "/dead retry 12")
    await ask(play, VERA, "/dead", "1 set aside")


async def test_managers_and_customers_learn_nothing_of_it(play: Play, broken: set[str]) -> None:
    await play.start()
    asked_at = play.telegram.write(BORIS, TEAM, "/dead")
    await play.shown("Only supervisors decide")
    play.telegram.write(ANNA, ANNA, "/dead")
    await play.card(1, "/dead")
    assert play.team("Only supervisors")[0].reply_to == asked_at


async def test_a_card_that_we_cannot_draw_is_heard_of_once_and_shown_when_mended(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    play.telegram.started(VERA)
    with monkeypatch.context() as patched:

        async def failing(*_: Any) -> Any:
            raise KeyError("a fault of ours")

        patched.setattr(faces, "render", failing)
        await play.start()
        play.telegram.write(ANNA, ANNA, "Hello")
        alarm = await play.heard(VERA, "A card could not be shown and was set aside (card:1)")
    assert "KeyError at " in alarm.text
    await ask(play, VERA, "/dead retry card:1", "1 is tried again")
    await play.card(1, "Hello")
    await play.quiet()
    assert len(play.private(VERA, "set aside (")) == 1


async def test_a_dropped_card_is_shown_at_its_next_change(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    play.telegram.started(VERA)
    with monkeypatch.context() as patched:

        async def failing(*_: Any) -> Any:
            raise KeyError("a fault of ours")

        patched.setattr(faces, "render", failing)
        await play.start()
        play.telegram.write(ANNA, ANNA, "Hello")
        await play.heard(VERA, "set aside (card:1)")
        await ask(play, VERA, "/dead drop card:1", "1 was dropped")
        await play.quiet()
    assert play.team("#1") == []
    play.telegram.write(ANNA, ANNA, "/stop")
    play.telegram.block(ANNA)
    await play.card(1)


@pytest.mark.one_process("it breaks the calls of the one that sends")
@pytest.mark.parametrize("here", [True, False], ids=["under the card", "by /dead"])
async def test_a_reply_that_we_fail_to_send_is_sent_again_once_by_manager_or_supervisor(
    play: Play, monkeypatch: pytest.MonkeyPatch, here: bool
) -> None:
    play.telegram.started(VERA)
    product = await play.start()
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.press(BORIS, 1, "Take")
    await play.quiet()
    channel = product.channels["telegram"]
    usual = channel.send

    async def failing(outgoing: Any, open_file: Any) -> Any:
        if outgoing.chat == str(ANNA):
            raise ZeroDivisionError("a fault of ours")
        return await usual(outgoing, open_file)

    with monkeypatch.context() as patched:
        patched.setattr(channel, "send", failing)
        await play.reply(BORIS, 1, "Good day, Anna")
        alarm = await play.heard(VERA, "A message could not be sent and was set aside (call:")
        await play.shown("⚠️")
    assert "ZeroDivisionError" in alarm.text
    assert "Anna" not in alarm.text
    told = await play.shown("Not delivered")
    data = told.buttons[0]["callback_data"]
    if here:
        play.telegram.press(BORIS, TEAM, told.id, label="Send again")
    else:
        await ask(play, VERA, "/dead retry all", "1 is tried again")
    await play.heard(ANNA, "Good day, Anna")
    await play.quiet()
    again = await play.forge(BORIS, data, message=told.id)
    assert again.text == "This was sent again already"
    await ask(play, VERA, "/dead", "Nothing is set aside")
    await play.quiet()
    assert [one.text for one in play.private(ANNA)] == ["Good day, Anna"]


async def test_a_post_that_the_team_chat_refuses_is_heard_of(play: Play) -> None:
    play.telegram.started(VERA)
    await play.start()
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.card(1)
    await play.quiet()
    play.telegram.fail("sendMessage", Fault.BAD_REQUEST, chat=TEAM)
    play.telegram.write(ANNA, ANNA, "Are you there?")
    await play.heard(VERA, "set aside (call:")
    assert "refused" in await ask(play, VERA, "/dead", "1 set aside")
    await ask(play, VERA, "/dead retry all", "1 is tried again")
    await play.shown("Are you there?")


async def test_an_alarm_that_fails_raises_no_other(play: Play, broken: set[str]) -> None:
    await play.start()
    play.telegram.fail("sendMessage", Fault.BAD_REQUEST, chat=VERA, times=20)
    play.telegram.write(ANNA, ANNA, "poison")
    await play.until(lambda: any(one.fault for one in play.telegram.calls))
    for _ in range(3):
        play.move(120)
        await play.quiet()
    assert sum(bool(one.fault) for one in play.telegram.calls) == 1
