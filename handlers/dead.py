"""What was set aside: the notice to the supervisors, and what they decide about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import partial

from bot.domain.lead import MAIN, Role
from bot.messages import EventSetAside, Text, plain
from config.texts import Texts
from handlers.work import Work
from storage import dead
from storage.dead import Dead
from storage.session import Session
from storage.staff import Staff

_LISTED = 30  # as many as fit in one message
_REASONS = 3
_COMMAND = "/dead"
_ALL = "all"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is told; `ok` unless the words asked for something that is not there."""

    text: str
    ok: bool = True


async def set_aside(work: Work, event: EventSetAside) -> None:
    """The supervisors hear of it once, together with all that was set aside meanwhile."""
    waiting = await dead.take_notices(work.session, work.now, partial(_ours, work)) or [event]
    words = _one(work.texts, event) if len(waiting) == 1 else _many(work.texts, waiting)
    remedy = work.texts("dead.remedy", command=_COMMAND)
    await work.alarm(f"⚠️ {words}\n{remedy}")


async def commanded(work: Work, who: Staff | None, rest: str) -> Text:
    """`/dead`, for supervisors only: it tells of all leads of their desk's channels."""
    if who is None or work.role(who.address) < Role.SUPERVISOR:
        return plain(work.texts("dead.supervisors_only"))
    words, zone, ours = rest.split(), work.policy.timezone, partial(_ours, work)
    told = await asked(work.session, work.texts, zone, work.now, words, _COMMAND, ours)
    return plain(told.text)


async def asked(
    session: Session,
    texts: Texts,
    zone: tzinfo,
    now: datetime,
    words: Sequence[str],
    command: str,
    ours: Callable[[str], bool] = lambda _: True,
) -> Answer:
    """List what is set aside, retry or drop what the words name; `command` is how to say more.

    `ours` tells of which channels.
    """
    action, names = (words[0], words[1:]) if words else ("list", [])
    if action not in ("list", "retry", "drop") or bool(names) != (action != "list"):
        return Answer(texts("dead.usage", command=command), ok=False)
    found = await dead.found(session, ours)
    if action == "list":
        return Answer(_listed(texts, zone, found, command))
    chosen = [one for one in found if _ALL in names or one.mark in names]
    if unknown := sorted(set(names) - {_ALL} - {one.mark for one in chosen}):
        return Answer(texts("dead.unknown", marks=", ".join(unknown)), ok=False)
    if not chosen:
        return Answer(texts("dead.nothing"))
    for one in chosen:
        if action == "retry":
            dead.retry(session, one, now)
        else:
            dead.drop(session, one)
    done = "retried" if action == "retry" else "dropped"
    return Answer(texts.plural(f"dead.{done}", len(chosen)))


def _ours(work: Work, channel: str) -> bool:
    """Whether it concerns the desk; the first one has what is of no desk's channel as well."""
    if work.policy.desk == MAIN:
        return channel not in work.session.foreign
    return channel in work.policy.own


def _one(texts: Texts, event: EventSetAside) -> str:
    mark = dead.mark(event.what, event.number)
    return texts(f"dead.alarm.{event.what}", mark=mark, reason=event.reason)


def _many(texts: Texts, events: Sequence[EventSetAside]) -> str:
    """How many, and the commonest reasons."""
    reasons = Counter(event.reason for event in events).most_common(_REASONS)
    lines = [f"{n} × {reason}" for reason, n in reasons]
    return "\n".join([texts.plural("dead.many", len(events)), *lines])


def _listed(texts: Texts, zone: tzinfo, found: Sequence[Dead], command: str) -> str:
    if not found:
        return texts("dead.nothing")
    lines = [texts.plural("dead.listed", len(found))]
    lines += [_line(texts, zone, one) for one in found[:_LISTED]]
    if len(found) > _LISTED:
        lines.append(texts.plural("leads.more", len(found) - _LISTED))
    return "\n".join([*lines, "", texts("dead.usage", command=command)])


def _line(texts: Texts, zone: tzinfo, one: Dead) -> str:
    attempts = texts.plural("dead.attempts", one.attempts)
    when = texts.datetime(one.at, zone)
    return f"{one.mark} · {one.channel} · {when} · {attempts} · {one.reason}"
