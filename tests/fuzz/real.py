"""Real events to be spoiled: what both local messengers tell of an ordinary day."""

from __future__ import annotations

import copy
from typing import Any

from tests.cast import ANNA, BORIS, DASHA, ELSEWHERE, GLEB, PABLO, TEAM, VERA
from tests.plays.contents import TELEGRAM, VK
from tests.plays.play import Play

Json = dict[str, Any]


async def an_ordinary_day(play: Play) -> tuple[list[Json], list[Json]]:
    """Telegram's updates and VK's events of it; the product is left running."""
    updates: list[Json] = []
    inject = play.telegram.world.updates.inject

    def noted(raw: Json) -> int:
        updates.append(copy.deepcopy(raw))
        return inject(raw)

    play.telegram.world.updates.inject = noted  # type: ignore[method-assign]
    await play.start(leads={"messages_per_minute": 0})
    await play.until(lambda: play.vk.polling)
    await _customers(play)
    await _team(play)
    await _presses(play)
    await play.quiet()
    play.telegram.world.updates.inject = inject  # type: ignore[method-assign]
    return updates, [copy.deepcopy(one) for one in play.vk.events]


async def _customers(play: Play) -> None:
    """Everything that people send, edits, a start, a block."""
    play.telegram.press_start(ANNA, "spring")
    for row in TELEGRAM:
        play.telegram.write(ANNA, ANNA, **row.sent)
    number = play.telegram.write(PABLO, PABLO, "My number is +34 600 111 222, a@example.org")
    play.telegram.edit(PABLO, PABLO, number, "Or call Anna")
    play.telegram.write(PABLO, PABLO, "This one", reply_to=number)
    play.telegram.block(PABLO)
    play.telegram.unblock(PABLO)
    for content in VK:
        play.vk.write(ANNA, content.text or "Look", attachments=content.attachments)
    edited = play.vk.write(PABLO, "How much?", ref="spring", ref_source="wall")
    play.vk.edit(PABLO, edited, "How much is it?")
    play.vk.deny(PABLO)
    play.vk.allow(PABLO)
    play.vk.admin_replies(900, PABLO, "We will call")
    await play.card(1)
    await play.quiet()


async def _team(play: Play) -> None:
    """Takes, replies, notes, commands, who comes and goes."""
    await play.press(BORIS, 1, "Take")
    written = await play.reply(BORIS, 1, "From 100 euros")
    await play.quiet()
    play.telegram.edit(BORIS, TEAM, written, "From 120 euros")
    await play.reply(BORIS, 1, "// a note")
    for command in (
        "/leads",
        "/my",
        "/lead 1",
        "/find windows",
        "/new Anna, wants a door",
        "/help",
    ):
        play.telegram.write(BORIS, TEAM, command)
    play.telegram.write(VERA, TEAM, "Well done", sender_chat=TEAM)
    play.telegram.write(VERA, VERA, "/digest")
    play.telegram.leave(TEAM, DASHA)
    play.telegram.join(TEAM, DASHA)
    play.telegram.promote(TEAM, DASHA)
    play.telegram.write(GLEB, ELSEWHERE, "Who is this?")
    await play.quiet()


async def _presses(play: Play) -> None:
    """A card's buttons, and the one tap of a customer."""
    for label in ("Next step", "Back", "More", "Back", "Convert"):
        await play.press(BORIS, 1, label)
        await play.quiet()
    await play.press(BORIS, 1, "Contact")
    play.telegram.write(ANNA, ANNA, "/delete")
    asked = await play.until(lambda: [one for one in play.private(ANNA) if one.buttons])
    play.telegram.press(ANNA, ANNA, asked[-1].id, asked[-1].buttons[1]["callback_data"])
    play.vk.press(PABLO, PABLO, 1, {"button": "c1:rate:1:5"}, forged=True)
