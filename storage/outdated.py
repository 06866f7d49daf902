"""Lists that wait while somebody is erased: those that can show them end, all others go out."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage import leads, people
from storage.accounts import Account
from storage.erased import MARK
from storage.erasure import LIST
from storage.forgetting import MADE, NOTHING, dropped_calls, emptied_calls
from storage.schema import asking, contacts, outbox
from storage.session import Session

_LISTS = asking(LIST)
_NUMBER = re.compile(r"#(\d+)", re.ASCII)
_BETWEEN = r"\W{0,3}"  # what people write between the digits of a phone


@dataclass(frozen=True, slots=True)
class Asked:
    """Where a list was to be posted, below which message and in which topic, "" for none."""

    channel: str
    chat: str
    key: str
    reply_to: str
    thread: str


async def end_lists(
    session: Session, tree: Sequence[Account], erasure: int, now: datetime
) -> Sequence[Asked]:
    """Let no list be posted, or its words be kept, that can show one of these accounts.

    Where they were asked for: of those that were still to be posted, each place once. Once
    the accounts are erased only the numbers of their leads are known. A list in several
    parts ends as a whole: who is on its first part has their words on the next.
    """
    marks = await _Marks.of(session, tree)
    ended = [parts for parts in await _unmade(session) if any(map(marks.on, parts))]
    theirs = outbox.c.id.in_([row.id for parts in ended for row in parts])
    session.execute(dropped_calls(theirs, now, f"{MARK}{erasure}"))
    session.execute(emptied_calls(theirs))
    # What is shown already, nobody needs the words of.
    session.execute(emptied_calls(*_LISTS, outbox.c.state.in_(MADE)))
    waiting = [[row for row in parts if row.ended_at is None] for parts in ended]
    return list(dict.fromkeys(_asked(parts[0]) for parts in waiting if parts))


@dataclass(frozen=True, slots=True)
class _Marks:
    """What a text shows a person by: numbers of leads, and what they are called or reached by."""

    leads: Collection[int]
    words: re.Pattern[str] | None

    @classmethod
    async def of(cls, session: Session, tree: Sequence[Account]) -> _Marks:
        """Those of all who were ever one person with them, as far as leads go."""
        together = await people.once_together(session, tree)
        query = sa.select(contacts.c.kind, contacts.c.value)
        given = await session.rows(query.where(contacts.c.account.in_([one.id for one in tree])))
        called = [name for one in tree for name in (one.name, one.username, one.platform_id)]
        patterns = [
            *(r"\s+".join(map(re.escape, name.split())) for name in called),
            *(_contact(row.kind, row.value) for row in given),
        ]
        words = "|".join(filter(None, patterns))
        return cls(
            frozenset(await leads.numbers_of(session, together)),
            re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE) if words else None,
        )

    def on(self, call: sa.Row[Any]) -> bool:
        """Whether a call shows them; of one whose words are gone nobody knows any more."""
        if call.payload == NOTHING:
            return True
        text = "".join(span["text"] for span in call.payload.get("text", ()))
        named = self.leads and any(int(one) in self.leads for one in _NUMBER.findall(text))
        return bool(named or (self.words and self.words.search(text)))


async def _unmade(session: Session) -> Sequence[Sequence[sa.Row[Any]]]:
    """The lists of which a part is not posted, each with all its parts in their order."""
    unmade = sa.select(outbox.c.turn_at).where(*_LISTS, outbox.c.state.not_in(MADE))
    query = sa.select(outbox).where(*_LISTS, outbox.c.turn_at.in_(unmade)).order_by(outbox.c.id)
    lists: dict[tuple[str, str, datetime], list[sa.Row[Any]]] = {}
    for row in await session.rows(query):  # parts of one list were queued in one moment
        lists.setdefault((row.channel, row.chat, row.turn_at), []).append(row)
    return [parts for parts in lists.values() if any(one.state not in MADE for one in parts)]


def _contact(kind: str, value: str) -> str:
    if kind != "phone":
        return re.escape(value)
    return _BETWEEN.join(re.escape(digit) for digit in value if digit.isdecimal())


def _asked(row: sa.Row[Any]) -> Asked:
    post = row.payload
    return Asked(row.channel, row.chat, row.key, post.get("reply_to", ""), post.get("thread", ""))
