"""The pace that VK keeps, by a clock of our own."""

from __future__ import annotations

from bot.sandbox.vk import Limits
from tests.sandbox.vk_client import ANNA, PABLO, world


async def test_the_twenty_first_call_within_a_second_is_refused() -> None:
    async with world(limits=Limits()) as vk:
        codes = [await vk.refusal("utils.getServerTime") for _ in range(21)]
        vk.clock.now += 0.99
        still = await vk.refusal("utils.getServerTime")
        vk.clock.now += 0.01
        after = await vk.refusal("utils.getServerTime")
    assert codes == [0] * 20 + [6]
    assert (still, after) == (6, 0)


async def test_a_refused_call_changes_nothing() -> None:
    async with world(limits=Limits(per_second=1)) as vk:
        await vk.call("utils.getServerTime")
        assert await vk.refusal("messages.send", user_id=ANNA, message="x", random_id=1) == 6
        assert len(vk.server.dialog(ANNA)) == 1


async def test_a_batch_counts_as_one_call() -> None:
    async with world(limits=Limits(per_second=1)) as vk:
        calls = ",".join(["API.utils.getServerTime({})"] * 25)
        assert await vk.call("execute", code=f"return [{calls}];") == [1_700_000_000] * 25


async def test_a_batch_of_26_is_refused() -> None:
    async with world() as vk:
        calls = ",".join(["API.utils.getServerTime({})"] * 26)
        assert await vk.refusal("execute", code=f"return [{calls}];") == 13


async def test_the_same_text_again_and_again_is_a_flood() -> None:
    async with world(limits=Limits(identical_per_minute=2)) as vk:
        spam = {"user_id": ANNA, "message": "buy!"}
        codes = [await vk.refusal("messages.send", random_id=n, **spam) for n in (1, 2, 3)]
        other_text = await vk.refusal("messages.send", user_id=ANNA, message="hi", random_id=4)
        other_peer = await vk.refusal("messages.send", user_id=PABLO, message="buy!", random_id=5)
        vk.clock.now += 60
        later = await vk.refusal("messages.send", random_id=6, **spam)
    assert codes == [0, 0, 9]
    assert (other_text, other_peer, later) == (0, 0, 0)


async def test_without_limits_any_number_of_calls_passes() -> None:
    async with world(limits=Limits.none()) as vk:
        codes = [await vk.refusal("utils.getServerTime") for _ in range(60)]
    assert codes == [0] * 60
