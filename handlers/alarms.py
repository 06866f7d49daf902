"""Alarms: what only a person can mend is told once, with the remedy, and once that it is over."""

from __future__ import annotations

from datetime import datetime

from bot.messages import Priority, TroubleSeen, plain, split_address
from handlers import cards as faces
from handlers.work import Work
from storage import incidents
from storage.incidents import Incident


async def seen(work: Work, event: TroubleSeen) -> None:
    """It began, or is over; whatever else is seen of it in between changes nothing."""
    if event.trouble == "shut_out" and not work.policy.is_team(event.subject):
        return  # nobody misses us there
    if event.trouble == "gap":
        await _left(work, event)
        return
    known = await incidents.open_of(work.session, event.trouble, event.subject)
    if event.over and known is not None:
        await _ended(work, event, known)
    elif not event.over and known is None:
        await _began(work, event)


async def _left(work: Work, event: TroubleSeen) -> None:
    """What was missed may be missing for good, and nothing of it will be over."""
    values = {"channel": _channel(work, event), "since": _moment(work, event.at)}
    for where in work.policy.reports_to:
        await _tell(work, where, f"⚠️ {work.texts('alarm.gap', **values)}")


async def _began(work: Work, event: TroubleSeen) -> None:
    """Whoever only hears of it over what is broken is told when it is over."""
    reached = [
        where for where in work.policy.reports_to if not _cut_off(event, work.policy.reach(where))
    ]
    told_at = work.now if reached else None
    await incidents.begin(work.session, event.trouble, event.subject, at=event.at, told_at=told_at)
    values = {
        "channel": _channel(work, event),
        "desk": event.subject,
        "free": work.texts.size(int(event.detail)) if event.trouble == "disk" else "",
        "leads": event.detail,
    }
    words = work.texts(f"alarm.{_name(event)}", **values)
    for where in reached:
        await _tell(work, where, f"⚠️ {words}")


async def _ended(work: Work, event: TroubleSeen, incident: Incident) -> None:
    incidents.end(work.session, incident, work.now)
    values = {
        "channel": _channel(work, event),
        "desk": event.subject,
        "since": _moment(work, incident.began_at),
        "until": _moment(work, event.at),
    }
    words = work.texts(f"alarm.over.{event.trouble}", **values)
    for where in work.policy.reports_to:
        await _tell(work, where, f"✅ {words}")


def _name(event: TroubleSeen) -> str:
    """The remedy differs by what a group with topics lacks."""
    return f"topics.{event.detail}" if event.trouble == "topics" else event.trouble


def _cut_off(event: TroubleSeen, where: str) -> bool:
    """Whether this chat is what is broken, or is on the messenger that is."""
    if event.trouble in ("members", "topics", "unreached", "desk"):  # we may write all the same
        return False
    return event.subject in (where, split_address(where)[0])


def _channel(work: Work, event: TroubleSeen) -> str:
    """The messenger's name, where it is one."""
    of_channel = event.trouble in ("refused", "silent", "unreached", "gap")
    return work.texts.channel(event.subject) if of_channel else ""


def _moment(work: Work, at: datetime) -> str:
    return faces.moment(work.policy, work.now, at)


async def _tell(work: Work, where: str, words: str) -> None:
    await work.post(where, plain(words), priority=Priority.DIGEST, alarm=True)
