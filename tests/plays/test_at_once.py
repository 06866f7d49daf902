"""Customers and managers at the same instant, past the queue: one lead, one merge, nothing lost."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from bot.delivery.jobs import Job
from bot.messages import Event, Facts, Member, Raw
from bot.product import Product, open_product
from handlers.policy import reason_mark
from storage.inbox import unrouted
from storage.schema import accounts, inbox, leads, merges, messages, persons
from storage.session import Session
from tests.cast import BORIS, DASHA, NAMES, TEAM
from tests.handlers.invariants import assert_invariants
from tests.plays.play import Play
from tests.plays.test_barrier import hold_at_barrier, unclaimed

NEW_CUSTOMERS = 200
PAIRS = 30
Raws = Sequence[Raw]


async def test_three_messages_at_once_from_a_new_customer_are_one_lead(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_product(play.settings()) as product:
        customers = range(10_000, 10_000 + NEW_CUSTOMERS)
        raws = [said(who, number) for who in customers for number in (1, 2, 3)]
        jobs = await accepted(product, raws)
        hold_at_barrier(product, monkeypatch, parties=3)
        for at in range(0, len(jobs), 3):
            await asyncio.gather(
                *(product.inbox.batches.process([job]) for job in jobs[at : at + 3])
            )
    await start_and_handle(play)
    assert len([row for row in await play.rows(inbox) if row.attempts]) >= 2 * NEW_CUSTOMERS
    assert len(await play.rows(accounts)) == len(await play.rows(persons)) == NEW_CUSTOMERS
    assert len(await play.rows(leads)) == NEW_CUSTOMERS
    counts = Counter(row.lead for row in await play.rows(messages))
    assert set(counts.values()) == {3}, "each has all three"
    await check(play)


async def test_of_two_merges_of_two_persons_at_once_one_is_made(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_product(play.settings()) as product:
        pairs = await make_pairs(product)
        raws = [
            raw
            for one, other in pairs
            for raw in (pressed(BORIS, "merge", one, other), pressed(DASHA, "merge", other, one))
        ]
        await process_by_twos(product, monkeypatch, raws)
    await start_and_handle(play)
    assert len([row for row in await play.rows(inbox) if row.attempts]) == PAIRS
    assert len(await play.rows(merges)) == PAIRS
    assert Counter(row.state for row in await play.rows(leads)) == {"new": PAIRS, "absorbed": PAIRS}
    await check(play)


async def test_of_two_merges_at_once_one_is_made_where_no_lead_is_open_either(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_product(play.settings()) as product:
        pairs = await make_pairs(product)
        spam = reason_mark(product.desks.first.reasons[-1])
        numbers = [number for pair in pairs for number in pair]
        closed = await accepted(product, [pressed(BORIS, "reject", n, spam) for n in numbers])
        await product.inbox.batches.process(closed)
        raws = [
            raw
            for one, other in pairs
            for raw in (pressed(BORIS, "merge", one, other), pressed(DASHA, "merge", other, one))
        ]
        await process_by_twos(product, monkeypatch, raws)
    await start_and_handle(play)
    assert Counter(row.state for row in await play.rows(leads)) == {"rejected": 2 * PAIRS}
    assert len(await play.rows(merges)) == PAIRS
    await check(play)


async def test_of_two_undoings_at_once_only_the_last_merge_is_undone(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_product(play.settings()) as product:
        pairs = await make_pairs(product)
        merged = await accepted(product, [pressed(BORIS, "merge", *pair) for pair in pairs])
        await product.inbox.batches.process(merged)
        raws = [
            raw
            for number, (one, other) in enumerate(pairs, 1)
            for raw in (
                pressed(BORIS, "split", one, number),
                pressed(DASHA, "split", other, number),
            )
        ]
        await process_by_twos(product, monkeypatch, raws)
    await start_and_handle(play)
    assert {row.root for row in await play.rows(persons)} == {None}
    assert Counter(row.state for row in await play.rows(leads)) == {"new": 2 * PAIRS}
    await check(play)


async def test_words_of_the_loser_during_the_merge_are_where_they_belong(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_product(play.settings()) as product:
        pairs = await make_pairs(product)
        raws = [
            raw
            for one, other in pairs
            for raw in (pressed(BORIS, "merge", one, other), said(10_000 + other, 2))
        ]
        await process_in_turns(product, monkeypatch, await accepted(product, raws))
    await start_and_handle(play)
    late = [row for row in await play.rows(inbox) if row.attempts]
    assert len(late) == PAIRS / 2, "who comes after a merge decides anew"
    states = {row.id: row.state for row in await play.rows(leads)}
    assert Counter(states.values()) == {"new": PAIRS, "absorbed": PAIRS}
    further = [states[row.lead] for row in await play.rows(messages) if row.message_id == "2"]
    assert Counter(further) == {"new": PAIRS / 2, "absorbed": PAIRS / 2}
    await check(play)


def said(who: int, number: int) -> Raw:
    """A customer's message as Telegram tells of it."""
    user = {"id": who, "is_bot": False, "first_name": "Anna"}
    chat = {"id": who, "type": "private", "first_name": "Anna"}
    text = {"message_id": number, "date": 0, "chat": chat, "from": user, "text": f"Hello {number}"}
    return Raw(f"{who}-{number}", {"update_id": who * 10 + number, "message": text})


def pressed(who: int, verb: str, lead: int, about: int | str) -> Raw:
    """A press as Telegram tells of it."""
    user = {"id": who, "is_bot": False, "first_name": NAMES[who]}
    chat = {"id": TEAM, "type": "supergroup", "title": "Sales"}
    message = {"message_id": lead, "date": 0, "chat": chat}
    name = f"{verb}-{lead}-{who}"
    query: dict[str, Any] = {"id": name, "from": user, "message": message, "chat_instance": "1"}
    data = {"data": f"1:{verb}:{lead}:{about}"}
    return Raw(name, {"update_id": lead * 1000 + who, "callback_query": query | data})


async def accepted(product: Product, raws: Raws) -> list[Job]:
    """Events as they came, ready to be handled."""
    await product.inbox.accept("telegram", raws, "")
    unclaimed(product)
    facts = Facts(member=Member(present=True))
    jobs = []
    for arrival in await unrouted(product.database, len(raws)):
        event: Event | None = product.parse(arrival.channel, arrival.body)
        assert event is not None
        jobs.append(Job(arrival, event, facts if event.kind == "press" else Facts()))
    return jobs


async def make_pairs(product: Product) -> list[tuple[int, int]]:
    """Leads of customers who turn out to be one by twos; persons have their leads' numbers."""
    customers = range(1, 2 * PAIRS + 1)
    for job in await accepted(product, [said(10_000 + who, 1) for who in customers]):
        await product.inbox.batches.process([job])
    return [(who, who + 1) for who in customers[::2]]


async def process_by_twos(product: Product, monkeypatch: pytest.MonkeyPatch, raws: Raws) -> None:
    """Handle each two at the same instant."""
    jobs = await accepted(product, raws)
    hold_at_barrier(product, monkeypatch)
    for at in range(0, len(jobs), 2):
        await asyncio.gather(*(product.inbox.batches.process([job]) for job in jobs[at : at + 2]))


async def process_in_turns(
    product: Product, monkeypatch: pytest.MonkeyPatch, jobs: list[Job]
) -> None:
    """Handle each two at the same instant; save now the one first, now the other."""
    barrier, decide = asyncio.Barrier(2), product.handle
    for at in range(0, len(jobs), 2):
        first, second = jobs[at : at + 2] if at % 4 else jobs[at : at + 2][::-1]
        saved = asyncio.Event()

        async def held(
            event: Event,
            facts: Facts,
            session: Session,
            saved: asyncio.Event = saved,
            later: Event = second.event,
        ) -> None:
            await decide(event, facts, session)
            await barrier.wait()
            if event is later:
                await saved.wait()

        monkeypatch.setattr(product, "handle", held)
        waits = asyncio.create_task(product.inbox.batches.process([second]))
        await product.inbox.batches.process([first])
        saved.set()
        await waits


async def start_and_handle(play: Play) -> None:
    """Let the product go on with what lost against something else."""
    await play.start()
    await play.handled()


async def check(play: Play) -> None:
    """No promise of the domain is broken."""
    assert play.product is not None
    await assert_invariants(play.product.database)
