"""What became of everything that people did, one by one, from the servers' own logs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from bot.sandbox.telegram.chats import Message
from tests.cast import TEAM
from tests.crash.load import Load, Written, lead_of
from tests.crash.ward import Ward

UNSURE = "Not sure this message reached"


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What is wrong, each as words that name it; `allowed` is in the documented window."""

    lost: list[str]  # customers' messages in no lead, or not before the managers
    doubled: list[str]  # shown twice, or a second card, or a second copy to the customer
    dropped: list[str]  # managers' replies that did not arrive, and nobody said so
    undone: list[str]  # presses without effect, cards that show something else than is
    allowed: list[str]  # doubles where the process died between acceptance and record
    unsure: int  # replies of which the manager was told that nobody knows

    @property
    def faults(self) -> list[str]:
        """Everything that must not be."""
        return self.lost + self.doubled + self.dropped + self.undone

    def __str__(self) -> str:
        return "\n".join(f"{one.name}: {getattr(self, one.name)}" for one in fields(self))


async def reckon(ward: Ward, load: Load) -> Reckoning:
    """Compare what was done with what the servers show."""
    team = [one for one in ward.telegram.shown(TEAM) if one.from_bot]
    result = Reckoning([], [], [], [], [], _unsure(team))
    kept = Counter(words for (words,) in await ward.ask(_IN_A_LEAD))
    for one in load.written:
        _message(result, one, team, kept)
    _cards(result, await ward.ask(_LEADS), load, team)
    _replies(result, ward, load, team)
    result.undone.extend(map(str, await ward.ask(_GIVEN_UP)))
    return result


_IN_A_LEAD = "select text from messages where direction = 'in' and lead is not null"


# An answer to a press may come too late for the messenger; the press counts all the same.
_GIVEN_UP = """
    select 'inbox', reason from inbox where state = 'dead'
    union all select 'outbox', reason from outbox where state = 'failed' and priority > 0
    union all select 'cards', reason from cards where state = 'failed'
"""


def _message(result: Reckoning, one: Written, team: list[Message], kept: Counter[str]) -> None:
    if kept[one.words] != 1:
        result.lost.append(f"{one} is in {kept[one.words]} leads")
    shown = [post for post in team if one.words in post.text and not lead_of(post)]
    on_cards = [post for post in team if one.words in post.text and lead_of(post)]
    if not shown and not on_cards:
        result.lost.append(f"{one} is not shown")
    if len(shown) > 1:
        (result.allowed if one.picture else result.doubled).append(f"{one} {len(shown)} times")
    if shown and on_cards and not one.picture:
        result.doubled.append(f"{one} on the card and under it")


def _cards(result: Reckoning, leads: Sequence[Any], load: Load, team: list[Message]) -> None:
    """Each lead has one card which says how things are; each customer has one lead."""
    cards: dict[int, list[Message]] = {}
    for post in team:
        if number := lead_of(post):
            cards.setdefault(number, []).append(post)
    if len(leads) != len(load.customers):
        result.doubled.append(f"{len(leads)} leads of {len(load.customers)} customers")
    for number, state, name, words in leads:
        mine = cards.pop(number, [])
        if len(mine) != 1:
            where = result.doubled if mine else result.lost
            where.append(f"lead {number} has {len(mine)} cards: {[one.id for one in mine]}")
        elif " ".join(words.split()) not in mine[0].text or (state == "taken") != (
            f"With {name}" in mine[0].text
        ):
            result.undone.append(f"lead {number} is {state} {name}, its card says {mine[0].text!r}")
        if number in load.pressed and state == "new":
            result.undone.append(f"lead {number} was not taken")
    result.doubled.extend(f"a card of no lead {number}" for number in cards)


_LEADS = """
    select leads.id, leads.state, staff.name, leads.first_words
    from leads left join staff on staff.id = leads.responsible
"""


def _replies(result: Reckoning, ward: Ward, load: Load, team: list[Message]) -> None:
    told = {post.reply_to for post in team if UNSURE in post.text}
    arrived: Counter[str] = Counter()
    for channel, customer in load.customers:
        texts = (
            [one.text for one in ward.telegram.shown(customer) if one.from_bot]
            if channel == "telegram"
            else [one.text for one in ward.vk.dialog(customer) if one.author != customer]
        )
        arrived.update(texts)
    for reply in load.replies:
        if arrived[reply.words] > 1:
            result.doubled.append(f"{reply} {arrived[reply.words]} times")
        if not arrived[reply.words] and reply.id not in told:
            result.dropped.append(str(reply))


def _unsure(team: list[Message]) -> int:
    return sum(UNSURE in post.text for post in team)
