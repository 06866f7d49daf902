"""Writes a made-up quarter into the product's tables, as its handlers would have left them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from storage import schema
from storage.database import Database
from tests.reports.quarter import BEGIN, MANAGERS, Event
from tests.storage.making import CHAT

_AT_ONCE = 10_000  # rows
_CLOSING = ("convert", "reject", "absorb")

Row = dict[str, Any]

# One account for all: reports do not look at who wrote.
_ANNA: Row = {"id": 1, "channel": "telegram", "platform_id": "1", "person": 1, "created_at": BEGIN}


async def write(database: Database, events: Iterable[Event]) -> None:
    """All of it, in one transaction."""
    book = Book()
    for event in events:
        book.enter(event)
    async with database.write() as connection:
        for table, found in book.tables():
            for first in range(0, len(found), _AT_ONCE):
                await connection.execute(table.insert(), found[first : first + _AT_ONCE])
    if not database.sqlite:
        async with database.write() as connection:
            await connection.exec_driver_sql("analyze")


@dataclass
class Book:
    """The rows as they are after the events so far; by lead where there is one of each."""

    leads: dict[int, Row] = field(default_factory=dict)
    touches: list[Row] = field(default_factory=list)
    deadlines: list[Row] = field(default_factory=list)
    waiting: dict[tuple[int, str], Row] = field(default_factory=dict)
    clients: dict[int, Row] = field(default_factory=dict)
    deals: list[Row] = field(default_factory=list)
    feedback: dict[int, Row] = field(default_factory=dict)

    def enter(self, event: Event) -> None:
        """One more event."""
        if event.kind == "created":
            self._arrive(event)
        if event.kind == "rated":
            self._rate(event)
            return
        self._change(self.leads[event.lead], event)
        self._await(event)
        self.touches.append(_touch(event))

    def tables(self) -> list[tuple[sa.Table, list[Row]]]:
        """Those that are referred to come first."""
        # In the order of their numbers, or SQLite searches all for who refers to each.
        leads = [self.leads[number] for number in sorted(self.leads)]
        named = [{"id": n, "name": name, "created_at": BEGIN} for n, name in MANAGERS.items()]
        return [
            (schema.staff, named),
            (schema.persons, [{"id": one["id"], "created_at": BEGIN} for one in leads]),
            (schema.accounts, [_ANNA]),
            (schema.leads, leads),
            (schema.cards, [_card(one) for one in leads if one["id"] % 10 == 0]),
            (schema.touches, self.touches),
            (schema.deadlines, self.deadlines),
            (schema.clients, list(self.clients.values())),
            (schema.deals, self.deals),
            (schema.feedback, list(self.feedback.values())),
        ]

    def _arrive(self, event: Event) -> None:
        number, given = event.lead, event.data
        self.leads[number] = {
            "id": number,
            "account": _ANNA["id"],
            "person": number,
            "desk": "main",
            "created_at": event.at,
            **{name: given[name] for name in ("channel", "source", "repeat_of", "warmth")},
            "state": "new",
            "reason": "",
            **dict.fromkeys(
                ("responsible", "absorbed_into", "taken_at", "answered_at", "closed_at")
            ),
        }

    def _change(self, lead: Row, event: Event) -> None:
        if event.kind in ("take", "give", "reopen", "convert"):
            lead["taken_at"] = lead["taken_at"] or event.at
        match event.kind:
            case "take" | "give":
                lead |= {"state": "taken", "responsible": event.by}
            case "return":
                lead |= {"state": "new", "responsible": None}
            case "answered":
                lead["answered_at"] = lead["answered_at"] or event.at
            case "reject":
                reason = event.data["reason"]
                lead |= {"state": "rejected", "reason": reason, "closed_at": event.at}
            case "convert":
                lead |= {"state": "converted", "closed_at": event.at}
                lead["responsible"] = lead["responsible"] or event.by
                self._deal(event)
            case "reopen":
                lead |= {"state": "taken", "reason": "", "closed_at": None}
                lead["responsible"] = lead["responsible"] or event.by
            case "absorb":
                lead |= {"state": "absorbed", "absorbed_into": max(1, event.lead - 1)}
            case "restore":
                lead |= {"state": "new", "absorbed_into": None}

    def _deal(self, event: Event) -> None:
        number = event.lead
        self.clients[number] = {"id": number, "person": number, "created_at": event.at}
        self.deals.append(
            {
                "client": number,
                "lead": number,
                "kind": "deal",
                "amount": event.data["amount"],
                "currency": "EUR",
                "at": event.at,
            }
        )

    def _await(self, event: Event) -> None:
        """Which deadlines end and begin by it."""
        if event.kind in ("answered", "return", "take", "give", *_CLOSING):
            self._done(event, "first_reply")
        if event.kind in ("take", "give", *_CLOSING):
            self._done(event, "take")
        if event.kind in ("created", "take", "give"):
            kind = "take" if event.kind == "created" else "first_reply"
            due = {"due_at": event.data["due"], "next_at": None, "done_at": None}
            self.waiting[event.lead, kind] = {"lead": event.lead, "kind": kind, **due}
            self.deadlines.append(self.waiting[event.lead, kind])

    def _done(self, event: Event, kind: str) -> None:
        if found := self.waiting.pop((event.lead, kind), None):
            found["done_at"] = event.at

    def _rate(self, event: Event) -> None:
        """Only the last question of a lead is remembered."""
        said = event.data["answer"]
        times = {"asked_at": event.at, "answered_at": event.at if said else None}
        known = {"lead": event.lead, "kind": "rating", "answer": said}
        self.feedback[event.lead] = {**known, **times}


def _card(lead: Row) -> Row:
    number, at = lead["id"], lead["created_at"]
    return {"lead": number, "chat": CHAT, "message_id": str(number + 7), "queued_at": at}


def _touch(event: Event) -> Row:
    data: Row = {}
    if event.kind in ("take", "give", "reopen"):
        data["to"] = event.by
    if event.kind == "reject":
        data["reason"] = event.data["reason"]
    actor = "customer" if event.kind == "created" else "staff"
    known = {"lead": event.lead, "at": event.at, "kind": event.kind, "actor": actor}
    return {**known, "staff": event.by, "data": data}
