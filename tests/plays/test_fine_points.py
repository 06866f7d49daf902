"""What users notice: foreign chats, faults of others and of ours, everything twice."""

from __future__ import annotations

from typing import Any

import pytest

from bot.messages import MessageReceived, Post, Priority, plain
from handlers import router
from handlers.work import Work
from storage import outbox
from storage.schema import inbox, leads
from storage.schema import outbox as calls
from tests.cast import ANNA, BORIS, ELSEWHERE, GLEB, PABLO, TEAM, VERA
from tests.plays.play import Play
from tests.storage.making import saving


@pytest.mark.one_process("in a group so new a post that nobody recorded cannot be sought")
async def test_added_to_a_foreign_group_it_says_so_and_leaves(play: Play) -> None:
    await play.start()
    bot = play.telegram.bot_id
    play.telegram.join(ELSEWHERE, bot, by=GLEB)
    world = play.telegram.world
    await play.until(lambda: not world.chat(ELSEWHERE).member(world.bot).present)
    said = [m.text for m in play.telegram.shown(ELSEWHERE) if m.from_bot and m.text]
    assert said == [
        "I work in another team's chat, so I am leaving. "
        f"This chat's address is telegram:{ELSEWHERE}"
    ]
    await play.quiet()
    assert not await play.rows(leads)


async def test_added_to_a_foreign_channel_it_leaves(play: Play) -> None:
    play.telegram.add_channel(-1001000000003, "News", admins=[GLEB])
    await play.start()
    world = play.telegram.world
    play.telegram.join(-1001000000003, play.telegram.bot_id, by=GLEB)
    await play.until(lambda: not world.chat(-1001000000003).member(world.bot).present)


async def test_a_foreign_group_that_shut_the_bot_out_is_not_asked_again(play: Play) -> None:
    await play.start()
    play.telegram.join(ELSEWHERE, play.telegram.bot_id, by=GLEB)
    play.telegram.leave(ELSEWHERE, play.telegram.bot_id)
    await play.quiet()
    asked = [one for one in await play.rows(calls) if one.chat == str(ELSEWHERE)]
    assert [(one.state, one.reason) for one in asked] == [("failed", "gone")] * 2
    assert not [one for one in (*play.team(), *play.private(VERA)) if "⚠️" in one.text]


async def test_a_foreign_groups_words_make_no_lead(play: Play) -> None:
    await play.start()
    play.telegram.world.chat(ELSEWHERE).members[play.telegram.bot_id] = play.telegram.world.chat(
        TEAM
    ).members[play.telegram.bot_id]
    play.telegram.join(ELSEWHERE, VERA)
    for who in (GLEB, VERA):
        play.telegram.write(who, ELSEWHERE, "/leads")
    play.telegram.write(GLEB, ELSEWHERE, "I want a window")
    await play.quiet()
    assert not await play.rows(leads)
    assert not [m for m in play.telegram.shown(ELSEWHERE) if m.from_bot]


async def test_the_same_update_twice_makes_one_lead_and_one_card(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "Hello")
    raw = play.telegram.world.updates.pending()[-1]
    await play.card(1)
    play.telegram.inject(raw)
    play.telegram.inject({**raw, "update_id": raw["update_id"] + 1000})
    play.telegram.write(PABLO, PABLO, "Hello too")
    await play.card(2)
    await play.quiet()
    assert len(await play.rows(leads)) == 2
    assert len([m for m in play.team("Hello") if m.from_bot]) == 2


async def test_the_same_press_and_reply_twice_count_once(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "Hello")
    card = await play.card(1)
    play.telegram.write(BORIS, TEAM, "Good day", reply_to=card.id)
    raw = play.telegram.world.updates.pending()[-1]
    await play.heard(ANNA, "Good day")
    play.telegram.inject({**raw, "update_id": raw["update_id"] + 1000})
    await play.quiet()
    assert len(play.private(ANNA, "Good day")) == 1


async def test_a_malformed_update_among_good_ones_is_set_aside(play: Play) -> None:
    play.telegram.started(VERA)
    await play.start()
    play.telegram.write(ANNA, ANNA, "Before")
    play.telegram.inject({"message": {"message_id": "no number", "chat": 7}})
    play.telegram.inject({"something_new": {"of": "next year"}})
    play.telegram.write(PABLO, PABLO, "After")
    await play.shown("Before")
    await play.shown("After")
    await play.heard(VERA, "could not be handled and was set aside: malformed")
    await play.quiet()
    assert [row.state for row in await play.rows(inbox)].count("dead") == 1


async def test_an_unknown_vk_event_and_a_malformed_one_stop_nobody(play: Play) -> None:
    await play.start()
    await play.until(lambda: play.vk.polling)
    play.vk.inject({"type": "donut_subscription_create", "object": {}, "event_id": "a"})
    play.vk.inject({"type": "message_new", "object": {"message": 7}, "event_id": "b"})
    play.vk.write(ANNA, "Hello")
    await play.card(1, "Hello")
    await play.shown("was set aside: malformed")


async def retries_run_out(play: Play) -> None:
    """Move on to each further attempt until there is none."""
    while [row for row in await play.rows(inbox) if row.state == "new"]:
        play.move(60)


async def test_a_handler_that_fails_is_tried_again_then_set_aside_with_an_alarm(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    play.telegram.started(VERA)
    usual = router._HANDLERS[MessageReceived]
    tries = []

    async def failing(work: Work, event: Any) -> None:
        if "poison" in event.text:
            tries.append(event.text)
            raise RuntimeError("a fault of ours")
        await usual(work, event)

    monkeypatch.setitem(router._HANDLERS, MessageReceived, failing)
    await play.start()
    play.telegram.write(ANNA, ANNA, "poison")
    play.telegram.write(PABLO, PABLO, "Hello")
    await play.shown("Hello")
    await retries_run_out(play)
    assert len(tries) == 8
    await play.heard(VERA, "set aside: RuntimeError")
    play.telegram.write(ANNA, ANNA, "Anybody there?")
    await play.shown("Anybody there?")


async def test_a_handler_that_fails_once_loses_nothing(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = router._HANDLERS[MessageReceived]
    tries = []

    async def failing_once(work: Work, event: Any) -> None:
        tries.append(event.text)
        await usual(work, event)
        if len(tries) == 1:
            raise RuntimeError("after it had decided")

    monkeypatch.setitem(router._HANDLERS, MessageReceived, failing_once)
    await play.start()
    play.telegram.write(ANNA, ANNA, "One")
    play.telegram.write(ANNA, ANNA, "Two")
    await play.until(lambda: tries)
    play.move(60)
    assert (await play.shown("One")).text.startswith("🆕")
    await play.shown("Two")
    assert tries[:2] == ["One", "One"]
    assert set(tries[2:]) >= {"Two"}
    assert tries == sorted(tries), "in order; a death repeats one"
    assert len(await play.rows(leads)) == 1


async def test_a_group_that_becomes_a_supergroup_is_followed(play: Play) -> None:
    old = -4001
    play.telegram.add_group(old, "Sales", supergroup=False, admins=[VERA], members=[BORIS])
    await play.start(team={"chat": f"telegram:{old}"})
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.until(lambda: [m for m in play.telegram.shown(old) if "#1" in m.text])
    await play.quiet()
    new = play.telegram.migrate(old)
    play.telegram.write(ANNA, ANNA, "Still there?")
    await play.until(lambda: [m for m in play.telegram.shown(new) if m.labels])
    shown = (await play.until(lambda: [m for m in play.telegram.shown(new) if "Still" in m.text]))[
        0
    ]
    # In a group so new a card that nobody recorded cannot be sought, and is posted again.
    assert shown.reply_to == [m for m in play.telegram.shown(new) if m.labels][-1].id
    play.telegram.write(BORIS, new, "Yes!", reply_to=shown.id)
    await play.heard(ANNA, "Yes!")


async def test_what_was_asked_for_the_group_of_before_follows_as_well(play: Play) -> None:
    old = -4001
    play.telegram.add_group(old, "Sales", supergroup=False, admins=[VERA], members=[BORIS])
    product = await play.start(team={"chat": f"telegram:{old}"})
    new = play.telegram.migrate(old)
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.until(lambda: [m for m in play.telegram.shown(new) if m.labels])
    await play.quiet()
    for words in ("Asked meanwhile", "And once more"):
        async with saving(product.database) as session:
            await outbox.add(
                session,
                "telegram",
                Post(str(old), plain(words)),
                chat=str(old),
                key=f"telegram:{old}",
                priority=Priority.CARD,
                now=product.now(),
            )
        product.wake()
        await play.until(lambda: words in [m.text for m in play.telegram.shown(new)])  # noqa: B023


async def test_a_reply_to_a_colleagues_reply_of_the_same_moment_is_sent_as_well(
    play: Play,
) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "Do you deliver?")
    card = await play.card(1)
    await play.stop()
    first = play.telegram.write(BORIS, TEAM, "Yes, we do", reply_to=card.id)
    play.telegram.write(BORIS, TEAM, "And for free", reply_to=first)
    await play.start()
    await play.until(lambda: play.private(ANNA, "And for free"))
    assert [one.text for one in play.private(ANNA)] == ["Yes, we do", "And for free"]
