"""Every state, action and role: who may do what, written out once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.domain.errors import Refusal, Refused
from bot.domain.lead import Action, Actor, Lead, Role, State, actions, decide

BORIS, DASHA = 1, 2
NOON = datetime(2025, 5, 5, 12, tzinfo=UTC)

# Boris acts, as each role in turn, on a lead of this state and responsible;
# the target state, or why not, for stranger, manager, dispatcher and supervisor.
STRANGER = Refusal.STRANGER
TABLE = [
    # state, responsible, action, manager, dispatcher, supervisor
    ("new", None, "take", "taken", "taken", "taken"),
    ("new", None, "assign", "taken", "taken", "taken"),
    ("new", None, "step", Refusal.FREE, Refusal.FREE, Refusal.FREE),
    ("new", None, "convert", "converted", "converted", "converted"),
    ("new", None, "reject", "rejected", "rejected", "rejected"),
    ("new", None, "return", Refusal.FREE, Refusal.FREE, Refusal.FREE),
    ("new", None, "reopen", Refusal.OPEN, Refusal.OPEN, Refusal.OPEN),
    ("new", None, "later", Refusal.OPEN, Refusal.OPEN, Refusal.OPEN),
    ("taken", BORIS, "take", Refusal.TAKEN, Refusal.TAKEN, Refusal.TAKEN),
    ("taken", BORIS, "assign", "taken", "taken", "taken"),
    ("taken", BORIS, "step", "taken", "taken", "taken"),
    ("taken", BORIS, "convert", "converted", "converted", "converted"),
    ("taken", BORIS, "reject", "rejected", "rejected", "rejected"),
    ("taken", BORIS, "return", "new", "new", "new"),
    ("taken", BORIS, "reopen", Refusal.OPEN, Refusal.OPEN, Refusal.OPEN),
    ("taken", BORIS, "later", Refusal.OPEN, Refusal.OPEN, Refusal.OPEN),
    ("taken", DASHA, "take", Refusal.TAKEN, Refusal.TAKEN, Refusal.TAKEN),
    ("taken", DASHA, "assign", Refusal.NOT_YOURS, "taken", "taken"),
    ("taken", DASHA, "step", Refusal.NOT_YOURS, "taken", "taken"),
    ("taken", DASHA, "convert", Refusal.NOT_YOURS, Refusal.NOT_YOURS, "converted"),
    ("taken", DASHA, "reject", Refusal.NOT_YOURS, Refusal.NOT_YOURS, "rejected"),
    ("taken", DASHA, "return", Refusal.NOT_YOURS, "new", "new"),
    ("taken", DASHA, "reopen", Refusal.OPEN, Refusal.OPEN, Refusal.OPEN),
    ("taken", DASHA, "later", Refusal.OPEN, Refusal.OPEN, Refusal.OPEN),
    *(
        (state, responsible, action, Refusal.CLOSED, Refusal.CLOSED, Refusal.CLOSED)
        for state in ("rejected", "converted")
        for responsible in (None, BORIS, DASHA)
        for action in ("take", "assign", "step", "convert", "reject", "return")
    ),
    *(
        (state, responsible, "reopen", "taken", "taken", "taken")
        for state in ("rejected", "converted")
        for responsible in (None, BORIS, DASHA)
    ),
    ("rejected", None, "later", "rejected", "rejected", "rejected"),
    ("rejected", BORIS, "later", "rejected", "rejected", "rejected"),
    ("rejected", DASHA, "later", Refusal.NOT_YOURS, "rejected", "rejected"),
    *(
        ("converted", responsible, "later", Refusal.CLOSED, Refusal.CLOSED, Refusal.CLOSED)
        for responsible in (None, BORIS, DASHA)
    ),
    *(
        ("absorbed", None, action, Refusal.ABSORBED, Refusal.ABSORBED, Refusal.ABSORBED)
        for action in ("take", "assign", "step", "convert", "reject", "return", "reopen", "later")
    ),
]
ROLES = (Role.MANAGER, Role.DISPATCHER, Role.SUPERVISOR)


def _outcome(state: str, responsible: int | None, action: str, role: Role) -> str:
    lead = Lead(
        id=1,
        account=1,
        person=1,
        desk="main",
        channel="telegram",
        source="",
        state=State(state),
        created_at=NOON,
        responsible=responsible,
    )
    try:
        return decide(lead, Action(action), Actor(BORIS, role)).target.value
    except Refused as refusal:
        return refusal.refusal


@pytest.mark.parametrize(
    ("state", "responsible", "action", "role", "expected"),
    [
        (state, responsible, action, role, outcome)
        for state, responsible, action, *outcomes in TABLE
        for role, outcome in zip(ROLES, outcomes, strict=True)
    ],
)
def test_each_role_may_do_what_the_table_says(
    state: str, responsible: int | None, action: str, role: Role, expected: str
) -> None:
    assert _outcome(state, responsible, action, role) == expected


@pytest.mark.parametrize(("state", "responsible", "action"), [row[:3] for row in TABLE])
def test_strangers_may_do_nothing(state: str, responsible: int | None, action: str) -> None:
    assert _outcome(state, responsible, action, Role.STRANGER) == STRANGER


def test_the_table_leaves_nothing_out() -> None:
    assert {(row[0], row[2]) for row in TABLE} == {
        (state.value, action.value) for state in State for action in Action
    }


@pytest.mark.parametrize(
    ("state", "buttons"),
    [
        ("new", ["take", "assign", "convert", "reject"]),
        ("taken", ["step", "assign", "convert", "reject", "return"]),
        ("rejected", ["reopen", "later"]),
        ("converted", ["reopen"]),
        ("absorbed", []),
    ],
)
def test_a_card_shows_what_can_be_done(state: str, buttons: list[str]) -> None:
    assert [action.value for action in actions(State(state))] == buttons
