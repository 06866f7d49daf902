"""No sequence of what customers and the team do breaks a promise; long by all that may happen."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from bot.messages import (
    AdminWrote,
    Attachment,
    AttachmentKind,
    Author,
    Chat,
    DeadlineDue,
    ErasureWanted,
    Facts,
    Member,
    MemberChanged,
    MessageReceived,
    Reach,
    ReachChanged,
    StepDue,
)
from handlers.policy import reason_mark
from storage.schema import accounts, deadlines, leads, merges, steps
from tests.cast import ANNA, BORIS, DASHA, NAMES, PABLO, TEAM
from tests.handlers.invariants import assert_invariants
from tests.handlers.stand import MANAGERS, MORNING, Asked, Stand, live_through, message, press

CUSTOMERS = (("telegram", ANNA), ("telegram", PABLO), ("vk", ANNA), ("vk", PABLO), ("vk", 103))
WORDS = (
    "How much is a window?",
    "My number: +34 600 111 222",
    "+34 600 111 222 or anna@example.org",
    "It is @customer_102 on Telegram",
    "Спасибо!",
)
PRESSES = (
    *("take", "return", "convert:deal", "convert:contact", "reopen", "reject", "ban:spam"),
    *("step:hour", "step:done", "warm:hot", "later:week", "later:never"),
)
REPLIES = ("We will call", "// a note")

customers = st.sampled_from(CUSTOMERS)
managers = st.sampled_from(MANAGERS)
words = st.sampled_from(WORDS)
any_one = st.integers(min_value=0, max_value=1000)


class Life(RuleBasedStateMachine):
    """What may happen to a handful of customers; `file` and `template` are set by the test."""

    file: Path
    template: Path

    def __init__(self) -> None:
        super().__init__()
        for leftover in self.file.parent.glob(f"{self.file.name}*"):
            leftover.unlink()
        shutil.copy(self.template, self.file)
        self.loop = asyncio.new_event_loop()
        self.stand = Stand(f"sqlite:///{self.file}")
        self.written: list[Asked] = []
        self.away: set[int] = set()

    def teardown(self) -> None:
        self.run(self.stand.database.close())
        self.loop.close()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def happen(self, *asked: Asked) -> None:
        self.run(self.stand.happen(*asked))

    # --- customers ---

    @initialize()
    def somebody_writes(self) -> None:
        self.happen(self.words_of(CUSTOMERS[0], WORDS[1]))

    def words_of(self, who: tuple[str, int], text: str) -> Asked:
        asked = message(*who, self.stand.fresh(), text)
        self.written.append(asked)
        return asked

    @rule(who=customers, text=words)
    def writes(self, who: tuple[str, int], text: str) -> None:
        self.happen(self.words_of(who, text))

    @rule(own=st.booleans())
    def shares_a_contact(self, own: bool) -> None:
        ref = str(PABLO) if own else str(ANNA)
        shared = Attachment(AttachmentKind.CONTACT, "telegram", ref, phone="+34600111222")
        number = self.stand.fresh()
        self.happen(message("telegram", PABLO, number, "", attachments=(shared,)))

    @precondition(lambda self: self.written)
    @rule(which=any_one)
    def the_same_comes_again(self, which: int) -> None:
        self.happen(self.written[which % len(self.written)])

    @precondition(lambda self: self.written)
    @rule(which=any_one, text=words)
    def edits(self, which: int, text: str) -> None:
        event, _ = self.written[which % len(self.written)]
        assert isinstance(event, MessageReceived)
        who = (event.channel, int(event.author.id))
        self.happen(message(*who, event.message_id, text, edited=True))

    @rule(who=customers, reach=st.sampled_from((Reach.OPEN, Reach.BLOCKED, Reach.GONE)))
    def reach_changes(self, who: tuple[str, int], reach: Reach) -> None:
        self.happen((ReachChanged(who[0], Author(str(who[1])), reach), Facts()))

    @rule()
    def an_admin_answers_in_the_community(self) -> None:
        number = self.stand.fresh()
        self.happen((AdminWrote("vk", str(ANNA), "9", number, MORNING, "Hello"), Facts()))

    @rule(which=any_one, asked_by=st.sampled_from(("customer", "age")))
    def is_erased(self, which: int, asked_by: str) -> None:
        found = self.run(self.stand.rows(sa.select(accounts.c.id)))
        receipt = self.stand.fresh()
        wanted = ErasureWanted(found[which % len(found)].id, asked_by, receipt)
        self.happen((wanted, Facts()))

    # --- the team ---

    def lead(self, which: int) -> int:
        found = self.run(self.stand.leads())
        return int(found[which % len(found)])

    def pressed(self, who: int, verb: str, which: int) -> Asked:
        name, _, argument = verb.partition(":")
        if verb == "reject":
            argument = reason_mark(self.stand.product.desks.first.reasons[0])
        data = f"1:{name}:{self.lead(which)}" + (f":{argument}" if argument else "")
        return press(who, self.stand.fresh(), data)

    @rule(who=managers, verb=st.sampled_from(PRESSES), which=any_one)
    def presses(self, who: int, verb: str, which: int) -> None:
        self.happen(self.pressed(who, verb, which))

    @rule(who=managers, which=any_one)
    def takes(self, who: int, which: int) -> None:
        self.happen(self.pressed(who, "take", which))

    @rule(who=managers, which=any_one)
    def unbans(self, who: int, which: int) -> None:
        self.happen(self.pressed(who, "unban", which))

    @rule(who=managers, which=any_one, text=st.sampled_from(REPLIES))
    def replies(self, who: int, which: int, text: str) -> None:
        self.happen(self.reply(who, which, text))

    def reply(self, who: int, which: int, text: str) -> Asked:
        """A reply to what a customer wrote, wherever that belongs by now."""
        below = self.run(self.stand.posted_below(which))
        chat, author = Chat(str(TEAM), private=False), Author(str(who), NAMES[who])
        number = self.stand.fresh()
        event = MessageReceived("telegram", chat, author, number, MORNING, text, reply_to=below)
        return event, Facts(member=Member(present=True))

    @rule(who=managers, text=words)
    def enters_one_by_hand(self, who: int, text: str) -> None:
        chat, author = Chat(str(TEAM), private=False), Author(str(who), NAMES[who])
        number = self.stand.fresh()
        event = MessageReceived("telegram", chat, author, number, MORNING, f"/new {text}")
        self.happen((event, Facts(member=Member(present=True))))

    @rule(who=st.sampled_from((BORIS, DASHA)), present=st.booleans())
    def comes_or_goes(self, who: int, present: bool) -> None:
        chat, member = Chat(str(TEAM), private=False), Author(str(who), NAMES[who])
        self.happen((MemberChanged("telegram", chat, member, present), Facts()))

    # --- who is who ---

    def merge_of(self, who: int, which: int, person: int) -> Asked:
        persons = self.run(self.stand.persons())
        verb = f"merge:{persons[person % len(persons)]}"
        return self.pressed(who, verb, which)

    def split_of(self, who: int, which: int, newest: bool) -> Asked:
        """On a card that offers it, or with an old button on any card."""
        standing = self.run(
            self.stand.rows(
                sa.select(merges.c.id, leads.c.id.label("lead"))
                .join(leads, leads.c.person == merges.c.winner)
                .where(merges.c.undone_at.is_(None))
                .order_by(merges.c.id.desc(), leads.c.id)
            )
        )
        if newest and standing:
            row = standing[0]
            return press(who, self.stand.fresh(), f"1:split:{row.lead}:{row.id}")
        return self.pressed(who, f"split:{1 + which % 5}", which)

    @rule(who=managers, which=any_one, person=any_one)
    def merges(self, who: int, which: int, person: int) -> None:
        self.happen(self.merge_of(who, which, person))

    @rule(who=managers, which=any_one, person=any_one)
    def merges_others(self, who: int, which: int, person: int) -> None:
        self.happen(self.merge_of(who, which, person))

    @rule(who=managers, which=any_one)
    def splits(self, who: int, which: int) -> None:
        self.happen(self.split_of(who, which, True))

    @rule(who=managers, which=any_one, newest=st.booleans())
    def splits_perhaps(self, who: int, which: int, newest: bool) -> None:
        self.happen(self.split_of(who, which, newest))

    @rule(who=managers, which=any_one, person=any_one)
    def says_they_differ(self, who: int, which: int, person: int) -> None:
        persons = self.run(self.stand.persons())
        self.happen(self.pressed(who, f"differ:{persons[person % len(persons)]}", which))

    # --- two in the same moment ---

    @rule(who=customers, text=words, which=any_one, person=any_one)
    def a_merge_meets_words(self, who: tuple[str, int], text: str, which: int, person: int) -> None:
        self.happen(self.merge_of(BORIS, which, person), self.words_of(who, text))

    @rule(who=customers, text=words, which=any_one)
    def a_split_meets_words(self, who: tuple[str, int], text: str, which: int) -> None:
        self.happen(self.split_of(BORIS, which, True), self.words_of(who, text))

    @rule(which=any_one, other=any_one, person=any_one, second=any_one)
    def two_merges_meet(self, which: int, other: int, person: int, second: int) -> None:
        self.happen(self.merge_of(BORIS, which, person), self.merge_of(DASHA, other, second))

    @rule(verb=st.sampled_from(PRESSES), which=any_one, person=any_one, first=st.booleans())
    def a_merge_meets_a_press(self, verb: str, which: int, person: int, first: bool) -> None:
        both = [self.merge_of(BORIS, which, person), self.pressed(DASHA, verb, which + person)]
        self.happen(*(both if first else reversed(both)))

    @rule(verb=st.sampled_from(PRESSES), which=any_one, first=st.booleans())
    def a_split_meets_a_press(self, verb: str, which: int, first: bool) -> None:
        both = [self.split_of(BORIS, which, True), self.pressed(DASHA, verb, which)]
        self.happen(*(both if first else reversed(both)))

    # --- time ---

    @rule(hours=st.sampled_from((1, 30)))
    def time_passes(self, hours: int) -> None:
        self.stand.now += timedelta(hours=hours)
        due = sa.select(deadlines.c.id, deadlines.c.step).where(
            deadlines.c.done_at.is_(None), deadlines.c.next_at <= self.stand.now
        )
        for row in self.run(self.stand.rows(due)):
            self.happen((DeadlineDue(row.id, row.step), Facts()))
        looked = sa.select(steps.c.id, steps.c.next_at).where(
            steps.c.done_at.is_(None), steps.c.next_at <= self.stand.now
        )
        for row in self.run(self.stand.rows(looked)):
            self.happen((StepDue(row.id, row.next_at), Facts()))

    @invariant()
    def all_promises_hold(self) -> None:
        self.run(assert_invariants(self.stand.database))

    @rule()
    def everybody_looks(self) -> None:
        self.run(self.stand.show_all())


@pytest.fixture
def life(tmp_path: Path, migrated_file: Path) -> type[Life]:
    """The machine with files of this test."""

    class Here(Life):
        file = tmp_path / "dialead.db"
        template = migrated_file

    return Here


def test_no_sequence_of_events_breaks_a_promise(life: type[Life]) -> None:
    live_through(life)
