"""Alarms: what only a person can mend is told once, with the remedy, and once that it is over."""

from __future__ import annotations

import asyncio
import shutil
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest

from bot.messages import TroubleSeen
from bot.sandbox.vk.faults import LONG_POLL
from bot.sandbox.vk.faults import Fault as VkFault
from storage.schema import inbox, incidents
from tests.cast import ANNA, TEAM, VERA
from tests.leaping import leaping
from tests.plays.play import Play, a_play

WHOLE_DAY = {"take": "P9D"}
Usage = namedtuple("Usage", "total used free")
MEGABYTE = 1024 * 1024


async def both_answer(play: Play, **over: Any) -> None:
    """Both messengers are polled, and the supervisor has opened the bot."""
    play.telegram.started(VERA)
    await play.start(deadlines=WHOLE_DAY, **over)
    await play.until(lambda: play.vk.polling)
    await asyncio.sleep(30)


def told(play: Play, words: str, who: int = VERA) -> list[str]:
    """What somebody was told with these words."""
    return [one.text for one in play.private(who, words)]


async def kinds(play: Play) -> list[tuple[str, str, bool]]:
    """Every incident: what, of what, and whether it is over."""
    return [(one.kind, one.subject, one.ended_at is not None) for one in await play.rows(incidents)]


async def test_what_is_seen_of_a_trouble_once_more_changes_nothing(play: Play) -> None:
    await both_answer(play)
    assert play.product is not None
    now = play.product.now()
    for name, over in (("seen", False), ("again", False), ("over", True), ("over again", True)):
        await play.product.inbox.add({name: TroubleSeen("disk", "", now, over=over, detail="9")})
        await play.quiet()
    assert len(play.private(VERA)) == 2
    assert not [row for row in await play.rows(inbox) if row.attempts]


# --- messengers ---


async def test_what_vk_does_not_tell_of_a_gap_is_told_once(play: Play) -> None:
    await both_answer(play)
    play.vk.fail("messages.getConversations", VkFault.code(15))
    play.vk.write(ANNA, "Hello")
    await play.card(1)
    await play.quiet()
    await play.stop()
    play.vk.write(ANNA, "lost")
    play.vk.forget_events(play.vk.community.events.last + 1)
    await play.start(deadlines=WHOLE_DAY)
    await play.heard(VERA, "may be missing here: please look through the community")
    await play.quiet()
    assert len(told(play, "VK: I could not look through everything")) == 1
    assert not await kinds(play)


async def test_a_messenger_that_does_not_answer_is_told_once_and_so_is_its_end(play: Play) -> None:
    await both_answer(play)
    play.vk.fail(LONG_POLL, VkFault.HTML_502, times=-1)
    play.vk.fail("groups.getLongPollServer", VkFault.HTML_502, times=-1)
    await asyncio.sleep(200)
    assert not play.private(VERA)
    await asyncio.sleep(110)
    await play.heard(VERA, "VK does not answer")
    await asyncio.sleep(900)
    assert len(told(play, "VK")) == 1
    play.vk.heal()
    over = await play.heard(VERA, "VK answers again. It was down from")
    assert over.text.startswith("✅")
    await asyncio.sleep(600)
    assert len(told(play, "VK")) == 2
    assert await kinds(play) == [("silent", "vk", True)]


async def test_a_messenger_without_news_is_not_silent(play: Play) -> None:
    await both_answer(play)
    await asyncio.sleep(3600)
    assert not await play.rows(incidents)
    assert not play.private(VERA)


async def test_of_the_teams_own_messenger_it_is_told_when_it_is_back(play: Play) -> None:
    await both_answer(play)
    await play.telegram.outage(True)
    await asyncio.sleep(900)
    await play.telegram.outage(False)
    await play.heard(VERA, "Telegram answers again. It was down from")
    await asyncio.sleep(60)
    assert not told(play, "does not answer")


async def test_a_supervisor_elsewhere_hears_of_it_at_once(play: Play) -> None:
    await both_answer(play, team={"supervisors": [f"vk:{VERA}"]})
    play.vk.write(VERA, "Hello")
    await asyncio.sleep(10)
    await play.telegram.outage(True)
    await asyncio.sleep(310)
    await play.until(lambda: [m for m in play.vk.dialog(VERA) if "Telegram does not" in m.text])
    await play.telegram.outage(False)
    await play.until(lambda: [m for m in play.vk.dialog(VERA) if "Telegram answers" in m.text])


async def test_a_token_that_is_refused_is_told_once_and_so_is_its_end(
    play: Play,
) -> None:
    await both_answer(play)
    play.vk.fail("groups.getLongPollServer", VkFault.code(5), times=-1)
    play.vk.expire_key()
    refused = await play.heard(VERA, "VK refuses my calls")
    assert "ask whoever runs the bot to run main.py check" in refused.text
    await asyncio.sleep(1800)
    assert len(told(play, "VK")) == 1
    play.vk.heal()
    await asyncio.sleep(60)
    await play.heard(VERA, "VK takes my calls again. It refused them from")
    assert await kinds(play) == [("refused", "vk", True)]


async def test_an_incident_outlives_a_restart_and_is_not_told_anew(play: Play) -> None:
    await both_answer(play)
    play.vk.fail("groups.getLongPollServer", VkFault.code(5), times=-1)
    play.vk.expire_key()
    await play.heard(VERA, "VK refuses my calls")
    await play.quiet()
    await play.stop()
    await play.start(deadlines=WHOLE_DAY)
    await asyncio.sleep(300)
    assert len(told(play, "VK")) == 1
    play.vk.heal()
    await asyncio.sleep(60)
    await play.heard(VERA, "VK takes my calls again")


# --- the team's chat ---


async def test_lost_rights_in_the_teams_chat_are_told_and_so_is_their_return(play: Play) -> None:
    await both_answer(play)
    bot = play.telegram.bot_id
    play.telegram.restrict(TEAM, bot, by=VERA)
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.heard(VERA, "add me to it again as an administrator")
    await asyncio.sleep(600)
    assert len(told(play, "chat")) == 1
    play.telegram.promote(TEAM, bot, by=VERA)
    await play.card(1)
    await play.heard(VERA, "I may write in the team's chat again. It refused me from")
    assert await kinds(play) == [("shut_out", f"telegram:{TEAM}", True)]


async def test_a_chat_that_is_the_supervisors_too_is_told_when_it_takes_words_again(
    play: Play,
) -> None:
    await both_answer(play, team={"supervisors": []})
    bot = play.telegram.bot_id
    play.telegram.restrict(TEAM, bot, by=VERA)
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await asyncio.sleep(600)
    play.telegram.promote(TEAM, bot, by=VERA)
    await play.shown("I may write in the team's chat again")
    await play.quiet()
    assert not play.team("add me to it again")


# --- the machine ---


async def test_a_disk_that_is_nearly_full_is_told_once_and_so_is_its_end(
    tmp_path: Path, migrated_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = [1000]
    monkeypatch.setattr(
        "bot.watch.shutil.disk_usage", lambda _: Usage(2000 * MEGABYTE, 0, free[0] * MEGABYTE)
    )
    with leaping():
        async with on_file(tmp_path, migrated_file) as play:
            await both_answer(play)
            assert not play.private(VERA)
            free[0] = 150
            await play.heard(VERA, "has 150 MB left. Please make room")
            for mb in (199, 210, 240, 120):  # not yet enough to be over
                free[0] = mb
                await asyncio.sleep(120)
            assert len(told(play, "disk")) == 1
            free[0] = 400
            await play.heard(VERA, "has enough room again")
            assert await kinds(play) == [("disk", "", True)]


async def test_of_a_database_that_is_away_supervisors_are_told_directly(
    tmp_path: Path, migrated_file: Path
) -> None:
    with leaping():
        async with on_file(tmp_path, migrated_file) as play:
            await both_answer(play)
            file, away = tmp_path / "dialead.db", tmp_path / "away.db"
            file.rename(away)
            await asyncio.sleep(120)
            await play.heard(VERA, "The database is out of reach")
            await asyncio.sleep(600)
            assert len(told(play, "database")) == 1
            away.rename(file)
            await play.heard(VERA, "The database works again. It was out of reach from")
            play.telegram.write(ANNA, ANNA, "How much is a window?")
            await play.card(1)


def on_file(folder: Path, migrated_file: Path) -> Any:
    """A play on a SQLite file in this folder."""
    file = shutil.copy(migrated_file, folder / "dialead.db")
    return a_play(folder, f"sqlite:///{file}")
