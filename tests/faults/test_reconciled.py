"""What the team's chat shows comes right again, whatever happened to it, and within its pace."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bot.sandbox.telegram.faults import Fault
from bot.sandbox.telegram.log import Call
from storage.schema import leads
from tests.cast import ANNA, BORIS, PABLO, TEAM, VERA
from tests.faults.conftest import Story
from tests.faults.stage import Stage

Tell = Callable[[Story], None]


def to_group(stage: Stage, chat: int = TEAM) -> list[Call]:
    """The calls that count in a group."""
    methods = ("sendMessage", "editMessageText", "sendPhoto", "deleteMessage")
    return [one for one in stage.telegram.calls if one.method in methods and one.chat_id == chat]


def busiest_minute(found: list[Call]) -> int:
    """The most calls in any rolling 60 seconds."""
    times = [one.at for one in found]
    return max(sum(at <= other < at + 60 for other in times) for at in times)


def test_sixty_changes_in_a_minute_cost_at_most_twenty_calls_and_end_right(tell: Tell) -> None:
    async def story(stage: Stage) -> None:
        await stage.start()
        stage.telegram.write(ANNA, ANNA, "Hello")
        card = await stage.card(1)
        for change in range(60):
            verb = "return" if change % 2 else "take"
            await stage.forge(BORIS, f"1:{verb}:1", message=card.id)
            await stage.passing(0.9)
        await stage.forge(BORIS, "1:take:1", message=card.id)
        await stage.quiet()
        assert "With Boris" in (await stage.card(1)).text
        assert busiest_minute(to_group(stage)) <= 20
        assert not [one for one in stage.telegram.calls if one.status == 429]
        assert [row.version for row in await stage.rows(leads)] >= [61]

    tell(story)


def test_a_deleted_card_is_posted_again(tell: Tell) -> None:
    async def story(stage: Stage) -> None:
        await stage.start()
        stage.telegram.write(ANNA, ANNA, "Hello")
        card = await stage.card(1)
        stage.telegram.delete(TEAM, card.id)
        await stage.forge(BORIS, "1:take:1", message=card.id)
        anew = await stage.card(1, "With Boris")
        assert anew.id != card.id
        stage.telegram.write(BORIS, TEAM, "Good day", reply_to=anew.id)
        await stage.heard(ANNA, "Good day")

    tell(story)


def test_a_supergroup_is_followed_once_by_exception_and_event(tell: Tell) -> None:
    async def story(stage: Stage) -> None:
        old = -4001
        stage.telegram.add_group(old, "Sales", supergroup=False, admins=[VERA], members=[BORIS])
        await stage.start(team={"chat": f"telegram:{old}"})
        await stage.until(lambda: stage.vk.polling)
        stage.telegram.write(ANNA, ANNA, "Hello")
        await stage.until(lambda: [m for m in stage.telegram.shown(old) if "#1" in m.text])
        await stage.quiet()
        stage.telegram.fail("getUpdates", Fault.HTML_502, times=-1)
        await stage.passing(30)  # the poll that is under way ends
        new = stage.telegram.migrate(old)
        stage.vk.write(PABLO, "Good morning")
        await stage.until(lambda: [m for m in stage.telegram.shown(new) if "#2" in m.text])
        refused = [one for one in to_group(stage, old) if "migrate" in str(one.description)]
        stage.heal()
        await stage.quiet()
        for number in (1, 2):
            cards = [m for m in stage.telegram.shown(new) if f"#{number} " in m.text[:8]]
            assert len(cards) == 1
        assert len(to_group(stage, new)) == 2
        assert refused or [one for one in to_group(stage, old) if one.status == 400]

    tell(story)


def test_lost_rights_are_told_once_and_what_was_missed_is_shown_when_they_are_back(
    tell: Tell,
) -> None:
    async def story(stage: Stage) -> None:
        await stage.start()
        stage.telegram.write(ANNA, ANNA, "Hello")
        card = await stage.card(1)
        await stage.forge(BORIS, "1:take:1", message=card.id)
        await stage.card(1, "With Boris")
        bot = stage.telegram.bot_id
        stage.telegram.restrict(TEAM, bot, by=VERA)
        stage.telegram.write(PABLO, PABLO, "Good morning")
        stage.telegram.write(ANNA, ANNA, "Are you there?")
        await stage.forge(BORIS, "1:return:1", message=card.id)
        await stage.passing(900)
        stage.skip(3600)
        await stage.passing(120)
        assert len(stage.news()) == 1
        assert "Please add me to it again as an administrator" in stage.news()[0]
        stage.telegram.promote(TEAM, bot, by=VERA)
        await stage.quiet()
        assert "With Boris" not in (await stage.card(1)).text
        assert "Good morning" in (await stage.card(2)).text
        assert len(stage.mine("Are you there?")) == 1
        assert len(stage.news()) == 2
        assert "I may write in the team's chat again" in stage.news()[1]

    tell(story)


def test_removed_and_added_again_it_goes_on_and_a_second_removal_is_told_anew(tell: Tell) -> None:
    async def story(stage: Stage) -> None:
        await stage.start()
        bot = stage.telegram.bot_id
        for time in (1, 2):
            stage.telegram.leave(TEAM, bot, by=VERA)
            customer = stage.newcomer()
            stage.telegram.write(customer, customer, f"Hello {time}")
            await stage.passing(300)
            assert len([one for one in stage.news() if "Please add me" in one]) == time
            stage.telegram.join(TEAM, bot, by=VERA)
            stage.telegram.promote(TEAM, bot, by=VERA)
            await stage.until(partial(stage.mine, f"Hello {time}"))
            await stage.quiet()

    tell(story)


def test_a_chat_that_must_wait_holds_up_no_other(tell: Tell) -> None:
    async def story(stage: Stage) -> None:
        await stage.start()
        for customer in (ANNA, PABLO):
            stage.telegram.write(customer, customer, f"Hello from {customer}")
        first, second = await stage.card(1), await stage.card(2)
        where = {
            name: one.id
            for one in (first, second)
            for name in (ANNA, PABLO)
            if f"from {name}" in one.text
        }
        stage.telegram.fail("sendMessage", Fault.TOO_MANY, chat=ANNA, retry_after=600)
        began = stage.now()
        for words in ("one", "two", "three"):
            for customer in (ANNA, PABLO):
                stage.telegram.write(BORIS, TEAM, words, reply_to=where[customer])
        await stage.until(lambda: len(stage.private(PABLO)) == 3, 60)
        assert not stage.private(ANNA)
        await stage.until(lambda: len(stage.private(ANNA)) == 3, 900)
        assert stage.now() - began >= 600
        for customer in (ANNA, PABLO):
            assert [one.text for one in stage.private(customer)] == ["one", "two", "three"]

    tell(story)


def test_too_large_is_not_tried_again(tell: Tell) -> None:
    async def story(stage: Stage) -> None:
        await stage.start()
        stage.telegram.write(ANNA, ANNA, "Hello")
        card = await stage.card(1)
        stage.telegram.fail("sendPhoto", Fault.TOO_LARGE, chat=ANNA, times=-1)
        stage.telegram.write(BORIS, TEAM, "This one", photo=b"a picture", reply_to=card.id)
        await stage.until(lambda: stage.mine("the file is too large"))
        await stage.passing(900)
        tried = [one for one in stage.telegram.calls if one.method == "sendPhoto"]
        assert len(tried) == 1

    tell(story)


def test_who_blocked_the_bot_gets_nothing_until_unblocking(tell: Tell) -> None:
    async def story(stage: Stage) -> None:
        def told_of_it(times: int) -> bool:
            return len(stage.mine("Not delivered: the customer blocked the bot")) == times

        await stage.start()
        stage.telegram.write(ANNA, ANNA, "Hello")
        card = await stage.card(1)
        stage.telegram.fail(
            "sendMessage",
            Fault.FORBIDDEN,
            chat=ANNA,
            description="Forbidden: bot was blocked by the user",
        )
        for number, words in enumerate(("one", "two"), start=1):
            stage.telegram.write(BORIS, TEAM, words, reply_to=card.id)
            await stage.until(partial(told_of_it, number))
        tried = [one for one in stage.telegram.calls if one.chat_id == ANNA]
        assert len(tried) == 1
        stage.telegram.write(ANNA, ANNA, "I am back")
        await stage.until(lambda: stage.mine("I am back"))
        stage.telegram.write(BORIS, TEAM, "three", reply_to=card.id)
        await stage.heard(ANNA, "three")

    tell(story)
