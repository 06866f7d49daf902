"""What nobody needs any more goes by itself, and what is still needed stays."""

from __future__ import annotations

import asyncio

from bot.messages import ErasureWanted
from storage.schema import accounts, erasures, inbox, leads, outbox
from tests.cast import ANNA, BORIS, PABLO
from tests.plays.play import Play

DAY = 86400


async def test_what_was_handled_is_emptied_after_a_week(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "A violet door")
    await play.card(1)
    await play.quiet()
    assert any("violet" in str(row.body) for row in await play.rows(inbox))
    await play.stop()
    play.move(8 * DAY)
    await play.start()
    while any("violet" in str(row.body) for row in await play.rows(inbox)):
        await asyncio.sleep(0.01)
    play.telegram.write(ANNA, ANNA, "Still there?")
    await play.shown("Still there?")
    assert not any("violet" in str(row.payload) for row in await play.rows(outbox))


async def test_who_writes_no_more_is_forgotten_but_not_who_waits(play: Play) -> None:
    await play.start(retention={"customers": "P30D"})
    play.telegram.write(ANNA, ANNA, "A door")
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "Spam")
    play.telegram.write(PABLO, PABLO, "A window")
    await play.card(2)
    await play.quiet()
    await play.stop()
    play.move(31 * DAY)
    await play.start(retention={"customers": "P30D"})
    await play.until(lambda: play.team("#1 · the customer's data are erased"))
    anna, pablo = await play.rows(accounts)
    assert (anna.name, pablo.name) == ("", "Pablo")
    assert "Pablo" in (await play.card(2)).text


async def test_who_comes_back_just_then_keeps_their_lead(play: Play) -> None:
    await play.start(retention={"customers": "P30D"})
    play.telegram.write(ANNA, ANNA, "A door")
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "Spam")
    await play.card(1, "rejected")
    await play.quiet()
    play.telegram.write(ANNA, ANNA, "Now I want to buy it")
    await play.card(2, "repeat of #1")
    await play.quiet()
    play.move(31 * DAY)
    assert play.product is not None
    wanted = ErasureWanted(await play.account(ANNA), "age", "ABCD1234")
    await play.product.inbox.add({"erasure:age:1:then": wanted})  # just before she wrote
    await play.quiet()
    assert [row.state for row in await play.rows(leads)] == ["rejected", "new"]
    assert "Anna" in (await play.card(2)).text
    assert not await play.rows(erasures)


async def test_whoever_was_spared_once_is_forgotten_another_time(play: Play) -> None:
    await play.start(retention={"customers": "P30D"})
    play.telegram.write(ANNA, ANNA, "A door")
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "Spam")
    await play.card(1, "rejected")
    await play.quiet()
    assert play.product is not None
    today = f"{play.product.now():%Y-%m-%d}"
    wanted = ErasureWanted(await play.account(ANNA), "age", "ABCD1234")
    await play.product.inbox.add({f"erasure:age:1:{today}": wanted})
    await play.quiet()
    assert not await play.rows(erasures)
    await play.stop()
    play.move(31 * DAY)
    await play.start(retention={"customers": "P30D"})
    await play.until(lambda: play.team("#1 · the customer's data are erased"))
