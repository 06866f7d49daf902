"""Several bots and communities post their events, each to an address of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from bot.sandbox.telegram import TelegramServer
from bot.sandbox.vk import VkServer
from storage.schema import inbox, leads
from tests.cast import ANNA, BORIS, GLEB, PABLO
from tests.plays.desks import SHOP, as_bot, as_community, second_bot, second_community
from tests.plays.play import Play
from tests.plays.posting import CODE, HEADER, SECRET, Posting
from tests.plays.posting import TELEGRAM as FIRST

BOT, COMMUNITY = "/hooks/service", "/hooks/shop"
BOTS_SECRET, SHOPS_SECRET = "another_s3cr3t", "th1rd"
MESSAGE = {"message_id": 1, "date": 0, "text": "Forged"}
EVENT = {"type": "message_new", "event_id": "e9", "group_id": SHOP, "object": {}}


@asynccontextmanager
async def four(play: Play) -> AsyncIterator[tuple[Posting, TelegramServer, VkServer]]:
    """Two bots and two communities in a play, all of which post."""
    posting = Posting(play)
    async with second_bot(play) as service, second_community(play) as shop:
        await posting.start(bots=further(posting, service, shop))
        await play.until(lambda: service.webhook.url)
        named = {"secret": SHOPS_SECRET, "confirmation": "c0de-of-the-shop"}
        assert await shop.callback(f"{posting.url}{COMMUNITY}", **named)
        yield posting, service, shop
        await play.stop()


def further(posting: Posting, service: TelegramServer, shop: VkServer) -> dict[str, Any]:
    """The settings of those that are not the first of their kind."""
    return {
        "service": as_bot(
            service,
            mode="webhook",
            webhook_url=f"{posting.url}{BOT}",
            webhook_secret=BOTS_SECRET,
        ),
        "shop": as_community(
            shop,
            mode="callback",
            callback_url=f"{posting.url}{COMMUNITY}",
            secret=SHOPS_SECRET,
            confirmation="c0de-of-the-shop",
        ),
    }


async def test_each_posts_to_its_own_address_and_answers_its_own_customers(play: Play) -> None:
    async with four(play) as (posting, service, shop):
        play.telegram.write(ANNA, ANNA, "A window?")
        assert "Telegram ·" in (await play.card(1, "A window?")).text
        service.write(PABLO, PABLO, "A roof?")
        assert "Telegram service" in (await play.card(2, "A roof?")).text
        shop.write(GLEB, "A door?")
        assert "VK shop" in (await play.card(3, "A door?")).text
        await play.reply(BORIS, 2, "From 100 euros")
        await play.until(lambda: [m for m in service.shown(PABLO) if "100 euros" in m.text])
        await play.reply(BORIS, 3, "From 200 euros")
        await play.until(lambda: [m for m in shop.dialog(GLEB) if "200 euros" in m.text])
        told = [one.params for one in service.calls if one.method == "setWebhook"]
        assert {(one["url"], one["secret_token"]) for one in told} == {
            (f"{posting.url}{BOT}", BOTS_SECRET)
        }
        asked = {one.method for server in (service, shop) for one in server.calls}
        assert not asked & {"getUpdates", "groups.getLongPollServer"}


async def test_the_secret_of_one_opens_no_door_of_another(play: Play) -> None:
    async with four(play) as (posting, _, _):
        update = {"update_id": 900, "message": MESSAGE}

        async def posted(path: str, body: dict[str, Any], secret: str) -> tuple[int, str]:
            headers, given = {HEADER: secret}, {**body, "secret": secret}
            address = f"{posting.url}{path}"
            async with (
                aiohttp.ClientSession() as session,
                session.post(address, json=given, headers=headers) as answer,
            ):
                return answer.status, await answer.text()

        assert await posted(BOT, update, SECRET) == (401, "")
        assert await posted(FIRST, update, BOTS_SECRET) == (401, "")
        assert await posted(COMMUNITY, EVENT, SECRET) == (401, "")
        assert await posted(COMMUNITY, {**EVENT, "group_id": 7}, SHOPS_SECRET) == (403, "")
        asks = {"type": "confirmation", "group_id": SHOP}
        assert await posted(COMMUNITY, asks, SHOPS_SECRET) == (200, "c0de-of-the-shop")
        assert CODE not in (await posted(COMMUNITY, asks, SHOPS_SECRET))[1].split()
        assert not await play.rows(inbox)
        assert not await play.rows(leads)


async def test_one_may_post_while_the_other_is_asked(play: Play) -> None:
    posting = Posting(play)
    async with second_bot(play) as service, second_community(play) as shop:
        bots = further(posting, service, shop)
        await play.start(http={"port": posting.port}, bots={"service": bots["service"]})
        await play.until(lambda: service.webhook.url)
        service.write(PABLO, PABLO, "A roof?")
        await play.card(1, "A roof?")
        play.telegram.write(ANNA, ANNA, "A window?")
        await play.card(2, "A window?")
        assert not play.telegram.webhook.url
        await play.stop()
