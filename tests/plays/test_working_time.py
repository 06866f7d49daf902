"""Deadlines run while the team works: on days off nobody is reminded."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from storage.schema import deadlines
from tests.cast import ANNA, BORIS, VERA
from tests.plays.play import Play

MADRID = ZoneInfo("Europe/Madrid")


async def on_a_long_weekend(play: Play, **terms: str) -> date:
    """Anna has asked on a day off, the next is one too; the first working day."""
    today = datetime.fromtimestamp(play.now(), UTC).astimezone(MADRID).date()
    days_off = [today + timedelta(days=number) for number in range(2)]
    play.telegram.started(VERA)
    await play.start(deadlines=terms, hours={"holidays": days_off})
    play.telegram.write(ANNA, ANNA, "How much is a window?")
    await play.card(1)
    return today + timedelta(days=2)


def moment(day: date, minutes: int = 0) -> datetime:
    return datetime.combine(day, time(), MADRID) + timedelta(minutes=minutes)


async def due(play: Play, kind: str) -> list[datetime]:
    """When this is due that is awaited now."""
    found = await play.rows(deadlines)
    return [row.due_at for row in found if row.done_at is None and row.kind == kind]


async def test_who_writes_on_a_day_off_is_recalled_on_the_first_working_day(play: Play) -> None:
    monday = await on_a_long_weekend(play, take="PT5M")
    assert await due(play, "take") == [moment(monday, 5)]
    play.move(moment(monday, 4).timestamp() - play.now())
    await play.quiet()
    assert not play.team("Who takes it?")
    play.move(61)
    await play.shown("Who takes it?")
    play.move(5 * 60)
    await play.heard(VERA, "Nobody has taken lead #1")


async def test_a_working_day_for_the_answer_ends_with_that_day(play: Play) -> None:
    monday = await on_a_long_weekend(play, first_reply="P1D")
    await play.press(BORIS, 1, "Take")
    await play.card(1, "Boris")
    assert await due(play, "first_reply") == [moment(monday, 24 * 60)]


async def test_who_takes_late_gets_a_third_of_the_working_time_to_answer(play: Play) -> None:
    monday = await on_a_long_weekend(play, take="P9D", first_reply="PT3H")
    late = moment(monday, 10 * 60)
    play.move(late.timestamp() - play.now())
    await play.press(BORIS, 1, "Take")
    await play.card(1, "Boris")
    (until,) = await due(play, "first_reply")
    assert timedelta(minutes=60) <= until - late <= timedelta(minutes=62)
