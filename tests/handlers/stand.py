"""The handlers on a database of their own, without any messenger: events in, rows out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from sqlalchemy.exc import IntegrityError

from bot.messages import Author, ButtonPressed, Chat, Event, Facts, Member, MessageReceived
from bot.product import Product
from config.settings import Settings
from storage.cards import card
from storage.database import Database
from storage.schema import accounts, cards, leads, members, messages, places
from storage.session import Conflict, Ids, Reads, Session, TooEarly, flush
from tests.cast import BORIS, DASHA, NAMES, TEAM, VERA

MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
CHAT = f"telegram:{TEAM}"
Asked = tuple[Event, Facts]


class Stand:
    """What happens one after the other, or two at once, on a clock that moves by itself."""

    def __init__(self, url: str) -> None:
        settings = {
            "team": {"chat": CHAT, "language": "en", "supervisors": [f"telegram:{VERA}"]},
            "telegram": {"token": "1:none"},
            "leads": {"messages_per_minute": 0},
            "database_url": url,
        }
        self.database = Database(url)
        self.now = MORNING
        self.product = Product(Settings.model_validate(settings), self.database, {}, now=self._tick)
        self._numbers = count(1)

    def _tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def fresh(self) -> str:
        """A number that nothing had before."""
        return str(next(self._numbers))

    async def happen(self, *asked: Asked) -> None:
        """Events decided upon in the same moment; whoever is late decides anew."""
        sessions = [await self._decided(event, facts) for event, facts in asked]
        for (event, facts), session in zip(asked, sessions, strict=True):
            try:
                await flush(self.database, [session])
            except (Conflict, IntegrityError):
                await flush(self.database, [await self._decided(event, facts)])

    async def _decided(self, event: Event, facts: Facts) -> Session:
        session = Session(Reads(self.database), Ids(self.database))
        if facts.member is not None and facts.member.present:
            self._remember(session, event)
        try:
            await self.product.handle(event, facts, session)
        except TooEarly:  # they left meanwhile, which whoever asks again is told
            assert facts.member is not None
            gone = replace(facts, member=replace(facts.member, present=False))
            return await self._decided(event, gone)
        return session

    def _remember(self, session: Session, event: Event) -> None:
        """Whoever was found in the team's chat is known to be there, unless they left since."""
        assert isinstance(event, MessageReceived | ButtonPressed)
        who = f"telegram:{event.author.id}"
        known = {"chat": CHAT, "member": who, "present": True, "checked_at": self.now}
        session.put(members, ignore=True, **known)

    async def show_all(self) -> None:
        """Draw every card, as the chat would show it."""
        for row in await self.rows(sa.select(cards)):
            text = (await self.product.render(card(row), Reads(self.database))).text
            lines = "".join(span.text for span in text).split("\n")
            assert f"#{row.lead}" in lines[0]
            assert len(lines) <= 7
            assert len(lines[0]) <= 40

    async def rows(self, statement: sa.Executable) -> list[sa.Row[tuple[object, ...]]]:
        """What a question to the database finds."""
        async with self.database.read() as connection:
            return list(await connection.execute(statement))

    async def posted_below(self, which: int) -> str:
        """The number under which the team's chat shows a lead, or a message of one."""
        shown = sa.select(leads.c.id, messages.c.id.label("message")).join(
            messages, messages.c.lead == leads.c.id, isouter=True
        )
        found = await self.rows(shown.order_by(leads.c.id, messages.c.id))
        row, number = found[which % len(found)], self.fresh()
        async with self.database.write() as connection:
            place = {"chat": CHAT, "message_id": number, "lead": row.id, "message": row.message}
            await connection.execute(places.insert(), place)
        return number

    async def leads(self) -> list[int]:
        """The numbers of all leads."""
        return [row.id for row in await self.rows(sa.select(leads.c.id).order_by(leads.c.id))]

    async def persons(self) -> list[int]:
        """Every account's own person."""
        found = await self.rows(sa.select(accounts.c.person).order_by(accounts.c.id))
        return [row.person for row in found]


def message(channel: str, who: int, number: str, text: str, **more: object) -> Asked:
    """A customer writes."""
    author = Author(str(who), NAMES.get(who, "Anna"), username=f"customer_{who}")
    at = MORNING
    chat = Chat(str(who), private=True)
    event = MessageReceived(channel, chat, author, number, at, text, **more)  # type: ignore[arg-type]
    return event, Facts()


def press(who: int, number: str, data: str) -> Asked:
    """Somebody of the team presses a button."""
    author = Author(str(who), NAMES[who])
    event = ButtonPressed("telegram", Chat(str(TEAM), False), author, number, "1", data)
    return event, Facts(member=Member(present=True))


MANAGERS = (BORIS, DASHA, VERA)


def live_through(machine: type[RuleBasedStateMachine]) -> None:
    """Many lives of a machine, the same each time, however slow this one is."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
