"""Settings that name other desks and bots than before: nothing of what was there is lost."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.sandbox.telegram import TelegramServer
from bot.sandbox.vk import VkServer
from handlers.wire import pack
from storage.schema import inbox
from storage.sweeps import FEW
from tests.cast import ANNA, BORIS, GLEB, PABLO, VERA
from tests.plays.desks import SERVICE, as_bot, as_community, second_bot, second_community
from tests.plays.play import Play

HEADS = -4002
SHOP_CHAT = -1001000000003


async def heads_moved(play: Play, **over: Any) -> tuple[int, dict[str, Any]]:
    """The id that the supervisors' group has by now, and the settings that name its old one."""
    play.telegram.add_group(HEADS, "Heads", supergroup=False, admins=[VERA])
    over["team"] = {"supervisors_chat": f"telegram:{HEADS}"}
    await play.start(**over)
    new = play.telegram.migrate(HEADS)
    await play.quiet()
    return new, over


async def test_a_supervisors_group_that_moved_is_served_after_a_restart(play: Play) -> None:
    new, over = await heads_moved(play)
    await play.stop()
    play.telegram.write(ANNA, ANNA, "A window?")
    await play.start(**over)
    await play.card(1)
    play.move(24 * 3600)
    found = await play.until(lambda: [m for m in play.telegram.shown(new) if "Received" in m.text])
    await play.stop()
    await play.start(**over)
    query = play.telegram.press(VERA, new, found[-1].id, label=found[-1].labels[0])
    told = await play.until(lambda: play.telegram.answers.get(query))
    assert not str(told.text)
    await play.until(lambda: [m for m in play.telegram.shown(new) if "#1" in m.text])


@pytest.mark.parametrize(
    "over",
    [
        {"team": {"supervisors_chat": f"telegram:{HEADS}"}},
        {"desks": {"service": {"chat": f"telegram:{HEADS}"}}},
    ],
)
async def test_the_bot_stays_in_what_any_group_of_its_teams_becomes(
    play: Play, over: dict[str, Any]
) -> None:
    play.telegram.add_group(HEADS, "Heads", supergroup=False, admins=[VERA])
    await play.start(**over)
    await play.quiet()
    await play.stop()
    new = -1_000_000_000_000 + HEADS
    play.telegram.inject(came_in(play, new))  # heard of before the group says what it became
    assert play.telegram.migrate(HEADS) == new
    await play.start(**over)
    await play.quiet()
    assert play.telegram.bot_id in play.telegram.world.chat(new).members
    assert not [one for one in play.telegram.shown(new) if one.from_bot]


def came_in(play: Play, chat: int) -> dict[str, Any]:
    """The bot is a member of a supergroup by now."""
    bot = {"id": play.telegram.bot_id, "is_bot": True, "first_name": "Dialead"}
    return {
        "my_chat_member": {
            "chat": {"id": chat, "type": "supergroup", "title": "Heads"},
            "from": {"id": VERA, "is_bot": False, "first_name": "Vera"},
            "date": int(play.now()),
            "old_chat_member": {"user": bot, "status": "left"},
            "new_chat_member": {"user": bot, "status": "member"},
        }
    }


def shops(telegram: TelegramServer, vk: VkServer) -> dict[str, Any]:
    """Settings with three desks."""
    return {
        "bots": {
            "service": as_bot(telegram, desk="service"),
            "shop": as_community(vk, desk="shop"),
        },
        "desks": {
            "service": {"chat": f"telegram:{SERVICE}"},
            "shop": {"chat": f"telegram:{SHOP_CHAT}"},
        },
        "deadlines": {"take": "PT5M"},
    }


def without(over: dict[str, Any], desk: str) -> dict[str, Any]:
    """The same settings with a desk less, whose bots are the first one's by now."""
    bots = {
        name: {**bot, "desk": "main"} if bot["desk"] == desk else bot
        for name, bot in over["bots"].items()
    }
    desks = {name: one for name, one in over["desks"].items() if name != desk}
    return {**over, "bots": bots, "desks": desks}


@asynccontextmanager
async def three_desks(play: Play) -> AsyncIterator[tuple[TelegramServer, dict[str, Any]]]:
    """The service's Telegram, and the settings."""
    async with second_bot(play) as telegram, second_community(play) as vk:
        telegram.add_group(SERVICE, "Servicio", admins=[VERA], members=[BORIS, GLEB])
        play.telegram.add_group(SHOP_CHAT, "Shop", admins=[VERA], members=[BORIS, GLEB])
        yield telegram, shops(telegram, vk)
        await play.stop()


async def test_what_is_due_of_a_desk_that_is_no_more_waits_until_it_is_there_again(
    play: Play,
) -> None:
    async with three_desks(play) as (telegram, over):
        await play.start(**over)
        for who in range(2001, 2001 + FEW + 1):
            telegram.add_user(who, f"Customer {who}")
            telegram.started(who)
            telegram.write(who, who, "A door?")
        await play.until(lambda: len(telegram.shown(SERVICE)) > FEW)
        await play.quiet()
        await play.stop()
        await play.start(**without(over, "service"))
        play.telegram.write(ANNA, ANNA, "A window?")
        await play.card(7)
        play.move(400)
        await play.until(lambda: play.team("⏰"))
        await play.quiet()
        due = [one for one in await play.rows(inbox) if one.event_id.startswith("overdue:")]
        assert not due  # one lead is overdue, which is no reason for a summary
        await play.stop()
        await play.start(**over)
        await play.until(lambda: [m for m in telegram.shown(SERVICE) if "6 leads" in m.text])


async def test_two_leads_of_a_desk_that_is_no_more_are_not_both_reopened(play: Play) -> None:
    async with three_desks(play) as (telegram, over):
        await play.start(**over)
        for number in (1, 2):
            telegram.write(PABLO, PABLO, "A door?")
            service = copy.copy(play)
            service.telegram, service.chat = telegram, SERVICE
            await service.press(BORIS, number, "Reject")
            await service.press(BORIS, number, "Spam")
            await play.quiet()
        await play.stop()
        await play.start(**without(without(over, "service"), "shop"))
        assert "#1 is open again" in (await play.forge(BORIS, pack("reopen", 1))).text
        assert "other" in (await play.forge(BORIS, pack("reopen", 2))).text


async def test_who_answers_by_a_bot_that_has_another_name_is_told_that_it_went_nowhere(
    play: Play,
) -> None:
    async with second_bot(play) as telegram:
        await play.start(bots={"service": as_bot(telegram)})
        telegram.write(PABLO, PABLO, "A door?")
        await play.card(1, "A door?")
        await play.quiet()
        await play.stop()
        await play.start(bots={"help": as_bot(telegram)})
        await play.reply(BORIS, 1, "Yes, we do")
        await play.shown("Not delivered: Telegram service is not connected any more")
        await play.card(1, "Boris")
        await play.quiet()  # nothing waits to surprise them with, once the name is back
        await play.stop()


async def test_a_team_that_gets_a_bot_of_its_own_has_its_open_leads_by_it(play: Play) -> None:
    async with second_bot(play) as telegram, second_community(play) as vk:
        play.telegram.add_group(SERVICE, "Service", admins=[VERA], members=[BORIS, GLEB])
        telegram.add_group(SERVICE, "Service", admins=[VERA], members=[BORIS, GLEB])
        shop = as_community(vk, desk="service")
        desks = {"service": {"chat": f"telegram:{SERVICE}"}}
        await play.start(bots={"shop": shop}, desks=desks)
        await play.until(lambda: vk.polling)
        vk.write(ANNA, "A door?")
        await play.until(lambda: play.telegram.shown(SERVICE))
        await play.quiet()
        await play.stop()
        own = as_bot(telegram, desk="service")
        await play.start(bots={"shop": shop, "service": own}, desks=desks)
        service = copy.copy(play)
        service.telegram, service.chat = telegram, SERVICE
        assert await service.press(BORIS, 1, "Take") == "#1 is yours"
        await service.reply(BORIS, 1, "Yes, we do")
        await play.until(lambda: [m for m in vk.dialog(ANNA) if m.text == "Yes, we do"])
        await play.stop()
        assert len(service.team("#1 ")) == 1
