"""Whoever asks the bot and is gone before it answers: nothing is tried for ever."""

from __future__ import annotations

from storage.schema import outbox
from tests.cast import BORIS
from tests.plays.play import Play


async def test_an_answer_to_a_manager_who_is_gone_is_given_up(play: Play) -> None:
    await play.start()
    play.telegram.press_start(BORIS)
    await play.until(lambda: play.private(BORIS, "/leads"))
    await play.quiet()
    play.telegram.write(BORIS, BORIS, "/leads")
    play.telegram.deactivate(BORIS)
    await play.quiet()
    ended = [row.state for row in await play.rows(outbox) if row.chat == str(BORIS)]
    assert ended == ["sent", "failed"]
