"""A channel's responsible account hears, like the supervisors, of its overdue leads."""

from __future__ import annotations

from tests.cast import ANNA, DASHA, VERA
from tests.plays.play import Play


async def test_the_channels_responsible_hears_of_an_overdue_lead(play: Play) -> None:
    play.telegram.started(VERA)
    play.telegram.started(DASHA)
    await play.start(channels={"telegram": {"responsible": f"telegram:{DASHA}"}})
    play.telegram.write(ANNA, ANNA, "Is anybody there?")
    await play.card(1)
    play.move(5 * 60 + 1)
    await play.shown("Who takes it?")
    play.move(5 * 60 + 1)
    await play.heard(VERA, "Nobody has taken lead #1 (Anna) for 10 min.")
    await play.heard(DASHA, "Nobody has taken lead #1 (Anna) for 10 min.")
