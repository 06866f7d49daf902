"""No sequence of shifts, presses and timers leaves an offer where it should not be."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Coroutine
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)

from bot.domain.distribution import Scheme
from bot.messages import EVENTS, Author, Chat, Facts, Member, MemberChanged, MessageReceived
from handlers.policy import ChannelPolicy, reason_mark
from storage.schema import assignments, inbox, leads, staff, staff_accounts
from tests.cast import BORIS, DASHA, NAMES, TEAM, VERA
from tests.handlers.invariants import assert_invariants
from tests.handlers.stand import MANAGERS, MORNING, Asked, Stand, live_through, message, press

MAX_OPEN = 1
TEAM_ON = (BORIS, DASHA)
CUSTOMERS = range(101, 106)
PRESSES = ("take", "next", "return", "reject", "convert:contact", "reopen")

schemes = st.sampled_from([one for one in Scheme if one is not Scheme.CLAIM])
managers = st.sampled_from(MANAGERS)
any_one = st.integers(min_value=0, max_value=1000)


class Shift(RuleBasedStateMachine):
    """Three managers and five customers; `file` and `template` are set by the test."""

    file: Path
    template: Path

    def __init__(self) -> None:
        super().__init__()
        for leftover in self.file.parent.glob(f"{self.file.name}*"):
            leftover.unlink()
        shutil.copy(self.template, self.file)
        self.loop = asyncio.new_event_loop()
        self.stand = Stand(f"sqlite:///{self.file}")
        self.uses(Scheme.ROUND_ROBIN)
        self.away: set[int] = set()
        for who in TEAM_ON:
            self.happen(command(who, self.stand.fresh(), "/on"))

    def teardown(self) -> None:
        self.run(self.stand.database.close())
        self.loop.close()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def uses(self, scheme: Scheme) -> None:
        product = self.stand.product
        channels = {"telegram": ChannelPolicy(distribution=scheme)}
        policy = replace(product.desks.first, channels=channels, max_open=MAX_OPEN, offers=2)
        product.desks._policies["main"] = policy

    def happen(self, *asked: Asked) -> None:
        """What is said or pressed, and all that the product then does by itself."""
        self.run(self.stand.happen(*asked))
        self.due()

    def due(self) -> None:
        while rows := self.run(self.stand.rows(self.first_due())):
            self.run(self.stand.happen((EVENTS.validate_python(rows[0].body), Facts())))
            self.run(self.ended(rows[0].id))

    def first_due(self) -> sa.Select[Any]:
        waits = sa.select(inbox).where(inbox.c.ended_at.is_(None))
        due = waits.where(inbox.c.not_before <= self.stand.now)
        return due.order_by(inbox.c.not_before, inbox.c.id).limit(1)

    async def ended(self, number: int) -> None:
        async with self.stand.database.write() as connection:
            one = inbox.update().where(inbox.c.id == number)
            await connection.execute(one.values(ended_at=self.stand.now, state="done"))

    # --- what people do ---

    @rule(who=st.sampled_from(CUSTOMERS))
    def writes(self, who: int) -> None:
        self.happen(message("telegram", who, self.stand.fresh(), "How much is a window?"))

    @precondition(lambda self: self.run(self.stand.leads()))
    @rule(who=managers, verb=st.sampled_from(PRESSES), which=any_one)
    def presses(self, who: int, verb: str, which: int) -> None:
        if who not in self.away:
            self.happen(self.pressed(who, verb, which))

    @precondition(lambda self: self.run(self.stand.leads()))
    @rule(verbs=st.tuples(*[st.sampled_from(PRESSES)] * 2), which=any_one)
    def two_press_at_once(self, verbs: tuple[str, str], which: int) -> None:
        if not self.away:
            self.happen(self.pressed(BORIS, verbs[0], which), self.pressed(VERA, verbs[1], which))

    @rule(who=st.sampled_from(TEAM_ON), name=st.sampled_from(("/on", "/off")))
    def comes_or_goes(self, who: int, name: str) -> None:
        if who not in self.away:
            self.happen(command(who, self.stand.fresh(), name))

    @rule(who=st.sampled_from(TEAM_ON))
    def leaves_or_comes_back(self, who: int) -> None:
        chat, member = Chat(str(TEAM), False), Author(str(who), NAMES[who])
        self.happen((MemberChanged("telegram", chat, member, present=who in self.away), Facts()))
        self.away ^= {who}

    @rule(minutes=st.sampled_from((1, 4)))
    def time_passes(self, minutes: int) -> None:
        self.stand.now += timedelta(minutes=minutes)
        self.due()

    @rule(scheme=schemes)
    def the_owner_changes_the_scheme(self, scheme: Scheme) -> None:
        self.uses(scheme)

    def pressed(self, who: int, verb: str, which: int) -> Asked:
        numbers = self.run(self.stand.leads())
        name, _, argument = verb.partition(":")
        if name == "reject":
            argument = reason_mark(self.stand.product.desks.first.reasons[0])
        data = ":".join(filter(None, ("1", name, str(numbers[which % len(numbers)]), argument)))
        return press(who, self.stand.fresh(), data)

    # --- what is true whatever happened ---

    @invariant()
    def all_promises_hold(self) -> None:
        self.run(assert_invariants(self.stand.database))

    @invariant()
    def offers_are_made_to_those_who_are_there_and_have_room(self) -> None:
        rows = self.run(self.stand.rows(_OFFERS))
        assert all(row.shift == "on" for row in rows), "somebody off shift is asked"
        gone = {f"telegram:{who}" for who in self.away}
        assert not gone & {row.address for row in rows}, "somebody who left is asked"
        asked = Counter((row.lead, row.staff) for row in self.run(self.stand.rows(_MADE)))
        assert set(asked.values()) <= {1}, "somebody was asked twice"
        made = Counter(lead for lead, _ in asked.elements())
        assert max(made.values(), default=0) <= 2, "more were asked than may be"
        assert all(row.until > self.stand.now for row in rows), "an offer outlived its time"

    @invariant()
    def nothing_waits_in_the_queue_while_somebody_is_idle(self) -> None:
        waiting = [row.id for row in self.run(self.stand.rows(_WAITING))]
        had = {(row.lead, row.staff) for row in self.run(self.stand.rows(_HAD))}
        there = self.run(self.stand.rows(_IDLE))
        gone = {f"telegram:{who}" for who in self.away}
        idle = [row.id for row in there if row.address not in gone]
        for lead in waiting:
            left = [one for one in idle if (lead, one) not in had]
            assert not left, f"lead={lead} waits, and staff={left} have nothing to do"


def command(who: int, number: str, text: str) -> Asked:
    """A command in the team's chat."""
    author, chat = Author(str(who), NAMES[who]), Chat(str(TEAM), False)
    event = MessageReceived("telegram", chat, author, number, MORNING, text)
    return event, Facts(member=Member(present=True, admin=who == VERA))


_STILL = assignments.c.ended_at.is_(None)
_OFFERS = (
    sa.select(assignments, staff.c.shift, staff_accounts.c.address)
    .join(staff, staff.c.id == assignments.c.staff)
    .join(staff_accounts, staff_accounts.c.staff == staff.c.id)
    .where(_STILL, assignments.c.kind == "offer")
)
_MADE = sa.select(assignments).where(assignments.c.kind == "offer")
_HAD = sa.select(assignments)
_WAITING = (
    sa.select(leads.c.id)
    .where(leads.c.state == "new", leads.c.queued.in_(("nobody", "busy")))
    .order_by(leads.c.created_at)
)
_IDLE = (
    sa.select(staff.c.id, staff_accounts.c.address)
    .join(staff_accounts, staff_accounts.c.staff == staff.c.id)
    .where(
        staff.c.shift == "on",
        staff.c.id.not_in(sa.select(assignments.c.staff).where(_STILL)),
    )
)


@pytest.fixture
def shift(tmp_path: Path, migrated_file: Path) -> type[Shift]:
    """The machine with files of this test."""

    class Here(Shift):
        file = tmp_path / "dialead.db"
        template = migrated_file

    return Here


def test_no_sequence_of_shifts_and_presses_breaks_a_promise(shift: type[Shift]) -> None:
    live_through(shift)
