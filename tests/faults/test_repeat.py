"""A reply of which nobody knows whether it arrived is sent again by a button, once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.sandbox.telegram.chats import Message
from bot.sandbox.telegram.faults import Fault
from bot.sandbox.vk.faults import Fault as VkFault
from tests.cast import ANNA, BORIS, DASHA, TEAM
from tests.faults.conftest import Story
from tests.faults.stage import Stage

Tell = Callable[[Story], None]


async def doubtful_reply(stage: Stage, fault: Fault) -> int:
    """Anna's lead, and Boris's reply to her that ends in doubt; the id of what he is told."""
    await stage.start()
    stage.telegram.write(ANNA, ANNA, "Hello")
    card = await stage.card(1)
    stage.telegram.fail("sendMessage", fault, chat=ANNA)
    said = stage.telegram.write(BORIS, TEAM, "Good day", reply_to=card.id)
    told = (await stage.until(lambda: stage.mine("Not sure")))[0]
    assert (told.reply_to, told.labels) == (said, ["Send again"])
    return int(told.id)


async def pressed(stage: Stage, who: int, message: int) -> str:
    """What the presser of "Send again" is told."""
    query = stage.telegram.press(who, TEAM, message, label="Send again")
    return str((await stage.until(lambda: stage.telegram.answers.get(query))).text)


def _besides(stage: Stage, told: int) -> list[Message]:
    """The later notices of a reply in doubt."""
    return [one for one in stage.mine("Not sure") if one.id != told]


@pytest.mark.parametrize(("fault", "before"), [(Fault.DROP_BEFORE, 0), (Fault.DROP_AFTER, 1)])
def test_a_reply_in_doubt_is_never_repeated_unasked(tell: Tell, fault: Fault, before: int) -> None:
    async def story(stage: Stage) -> None:
        await doubtful_reply(stage, fault)
        await stage.passing(600)
        assert len(stage.private(ANNA, "Good day")) == before

    tell(story)


def test_two_managers_press_send_again_and_it_is_sent_once(tell: Tell) -> None:
    async def story(stage: Stage) -> None:
        told = await doubtful_reply(stage, Fault.DROP_BEFORE)
        both = [stage.telegram.press(who, TEAM, told, label="Send again") for who in (BORIS, DASHA)]
        answers = stage.telegram.answers
        await stage.until(lambda: all(map(answers.get, both)))
        said = sorted(str(answers[query].text) for query in both)
        assert said == ["Sent again", "This was sent again already"]
        await stage.quiet()
        assert len(stage.private(ANNA, "Good day")) == 1

    tell(story)


def test_what_is_repeated_may_be_in_doubt_again(tell: Tell) -> None:
    async def story(stage: Stage) -> None:
        told = await doubtful_reply(stage, Fault.DROP_BEFORE)
        stage.telegram.fail("sendMessage", Fault.DROP_BEFORE, chat=ANNA)
        await pressed(stage, BORIS, told)
        again = (await stage.until(lambda: _besides(stage, told)))[0]
        assert await pressed(stage, BORIS, again.id) == "Sent again"
        await stage.quiet()
        assert len(stage.private(ANNA, "Good day")) == 1

    tell(story)


def test_a_forged_button_repeats_nothing(tell: Tell) -> None:
    async def story(stage: Stage) -> None:
        await doubtful_reply(stage, Fault.DROP_AFTER)
        for argument in ("999", "x", ""):
            told = await stage.forge(BORIS, f"1:repeat:1:{argument}".rstrip(":"))
            assert told.text == "This button is out of date"
        await stage.quiet()
        assert len(stage.private(ANNA, "Good day")) == 1

    tell(story)


def test_a_vk_reply_whose_answers_are_lost_for_an_hour_ends_in_doubt(tell: Tell) -> None:
    async def story(stage: Stage) -> None:
        await stage.start()
        await stage.until(lambda: stage.vk.polling)
        stage.vk.write(ANNA, "Hello")
        card = await stage.card(1)
        stage.vk.fail("messages.send", VkFault.DROP_AFTER, times=-1)
        stage.telegram.write(BORIS, TEAM, "Good day", reply_to=card.id)
        await stage.until(lambda: stage.mine("Not sure"), 3600)
        said = [one for one in stage.vk.dialog(ANNA) if one.author < 0]
        assert [one.text for one in said] == ["Good day"]

    tell(story)
