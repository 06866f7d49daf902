"""Each manager's load, pace and outcome: counted here once for the digest and the report."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.lead import State
from bot.reports.basis import Basis
from bot.reports.pace import Paces, paces
from bot.reports.period import Period
from storage import reports
from storage.reports import Closing, First, Waiting
from storage.session import Session


@dataclass(frozen=True, slots=True)
class ManagerFigures:
    """One manager in a period; `open` is what they have now.

    `taken` are leads they took or were given, each once, and `missed` those of them with
    a missed deadline to answer or close; `to_answer` is the time from a lead's arrival to
    its first answer, where that was theirs; `converted` and `rejected` are those that
    were theirs when closed, and `answers` the team's in the converted ones until then.
    """

    staff: int
    name: str
    open: int
    taken: int
    missed: int
    to_answer: Paces
    converted: int
    rejected: int
    answers: int


async def team(session: Session, period: Period, basis: Basis) -> tuple[ManagerFigures, ...]:
    """Everybody who has or had something to do, whoever took most first."""
    since, until = period.since, period.until
    names = await reports.staff_names(session)
    took = {one.staff: one for one in await reports.took(session, since, until, basis.now)}
    spans = _spans(await reports.first_answered(session, since, until))
    closed = _closed(await reports.closings(session, since, until))
    answers = await reports.answers_to_convert(session, since, until)
    load = _load(await reports.open_at(session, basis.now))
    found = [
        ManagerFigures(
            staff=one,
            name=names[one],
            open=load[one],
            taken=took[one].taken if one in took else 0,
            missed=took[one].missed if one in took else 0,
            to_answer=paces(basis.hours, spans[one]),
            converted=closed[one, State.CONVERTED],
            rejected=closed[one, State.REJECTED],
            answers=answers.get(one, 0),
        )
        for one in names
        if one in took or one in spans or load[one] or any(who == one for who, _ in closed)
    ]
    return tuple(sorted(found, key=lambda one: (-one.taken, one.name.casefold(), one.staff)))


def _spans(answered: Iterable[First]) -> dict[int, list[tuple[datetime, datetime]]]:
    spans: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for one in answered:
        if one.staff is not None:
            spans[one.staff].append((one.created_at, one.at))
    return spans


def _closed(found: Iterable[Closing]) -> Counter[tuple[int, State]]:
    counted: Counter[tuple[int, State]] = Counter()
    for one in found:
        if one.responsible is not None:
            counted[one.responsible, one.state] += one.count
    return counted


def _load(waiting: Iterable[Waiting]) -> Counter[int]:
    return Counter(one.responsible for one in waiting if one.responsible is not None)
