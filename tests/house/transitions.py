"""The lead's states and what leads from one to another, drawn from the domain's own table.

`python -m tests.house.transitions` prints it as the README has it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from bot.domain.lead import MERGE, SPLIT, TRANSITIONS, Role, State, Transition
from config.texts import load

_EVERYBODY = "every manager"
_OWN = "every manager on free leads and their own"
_ANYBODYS = {
    Role.MANAGER: _EVERYBODY,
    Role.DISPATCHER: f"{_OWN}; dispatchers and supervisors on any",
    Role.SUPERVISOR: f"{_OWN}; supervisors on any",
}
_MERGES = (("merge", MERGE), ("split", SPLIT))


def drawing() -> str:
    """The whole as the README shows it: a diagram, then the table."""
    return f"```mermaid\n{_diagram()}\n```\n\n{_table()}"


def _diagram() -> str:
    arrows: dict[tuple[State, State], list[str]] = {}
    for label, sources, targets, _, _ in _rows():
        for source in _in_order(sources):
            for target in _in_order(targets):
                arrows.setdefault((source, target), []).append(label)
    lines = [f"    {one} --> {other}: {', '.join(said)}" for (one, other), said in arrows.items()]
    return "\n".join(["stateDiagram-v2", "    [*] --> new: a customer writes", *lines])


def _table() -> str:
    head = ["| action | from | to | who may |", "|---|---|---|---|"]
    rows = [
        f"| {label} | {_named(sources)} | {shown} | {who} |"
        for label, sources, _, shown, who in _rows()
    ]
    return "\n".join([*head, *rows])


def _rows() -> Iterator[tuple[str, Collection[State], Collection[State], str, str]]:
    """Label, from, to, to in words, who may."""
    texts = load("en")
    for row in TRANSITIONS:
        label = texts(f"button.{row.action.value}")
        targets = (row.target_for(True), row.target_for(False))
        yield label, row.sources, {*targets}, _in_words(row), _ANYBODYS[row.anybodys]
    for name, passage in _MERGES:
        shown = _named(passage.targets)
        yield texts(f"button.{name}"), passage.sources, passage.targets, shown, _EVERYBODY


def _in_words(row: Transition) -> str:
    if row.otherwise is None:
        return row.target.value
    return f"{row.target}, or {row.otherwise} when its manager is gone"


def _named(states: Iterable[State]) -> str:
    return " or ".join(_in_order(states))


def _in_order(states: Iterable[State]) -> list[State]:
    return sorted(states, key=list(State).index)


if __name__ == "__main__":
    print(drawing())
