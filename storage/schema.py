"""Every table, once, for SQLite and PostgreSQL alike; over 250 lines because it is one list."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import Dialect

from storage.text import Words

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware UTC moment; naive datetimes are refused, SQLite keeps them as UTC text."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _table(name: str, *items: Any) -> sa.Table:
    # AUTOINCREMENT keeps SQLite from handing out the number of a purged row again.
    return sa.Table(name, metadata, *items, sqlite_autoincrement=True)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)


def _ref(name: str, target: str, *, nullable: bool = False, index: bool = False) -> sa.Column[int]:
    # Deferred, so that a transaction may write its updates before its new rows.
    key = sa.ForeignKey(f"{target}.id", deferrable=True, initially="DEFERRED")
    return sa.Column(name, sa.BigInteger, key, nullable=nullable, index=index)


def _ref_key(name: str, target: str) -> sa.Column[int]:
    key = sa.ForeignKey(f"{target}.id", deferrable=True, initially="DEFERRED")
    return sa.Column(name, sa.BigInteger, key, primary_key=True, autoincrement=False)


def _desk_key() -> sa.Column[str]:
    # The first desk by default, as bot.domain.lead calls it.
    return sa.Column("desk", Words, primary_key=True, default="main", server_default="main")


def _text(name: str, default: str = "") -> sa.Column[str]:
    return sa.Column(name, Words, nullable=False, default=default, server_default=default)


def _count(name: str, default: int = 0) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, default=default, server_default=str(default))


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False, default=False, server_default=sa.false())


def _when(name: str, *, nullable: bool = True) -> sa.Column[datetime]:
    return sa.Column(name, Instant, nullable=nullable)


def _only(name: str, condition: str, *columns: str, unique: bool = False) -> sa.Index:
    """An index over the rows for which the condition holds.

    A query must repeat the condition without bound values, or SQLite will not use it.
    """
    where = sa.text(condition)
    return sa.Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


# --- events taken in ------------------------------------------------------

inbox = _table(
    "inbox",
    _id(),
    _text("channel"),
    _text("event_id"),
    sa.Column("key", Words),  # null until the event was parsed
    sa.Column("body", sa.JSON),
    _text("state", "new"),  # new | done | dead | dropped
    _count("attempts"),
    _when("not_before"),
    _text("reason"),
    _when("received_at", nullable=False),
    _when("ended_at"),  # null while it waits
    sa.Column("process", sa.BigInteger),  # the one of several that works on it
    sa.UniqueConstraint("channel", "event_id"),
    _only("ix_inbox_waiting", "ended_at is null", "key", "id"),
    _only("ix_inbox_dead", "state = 'dead'", "id"),
)

cursors = sa.Table(
    "cursors",
    metadata,
    sa.Column("channel", Words, primary_key=True),
    _text("value"),
)

# --- several processes on one PostgreSQL -------------------------------------

processes = _table(  # those that live; who is not here any more holds nothing
    "processes",
    _id(),
    sa.Column("backend", sa.Integer, nullable=False),  # PostgreSQL's own process that serves it
    _when("until", nullable=False),  # it says again before then that it lives
    _text("mark"),  # of its settings; "" of one that tells none
)

leases = sa.Table(  # what only one of them does
    "leases",
    metadata,
    sa.Column("name", Words, primary_key=True),
    sa.Column("process", sa.BigInteger, nullable=False),
    sa.Column("fence", sa.BigInteger, nullable=False),  # grows with every holder
)

# --- people ---------------------------------------------------------------

persons = _table(
    "persons",
    _id(),
    _ref("root", "persons", nullable=True, index=True),  # null: itself; else the winner of a merge
    _count("version", 1),
    _when("created_at", nullable=False),
    _when("erased_at"),
)

accounts = _table(
    "accounts",
    _id(),
    _text("channel"),
    _text("platform_id"),
    _ref("person", "persons", index=True),
    _text("name"),
    _text("username"),
    _text("language"),
    _text("reach", "open"),
    _text("source"),  # a start payload that waits for the first real message
    _when("created_at", nullable=False),
    _when("banned_at"),  # null: welcome
    _ref("banned_by", "staff", nullable=True),
    _text("ban_reason"),
    _when("slowed_until"),  # wrote too fast: until then messages are kept, not shown one by one
    _when("away_until"),  # they were told that nobody works before then
    sa.UniqueConstraint("channel", "platform_id"),
)

contacts = _table(
    "contacts",
    _id(),
    _ref("account", "accounts"),
    _text("kind"),  # phone | email
    _text("value"),  # normalised
    _ref("message", "messages", nullable=True),  # in which it was seen
    sa.UniqueConstraint("account", "kind", "value"),
    sa.Index("ix_contacts_value", "value", "kind"),
)

merges = _table(
    "merges",
    _id(),
    _ref("winner", "persons", index=True),
    _ref("loser", "persons", index=True),
    _ref("by", "staff"),
    _ref("absorbed", "leads", nullable=True),  # the lead that went up in the other
    _when("at", nullable=False),
    _when("undone_at"),
    _ref("undone_by", "staff", nullable=True),
)

strangers = sa.Table(  # pairs of persons of whom a manager said that they are not the same
    "strangers",
    metadata,
    _ref_key("one", "persons"),  # the lower number
    _ref_key("other", "persons"),
    _ref("by", "staff"),
    _when("at", nullable=False),
)

consents = _table(
    "consents",
    _id(),
    _ref("account", "accounts", index=True),
    _text("version"),  # of the policy
    _text("url"),
    _flag("agreed"),
    _when("at", nullable=False),
)

dialogues = sa.Table(  # how far a questionnaire came
    "dialogues",
    metadata,
    _ref_key("account", "accounts"),
    _ref("lead", "leads", nullable=True),
    _count("question"),  # the one that was asked, from 0
    _when("asked_at", nullable=False),
    _when("ended_at"),
)

answers = _table(
    "answers",
    _id(),
    _ref("account", "accounts", index=True),
    _ref("lead", "leads", nullable=True, index=True),
    _text("question"),
    _text("answer"),
    _when("at", nullable=False),
)

erasures = _table(  # proof of what was erased, with nothing of whom
    "erasures",
    _id(),
    _text("receipt"),  # told to whoever asked
    _text("asked_by"),  # customer | staff | age
    _when("at", nullable=False),
    sa.Column("counts", sa.JSON, nullable=False, default=dict, server_default="{}"),
    _when("tidied_at"),  # when nothing of it was left in the database's own log either
    sa.UniqueConstraint("receipt"),
    _only("ix_erasures_untidy", "tidied_at is null", "id"),
)

staff = _table(
    "staff",
    _id(),
    _text("name"),
    _text("shift"),  # on | off; "" until they first say
    _when("created_at", nullable=False),
)

staff_accounts = sa.Table(
    "staff_accounts",
    metadata,
    sa.Column("address", Words, primary_key=True),  # telegram:123
    _ref("staff", "staff"),
    _text("username"),
)

members = sa.Table(
    "members",
    metadata,
    sa.Column("chat", Words, primary_key=True),  # an address
    sa.Column("member", Words, primary_key=True),  # an address
    _flag("present"),
    _flag("admin"),
    _text("name"),
    _text("username"),
    _when("checked_at", nullable=False),
)

chats = sa.Table(
    "chats",
    metadata,
    sa.Column("address", Words, primary_key=True),
    sa.Column("moved_to", Words),
    _count("posted_id"),  # the highest message id known, of ours
    _count("heard_id"),  # and of what others wrote, roughly
    _flag("forum"),  # whether it has topics, as far as was last seen
)

# --- leads ----------------------------------------------------------------

leads = _table(
    "leads",
    _id(),
    _ref("account", "accounts", index=True),
    _ref("person", "persons", index=True),
    _text("desk"),
    _text("channel"),
    _text("source"),
    _ref("repeat_of", "leads", nullable=True),
    _ref("absorbed_into", "leads", nullable=True),
    _text("state", "new"),
    _ref("responsible", "staff", nullable=True),
    _text("reason"),
    _text("first_words"),
    _count("version", 1),
    _when("created_at", nullable=False),
    _when("taken_at"),
    _when("answered_at"),
    _when("closed_at"),
    _text("warmth"),  # cold | warm | hot; "" until somebody says
    _text("queued"),  # why nobody is asked to take it: nobody | busy | passed
    _only("uq_leads_open", "state in ('new', 'taken')", "person", "desk", unique=True),
    _only("ix_leads_open", "state in ('new', 'taken')", "created_at"),
    _only("ix_leads_waiting", "state = 'new' and queued in ('nobody', 'busy')", "created_at"),
    sa.Index("ix_leads_created_at", "created_at"),
    sa.Index("ix_leads_closed_at", "closed_at"),
)

# Written out as the indexes say it, or SQLite would not use them.
LEAD_IS_OPEN = leads.c.state.in_(
    [sa.literal_column(f"'{one}'", sa.Text) for one in ("new", "taken")]
)

assignments = _table(
    "assignments",
    _id(),
    _ref("lead", "leads", index=True),
    _ref("staff", "staff"),
    _text("kind"),  # take | give | offer
    _ref("by", "staff", nullable=True),
    _when("at", nullable=False),
    _when("until"),  # when an offer goes to the next
    _when("ended_at"),
    _only("uq_assignments_open", "ended_at is null", "lead", unique=True),
    _only("ix_assignments_open", "ended_at is null", "staff"),
    _only("ix_assignments_offers", "kind = 'offer'", "staff", "at"),
)

messages = _table(
    "messages",
    _id(),
    _ref("account", "accounts"),
    _ref("lead", "leads", nullable=True, index=True),
    _text("direction"),  # in | out | note | held, until its author confirms whom it is for
    _text("author"),  # customer | staff | admin
    _ref("staff", "staff", nullable=True),
    _text("chat"),  # the address of the chat in which it was written
    _text("message_id"),
    _text("text"),
    sa.Column("attachments", sa.JSON, nullable=False, default=list, server_default="[]"),
    _when("at", nullable=False),
    _when("edited_at"),
    _text("album"),  # what came together has the same
    _when("withdrawn_at"),  # taken back from the customer
    sa.UniqueConstraint("chat", "message_id"),
    sa.Index("ix_messages_account_at", "account", "at"),
)

versions = _table(
    "versions",
    _id(),
    _ref("message", "messages", index=True),
    _text("text"),
    _when("until", nullable=False),
)

places = sa.Table(
    "places",
    metadata,
    sa.Column("chat", Words, primary_key=True),  # an address
    sa.Column("message_id", Words, primary_key=True),
    _ref("lead", "leads", nullable=True, index=True),  # null: a question about no lead
    _ref("message", "messages", nullable=True, index=True),
    _text("asks"),  # what a reply to this message is an answer to: reason, deal:17, new
)

cards = _table(
    "cards",
    _id(),
    _ref("lead", "leads", nullable=True),  # null: a list of cards
    _ref("folded", "cards", nullable=True, index=True),  # the list that shows it for now
    _text("chat"),  # an address
    _count("wanted", 1),
    _count("shown"),
    _text("menu"),  # which further buttons it shows: "", reject, assign, convert
    sa.Column("message_id", Words),
    _text("state", "queued"),  # queued | claimed | failed
    _count("attempts"),
    _when("not_before"),
    _when("claimed_at"),
    sa.Column("posted_above", sa.Integer),  # it may stand under an id above this one
    _when("shown_at"),  # when it was last posted or changed
    _text("thread"),  # the topic in which it stands; "" for none
    _text("topic"),  # the lead's own topic in a forum; "" before it has one
    _text("titled"),  # the title, icon and openness that its topic shows
    _text("left"),  # where it stood before; that message is still to lead here
    _text("reason"),
    _when("queued_at", nullable=False),
    sa.UniqueConstraint("lead", "chat"),
    _only("ix_cards_wanted", "wanted > shown", "id"),
    _only("ix_cards_topic", "topic != ''", "chat", "topic"),
)

lead_tags = sa.Table(
    "lead_tags",
    metadata,
    _ref_key("lead", "leads"),
    sa.Column("tag", Words, primary_key=True),  # as people write it, without a #
    sa.Index("ix_lead_tags_tag", "tag", "lead"),
)

touches = _table(
    "touches",
    _id(),
    _ref("lead", "leads", index=True),
    _when("at", nullable=False),
    _text("actor"),  # customer | staff | bot
    _ref("staff", "staff", nullable=True),
    _text("kind"),
    sa.Column("data", sa.JSON, nullable=False, default=dict, server_default="{}"),
    sa.Index("ix_touches_at", "at"),
)

clients = _table(
    "clients",
    _id(),
    _ref("person", "persons"),
    _when("created_at", nullable=False),
    sa.UniqueConstraint("person"),
)

deals = _table(
    "deals",
    _id(),
    _ref("client", "clients", index=True),
    _ref("lead", "leads", index=True),
    _text("kind"),
    _text("title"),
    sa.Column("amount", sa.BigInteger),  # minor units
    _text("currency"),
    _ref("responsible", "staff", nullable=True),
    _when("at", nullable=False),
)

reasons = sa.Table(  # for rejecting, as supervisors edited them; none: those of the settings
    "reasons",
    metadata,
    _desk_key(),
    sa.Column("reason", Words, primary_key=True),
    _count("position"),
    _ref("by", "staff"),
    _when("at", nullable=False),
)

assistants = sa.Table(  # who said that they mean to answer a colleague's lead
    "assistants",
    metadata,
    _ref_key("lead", "leads"),
    _ref_key("staff", "staff"),
    _when("at", nullable=False),
)

feedback = sa.Table(  # what a customer was asked by one tap after a lead was closed
    "feedback",
    metadata,
    _ref_key("lead", "leads"),
    sa.Column("kind", Words, primary_key=True),  # farewell | rating
    _text("answer"),  # "" until they tapped
    _when("asked_at", nullable=False),
    _when("answered_at"),
    sa.Index("ix_feedback_answered_at", "kind", "answered_at"),
)

templates = sa.Table(  # canned answers
    "templates",
    metadata,
    _desk_key(),
    sa.Column("name", Words, primary_key=True),
    _text("text"),
    _ref("by", "staff"),
    _when("at", nullable=False),
)

deadlines = _table(
    "deadlines",
    _id(),
    _ref("lead", "leads"),
    _text("kind"),  # take | first_reply | next_reply | close
    _count("step"),
    _when("due_at", nullable=False),
    _when("next_at"),  # when the next step of reminding is due; null after the last
    _when("paused_at"),  # while it is the customer's turn, nothing is due
    _when("done_at"),
    _only("uq_deadlines_open", "done_at is null", "lead", "kind", unique=True),
    sa.Index("ix_deadlines_lead", "lead"),
    _only("ix_deadlines_next", "done_at is null and next_at is not null", "next_at"),
)

incidents = _table(  # what only a person can mend, from its beginning to its end
    "incidents",
    _id(),
    _text("kind"),
    _text("subject"),  # a channel, a chat; "" for the whole
    _when("began_at", nullable=False),
    _when("told_at"),
    _when("ended_at"),
    _only("uq_incidents_open", "ended_at is null", "kind", "subject", unique=True),
)

steps = _table(  # what a manager is to do next
    "steps",
    _id(),
    _ref("lead", "leads"),
    _text("words"),
    _when("due_at", nullable=False),
    _when("next_at"),  # when it is looked at next; null once it was reminded of
    _flag("exact"),  # that very hour was chosen, whatever the working hours
    _ref("by", "staff"),
    _when("at", nullable=False),
    _when("done_at"),
    sa.Index("ix_steps_lead", "lead"),
    _only("uq_steps_open", "done_at is null", "lead", unique=True),
    _only("ix_steps_next", "done_at is null and next_at is not null", "next_at"),
)

# --- calls to be made -----------------------------------------------------

outbox = _table(
    "outbox",
    _id(),
    _text("channel"),
    _text("chat"),  # the platform's own id
    _text("key"),  # calls of one key go in order
    _count("priority"),
    sa.Column("payload", sa.JSON),
    _ref("lead", "leads", nullable=True),
    _ref("message", "messages", nullable=True),  # of which this is a copy
    _text("album"),  # calls of the same album are made as one
    _flag("under_card"),  # waits for the lead's card, and replies to it
    _text("asks"),
    _flag("told"),  # whether a handler waits to hear how it ended
    _count("random_id"),
    # queued | claimed | sent | failed | unknown | expired | dropped | replaced | repeated
    _text("state", "queued"),
    _count("attempts"),
    _when("turn_at", nullable=False),  # the earlier, the more urgent
    _when("not_before"),
    _when("expires_at"),
    _when("claimed_at"),
    sa.Column("posted_above", sa.Integer),  # it may stand under an id above this one
    _when("ended_at"),
    _text("reason"),
    _only("ix_outbox_waiting", "ended_at is null", "channel", "turn_at"),
    _only("ix_outbox_key", "ended_at is null", "key", "id"),
    _only("ix_outbox_album", "album != ''", "key", "album"),
    _only("ix_outbox_asks", "asks != ''", "asks"),
    sa.Index("ix_outbox_ended_at", "ended_at"),
)


def asking(what: str) -> tuple[sa.ColumnElement[bool], ...]:
    """The calls that ask this; the second condition is that of their index."""
    return outbox.c.asks == what, sa.literal_column("outbox.asks != ''")
