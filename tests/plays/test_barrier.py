"""Two managers take one lead at the same instant, past the queue: the version check decides."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.delivery.jobs import Job
from bot.messages import Author, ButtonPressed, Chat, Facts, Member, MessageReceived, Raw
from bot.product import Product, open_product
from storage.inbox import Arrival, unrouted
from storage.schema import assignments, inbox, leads, outbox, staff
from tests.cast import BORIS, DASHA, NAMES, TEAM
from tests.plays.play import Play

ROUNDS = 200
NOON = datetime(2025, 5, 5, 12, tzinfo=UTC)


async def test_of_two_presses_decided_at_once_one_wins_and_the_other_is_told_who(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_product(play.settings()) as product:  # opened, but nobody runs the queue
        unclaimed(product)
        await make_leads(product)
        presses = await accept_presses(product)
        hold_at_barrier(product, monkeypatch)
        for both in presses:
            await asyncio.gather(*(product.inbox.batches.process([job]) for job in both))
    await play.start()
    conflicts = [row for row in await play.rows(inbox) if row.attempts]
    assert len(conflicts) == ROUNDS, "the net was not tested in every round"
    await play.handled()
    await check_one_winner_each(play)


def unclaimed(product: Product) -> None:
    """Nobody runs the queue, so no process holds what the test handles."""
    product.inbox.batches._process = lambda: None


async def make_leads(product: Product) -> None:
    """One lead a round, each of a customer of its own."""
    jobs = [
        Job(Arrival(-number, "telegram", "", {}, None, 0, product.now()), wrote(number), Facts())
        for number in ROUND
    ]
    await product.inbox.batches.process(jobs)


def wrote(number: int) -> MessageReceived:
    """A customer's first message."""
    customer = str(10_000 + number)
    chat = Chat(customer, private=True)
    return MessageReceived("telegram", chat, Author(customer, "Anna"), "1", NOON, "Hello")


async def accept_presses(product: Product) -> list[list[Job]]:
    """Both managers' presses of Take, as they came, ready to be handled round by round."""
    raws = [Raw(f"{lead}-{who}", press(lead, who)) for lead in ROUND for who in (BORIS, DASHA)]
    await product.inbox.accept("telegram", raws, "")
    facts = Facts(member=Member(present=True))
    jobs = []
    for arrival in await unrouted(product.database, 2 * ROUNDS):
        event = product.parse(arrival.channel, arrival.body)
        assert isinstance(event, ButtonPressed)
        jobs.append(Job(arrival, event, facts))
    return [jobs[at : at + 2] for at in range(0, 2 * ROUNDS, 2)]


def press(lead: int, who: int) -> dict[str, Any]:
    """A press as Telegram tells of it."""
    user = {"id": who, "is_bot": False, "first_name": NAMES[who]}
    chat = {"id": TEAM, "type": "supergroup", "title": "Sales"}
    message = {"message_id": lead, "date": 0, "chat": chat}
    query = {"id": f"{lead}-{who}", "from": user, "message": message, "chat_instance": "1"}
    return {"update_id": lead, "callback_query": query | {"data": f"1:take:{lead}"}}


def hold_at_barrier(product: Product, monkeypatch: pytest.MonkeyPatch, parties: int = 2) -> None:
    """Let no decision be saved before the other handlers have decided as well."""
    barrier, decide = asyncio.Barrier(parties), product.handle

    async def held(*args: Any) -> None:
        await decide(*args)
        await barrier.wait()

    monkeypatch.setattr(product, "handle", held)


async def check_one_winner_each(play: Play) -> None:
    """Every lead has one responsible; one presser has it, the other was told whose it is."""
    names = {row.id: row.name for row in await play.rows(staff)}
    winners = {row.id: names[row.responsible] for row in await play.rows(leads)}
    assert Counter(row.lead for row in await play.rows(assignments)) == dict.fromkeys(ROUND, 1)
    answers = [row.payload for row in await play.rows(outbox) if row.payload["kind"] == "answer"]
    told = {answer["press_id"]: answer["text"] for answer in answers}
    assert len(answers) == len(told) == 2 * ROUNDS
    for lead in ROUND:
        expected = {
            name: f"#{lead} is yours"
            if name == winners[lead]
            else f"{winners[lead]} already took it"
            for name in ("Boris", "Dasha")
        }
        found = {NAMES[who]: told[f"{lead}-{who}"] for who in (BORIS, DASHA)}
        assert found == expected


ROUND = range(1, ROUNDS + 1)
