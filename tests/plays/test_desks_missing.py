"""Open leads of a desk that the settings no longer have: nobody sees them, and that is told."""

from __future__ import annotations

from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

from structlog.testing import capture_logs

from storage.schema import leads
from tests.cast import ANNA, BORIS, PABLO, VERA
from tests.plays.desks import SERVICE
from tests.plays.play import Play
from tests.plays.test_desks_changed import three_desks, without


def told(play: Play, words: str) -> list[str]:
    """What Vera was told by the first team's bot with these words."""
    return [one.text for one in play.private(VERA, words)]


@asynccontextmanager
async def a_lead_left(play: Play) -> AsyncIterator[dict[str, Any]]:
    """The settings that have no service any more, while a lead is open there."""
    play.telegram.started(VERA)
    async with three_desks(play) as (telegram, over):
        await play.start(**over)
        telegram.write(PABLO, PABLO, "A door?")
        await play.until(lambda: telegram.shown(SERVICE))
        await play.quiet()
        assert not told(play, "service")
        await play.stop()
        yield over


async def test_of_leads_that_nobody_sees_the_first_team_hears_once_and_when_they_are_back(
    play: Play,
) -> None:
    async with a_lead_left(play) as over:
        for _ in range(2):  # a second start says it in the log only
            with capture_logs() as logs:
                await play.start(**without(over, "service"))
                await play.heard(VERA, "nobody sees its open leads: 1")
                await play.until(lambda: noted(logs))
                await play.quiet()
                await play.stop()
            assert noted(logs) == [("service", 1)]
        assert len(told(play, "service")) == 1
        await play.start(**over)
        await play.heard(VERA, "No open lead of the team “service” is out of sight any more")
        await play.quiet()
        assert len(told(play, "service")) == 2


def noted(logs: list[MutableMapping[str, Any]]) -> list[tuple[str, int]]:
    return [(one["desk"], one["open_leads"]) for one in logs if one["event"] == "desk_missing"]


async def test_the_only_desk_that_is_left_sees_all_leads_and_nobody_need_be_told(
    play: Play,
) -> None:
    async with a_lead_left(play) as over:
        await play.start(**without(without(over, "service"), "shop"))
        play.move(61)
        play.telegram.write(ANNA, ANNA, "A window?")
        await play.card(2)
        await play.quiet()
        assert not told(play, "service")


async def test_leads_that_nobody_sees_are_over_once_none_of_them_is_open(play: Play) -> None:
    async with a_lead_left(play) as over:
        await play.start(**without(over, "service"))
        await play.heard(VERA, "nobody sees its open leads: 1")
        await all_leads(play, desk="telegram")  # as a messenger is called, too
        await play.heard(VERA, "The team “telegram” is no longer in the settings")
        await play.heard(VERA, "No open lead of the team “service” is out of sight any more")
        await all_leads(play, state="rejected")
        await play.heard(VERA, "No open lead of the team “telegram” is out of sight any more")


async def test_who_answers_a_customer_there_is_told_that_nobody_hears_it(play: Play) -> None:
    play.telegram.started(VERA)
    async with three_desks(play) as (telegram, over):
        await play.start(**over)
        telegram.write(PABLO, PABLO, "A door?")
        card = (await play.until(lambda: telegram.shown(SERVICE)))[0]
        await play.stop()
        await play.start(**without(over, "service"))
        telegram.write(BORIS, SERVICE, "What do they say?")
        reply = telegram.write(BORIS, SERVICE, "Which size?", reply_to=card.id)
        words = "no longer in the settings"
        notices = await play.until(lambda: [m for m in telegram.shown(SERVICE) if words in m.text])
        await play.quiet()
        assert [one.reply_to for one in notices] == [reply]
        assert not [one for one in telegram.shown(PABLO) if one.from_bot]
        query = telegram.press(BORIS, SERVICE, card.id, label="Take")
        told = await play.until(lambda: telegram.answers.get(query))
        assert told.text == "This chat is no longer in the settings, so its buttons do nothing"


async def all_leads(play: Play, **values: str) -> None:
    """Let every lead be so; then a minute goes by."""
    assert play.product is not None
    async with play.product.database.write() as connection:
        await connection.execute(leads.update().values(**values))
    play.move(61)
