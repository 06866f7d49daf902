"""Both messengers post their events, a long list: nothing is asked for, lost or doubled."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot.channels.telegram.webhook import LOOK
from bot.product import answering, open_product
from bot.watch import SILENT
from storage.migrate import upgrade_at
from storage.schema import cursors, inbox, incidents, leads, messages
from tests.cast import ANNA, BORIS, DASHA, PABLO, TEAM, VERA
from tests.leaping import leaping
from tests.plays.play import Play, a_play
from tests.plays.posting import HEADER, SECRET, TELEGRAM, VK, Posting
from tests.postgres import Server

ASKING = {"getUpdates", "groups.getLongPollServer"}


@pytest.fixture
def posting(play: Play) -> Posting:
    """The usual play, in which the messengers post."""
    return Posting(play)


def called(play: Play, method: str) -> list[dict[str, Any]]:
    """The parameters of each call of a method of Telegram's."""
    return [one.params for one in play.telegram.calls if one.method == method]


def asked(play: Play) -> set[str]:
    """The methods by which events were asked for."""
    methods = {one.method for one in play.telegram.calls} | {one.method for one in play.vk.calls}
    return ASKING & methods


def shown(play: Play, *all_of: str) -> bool:
    """Whether the team's chat shows all of these words."""
    return all(play.team(one) for one in all_of)


async def words(play: Play) -> list[str]:
    """What customers wrote, as the history has it."""
    return [one.text for one in await play.rows(messages) if one.direction == "in"]


# --- the straight path ---


async def test_a_customer_of_telegram_gets_an_answer_through_the_card(posting: Posting) -> None:
    play = posting.play
    await posting.start()
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    card = await play.card(1, "How much is a window?")
    assert await play.press(BORIS, 1, "Take") == "#1 is yours"
    play.telegram.write(BORIS, TEAM, "From 100 euros", reply_to=card.id)
    await play.heard(ANNA, "From 100 euros")
    play.telegram.write(ANNA, ANNA, "I take two")
    added = (await play.until(lambda: play.team("I take two")))[0]
    assert added.reply_to == card.id
    assert not asked(play)


async def test_a_customer_of_vk_gets_an_answer_through_the_card(posting: Posting) -> None:
    play = posting.play
    await posting.start()
    play.vk.write(ANNA, "Do you deliver?")
    card = await play.card(1, "Do you deliver?")
    play.telegram.write(DASHA, TEAM, "Yes, to your door", reply_to=card.id)
    await play.until(lambda: [m for m in play.vk.dialog(ANNA) if m.text == "Yes, to your door"])
    play.vk.write(ANNA, "Great!")
    added = (await play.until(lambda: play.team("Great!")))[0]
    assert added.reply_to == card.id
    assert not asked(play)


async def test_telegram_is_told_where_to_post_and_is_left_so_at_the_end(posting: Posting) -> None:
    play = posting.play
    await posting.start()
    await play.stop()
    [told] = called(play, "setWebhook")
    assert told == {
        "url": f"{posting.url}{TELEGRAM}",
        "secret_token": SECRET,
        "allowed_updates": [
            "message", "edited_message", "callback_query", "my_chat_member", "chat_member"
        ],
        "max_connections": 1,
        "drop_pending_updates": False,
    }  # fmt: skip
    assert play.telegram.webhook.url == told["url"]
    assert not called(play, "deleteWebhook")


# --- twice, late, out of order, never ---


async def posted(posting: Posting, path: str, body: dict[str, Any]) -> int:
    """Post something as a messenger does; the answer's status."""
    given = {**body, "secret": SECRET} if path == VK else body
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{posting.url}{path}", json=given, headers={HEADER: SECRET}) as answer,
    ):
        return answer.status


async def test_what_is_posted_again_is_handled_once(posting: Posting) -> None:
    play = posting.play
    await posting.start()
    play.telegram.write(ANNA, ANNA, "A window")
    [update] = play.telegram.world.updates.pending()
    play.vk.write(PABLO, "A door")
    [event] = [one for one in play.vk.events if one["type"] == "message_new"]
    await play.card(1)
    await play.card(2)
    for _ in range(3):
        assert await posted(posting, TELEGRAM, update) == 200
        assert await posted(posting, VK, event) == 200
    await play.quiet()
    assert sorted(await words(play)) == ["A door", "A window"]
    assert len(await play.rows(leads)) == 2


async def test_what_is_posted_out_of_order_is_one_lead_with_every_word(posting: Posting) -> None:
    play = posting.play
    await posting.start()
    await play.telegram.webhook.stop()
    for text in ("one", "two", "three"):
        play.telegram.write(ANNA, ANNA, text)
    updates = play.telegram.world.updates.pending()
    for update in (*reversed(updates), *updates):
        assert await posted(posting, TELEGRAM, update) == 200
    await play.handled()
    assert sorted(await words(play)) == ["one", "three", "two"]
    assert len(await play.rows(leads)) == 1


async def test_what_no_parser_understands_is_set_aside_and_its_neighbours_are_handled(
    posting: Posting,
) -> None:
    play = posting.play
    await posting.start()
    play.telegram.inject({"message": {"text": ["no", "message"]}})
    play.vk.inject({"type": "message_new", "event_id": "odd", "group_id": 7, "object": []})
    play.telegram.write(ANNA, ANNA, "A window")
    play.vk.write(PABLO, "A door")
    await play.until(lambda: shown(play, "A window", "A door"))
    await play.quiet()
    states = [one.state for one in await play.rows(inbox)]
    assert states.count("dead") == 2


async def test_what_is_written_while_the_product_is_down_comes_afterwards(
    posting: Posting,
) -> None:
    play = posting.play
    await posting.start()
    play.telegram.write(ANNA, ANNA, "A window")
    play.vk.write(PABLO, "A door")
    await play.card(2)
    await play.quiet()
    await play.stop()
    play.telegram.write(ANNA, ANNA, "Or two windows")
    play.vk.write(PABLO, "Or two doors")
    await asyncio.sleep(300)
    await posting.start()
    await play.until(lambda: shown(play, "Or two windows", "Or two doors"))
    assert posting.callback is not None
    await posting.callback.delivered()
    await play.quiet()
    assert len(play.team("Or two")) == 2
    assert len(await words(play)) == 4


async def test_what_vk_gave_up_while_the_product_was_down_is_looked_for(posting: Posting) -> None:
    play = posting.play
    await posting.start()
    play.vk.write(PABLO, "A door")
    await play.card(1)
    await play.quiet()
    await play.stop()
    play.vk.write(PABLO, "Or two doors")
    play.vk.write(PABLO, "Or three")
    await asyncio.sleep(6 * 3600)
    assert posting.callback is not None
    await posting.callback.delivered()
    await posting.start()
    await play.until(lambda: shown(play, "Or two doors", "Or three"))
    await play.quiet()
    assert await words(play) == ["A door", "Or two doors", "Or three"]
    assert posting.callback.attempts[-1][1] != "ok"


async def test_a_restart_answers_no_command_again(posting: Posting) -> None:
    """VK's history, which is looked through then, tells commands as well."""
    play = posting.play
    await posting.start()
    play.vk.write(PABLO, "/start")
    play.vk.write(PABLO, "A door")
    await play.card(1)
    play.vk.write(PABLO, "/privacy")
    await play.until(lambda: [m for m in play.vk.dialog(PABLO) if m.attachments])
    await play.quiet()
    await play.stop()
    play.vk.calls.clear()
    await posting.start()
    await play.until(lambda: "messages.getHistory" in [one.method for one in play.vk.calls])
    await asyncio.sleep(LOOK)
    await play.quiet()
    said = play.vk.dialog(PABLO)
    assert len([one for one in said if one.attachments]) == 1
    assert len({one.text for one in said}) == len(said)


async def test_nothing_is_lost_or_doubled_by_another_way_of_taking_in(posting: Posting) -> None:
    play = posting.play
    await play.start()
    await play.until(lambda: play.vk.polling)
    play.telegram.write(ANNA, ANNA, "window 1")
    play.vk.write(PABLO, "door 1")
    await play.card(2)
    await play.quiet()
    for number in (2, 3, 4):
        await play.stop()
        play.telegram.write(ANNA, ANNA, f"window {number}")
        play.vk.write(PABLO, f"door {number}")
        await (posting.start() if number % 2 == 0 else play.start())
        await asyncio.sleep(LOOK)
        await play.until(partial(shown, play, f"window {number}", f"door {number}"))
        await play.quiet()
    expected = sorted(f"{thing} {n}" for thing in ("window", "door") for n in (1, 2, 3, 4))
    assert sorted(await words(play)) == expected
    assert len(await play.rows(leads)) == 2
    [vk] = [one.value for one in await play.rows(cursors) if one.channel == "vk"]
    assert vk.partition("@")[0], "the long poll's position is forgotten"


async def test_who_begins_with_posts_loses_nothing_when_asked_for_later(posting: Posting) -> None:
    play = posting.play
    await posting.start()
    play.vk.write(PABLO, "A door")
    await play.card(1)
    await play.quiet()
    await play.stop()
    assert posting.callback is not None
    await posting.callback.close()
    play.vk.write(PABLO, "Or two doors")
    await play.start()
    await play.until(lambda: play.team("Or two doors"))
    await play.quiet()
    assert await words(play) == ["A door", "Or two doors"]


# --- trouble ---


async def test_silence_is_no_trouble(posting: Posting) -> None:
    play = posting.play
    product = await posting.start()
    await play.until(lambda: not product.watch.hindrances())
    await asyncio.sleep(7200)
    assert product.watch.hindrances() == []
    assert not await play.rows(incidents)


@pytest.mark.one_process("it asks the one that takes in what it knows of its messengers")
async def test_posts_that_do_not_get_through_are_told_once_and_so_is_their_end(
    posting: Posting,
) -> None:
    play = posting.play
    play.telegram.started(VERA)
    product = await posting.start(deadlines={"take": "P9D"})
    await play.until(lambda: not product.watch.hindrances())
    play.telegram.webhook.retry_delay = 60
    play.telegram.webhook._secret = "another"  # what we answer with a refusal
    play.telegram.write(ANNA, ANNA, "A window")
    await asyncio.sleep(SILENT + LOOK)
    await play.heard(VERA, "Telegram does not get through to this server")
    assert product.watch.hindrances() == ["telegram: silent"]
    play.telegram.webhook._secret = SECRET
    await asyncio.sleep(2 * LOOK)
    await play.card(1)
    await play.heard(VERA, "Telegram gets through to this server again")
    await asyncio.sleep(900)
    assert len(play.private(VERA, "Telegram")) == 2


async def test_a_webhook_that_somebody_takes_away_is_set_again(posting: Posting) -> None:
    play = posting.play
    await posting.start()
    for url in ("", "https://localhost:8443/hook"):
        play.telegram.webhook.set({"url": url}) if url else play.telegram.webhook.delete({})
        play.telegram.write(ANNA, ANNA, f"While it was at '{url}'")
        await asyncio.sleep(LOOK)
        await play.until(partial(shown, play, f"While it was at '{url}'"))
    assert play.telegram.webhook.url == f"{posting.url}{TELEGRAM}"
    assert not called(play, "deleteWebhook")


async def test_the_monitor_hears_that_posts_come(posting: Posting) -> None:
    play = posting.play
    product = await posting.start()
    await play.until(lambda: not product.watch.hindrances())
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{posting.url}/readyz") as answer:
            assert (answer.status, await answer.text()) == (200, "ok")
        async with session.get(f"{posting.url}/metrics") as answer:
            assert answer.status == 200


async def meanwhile(posting: Posting) -> None:
    """Both customers write, and both messengers are refused an answer."""
    play = posting.play
    assert posting.callback is not None
    attempts = posting.callback.attempts
    posts = play.telegram.webhook.posts
    attempts.clear()
    posts.clear()
    play.telegram.write(ANNA, ANNA, "Or two windows")
    play.vk.write(PABLO, "Or two doors")
    await play.until(
        lambda: ("HTTP 503" in dict(attempts).values()) and 503 in dict(posts).values()
    )


async def afterwards(posting: Posting) -> None:
    """What they wrote comes, once."""
    play = posting.play
    await play.until(lambda: shown(play, "Or two windows", "Or two doors"))
    assert posting.callback is not None
    await posting.callback.delivered()
    await play.quiet()
    assert len(play.team("Or two")) == 2
    assert sorted(await words(play)) == ["A door", "A window", "Or two doors", "Or two windows"]


async def two_leads(posting: Posting) -> None:
    """Anna's is 1, Pablo's is 2."""
    play = posting.play
    await posting.start()
    play.telegram.write(ANNA, ANNA, "A window")
    await play.card(1)
    play.vk.write(PABLO, "A door")
    await play.card(2)
    await play.quiet()


async def test_a_file_that_is_away_is_waited_for_by_the_messengers(
    tmp_path: Path, migrated_file: Path
) -> None:
    file, away = tmp_path / "dialead.db", tmp_path / "away.db"
    shutil.copy(migrated_file, file)
    with leaping(), capture_logs() as log:
        async with a_play(tmp_path, f"sqlite:///{file}") as play:
            posting = Posting(play)
            await two_leads(posting)
            file.rename(away)
            await meanwhile(posting)
            away.rename(file)
            await afterwards(posting)
    assert {one["channel"] for one in log if one["event"] == "intake_database"} >= {
        "telegram",
        "vk",
    }


async def test_a_postgresql_that_is_away_is_waited_for_by_the_messengers(
    tmp_path: Path, own_postgres: Server
) -> None:
    await upgrade_at(own_postgres.url)
    async with a_play(tmp_path, own_postgres.url) as play:
        soon = replace(play.vk.community.limits, callback_retries=(0.1,) * 100)
        play.vk.community.limits = soon
        posting = Posting(play)
        await two_leads(posting)
        await asyncio.to_thread(own_postgres.stop)
        await meanwhile(posting)
        await asyncio.to_thread(own_postgres.start)
        await afterwards(posting)


# --- several processes ---


async def test_a_process_that_leads_nothing_takes_posts_for_the_others(
    tmp_path: Path, postgres: Any
) -> None:
    url = await postgres.lend()
    async with a_play(tmp_path, url) as play:
        posting, door = Posting(play), Posting(play)
        await posting.start()
        await play.telegram.webhook.stop()
        settings = play.settings(**posting.settings(http={"port": door.port}))
        async with open_product(settings, leads=False) as worker, answering(worker):
            assert not worker.watch.hindrances()
            play.telegram.write(ANNA, ANNA, "A window")
            [update] = play.telegram.world.updates.pending()
            assert await posted(door, TELEGRAM, update) == 200
            await play.card(1, "A window")
    await postgres.take_back(url)
