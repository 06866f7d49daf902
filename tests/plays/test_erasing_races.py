"""Erasing amid a long list of things: what is on its way, comes again, or is written after."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.messages import ErasureWanted, Raw, followed_to
from bot.sandbox.telegram import Fault
from storage import schema
from storage.schema import accounts, cursors, erasures, inbox, leads, messages, outbox
from tests.cast import ANNA, BORIS, PABLO, TEAM, VERA
from tests.handlers.invariants import assert_invariants
from tests.plays.play import Play

VK_WHO = 888000321
WHO, NAME, WORDS, PHONE = 777000123, "Zebulon", "aquamarine", "+34612345678"
PHOTO = b"\xff\xd8\xff" + b"x" * 2000


async def begun(play: Play, **over: Any) -> None:
    """Somebody whose name and id occur nowhere else."""
    play.telegram.add_user(WHO, NAME, username="zebulon_x", language="en")
    play.telegram.started(WHO)
    await play.start(**over)


async def merged(play: Play) -> None:
    """Zebulon on Telegram and Pablo on VK, whom Boris takes for the same."""
    await begun(play)
    await play.until(lambda: play.vk.polling)
    play.telegram.write(WHO, WHO, f"A window for {PHONE}, I am ill")
    await play.card(1)
    play.vk.write(PABLO, f"I asked before, {PHONE}")
    await play.card(2, "#1 (")
    await play.press(BORIS, 1, "Same person")
    await play.card(2, "#2 → #1")
    await play.quiet()


async def deleted(play: Play) -> None:
    """/delete, confirmed and done."""
    play.telegram.write(WHO, WHO, "/delete")
    asked = await play.heard(WHO, "Delete everything we keep")
    await play.handled()
    play.telegram.press(WHO, WHO, asked.id, label="Yes")
    await play.heard(WHO, "Confirmation number")
    await play.quiet()


async def erase(play: Play, account: int, number: int = 1) -> None:
    """What a confirmed /delete leads to, up to its transaction."""
    assert play.product is not None
    wanted = ErasureWanted(account, "customer", f"ABCD123{number}")
    await play.product.inbox.add({f"erasure:{number}": wanted})
    while len(await play.rows(erasures)) < number:
        await asyncio.sleep(0.01)


async def later(play: Play, seconds: float = 70) -> None:
    """After another look at what came meanwhile."""
    play.move(seconds)
    assert play.product is not None
    async with asyncio.timeout(30):
        while [
            row
            for row in await play.rows(inbox)
            if row.ended_at is None
            and (not row.not_before or row.not_before.timestamp() <= play.now())
        ]:
            await asyncio.sleep(0.01)
    await play.quiet()


async def left(play: Play, *needles: str) -> list[tuple[str, str]]:
    """(table, what) of everything in the database that still holds one of these."""
    return [
        (table.name, needle)
        for table in schema.metadata.sorted_tables
        for row in await play.rows(table)
        for needle in needles
        if needle in str(row)
    ]


async def followed(play: Play) -> None:
    """Let VK tell something, by which it is known that nothing is missing up to now."""
    play.vk.inject({"type": "group_join", "event_id": f"joined {play.now()}", "group_id": 7})
    while not any(
        (followed_to(row.value) or 0) > play.now() - 3600 for row in await play.rows(cursors)
    ):
        await asyncio.sleep(0.01)


async def vanished(play: Play, words: str) -> None:
    """Nobody in the team sees these words any more."""
    await play.until(lambda: not play.team(words))


class Gate:
    """Holds a call after it was made and before anybody hears that it was."""

    def __init__(self, play: Play, words: str) -> None:
        assert play.product is not None
        self.inside, self.open = asyncio.Event(), asyncio.Event()
        channel: Any = play.product.channels["telegram"]
        made = channel.send

        async def send(outgoing: Any, open_file: Any) -> Any:
            sent = await made(outgoing, open_file)
            if words in str(outgoing) and not self.open.is_set():
                self.inside.set()
                await self.open.wait()
            return sent

        channel.send = send


@pytest.mark.one_process("it holds the calls of the one that sends")
@pytest.mark.parametrize("attached", [{}, {"photo": PHOTO}])
async def test_what_was_being_shown_meanwhile_is_deleted(
    play: Play, attached: dict[str, Any]
) -> None:
    await begun(play)
    play.telegram.write(WHO, WHO, "A door")
    await play.press(BORIS, 1, "Take")
    await play.quiet()
    gate = Gate(play, "inflight")
    play.telegram.write(WHO, WHO, f"inflight {WORDS}", **attached)
    await gate.inside.wait()
    await erase(play, await play.account(WHO))
    gate.open.set()
    await later(play)
    await play.until(lambda: not play.team("inflight"))
    await play.quiet()
    assert await left(play, WORDS, NAME, str(WHO)) == []


@pytest.mark.one_process("it holds the calls of the one that sends")
async def test_a_reply_on_its_way_to_who_is_erased_harms_nobody(play: Play) -> None:
    await begun(play)
    for who in (WHO, ANNA):
        play.telegram.write(who, who, "Hi")
    await play.card(2)
    (mine,) = [row.id for row in await play.rows(accounts) if row.platform_id == str(WHO)]
    (lead,) = [row.id for row in await play.rows(leads) if row.account == mine]
    gate = Gate(play, "inflight")
    await play.reply(BORIS, lead, f"inflight {WORDS}")
    await gate.inside.wait()
    await erase(play, mine)
    gate.open.set()
    await play.reply(BORIS, 3 - lead, "an answer to Anna")
    await play.heard(ANNA, "an answer")
    await play.until(lambda: not play.team(WORDS))
    await play.quiet()
    assert await left(play, WORDS) == []


async def test_what_managers_write_after_it_is_not_kept(play: Play) -> None:
    await begun(play)
    play.telegram.write(WHO, WHO, f"I want {WORDS}")
    await play.press(BORIS, 1, "Convert")
    await play.press(BORIS, 1, "Deal")
    asked = await play.shown("Title and amount")
    card = await play.card(1)
    await deleted(play)
    for words, below in (
        (f"{NAME} {WORDS} 1200", asked.id),
        (f"{NAME}, call me", card.id),
        (f"// {NAME} is difficult", card.id),
    ):
        play.telegram.write(BORIS, TEAM, words, reply_to=below)
        await vanished(play, words)
        await play.quiet()
    assert not await play.rows(messages)
    await later(play)
    assert await left(play, NAME, WORDS) == []


async def test_two_confirmations_erase_once(play: Play) -> None:
    await begun(play)
    play.telegram.write(WHO, WHO, "A door")
    await play.card(1)
    for number in (1, 2):
        play.telegram.write(WHO, WHO, "/delete")
        await play.quiet()
        assert len(play.private(WHO, "Delete every")) == number
        play.move(61)
    for asked in play.private(WHO, "Delete every"):
        play.telegram.press(WHO, WHO, asked.id, label="Yes")
    await play.heard(WHO, "Confirmation number")
    await play.quiet()
    assert len(await play.rows(erasures)) == 1
    assert len(play.private(WHO, "Confirmation number")) == 1


async def test_the_id_of_who_was_erased_is_nowhere(play: Play) -> None:
    await begun(play)
    play.telegram.write(WHO, WHO, f"I want {WORDS}")
    await play.reply(BORIS, 1, "Yes")
    await play.heard(WHO, "Yes")
    assert play.product is not None
    odd = {"message": {"message_id": "x", "from": {"id": WHO}, "text": WORDS}, "update_id": 9}
    await play.product.inbox.accept("telegram", [Raw("9:x", odd)], "0")
    while not [row for row in await play.rows(inbox) if row.state == "dead"]:
        await asyncio.sleep(0.01)
    await deleted(play)
    play.telegram.block(WHO)
    await play.quiet()
    await later(play)
    assert await left(play, NAME, WORDS, str(WHO), "zebulon") == []
    await later(play, 25 * 3600)
    await followed(play)
    await later(play, 25 * 3600)
    assert not [row for row in await play.rows(schema.cursors) if "erased" in row.channel]


async def on_vk(play: Play) -> None:
    """Somebody on VK, whose id occurs nowhere else, is answered by Boris and an admin there."""
    play.vk.add_user(VK_WHO, NAME, "")
    await play.start()
    await play.until(lambda: play.vk.polling)
    play.vk.write(VK_WHO, f"I want {WORDS}")
    await play.reply(BORIS, 1, "It is packed")
    await play.until(lambda: [one for one in play.vk.dialog(VK_WHO) if "packed" in one.text])
    play.vk.admin_replies(VERA, VK_WHO, f"Your {WORDS} waits")
    await play.shown("waits")
    await play.quiet()


async def test_the_id_of_who_was_erased_is_nowhere_in_events_of_vk(play: Play) -> None:
    await on_vk(play)
    known = {row.event_id for row in await play.rows(inbox) if str(VK_WHO) in row.event_id}
    assert len(known) == 3, "what they wrote, and both replies"
    await erase(play, await play.account(VK_WHO, "vk"))
    assert not known & {row.event_id for row in await play.rows(inbox)}, "at once"
    await play.until(lambda: [one for one in play.vk.dialog(VK_WHO) if "ABCD1231" in one.text])
    await play.quiet()
    await later(play)
    assert await left(play, NAME, WORDS, str(VK_WHO)) == []


async def test_history_brings_an_erased_answer_to_nobody_who_came_back(play: Play) -> None:
    await on_vk(play)
    play.move(2)
    await erase(play, await play.account(VK_WHO, "vk"))
    await play.quiet()
    play.move(2)
    play.vk.write(VK_WHO, "Hello again")
    await play.card(2, "Hello again")
    await play.quiet()
    play.vk.lose_history()
    play.vk.write(PABLO, "Hello")
    await play.card(3, "Pablo")
    await play.quiet()
    came = {row.id for row in await play.rows(inbox) if str(VK_WHO) in row.event_id}
    assert sorted(row.text for row in await play.rows(messages)) == ["Hello", "Hello again"]
    await later(play)
    play.vk.lose_history()
    play.vk.write(PABLO, "Hello once more")
    await play.shown("once more")
    await play.quiet()
    assert len(await play.rows(messages)) == 3
    again = {row.id for row in await play.rows(inbox) if str(VK_WHO) in row.event_id}
    assert came == again, "what who came back says is known again"
    await later(play)
    assert await left(play, WORDS) == []


async def test_privacy_tells_an_account_of_itself_alone(play: Play) -> None:
    await merged(play)
    play.vk.write(PABLO, "/privacy")
    shown = await play.until(lambda: [m for m in play.vk.dialog(PABLO) if m.attachments])
    assert NAME not in shown[0].text
    assert "Telegram" in shown[0].text
    play.telegram.write(WHO, WHO, "/privacy")
    told = await play.heard(WHO, "1 message")
    assert "Pablo" not in told.text
    assert "VK" in told.text
    sent = play.telegram.world.files.find(told.body["document"]["file_id"])
    assert sent is not None
    file = sent.media.data.decode("utf-8-sig")
    assert "I am ill" in file
    assert "I asked before" not in file


async def test_who_erases_one_account_leaves_the_other_of_a_merge(play: Play) -> None:
    await merged(play)
    await deleted(play)
    await later(play)
    assert await left(play, NAME, str(WHO), "I am ill") == []
    assert [row.text for row in await play.rows(messages)] == [f"I asked before, {PHONE}"]
    assert play.product is not None
    await assert_invariants(play.product.database)
    play.vk.write(PABLO, "Is anybody there?")
    await play.shown("Is anybody there?")
    await play.press(VERA, 2, "More")
    await play.press(VERA, 2, "Split")
    await play.quiet()
    await assert_invariants(play.product.database)


async def test_a_merge_and_an_erasure_at_one_moment_are_both_whole(play: Play) -> None:
    await begun(play)
    await play.until(lambda: play.vk.polling)
    for turn in range(4):
        ours, theirs, phone = 90000 + turn, 91000 + turn, f"+3460000001{turn}"
        play.telegram.add_user(ours, f"Tg{turn}")
        play.telegram.started(ours)
        play.vk.add_user(theirs, f"Vk{turn}", "")
        play.telegram.write(ours, ours, f"Hi {phone}")
        card = await play.card(2 * turn + 1)
        play.vk.write(theirs, f"Hi {phone}")
        await play.card(2 * turn + 2, "Looks like")
        await play.quiet()
        (number,) = [r.id for r in await play.rows(accounts) if r.platform_id == str(theirs)]
        play.telegram.press(BORIS, TEAM, card.id, label="Same person")
        await erase(play, number, turn + 1)
        await play.quiet()
    assert play.product is not None
    await assert_invariants(play.product.database)
    gone = {row.id for row in await play.rows(accounts) if row.platform_id.startswith("erased-")}
    still = [row for row in await play.rows(leads) if row.account in gone]
    assert {row.state for row in still} <= {"rejected", "absorbed"}


async def test_a_list_in_a_private_chat_is_emptied_too(play: Play) -> None:
    play.telegram.started(VERA)
    await begun(play)
    play.telegram.write(WHO, WHO, f"I want {WORDS}")
    await play.card(1)
    play.telegram.write(VERA, VERA, "/leads")
    await play.until(lambda: play.private(VERA, NAME))
    await play.quiet()
    await deleted(play)
    await play.until(lambda: not play.private(VERA, NAME))


async def test_an_alarm_that_went_to_the_team_instead_is_emptied(play: Play) -> None:
    await begun(play)  # Vera never started
    play.telegram.write(WHO, WHO, f"I want {WORDS}")
    await play.card(1)
    for _ in range(4):
        play.move(400)
        await play.until(lambda: play.team("⏰"))
        await play.quiet()
    await deleted(play)
    await play.until(lambda: not [one for one in play.team(NAME) if one.from_bot])


async def test_a_card_no_longer_says_that_it_looks_like_who_was_erased(play: Play) -> None:
    await begun(play)
    play.telegram.write(WHO, WHO, f"I want a door, {PHONE}")
    await play.card(1)
    play.telegram.write(ANNA, ANNA, f"A window, {PHONE}")
    await play.card(2, NAME)
    await play.quiet()
    await deleted(play)
    await play.until(lambda: not [one for one in play.team(NAME) if one.from_bot])


async def test_history_brings_back_nothing_of_who_was_erased(play: Play) -> None:
    await begun(play)
    await play.until(lambda: play.vk.polling)
    play.vk.write(PABLO, f"I want {WORDS}")
    await play.card(1)
    await play.quiet()
    play.move(2)
    await erase(play, await play.account(PABLO, "vk"))
    await play.quiet()
    play.vk.lose_history()
    play.vk.write(ANNA, "Hello")
    await play.card(2, "Anna")
    await play.quiet()
    assert [row.id for row in await play.rows(leads)] == [1, 2]
    await later(play)
    assert await left(play, WORDS) == []
    play.vk.lose_history()
    play.vk.write(ANNA, "Hello once more")
    await play.shown("once more")
    await play.quiet()
    await later(play)
    assert await left(play, WORDS) == []


async def test_nor_does_it_after_days_in_which_vk_told_nothing(play: Play) -> None:
    await begun(play)
    await play.until(lambda: play.vk.polling)
    play.vk.write(PABLO, f"I want {WORDS}, {PHONE}")
    await play.card(1)
    play.vk.write(PABLO, "/delete")
    asked = await play.until(lambda: [one for one in play.vk.dialog(PABLO) if one.keyboard])
    play.move(2)
    play.vk.press(PABLO, PABLO, asked[-1].conversation_message_id, label="Да, удалить всё")
    await play.until(lambda: [m for m in play.vk.dialog(PABLO) if "Номер подтверждения" in m.text])
    await play.quiet()
    await later(play, 50 * 3600)
    play.vk.lose_history()
    play.vk.write(ANNA, "Hello")
    await play.card(2, "Anna")
    await play.quiet()
    assert [row.id for row in await play.rows(leads)] == [1, 2]
    assert len([one for one in play.vk.dialog(PABLO) if one.keyboard]) == 1
    await later(play)
    assert await left(play, WORDS, PHONE) == []
    await followed(play)
    await later(play, 25 * 3600)
    assert not [row for row in await play.rows(cursors) if "erased" in row.channel]


async def test_an_edit_of_an_erased_message_is_no_new_lead(play: Play) -> None:
    await begun(play)
    first = play.telegram.write(WHO, WHO, "I want a door")
    await play.card(1)
    await deleted(play)
    play.telegram.edit(WHO, WHO, first, f"I want a door, {WORDS}")
    await play.quiet()
    assert len(await play.rows(leads)) == 1
    await later(play)
    assert await left(play, WORDS) == []


@pytest.mark.one_process("it keeps the one that sends from seeking")
async def test_a_doubt_that_it_ends_holds_up_no_new_lead(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = await play.start(telegram={"group_per_minute": 100})  # one call at a time
    await play.until(lambda: play.vk.polling)
    sender = await play.until(lambda: product.duties.senders.get("telegram"))
    choose, seeks = sender._chosen, False

    async def chosen() -> Any:
        return [] if sender._in_doubt and not seeks else await choose()

    monkeypatch.setattr(sender, "_chosen", chosen)
    play.vk.write(PABLO, "How much is a window?")
    await play.card(1)
    await play.quiet()
    play.telegram.fail("sendMessage", Fault.DROP_AFTER, chat=TEAM)
    play.vk.write(PABLO, "And a door?")
    await play.until(lambda: str(TEAM) in sender._in_doubt)
    await erase(play, await play.account(PABLO, "vk"))
    (doubted,) = [row for row in await play.rows(outbox) if row.posted_above]
    assert doubted.state == "dropped"
    seeks = True
    play.vk.write(ANNA, "How much is a roof?")
    await play.card(2, "roof")
