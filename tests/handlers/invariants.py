"""What is true of the database after every event, whatever came before; checked over all rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from bot.domain.people import Merge
from storage import schema
from storage.database import Database

Rows = dict[str, Sequence[sa.Row[Any]]]

OPEN = ("new", "taken")
_READ = (
    schema.persons,
    schema.accounts,
    schema.contacts,
    schema.merges,
    schema.leads,
    schema.assignments,
    schema.messages,
    schema.touches,
    schema.clients,
    schema.deals,
    schema.deadlines,
    schema.steps,
    schema.cards,
    schema.staff_accounts,
    schema.members,
)


async def assert_invariants(
    database: Database, *, no_source: Collection[str] = (), no_reason: Collection[str] = ()
) -> None:
    """Raise AssertionError where a promise of the domain is broken.

    `no_source` are channels that make no leads, `no_reason` those that need no reason to reject.
    """
    async with database.read() as connection:
        rows = {one.name: (await connection.execute(sa.select(one))).all() for one in _READ}
    roots = _roots(rows)
    _check_merges(rows, roots)
    _check_open_leads(rows, roots)
    _check_ends(rows, no_reason)
    _check_absorbed(rows)
    _check_responsible(rows)
    _check_deadlines(rows)
    _check_steps(rows)
    _check_messages(rows, no_source)
    _check_once_each(rows)


def root(person: int, merges: Iterable[Merge]) -> int:
    """Who stands for a person, by all merges that are not undone, looked at naively."""
    winner_of = {merge.loser: merge.winner for merge in merges}
    while person in winner_of:
        person = winner_of[person]
    return person


def _roots(rows: Rows) -> dict[int, int]:
    """Everybody's root as it is kept: one step away."""
    found = {one.id: one.root or one.id for one in rows["persons"]}
    for person, top in found.items():
        assert found[top] == top, f"person={person} has root={top}, which has a root itself"
    assert all(one.root != one.id for one in rows["persons"])
    return found


def _check_merges(rows: Rows, roots: dict[int, int]) -> None:
    standing = [
        Merge(one.id, one.winner, one.loser) for one in rows["merges"] if one.undone_at is None
    ]
    losers = Counter(one.loser for one in standing)
    assert all(count == 1 for count in losers.values()), "a person lost twice"
    for person, top in roots.items():
        assert root(person, standing) == top, f"person={person} has root={top}"


def _check_open_leads(rows: Rows, roots: dict[int, int]) -> None:
    own = {one.id: one.person for one in rows["accounts"]}
    for lead in rows["leads"]:
        assert lead.person == roots[own[lead.account]], f"lead={lead.id} is another person's"
    counts = Counter((one.person, one.desk) for one in rows["leads"] if one.state in OPEN)
    assert not counts or max(counts.values()) == 1, f"several open leads: {counts}"


def _check_ends(rows: Rows, no_reason: Collection[str]) -> None:
    clients = {one.id: one.person for one in rows["clients"]}
    own = {one.id: one.person for one in rows["accounts"]}
    leads = {one.id: one for one in rows["leads"]}
    won = {one.lead for one in rows["deals"]}
    erased = {one.id for one in rows["accounts"] if one.platform_id == f"erased-{one.id}"}
    for lead in leads.values():
        ended = lead.state in ("rejected", "converted")
        assert (lead.closed_at is not None) == ended, f"lead={lead.id} {lead.state}: when?"
        if (
            lead.state == "rejected"
            and lead.channel not in no_reason
            and lead.account not in erased
        ):
            assert lead.reason, f"lead={lead.id} was rejected without a reason"
        assert lead.state != "converted" or lead.id in won, f"lead={lead.id} has no deal"
        assert lead.repeat_of != lead.id
    for deal in rows["deals"]:
        assert clients[deal.client] == own[leads[deal.lead].account], f"deal={deal.id}: whose?"


def _check_absorbed(rows: Rows) -> None:
    leads = {one.id: one for one in rows["leads"]}
    for lead in leads.values():
        absorbed = lead.state == "absorbed"
        assert (lead.absorbed_into is not None) == absorbed, f"lead={lead.id} is half absorbed"
        seen, end = set[int](), lead
        while end.absorbed_into is not None:
            assert end.id not in seen, f"lead={lead.id} went up in itself"
            seen.add(end.id)
            end = leads[end.absorbed_into]
        assert end.person == lead.person, f"lead={lead.id} went up in another person's"
    for merge in rows["merges"]:
        if merge.undone_at is None and merge.absorbed is not None:
            assert leads[merge.absorbed].state == "absorbed", f"merge={merge.id} left it open"


def _check_responsible(rows: Rows) -> None:
    standing = [one for one in rows["assignments"] if one.ended_at is None]
    current = {one.lead: one.staff for one in standing if one.kind != "offer"}
    offered = {one.lead for one in standing if one.kind == "offer"}
    address = {one.staff: one.address for one in rows["staff_accounts"]}
    left = {one.member for one in rows["members"] if not one.present}
    for lead in rows["leads"]:
        if lead.state == "taken":
            assert lead.responsible is not None, f"lead={lead.id} is taken by nobody"
            assert address[lead.responsible] not in left, f"lead={lead.id} is with who left"
            assert current.get(lead.id) == lead.responsible, f"lead={lead.id}: by whom?"
        else:
            assert lead.id not in current, f"lead={lead.id} {lead.state} is still assigned"
        assert lead.id not in offered or lead.state == "new", f"lead={lead.id} is still offered"
        assert lead.state != "new" or lead.responsible is None, f"lead={lead.id} is not free"


def _check_deadlines(rows: Rows) -> None:
    standing = [one for one in rows["deadlines"] if one.done_at is None]
    assert max(Counter((one.lead, one.kind) for one in standing).values(), default=0) <= 1
    offline = {one.id for one in rows["accounts"] if one.reach == "offline"}
    for lead in rows["leads"]:
        awaited = {one.kind: one.paused_at is None for one in standing if one.lead == lead.id}
        assert awaited in _awaited(lead, lead.account in offline), f"lead={lead.id}: {awaited}"
    for one in standing:
        assert one.paused_at is None or one.next_at is None, f"deadline={one.id} is not paused"


def _awaited(lead: sa.Row[Any], offline: bool) -> Sequence[dict[str, bool]]:
    """What may be awaited of a lead, and whether its time runs."""
    if lead.state == "new":
        return [{"take": True}]
    if lead.state != "taken":
        return [{}]
    if lead.answered_at is None:
        return [{"first_reply": True, "close": True}]
    return [{"next_reply": True, "close": True}, {"close": offline}]


def _check_steps(rows: Rows) -> None:
    state = {one.id: one.state for one in rows["leads"]}
    standing = [one for one in rows["steps"] if one.done_at is None]
    assert max(Counter(one.lead for one in standing).values(), default=0) <= 1, "two next steps"
    for step in standing:
        assert state[step.lead] in (*OPEN, "rejected"), (
            f"step={step.id} of lead={step.lead} {state[step.lead]}"
        )


def _check_messages(rows: Rows, no_source: Collection[str]) -> None:
    account = {one.id: one for one in rows["accounts"]}
    written = {one.id: one for one in rows["messages"]}
    banned = {one.lead for one in rows["touches"] if one.kind == "ban"}
    once_banned = {one.account for one in rows["leads"] if one.id in banned}
    for one in written.values():
        if one.author == "customer" and one.lead is None:
            excused = account[one.account].channel in no_source or one.account in once_banned
            assert excused, f"message={one.id} belongs to no lead"
        if one.direction == "held":
            whole = one.author == "staff" and one.staff is not None and one.lead is not None
            assert whole, f"message={one.id} is held, but for whom?"
    for contact in rows["contacts"]:
        if contact.message is not None:
            assert written[contact.message].account == contact.account, f"contact={contact.id}"


def _check_once_each(rows: Rows) -> None:
    leads = Counter(one.id for one in rows["leads"])
    cards = Counter(one.lead for one in rows["cards"] if one.lead is not None)
    assert cards == leads, "not every lead has one card"
    began = Counter(one.lead for one in rows["touches"] if one.kind in ("created", "entered"))
    assert began == leads, "not every lead came in once"
