"""Canned answers: what each desk says often, each under a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.schema import templates
from storage.session import Session


@dataclass(frozen=True, slots=True)
class Template:
    """One answer; `{name}` in its text is the customer's."""

    name: str
    text: str


async def every(session: Session, desk: str) -> Sequence[Template]:
    """All of a desk, by name."""
    rows = await session.rows(
        sa.select(templates).where(templates.c.desk == desk).order_by(templates.c.name)
    )
    return [Template(row.name, row.text) for row in rows]


async def named(session: Session, desk: str, name: str) -> Template | None:
    """The one of this name."""
    rows = await session.rows(sa.select(templates).where(*_the_one(desk, name)))
    return next((Template(row.name, row.text) for row in rows), None)


def keep(session: Session, desk: str, name: str, text: str, *, by: int, at: datetime) -> None:
    """Store one, in the place of the one that has the name."""
    session.upsert(templates, desk=desk, name=name, text=text, by=by, at=at)


def remove(session: Session, desk: str, name: str) -> None:
    """Remove the one of this name."""
    session.execute(templates.delete().where(*_the_one(desk, name)))


def _the_one(desk: str, name: str) -> tuple[sa.ColumnElement[bool], ...]:
    return templates.c.desk == desk, templates.c.name == name
