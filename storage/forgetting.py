"""What is forgotten of a person, statement by statement, in the transaction of their erasure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.messages import OUTGOING, Delete, in_history, split_address
from storage import copies
from storage.accounts import Account
from storage.inbox import INTERNAL
from storage.schema import (
    LEAD_IS_OPEN,
    accounts,
    answers,
    assignments,
    cards,
    chats,
    consents,
    contacts,
    deadlines,
    deals,
    dialogues,
    feedback,
    inbox,
    lead_tags,
    leads,
    members,
    messages,
    outbox,
    persons,
    places,
    steps,
    touches,
    versions,
)

NOTHING: dict[str, Any] = OUTGOING.dump_python(Delete("", ""), mode="json")  # what a call did
MADE = ("sent", "expired", "dropped", "replaced", "repeated")  # nobody needs its words any more
OPENING = sa.func.rtrim(inbox.c.event_id, "0123456789")  # see in_history, without a number
_DROPPED = sa.case((inbox.c.state == "dead", "dropped"), else_=inbox.c.state)


def statements(
    tree: Sequence[Account],
    reasons: Sequence[str],
    now: datetime,
    *,
    mark: str,
    whole: bool,
) -> list[sa.Executable]:
    """Everything that lets accounts be forgotten; of reasons to reject only these are kept.

    Calls are dropped for the reason `mark`. `whole` says that nothing of the person is left.
    """
    return [
        *_closing(tree, now, mark),
        *_forgetting(tree, reasons),
        *_persons(tree, now, whole=whole),
    ]


def emptied_events(*meant: sa.ColumnElement[bool]) -> sa.Update:
    """Let events be forgotten, also those that somebody was to decide about."""
    values = {"body": sa.null(), "key": "erased", "reason": "", "state": _DROPPED}
    return inbox.update().where(*meant).values(values)


def unnamed_events(where: Collection[str]) -> sa.Update:
    """Let the ids of ended events name none of these addresses."""
    named = [(channel, in_history(chat)) for channel, chat in map(split_address, where)]
    return (
        inbox.update()
        .where(inbox.c.ended_at.is_not(None), sa.tuple_(inbox.c.channel, OPENING).in_(named))
        .values(event_id=sa.literal("erased-") + sa.cast(inbox.c.id, sa.Text))
    )


def dropped_calls(meant: sa.ColumnElement[bool], now: datetime, mark: str) -> sa.Update:
    """Let calls of no outcome yet, or a bad one, be made no more, for the reason `mark`."""
    return (
        outbox.update()
        .where(meant, outbox.c.state.not_in(MADE))
        .values(state="dropped", ended_at=sa.func.coalesce(outbox.c.ended_at, now), reason=mark)
    )


def emptied_calls(*meant: sa.ColumnElement[bool]) -> sa.Update:
    """Let what calls say be forgotten; those emptied before are not written once more."""
    empty = sa.cast(sa.literal(NOTHING, sa.JSON), sa.Text)
    full = sa.cast(outbox.c.payload, sa.Text) != empty
    return outbox.update().where(*meant, full).values(payload=NOTHING)


def _closing(tree: Sequence[Account], now: datetime, mark: str) -> list[sa.Executable]:
    """Nobody works their leads any more, and nothing goes out about them."""
    numbers, theirs = [one.id for one in tree], _leads(tree)
    to_them = sa.tuple_(outbox.c.channel, outbox.c.chat).in_(
        [(one.channel, one.platform_id) for one in tree]
    )
    said = sa.select(messages.c.id).where(messages.c.account.in_(numbers))
    about_them = sa.or_(
        to_them,
        outbox.c.message.in_(said),
        sa.and_(outbox.c.lead.in_(theirs), outbox.c.message.is_(None)),
    )
    return [
        # First, as whoever takes a lead locks it first: what they began is seen, or never begins.
        leads.update()
        .where(leads.c.account.in_(numbers), LEAD_IS_OPEN)
        .values(state="rejected", closed_at=now),
        leads.update()
        .where(leads.c.account.in_(numbers))
        .values(first_words="", version=leads.c.version + 1),
        cards.update().where(cards.c.lead.in_(theirs)).values(titled=""),
        deadlines.update()
        .where(deadlines.c.lead.in_(theirs), deadlines.c.done_at.is_(None))
        .values(done_at=sa.func.coalesce(deadlines.c.paused_at, now)),  # not late meanwhile
        steps.update()
        .where(steps.c.lead.in_(theirs), steps.c.done_at.is_(None))
        .values(done_at=now),
        assignments.update()
        .where(assignments.c.lead.in_(theirs), assignments.c.ended_at.is_(None))
        .values(ended_at=now),
        dropped_calls(about_them, now, mark),
        emptied_calls(about_them),
        # What tells of them beside others: lists, digests, alarms. Nobody needs it once it is sent.
        emptied_calls(outbox.c.state.in_(MADE), ~copies.undelivered()),
        outbox.update().where(to_them).values(chat="", key="erased"),
    ]


def _forgetting(tree: Sequence[Account], reasons: Sequence[str]) -> list[sa.Executable]:
    return [*_of_leads(tree, reasons), *_of_words(tree), *_of_events(tree)]


def _of_leads(tree: Sequence[Account], reasons: Sequence[str]) -> list[sa.Executable]:
    """What was said of them when their leads were worked."""
    numbers, theirs = [one.id for one in tree], _leads(tree)
    return [
        leads.update()
        .where(leads.c.account.in_(numbers), leads.c.reason.not_in([*reasons, ""]))
        .values(reason=""),
        deals.update().where(deals.c.lead.in_(theirs)).values(title=""),
        steps.update().where(steps.c.lead.in_(theirs)).values(words=""),
        touches.update()
        .where(touches.c.lead.in_(theirs), touches.c.kind.in_(("reject", "ban", "tag")))
        .values(data={}),
        lead_tags.delete().where(lead_tags.c.lead.in_(theirs)),
        feedback.delete().where(feedback.c.lead.in_(theirs)),
    ]


def _of_words(tree: Sequence[Account]) -> list[sa.Executable]:
    """What they wrote and gave, and every place that shows it."""
    numbers, where = [one.id for one in tree], [one.address for one in tree]
    said = sa.select(messages.c.id).where(messages.c.account.in_(numbers))
    return [
        places.delete().where(places.c.chat.in_(where)),
        places.update().where(places.c.message.in_(said)).values(message=None),
        outbox.update().where(outbox.c.message.in_(said)).values(message=None),
        contacts.delete().where(contacts.c.account.in_(numbers)),
        versions.delete().where(versions.c.message.in_(said)),
        messages.delete().where(messages.c.account.in_(numbers)),
        *(
            table.delete().where(table.c.account.in_(numbers))
            for table in (answers, dialogues, consents)
        ),
        members.delete().where(members.c.member.in_(where)),
        chats.delete().where(chats.c.address.in_(where)),
    ]


def _of_events(tree: Sequence[Account]) -> list[sa.Executable]:
    """What came of them, in the messengers' own form."""
    where = [one.address for one in tree]
    return [
        # An event is known by its id; what it said is of no use once it was handled.
        inbox.update()
        .where(
            inbox.c.ended_at.is_not(None),
            inbox.c.state.in_(("done", "dropped")),
            inbox.c.body.is_not(None),
        )
        .values(body=sa.null()),
        emptied_events(inbox.c.ended_at.is_not(None), inbox.c.key.in_(where)),
        unnamed_events(where),
        # The erasure's own event is among them, and not ended yet.
        inbox.update()
        .where(inbox.c.channel == INTERNAL, inbox.c.key.in_(where))
        .values(key="erased"),
    ]


def _persons(tree: Sequence[Account], now: datetime, *, whole: bool) -> list[sa.Executable]:
    numbers = [one.id for one in tree]
    roots = {one.person for one in tree}
    in_tree = sa.or_(persons.c.id.in_(roots), persons.c.root.in_(roots))
    gone: dict[str, Any] = {"erased_at": now} if whole else {}
    return [
        accounts.update()
        .where(accounts.c.id.in_(numbers))
        .values(
            platform_id=sa.literal("erased-") + sa.cast(accounts.c.id, sa.Text),
            name="",
            username="",
            language="",
            source="",
            reach="gone",
            banned_at=None,
            banned_by=None,
            ban_reason="",
            slowed_until=None,
            away_until=None,
        ),
        persons.update().where(in_tree).values(version=persons.c.version + 1, **gone),
    ]


def _leads(tree: Sequence[Account]) -> sa.Select[tuple[int]]:
    return sa.select(leads.c.id).where(leads.c.account.in_([one.id for one in tree]))
