"""An hour without one messenger: the other goes on, and afterwards everything comes in order."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bot.sandbox.telegram.faults import Fault
from tests.cast import ANNA, BORIS, PABLO, TEAM
from tests.faults.conftest import Story
from tests.faults.stage import Stage

Tell = Callable[[Story], None]
WORDS = ("one", "two", "three", "four", "five")


async def two_leads(stage: Stage) -> None:
    """Anna's on Telegram is 1, Pablo's on VK is 2."""
    await stage.start()
    await stage.until(lambda: stage.vk.polling)
    stage.telegram.write(ANNA, ANNA, "Hello")
    await stage.card(1)
    stage.vk.write(PABLO, "Good morning")
    await stage.card(2)
    await stage.quiet()


def replies_on_vk(stage: Stage) -> list[str]:
    """What Pablo got."""
    return [one.text for one in stage.vk.dialog(PABLO) if one.author < 0]


def test_an_hour_without_vk_leaves_telegram_untouched_and_ends_in_order(tell: Tell) -> None:
    async def story(stage: Stage) -> None:
        await two_leads(stage)
        port = int(stage.vk.url.rpartition(":")[2])
        card = await stage.card(2)
        await stage.vk.stop()
        for words in WORDS:
            stage.telegram.write(BORIS, TEAM, words, reply_to=card.id)
            stage.vk.write(PABLO, f"And {words}")
            stage.telegram.write(ANNA, ANNA, f"Telegram {words}")
            await stage.until(partial(stage.mine, f"Telegram {words}"), 60)
            await stage.reply(BORIS, 1, f"Answer {words}")
            await stage.until(partial(stage.private, ANNA, f"Answer {words}"), 60)
            await stage.passing(720)
        assert not replies_on_vk(stage)
        await stage.vk.start(port)
        await stage.until(lambda: stage.mine("And five"), 300)
        await stage.quiet()
        assert replies_on_vk(stage) == list(WORDS)
        shown = "\n".join(one.text for one in stage.mine("And "))
        assert [words for words in shown.split() if words in WORDS] == list(WORDS)

    tell(story)


def test_an_hour_without_telegram_leaves_vk_untouched_and_ends_in_order(tell: Tell) -> None:
    async def story(stage: Stage) -> None:
        await two_leads(stage)
        card = await stage.card(2)
        for words in WORDS:
            stage.telegram.write(BORIS, TEAM, words, reply_to=card.id)
        await stage.passing(1)
        await stage.telegram.outage(True)
        await stage.until(lambda: replies_on_vk(stage) == list(WORDS), 60)
        for words in WORDS:
            stage.vk.write(PABLO, f"And {words}")
            stage.telegram.write(ANNA, ANNA, f"Telegram {words}")
            await stage.passing(720)
        assert not stage.mine("And ")
        await stage.telegram.outage(False)
        await stage.until(lambda: stage.mine("And five") and stage.mine("Telegram five"), 300)
        await stage.quiet()
        for said in ("And ", "Telegram "):
            shown = "\n".join(one.text for one in stage.mine(said))
            assert [words for words in shown.split() if words in WORDS] == list(WORDS)

    tell(story)


def test_a_manager_nobody_can_be_asked_of_for_ten_minutes_is_heard_in_the_end(tell: Tell) -> None:
    async def story(stage: Stage) -> None:
        await stage.start()
        stage.telegram.write(ANNA, ANNA, "Hello")
        card = await stage.card(1)
        colleague = stage.colleague()
        stage.telegram.fail("getChatMember", Fault.HTML_502, times=-1)
        stage.telegram.write(colleague, TEAM, "Good day", reply_to=card.id)
        await stage.passing(600)
        assert not stage.private(ANNA)
        stage.heal()
        await stage.heard(ANNA, "Good day")

    tell(story)


def test_a_reply_that_could_not_go_for_a_day_is_not_sent_any_more(tell: Tell) -> None:
    async def story(stage: Stage) -> None:
        await stage.start()
        stage.telegram.write(ANNA, ANNA, "Hello")
        card = await stage.card(1)
        stage.telegram.fail("sendMessage", Fault.HTML_502, chat=ANNA, times=-1)
        stage.telegram.write(BORIS, TEAM, "In ten minutes", reply_to=card.id)
        await stage.until(lambda: [one for one in stage.telegram.calls if one.fault])
        stage.next_day()
        stage.heal()
        await stage.until(lambda: stage.mine("Not delivered within a day"))
        assert not stage.private(ANNA)

    tell(story)
