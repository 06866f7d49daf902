"""Cards, long by all that moves them: which version of a lead its chat should show, and shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zlib import crc32

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Keyboard, Priority, Text
from storage import doubts
from storage.database import upsert
from storage.schema import Instant, cards, leads, places
from storage.session import KEYS, Session, few_lengths

LULL = timedelta(seconds=10)  # in which what leaves a list is gathered into one change of it


@dataclass(frozen=True, slots=True)
class Topic:
    """How a lead's own topic is to look; `icon` is an emoji, or ""."""

    title: str
    icon: str
    closed: bool

    @property
    def mark(self) -> str:
        """What tells titles and icons apart, and nothing of whom they name."""
        return f"{crc32(f'{self.icon} {self.title}'.encode('utf-8', 'replace')):08x}"


@dataclass(frozen=True, slots=True)
class Face:
    """What a chat should show of a card at this moment; no `text` when nothing is left to show.

    `topic` is None where the chat has no topics. `inside` says whether the card is to stand
    in its lead's own, `pointer` what stands where it stood before.
    """

    text: Text
    keyboard: Keyboard = ()
    topic: Topic | None = None
    inside: bool = False
    pointer: Text = ()


@dataclass(frozen=True, slots=True)
class Card:
    """A lead's card in a chat, or (without a lead) a list of cards that wait for their turn.

    `message_id` is None until it was posted, and again while it moves; `folded` is the list
    that shows it for now. Words are shown before titles, so `text` is the version of the
    words where not all of it is `shown` yet.
    """

    id: int
    lead: int | None
    folded: int | None
    chat: str  # an address
    wanted: int
    shown: int
    menu: str
    message_id: str | None
    attempts: int
    claimed_at: datetime | None
    queued_at: datetime
    posted_above: int | None = None  # see storage.doubts
    thread: str = ""  # the topic in which its message stands
    topic: str = ""  # the lead's own, once it has one
    left: str = ""  # the message as which it stood elsewhere, still to lead here
    text: int = 0
    title: str = ""  # the mark of what the topic shows; "" where nobody knows
    closed: bool | None = None  # whether the topic is; None where nobody knows

    def complete(self, message_id: str | None) -> Card:
        """The card once all that is wanted is shown."""
        return replace(self, message_id=message_id, text=self.wanted, shown=self.wanted)

    def without_topic(self) -> Card:
        """The card once its topic is gone, with all that stood in it."""
        gone = self.message_id if self.thread else None
        return replace(
            self,
            message_id=None if self.thread else self.message_id,
            left=self.left or gone or "",
            thread="",
            topic="",
            title="",
            closed=None,
        )

    @property
    def priority(self) -> Priority:
        """New cards go before changes of old ones."""
        return Priority.CARD if self.message_id is None else Priority.CHANGE

    @property
    def turn_at(self) -> datetime:
        """The earlier, the more urgent; a card that leaves its list goes before all that wait."""
        return self.queued_at + (timedelta() if self.folded else self.priority.patience)


async def create(session: Session, lead: int, chat: str, now: datetime) -> None:
    """Want a card for a new lead."""
    await session.insert(cards, lead=lead, chat=chat, queued_at=now)


def refresh(session: Session, lead: int, now: datetime, *, menu: str = "") -> None:
    """Want the lead's cards to be shown anew, with this menu opened."""
    # A card that is just being shown stays claimed, or it would be posted twice.
    state = sa.case((cards.c.state == "failed", "queued"), else_=cards.c.state)
    values = {"wanted": cards.c.wanted + 1, "menu": menu, "state": state, "queued_at": now}
    session.update(cards, {"lead": lead}, **values)


def hold(session: Session, lead: int, until: datetime) -> None:
    """Let a new card wait for what it is to show first, but not longer."""
    session.update(cards, {"lead": lead}, not_before=until)


def count_on_unseen(session: Session, lead: int) -> None:
    """Let the flush fail with Conflict once anybody has begun to show the lead's new card."""
    unseen = (cards.c.lead == lead, cards.c.message_id.is_(None), cards.c.claimed_at.is_(None))
    session.claim(cards.update().where(*unseen).values(wanted=cards.c.wanted))


def release(session: Session, lead: int) -> None:
    """Show a new card now, if it was not tried yet."""
    session.update(cards, {"lead": lead, "message_id": None, "attempts": 0}, not_before=None)


async def of_lead(session: Session, lead: int) -> Card | None:
    """The lead's card."""
    return await session.one(_of_lead, lead)


async def opening_topic(session: Session, chat: str) -> bool:
    """Whether a topic of ours may just be written down."""
    query = sa.select(cards.c.id).where(
        cards.c.wanted > cards.c.shown,
        cards.c.chat == chat,
        cards.c.state == "claimed",
        cards.c.topic == "",
    )
    return bool(await session.rows(query.limit(1)))


async def lead_of_topic(session: Session, chat: str, topic: str) -> int | None:
    """The lead whose own topic this is."""
    return await session.one(_lead_of_topic, (chat, topic))


def card(row: Any) -> Card:
    """A row as a card."""
    text, closed, title = (*row.titled.split(), "", "", "")[:3]
    return Card(
        row.id,
        row.lead,
        row.folded,
        row.chat,
        row.wanted,
        row.shown,
        row.menu,
        row.message_id,
        row.attempts,
        row.claimed_at,
        row.queued_at,
        row.posted_above,
        row.thread,
        row.topic,
        row.left,
        text=max(row.shown, int(text or 0)),
        title=title,
        closed=_OPENNESS.get(closed),
    )


def of_channel(channel: str | sa.BindParameter[str]) -> sa.ColumnElement[bool]:
    """Whether a card stands in a chat of this channel; LIKE differs between the databases."""
    name = sa.literal(channel, sa.String) if isinstance(channel, str) else channel
    return sa.func.substr(cards.c.chat, 1, sa.func.length(name) + 1) == name + ":"


async def wanted(
    connection: AsyncConnection, channel: str, *, busy: Sequence[str], now: datetime, limit: int
) -> Sequence[Card]:
    """Cards to be shown anew: those that leave a list, new ones, changes, each as they came.

    A card in a list waits there until somebody acts on its lead, or it is unfolded; when
    nobody knows whether it was, its chat waits for the answer.
    """
    asked = {"channel": channel, "busy": list(busy), "now": now, "most": limit}
    return [card(row) for row in await connection.execute(_wanted(), asked)]


@cache  # put together once: it is asked at every turn
def _wanted() -> sa.Select[Any]:
    idle = cards.c.chat.not_in(sa.bindparam("busy", expanding=True))
    return (
        sa.select(cards)
        .join(leads, leads.c.id == cards.c.lead, isouter=True)
        .where(
            sa.or_(
                cards.c.folded.is_(None),
                leads.c.state != "new",
                cards.c.posted_above.is_not(None),
            ),
            cards.c.wanted > cards.c.shown,
            cards.c.state == "queued",
            of_channel(sa.bindparam("channel")),
            sa.or_(idle, cards.c.posted_above.is_not(None)),
            sa.or_(cards.c.not_before.is_(None), cards.c.not_before <= sa.bindparam("now")),
        )
        .order_by(
            cards.c.message_id.is_not(None),
            cards.c.folded.is_(None),
            cards.c.queued_at,
            cards.c.id,
        )
        .limit(sa.bindparam("most"))
    )


async def claim(connection: AsyncConnection, found: Sequence[Card], now: datetime) -> None:
    """Say that these are about to be shown."""
    numbers = few_lengths([one.id for one in found])
    await connection.execute(_claim(), {"keys": numbers, "claimed_at": now})


@cache
def _claim() -> sa.Update:
    return (
        cards.update()
        .where(cards.c.id.in_(KEYS))
        .values(
            state="claimed",
            claimed_at=sa.bindparam("claimed_at"),
            attempts=cards.c.attempts + 1,
            posted_above=sa.case((cards.c.message_id.is_(None), doubts.mark(cards, cards.c.chat))),
        )
    )


async def unclaim(connection: AsyncConnection, found: Sequence[Card]) -> None:
    """Let cards that nobody began to show be as they were found, where they are claimed by now.

    A commit that is still on its way is waited for.
    """
    if not found:
        return
    numbers = few_lengths([one.id for one in found])
    await connection.execute(_LOCKED, {"keys": numbers})
    before = [{"b_id": one.id, "b_doubted": one.posted_above is not None} for one in found]
    await connection.execute(_unclaim(), before)


@cache
def _unclaim() -> sa.Update:
    doubted = sa.bindparam("b_doubted", type_=sa.Boolean)
    return (
        cards.update()
        .where(cards.c.id == sa.bindparam("b_id"), cards.c.state == "claimed")
        .values(
            state="queued",
            attempts=cards.c.attempts - 1,
            claimed_at=None,
            posted_above=sa.case((doubted, cards.c.posted_above)),
        )
    )


async def shown(
    connection: AsyncConnection, found: Sequence[tuple[Card, Card]], now: datetime
) -> None:
    """Write down what chats show by now: each card as it was claimed, and as it stands."""
    if not found:
        return
    await connection.execute(_shown(), [_standing(*one, now) for one in found])
    posted = [card for was, card in found if card.message_id not in (None, was.message_id)]
    await _unfolded(connection, [one for one in posted if one.folded is not None], now)
    made = [
        {"chat": one.chat, "message_id": one.message_id, "lead": one.lead}
        for one in posted
        if one.lead is not None
    ]
    if made:
        await connection.execute(upsert(connection, places, "lead", "message", "asks"), made)


@cache
def _shown() -> sa.Update:
    return (
        cards.update()
        .where(cards.c.id == sa.bindparam("b_id"))
        .values(
            shown=sa.bindparam("b_shown"),
            message_id=sa.bindparam("b_message_id"),
            thread=sa.bindparam("b_thread"),
            topic=sa.bindparam("b_topic"),
            left=sa.bindparam("b_left"),
            titled=sa.bindparam("b_titled"),
            state="queued",
            attempts=sa.bindparam("b_attempts"),
            not_before=None,
            claimed_at=None,
            posted_above=None,
            shown_at=sa.bindparam("b_shown_at"),
            reason="",
        )
    )


def _standing(was: Card, card: Card, now: datetime) -> dict[str, object]:
    """A card as its row says it; nobody tries for ever to find it a place."""
    words = (str(card.text), _WORDS[card.closed], card.title)
    known = card.text > card.shown or card.title or card.closed is not None
    return {
        "b_id": card.id,
        "b_shown": card.shown,
        "b_shown_at": now,
        "b_message_id": card.message_id,
        "b_thread": card.thread,
        "b_topic": card.topic,
        "b_left": card.left,
        "b_titled": " ".join(words).rstrip() if known else "",
        "b_attempts": 0 if card.message_id or card.shown == card.wanted else was.attempts + 1,
    }


async def _unfolded(connection: AsyncConnection, found: Sequence[Card], now: datetime) -> None:
    """These have their own message now; the lists that showed them are to be shown anew."""
    if not found:
        return
    await connection.execute(
        cards.update().where(cards.c.id.in_([one.id for one in found])).values(folded=None)
    )
    await connection.execute(
        cards.update()
        .where(cards.c.id.in_({one.folded for one in found}))
        .values(
            wanted=cards.c.wanted + 1,
            queued_at=now,
            not_before=sa.case(
                (cards.c.not_before > now, cards.c.not_before),
                else_=sa.literal(now + LULL, Instant),
            ),
        )
    )


async def put_back(
    connection: AsyncConnection,
    one: Card,
    *,
    reason: str,
    not_before: datetime | None = None,
    lost: bool = False,
    failed: bool = False,
    doubted: bool = False,
) -> None:
    """Write down that it could not be shown: to be tried again, posted anew, or given up.

    `doubted` keeps in mind that it may be shown after all.
    """
    # What it should show by now is another try, even after what it should show then failed.
    given_up = sa.case((cards.c.wanted > one.wanted, "queued"), else_="failed")
    values: dict[str, object] = {
        "state": given_up if failed else "queued",
        "not_before": not_before,
        "claimed_at": None,
        "reason": reason,
    }
    if lost:
        values["message_id"] = None
    if not doubted:
        values["posted_above"] = None
    await connection.execute(cards.update().where(cards.c.id == one.id).values(values))


async def lose_topic(connection: AsyncConnection, chat: str, topic: str, now: datetime) -> None:
    """A topic is gone, with the card in it: both are to be made anew."""
    await connection.execute(
        cards.update()
        .where(cards.c.chat == chat, cards.c.topic == topic, _TOPICS)
        .values(
            left=sa.case(
                (cards.c.left != "", cards.c.left),
                (cards.c.thread != "", sa.func.coalesce(cards.c.message_id, "")),
                else_="",
            ),
            message_id=sa.case((cards.c.thread == "", cards.c.message_id)),
            thread="",
            topic="",
            titled="",
            wanted=cards.c.wanted + 1,
            queued_at=now,
        )
    )


async def left_claimed(connection: AsyncConnection, channel: str) -> Sequence[Card]:
    """Cards of which a process died before it could write down what became of them."""
    rows = await connection.execute(
        sa.select(cards).where(cards.c.state == "claimed", of_channel(channel))
    )
    return [card(row) for row in rows]


_LOCKED = sa.select(cards.c.id).where(cards.c.id.in_(KEYS)).order_by(cards.c.id).with_for_update()
_TOPICS = cards.c.topic != sa.literal_column("''")  # as the index says it
_WORDS = {None: "unknown", False: "open", True: "closed"}
_OPENNESS = {word: closed for closed, word in _WORDS.items()}


async def _lead_of_topic(
    connection: AsyncConnection, keys: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    columns = sa.tuple_(cards.c.chat, cards.c.topic)
    query = sa.select(cards.c.chat, cards.c.topic, cards.c.lead)
    rows = await connection.execute(query.where(columns.in_(keys), _TOPICS))
    return {(row.chat, row.topic): row.lead for row in rows}


_OF_LEAD = sa.select(cards).where(cards.c.lead.in_(KEYS))


async def _of_lead(connection: AsyncConnection, keys: Sequence[int]) -> dict[int, Card]:
    rows = await connection.execute(_OF_LEAD, {"keys": keys})
    return {row.lead: card(row) for row in rows}
