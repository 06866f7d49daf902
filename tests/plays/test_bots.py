"""Several bots and communities of one team: each customer is answered by the bot they wrote to."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from bot.product import open_product
from bot.token_lock import sole
from storage.schema import accounts, leads
from tests.cast import ANNA, BORIS, PABLO, TEAM, VERA
from tests.plays.desks import as_bot, as_community, second_bot, second_community
from tests.plays.play import Play
from tests.plays.test_media import PICTURE, on_telegram


async def test_a_lead_of_the_second_bot_stands_in_the_teams_chat_and_is_answered_by_it(
    play: Play,
) -> None:
    async with second_bot(play) as service:
        await play.start(bots={"service": as_bot(service)})
        service.write(PABLO, PABLO, "A roof?", photo=PICTURE)
        card = await play.card(1, "A roof?")
        assert "Telegram service" in card.text
        await play.until(lambda: on_telegram(play, TEAM))
        assert on_telegram(play, TEAM) == [PICTURE]  # a file's id is good for one bot only
        await play.reply(BORIS, 1, "From 100 euros", photo=PICTURE)
        await play.until(lambda: [m for m in service.shown(PABLO) if "100 euros" in m.text])
        assert not play.private(PABLO)
        service.block(PABLO)
        await play.card(1, "blocked")
        await play.stop()


async def test_who_writes_to_both_bots_is_two_customers_until_somebody_says_otherwise(
    play: Play,
) -> None:
    async with second_bot(play) as service:
        await play.start(bots={"service": as_bot(service)})
        play.telegram.write(ANNA, ANNA, "A window, +34 612 345 678")
        await play.card(1)
        service.write(ANNA, ANNA, "A door, +34 612 345 678")
        await play.card(2, "🔗")
        assert await play.press(BORIS, 2, "Same person")
        await play.until(lambda: play.team("A door"))
        await play.quiet()
        assert [one.state for one in await play.rows(leads)] == ["new", "absorbed"]
        await play.reply(BORIS, 1, "Both from 100 euros")
        await play.until(lambda: [m for m in service.shown(ANNA) if "Both" in m.text])
        assert not play.private(ANNA, "Both")  # they wrote last to the other
        await play.stop()


async def test_staff_are_known_to_every_bot_of_their_messenger(play: Play) -> None:
    async with second_bot(play) as service:
        play.telegram.started(VERA)
        await play.start(bots={"service": as_bot(service)})
        play.telegram.write(ANNA, ANNA, "A window?")
        await play.card(1)
        for who in (BORIS, VERA):
            service.write(who, who, "/leads")
        await play.until(lambda: [m for m in service.shown(BORIS) if "#1" in m.text])
        await play.until(lambda: [m for m in service.shown(VERA) if "#1" in m.text])
        await play.quiet()
        assert len(await play.rows(accounts)) == 1  # neither became a customer
        await play.stop()


async def test_a_second_community_leads_to_the_same_team(play: Play) -> None:
    async with second_community(play) as shop:
        await play.start(bots={"shop": as_community(shop, greeting="Welcome to the shop")})
        await play.until(lambda: shop.polling)
        shop.write(ANNA, "A roof?")
        card = await play.card(1, "A roof?")
        assert "VK shop" in card.text
        await play.until(lambda: [m for m in shop.dialog(ANNA) if "Welcome" in m.text])
        await play.reply(BORIS, 1, "From 100 euros")
        await play.until(lambda: [m for m in shop.dialog(ANNA) if m.text == "From 100 euros"])
        assert not play.vk.dialog(ANNA)
        shop.admin_replies(VERA, ANNA, "And soon")
        told = await play.shown("And soon")
        assert told.text == "Answered in the community (VK shop)\nAnd soon"
        play.telegram.write(BORIS, TEAM, "/lead 1")
        history = await play.shown("came in")
        assert "→ Answered in the community (VK shop): And soon" in history.text
        await play.stop()


async def test_both_bots_may_be_in_the_teams_chat_and_only_the_first_speaks_there(
    play: Play,
) -> None:
    async with second_bot(play) as service:
        await play.start(bots={"service": as_bot(service)})
        service.add_group(TEAM, "Sales", admins=[VERA], members=[BORIS], bot=None)
        service.join(TEAM, service.bot_id, by=VERA)
        service.write(BORIS, TEAM, "/leads")
        service.write(PABLO, PABLO, "A roof?")
        await play.card(1, "A roof?")
        await play.quiet()
        assert not [m for m in service.shown(TEAM) if m.from_bot]
        assert service.bot_id in service.world.chat(TEAM).members
        await play.stop()


async def test_a_second_bot_whose_token_is_taken_is_named_to_who_looks_on(
    play: Play,
) -> None:
    async with second_bot(play) as service:
        settings = play.settings(bots={"service": as_bot(service)})
        heard: asyncio.Queue[str] = asyncio.Queue()
        async with (
            sole(service.url, service.token, lambda: None),
            open_product(settings, heard.put_nowait) as product,
        ):
            running = asyncio.create_task(product.run())
            told = await asyncio.wait_for(heard.get(), 60)
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
    assert told.startswith("Another process on this machine has the token of Telegram service")
