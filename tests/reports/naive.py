"""What anybody counts with a pencil from a list of events; long, as it shares nothing.

Knows nothing of the product: not its tables, not its words for periods, not its clock.
Results are as JSON has them, by the keys that the product promises.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from tests.reports.quarter import LISTED, MANAGERS, Event

ZONE = ZoneInfo("Europe/Madrid")
WEEK = {
    **dict.fromkeys(range(5), ((time(9), time(13)), (time(14), time(18)))),
    6: ((time(1), time(5)),),  # over the hour that the clocks repeat in October
}
CHANNEL_NAMES = {"telegram": "Telegram", "vk": "VK", "hand": "By hand"}
SOURCE_NAMES = {"ads": "Advertising", "ads (post)": "Advertising"}
STATES = {
    "new": "New",
    "taken": "In progress",
    "rejected": "Rejected",
    "converted": "Converted",
    "absorbed": "Merged",
}
_MICRO = timedelta(microseconds=1)

Span = tuple[datetime, datetime]


@dataclass
class Story:
    """One lead, retold up to some moment."""

    number: int
    channel: str = ""
    source: str = ""
    warmth: str = ""
    repeat_of: int | None = None
    created: datetime | None = None
    state: str = "new"
    reason: str = ""
    who: int | None = None
    taken: datetime | None = None
    answered: datetime | None = None
    answered_by: int | None = None
    closed: datetime | None = None
    amount: int | None = None
    rating: tuple[datetime, str] | None = None
    holders: list[tuple[datetime, int]] = field(default_factory=list)
    answers: list[datetime] = field(default_factory=list)
    terms: list[list[Any]] = field(default_factory=list)  # kind, due, done

    def late(self, now: datetime, kinds: tuple[str, ...] = ("take", "first_reply")) -> bool:
        """Whether any of these deadlines was, or is, missed."""
        return any(
            kind in kinds and (due <= now if done is None else done > due)
            for kind, due, done in self.terms
        )

    def waits_too_long(self, now: datetime) -> bool:
        """Whether a deadline is missed that still runs."""
        return any(done is None and due <= now for _, due, done in self.terms)


def retell(events: Iterable[Event], before: datetime | None = None) -> dict[int, Story]:
    """All leads as they stand, or as they stood before a moment."""
    stories: dict[int, Story] = {}
    for event in events:
        if before is None or event.at < before:
            _retold(stories.setdefault(event.lead, Story(event.lead)), event)
    return stories


def _retold(one: Story, event: Event) -> None:
    at = event.at
    match event.kind:
        case "created":
            given = event.data
            one.created, one.channel, one.source = at, given["channel"], given["source"]
            one.warmth, one.repeat_of = given["warmth"], given["repeat_of"]
            one.terms.append(["take", given["due"], None])
        case "take" | "give":
            assert event.by is not None
            one.state, one.who, one.taken = "taken", event.by, one.taken or at
            one.holders.append((at, event.by))
            _stop(one, at, "take", "first_reply")
            one.terms.append(["first_reply", event.data["due"], None])
        case "return":
            one.state, one.who = "new", None
            _stop(one, at, "first_reply")
        case "answered":
            if one.answered is None:
                one.answered, one.answered_by = at, event.by
            one.answers.append(at)
            _stop(one, at, "first_reply")
        case "reject":
            one.state, one.reason, one.closed = "rejected", event.data["reason"], at
            _stop(one, at, "take", "first_reply")
        case "convert":
            one.state, one.closed, one.taken = "converted", at, one.taken or at
            one.who, one.amount = one.who or event.by, event.data["amount"]
            _stop(one, at, "take", "first_reply")
        case "reopen":
            one.state, one.reason, one.closed = "taken", "", None
            one.who, one.taken = one.who or event.by, one.taken or at
        case "absorb":
            one.state = "absorbed"
            _stop(one, at, "take", "first_reply")
        case "restore":
            one.state = "new"
        case "rated":
            one.rating = (at, event.data["answer"])


def _stop(one: Story, at: datetime, *kinds: str) -> None:
    for term in one.terms:
        if term[0] in kinds and term[2] is None:
            term[2] = at


def digest(
    events: list[Event], stories: list[Story], span: Span, before: Span, now: datetime
) -> dict[str, Any]:
    """The digest's record."""
    received = [one for one in stories if _in(one.created, span)]
    waiting = [one for one in stories if one.state in ("new", "taken")]
    rated = [int(one.rating[1]) for one in stories if one.rating and _rated(one, span)]
    named = [SOURCE_NAMES.get(one.source, one.source) for one in received if one.source]
    refused = [_reason(one) for one in stories if _closed(one, "rejected", span)]
    return {
        "counts": {**_counts(stories, span), "unprocessed": len(waiting)},
        "before": {**_counts(stories, before), "unprocessed": _open_before(events, before[1])},
        "repeat": sum(one.repeat_of is not None for one in received),
        "channels": _tallies(CHANNEL_NAMES[one.channel] for one in received),
        "sources": _tallies(named),
        "reasons": _tallies(refused),
        "oldest": _iso(min((one.created for one in waiting if one.created), default=None)),
        "overdue": sum(one.waits_too_long(now) for one in waiting),
        "missed": sum(one.late(now) for one in received),
        "to_take": _pace(_lasted(stories, span, lambda one: one.taken)),
        "to_answer": _pace(_lasted(stories, span, lambda one: one.answered)),
        "managers": _team(stories, span, now),
        "rating": {
            "count": len(rated),
            "total": sum(rated),
            "average": sum(rated) / len(rated) if rated else None,
        },
    }


def managers(stories: list[Story], span: Span, now: datetime) -> list[dict[str, Any]]:
    """The rows of the report on managers."""
    rows = []
    for one in _team(stories, span, now):
        working, clock = one["to_answer"]["working"], one["to_answer"]["clock"]
        closed = one["converted"] + one["rejected"]
        each = Fraction(one["answers"], one["converted"]) if one["converted"] else None
        rows.append(
            {
                "manager": one["name"],
                "open": one["open"],
                "taken": one["taken"],
                "first_answers": working["count"],
                "answer_p50": working["p50"],
                "answer_p90": working["p90"],
                "answer_clock_p50": clock["p50"],
                "answer_clock_p90": clock["p90"],
                "overdue": one["missed"],
                "overdue_share": one["missed"] / one["taken"] if one["taken"] else None,
                "converted": one["converted"],
                "rejected": one["rejected"],
                "conversion": one["converted"] / closed if closed else None,
                "answers_to_convert": None if each is None else float(round(each * 10)) / 10,
            }
        )
    return rows


def cohorts(
    stories: list[Story], span: Span, group: Callable[[Story], tuple[str, ...]]
) -> dict[tuple[str, ...], dict[str, Any]]:
    """What became of the leads of a period, by whatever they have in common."""
    found: dict[tuple[str, ...], list[Story]] = {}
    for one in stories:
        if _in(one.created, span):
            found.setdefault(group(one), []).append(one)
    return {name: _became(those) for name, those in found.items()}


def reasons(stories: list[Story], span: Span) -> list[dict[str, Any]]:
    """The rows of Pareto's list."""
    closed = [one for one in stories if _closed(one, "rejected", span)]
    counted = sorted(Counter(_reason(one) for one in closed).items(), key=lambda p: (-p[1], p[0]))
    rows, so_far = [], 0
    for reason, count in counted:
        so_far += count
        shares = {"share": count / len(closed), "running_share": so_far / len(closed)}
        rows.append({"reason": reason or "no reason", "rejected": count, **shares})
    return rows


def leads(stories: list[Story], span: Span) -> list[dict[str, Any]]:
    """The rows of the list of all."""
    found = [one for one in stories if _in(one.created, span)]
    rows = []
    for one in sorted(found, key=lambda one: (one.created or datetime.max, one.number)):
        won, lost = one.state == "converted", one.state == "rejected"
        assert one.created is not None
        link = f"https://t.me/c/1000000001/{one.number + 7}" if one.number % 10 == 0 else None
        rows.append(
            {
                "lead": one.number,
                "received_at": _iso(one.created),
                "channel": CHANNEL_NAMES[one.channel],
                "source": SOURCE_NAMES.get(one.source, one.source) or None,
                "repeat_of": one.repeat_of,
                "manager": MANAGERS[one.who] if one.who else None,
                "result": STATES[one.state],
                "reason": (_reason(one) or None) if lost else None,
                "deal": "Deal" if won else None,
                "amount": _money(one.amount) if won else None,
                "warmth": one.warmth.capitalize() or None,
                "to_take": _worked(one.created, one.taken),
                "to_answer": _worked(one.created, one.answered),
                "closed_at": _iso(one.closed) if won or lost else None,
                "rating": int(one.rating[1]) if one.rating and one.rating[1] else None,
                "link": link,
            }
        )
    return rows


def _reason(one: Story) -> str:
    return one.reason if one.reason in ("", *LISTED) else "in their own words"


def _counts(stories: list[Story], span: Span) -> dict[str, int]:
    return {
        "received": sum(_in(one.created, span) for one in stories),
        "taken": sum(_in(one.taken, span) for one in stories),
        "answered": sum(_in(one.answered, span) for one in stories),
        "converted": sum(_closed(one, "converted", span) for one in stories),
        "rejected": sum(_closed(one, "rejected", span) for one in stories),
    }


def _open_before(events: list[Event], at: datetime) -> int:
    return sum(one.state in ("new", "taken") for one in retell(events, at).values())


def _became(those: list[Story]) -> dict[str, Any]:
    won = sum(one.state == "converted" for one in those)
    return {
        "received": len(those),
        "repeat": sum(one.repeat_of is not None for one in those),
        "taken": sum(one.taken is not None for one in those),
        "answered": sum(one.answered is not None for one in those),
        "converted": won,
        "rejected": sum(one.state == "rejected" for one in those),
        "conversion": won / len(those),
    }


def _team(stories: list[Story], span: Span, now: datetime) -> list[dict[str, Any]]:
    rows = []
    for number, name in MANAGERS.items():
        had = [s for s in stories if any(w == number and _in(at, span) for at, w in s.holders)]
        first = [s for s in stories if s.answered_by == number and _in(s.answered, span)]
        won = [s for s in stories if s.who == number and _closed(s, "converted", span)]
        lost = [s for s in stories if s.who == number and _closed(s, "rejected", span)]
        load = [s for s in stories if s.who == number and s.state == "taken"]
        if had or first or won or lost or load:
            rows.append(
                {
                    "staff": number,
                    "name": name,
                    "open": len(load),
                    "taken": len(had),
                    "missed": sum(s.late(now, ("first_reply",)) for s in had),
                    "to_answer": _pace([(s.created, s.answered) for s in first]),
                    "converted": len(won),
                    "rejected": len(lost),
                    "answers": sum(at <= s.closed for s in won if s.closed for at in s.answers),
                }
            )
    return sorted(rows, key=lambda row: (-row["taken"], row["name"].casefold(), row["staff"]))


def _lasted(
    stories: list[Story], span: Span, until: Callable[[Story], datetime | None]
) -> list[tuple[Any, Any]]:
    return [(one.created, until(one)) for one in stories if _in(until(one), span)]


def _pace(spans: list[tuple[Any, Any]]) -> dict[str, Any]:
    return {
        "working": _ranks([_open_hours(begin, end) for begin, end in spans]),
        "clock": _ranks([end - begin for begin, end in spans]),
    }


def _ranks(durations: list[timedelta]) -> dict[str, Any]:
    """The smallest value that so many per cent of all do not exceed."""
    if len(durations) < 5:
        few = [one.total_seconds() for one in sorted(durations)]
        return {"count": len(durations), "p50": None, "p90": None, "few": few}
    found = {}
    for percent in (50, 90):
        below = 0
        for value, times in sorted(Counter(durations).items()):
            below += times
            if below * 100 >= percent * len(durations):
                found[f"p{percent}"] = value.total_seconds()
                break
    return {"count": len(durations), **found, "few": []}


def _worked(since: datetime, until: datetime | None) -> float | None:
    return None if until is None else _open_hours(since, until).total_seconds()


def _open_hours(since: datetime, until: datetime) -> timedelta:
    """Shift by shift, each as long as it really was."""
    total = timedelta(0)
    day = since.astimezone(ZONE).date()
    while day <= until.astimezone(ZONE).date():
        for opens, closes in _shifts(day):
            total += max(timedelta(0), min(closes, until) - max(opens, since))
        day += timedelta(days=1)
    return total


_KNOWN: dict[date, list[Span]] = {}


def _shifts(day: date) -> list[Span]:
    if day not in _KNOWN:
        _KNOWN[day] = [
            tuple(datetime.combine(day, at, ZONE).astimezone(UTC) for at in shift)  # type: ignore[misc]
            for shift in WEEK.get(day.weekday(), ())
        ]
    return _KNOWN[day]


def _in(at: datetime | None, span: Span) -> bool:
    return at is not None and span[0] <= at < span[1]


def _closed(one: Story, state: str, span: Span) -> bool:
    return one.state == state and _in(one.closed, span)


def _rated(one: Story, span: Span) -> bool:
    return one.rating is not None and bool(one.rating[1]) and _in(one.rating[0], span)


def _tallies(names: Iterable[str]) -> list[dict[str, Any]]:
    counted = sorted(Counter(names).items(), key=lambda pair: (-pair[1], pair[0]))
    return [{"name": name, "count": count} for name, count in counted]


def _money(amount: int | None) -> dict[str, Any] | None:
    return None if amount is None else {"minor": amount, "currency": "EUR"}


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
