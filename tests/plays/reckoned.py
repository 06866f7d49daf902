"""What is wrong at the end of a play of any order, by the servers' logs and the database."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.messages import Priority
from bot.sandbox.telegram import Message
from storage.schema import accounts, cards, inbox, leads, messages, outbox, touches, versions
from tests.cast import BORIS, DASHA, GLEB, TEAM, VERA
from tests.handlers.invariants import assert_invariants
from tests.plays.deeds import Deeds, Replied, Said
from tests.plays.faces import lead_of, wrong_cards
from tests.plays.play import Play

_WORDS = re.compile(r"\b[a-z]\d{4}\b")
_QUOTE = re.compile(r"🔗.*?(?:\n\n|$)", re.DOTALL)  # what the card of a merged lead said
_FOR_STRANGERS = ("These buttons are for the team only", "This button is out of date")
_TEAM = (BORIS, DASHA, VERA)
_UNREACHED = ("blocked", "denied", "gone")


@dataclass(slots=True)
class Team:
    """What the team's chat shows of the bot: how often words stand under cards, and where else."""

    under: Counter[str] = field(default_factory=Counter)
    replaced: set[str] = field(default_factory=set)  # struck out by an edit
    on_cards: set[str] = field(default_factory=set)
    answered: set[int] = field(default_factory=set)  # messages that the bot answered with ⚠️


async def wrong(play: Play, deeds: Deeds) -> list[str]:
    """Everything that must not be, in words."""
    assert play.product is not None
    await assert_invariants(play.product.database)
    team = _team(play)
    kept = await _kept(play)
    unshown = await _unshown(play)
    found = await wrong_cards(play.telegram, play.product)
    for one in deeds.said:
        found += _said_wrong(one, team, kept[one.words], unshown)
    arrived = _arrived(play, deeds)
    again = sum(one.data.startswith("1:repeat:") for one in deeds.pressed)
    for reply in deeds.replied:
        if reply.who == DASHA and deeds.left and not kept[reply.words]:
            continue  # who has left can do nothing any more, also with words written before
        found += _replied_wrong(reply, team, kept[reply.words], arrived[reply.words], again)
    return [*found, *_pressed_wrong(play, deeds), *await _given_up(play)]


def _team(play: Play) -> Team:
    team = Team()
    shown = {one.id: one for one in play.telegram.shown(TEAM)}
    for one in shown.values():
        to = shown.get(one.reply_to or 0)
        if not one.from_bot:
            continue
        if lead_of(one):
            team.on_cards.update(_WORDS.findall(" ".join(_versions(one))))
        elif to is None or to.from_bot:
            quoted = set(_WORDS.findall(" ".join(_QUOTE.findall(one.text))))
            left = set(_WORDS.findall(_QUOTE.sub("", _not_struck(one))))
            team.on_cards |= quoted
            team.under.update(left)
            team.replaced |= set(_WORDS.findall(one.text)) - left - quoted
        elif "⚠️" in one.text:
            team.answered.add(to.id)
    return team


def _versions(message: Message) -> Iterable[str]:
    """What a message says, and what it ever said."""
    return (str(body.get("text", "")) for body in (*message.edits, message.body))


def _not_struck(message: Message) -> str:
    """The text without what an edit replaced."""
    text = message.text.encode("utf-16-le")
    for one in reversed(message.entities):
        if one["type"] == "strikethrough":
            text = text[: 2 * one["offset"]] + text[2 * (one["offset"] + one["length"]) :]
    return text.decode("utf-16-le")


async def _kept(play: Play) -> dict[str, list[Any]]:
    """The rows of messages in which words stand, or stood before an edit."""
    rows = {row.id: row for row in await play.rows(messages)}
    found: dict[str, dict[int, Any]] = defaultdict(dict)
    texts = [(row.id, row.text) for row in rows.values()]
    texts += [(row.message, row.text) for row in await play.rows(versions)]
    for number, text in texts:
        for words in _WORDS.findall(text):
            found[words][number] = rows[number]
    return defaultdict(list, {words: list(of.values()) for words, of in found.items()})


async def _unshown(play: Play) -> set[int]:
    """Accounts of persons who were ever banned: what they write meanwhile is only kept."""
    banned = {row.lead for row in await play.rows(touches) if row.kind == "ban"}
    persons = {row.person for row in await play.rows(leads) if row.id in banned}
    own = {row.account for row in await play.rows(leads) if row.person in persons}
    return own | {row.id for row in await play.rows(accounts) if row.person in persons}


def _said_wrong(one: Said, team: Team, kept: list[Any], unshown: set[int]) -> list[str]:
    """Kept once, and shown once: on the card, or under one."""
    if len(kept) != 1:
        return [f"{one} is kept {len(kept)} times"]
    if kept[0].account in unshown:
        return [f"{one} is shown twice"] if team.under[one.words] > 1 else []
    # Of a first message that was changed before its card came, only the change is shown.
    on_card = one.words in team.on_cards | team.replaced and not one.edit
    if team.under[one.words] == 1 or (on_card and not team.under[one.words]):
        return []
    return [f"{one} is shown {team.under[one.words]} times, on a card: {on_card}"]


def _replied_wrong(
    one: Replied, team: Team, kept: list[Any], arrived: int, again: int
) -> list[str]:
    """Kept once; with the customer once, or its manager was told; a note never."""
    if len(kept) != 1:
        return [f"{one} is kept {len(kept)} times"]
    if kept[0].direction != "out":
        return [f"{one} was a note and arrived"] if arrived else []
    if arrived > 1 + again:
        return [f"{one} arrived {arrived} times"]
    if not arrived and one.id not in team.answered:
        return [f"{one} did not arrive, and nobody was told"]
    return []


def _arrived(play: Play, deeds: Deeds) -> Counter[str]:
    """How often words were posted to customers."""
    found: Counter[str] = Counter()
    for channel, customer in deeds.customers:
        if channel == "telegram":
            texts = [one.text for one in play.telegram.messages(customer) if one.from_bot]
        else:
            texts = [one.text for one in play.vk.dialog(customer) if one.author != customer]
        found.update(words for text in texts for words in _WORDS.findall(text))
    return found


def _pressed_wrong(play: Play, deeds: Deeds) -> list[str]:
    """Each press of the team in the last life has its answer; strangers learnt nothing."""
    told = play.telegram.answers
    found = [
        f"{one} was not answered"
        for one in deeds.pressed
        if one.life == deeds.life and one.who in _TEAM and one.query not in told
    ]
    found += [
        f"{one} was told {told[one.query].text!r}"
        for one in deeds.pressed
        if one.who == GLEB and one.data[:1] != "c" and one.query in told
        if told[one.query].text not in _FOR_STRANGERS
    ]
    private = [one.text for one in play.telegram.messages(GLEB)]
    return found + [f"Gleb was written {text!r}" for text in private]


async def _given_up(play: Play) -> list[str]:
    """What was set aside; an answer may come too late, and who blocks us is told of otherwise."""
    found = [f"event: {row.reason}" for row in await play.rows(inbox) if row.state == "dead"]
    found += [
        f"call: {row.reason} {row.payload}"
        for row in await play.rows(outbox)
        if row.state == "failed" and Priority(row.priority).counts and row.reason not in _UNREACHED
    ]
    return found + [
        f"card: {row.reason}" for row in await play.rows(cards) if row.state == "failed"
    ]
