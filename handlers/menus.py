"""Menus about the team rather than one lead: who pressed what where, and buttons by pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain.lead import Role
from bot.messages import Button, Edit, Keyboard, Text, split_address
from handlers.beside import Beside
from handlers.layout import columns
from handlers.work import Work
from storage.staff import Staff

_HALF = 16  # columns of a label that can be read in half a row of a phone
PAGE = 6  # buttons, so that with those around them VK's ten suffice


@dataclass(frozen=True, slots=True)
class TeamPress:
    """Who pressed a button that is about no one lead, and the message under which it was."""

    who: Staff
    role: Role
    argument: str
    where: str  # the chat's address
    message_id: str
    beside: Beside


async def show(work: Work, press: TeamPress, text: Text, keyboard: Keyboard = ()) -> None:
    """Let the message under which was pressed say this."""
    chat = split_address(press.where)[1]
    await work.call(press.where, Edit(chat, press.message_id, text, keyboard))


def page_of(argument: str) -> int | None:
    """The page that a press asks for, `p2`, from 0; None when it stands for something else."""
    number = argument.removeprefix("p")
    wanted = number != argument and number.isascii() and number.isdigit() and len(number) < 4
    return int(number) if wanted else None


def paged(
    buttons: Sequence[Button], page: int, turn: Callable[[str], str], size: int = PAGE
) -> Keyboard:
    """So many as a thumb scrolls by, and the ways to those before and after.

    `turn` gives the data of the button for a page, named as page_of reads it.
    """
    page = min(page, max(0, len(buttons) - 1) // size)
    first, end = page * size, (page + 1) * size
    turns = [Button("‹", turn(f"p{page - 1}"))] if page else []
    turns += [Button("›", turn(f"p{page + 1}"))] if end < len(buttons) else []
    return (*pairs(buttons[first:end]), *((tuple(turns),) if turns else ()))


def pairs(buttons: Sequence[Button]) -> Keyboard:
    """Two in a row, the way thumbs like them; alone what could not be read in half a row."""
    rows: list[tuple[Button, ...]] = []
    room = False
    for one in buttons:
        short = columns(one.label) <= _HALF
        if room and short:
            rows[-1] = (*rows[-1], one)
            room = False
        else:
            rows.append((one,))
            room = short
    return tuple(rows)
