"""When the next step shall be: a menu, a small calendar and the hours of a day, as buttons."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

from bot.domain import steps as rules
from bot.domain.lead import Action, Lead
from bot.domain.steps import Near
from bot.messages import Button, Keyboard
from handlers.policy import Policy
from handlers.welcome import when
from handlers.wire import pack
from handlers.work import cut
from storage.steps import Step

_HOURS = 4  # in a row
_BLANK = "·"  # no messenger takes a button without a label
_WORDS = 80  # characters of what is to be done, in one line
_MENU = re.compile(r"cal:(\d{4}-\d\d)|(?:day|all):(\d{4}-\d\d-\d\d)")
_CHOICE = re.compile(r"at:(\d{4}-\d\d-\d\d)T([01]\d|2[0-3])")
_WEEK = 7  # days
_MONTHS = {"month": 1, "quarter": 3}
_Make = Callable[[str, str], Button]


def remembered(path: str, now: datetime, action: Action = Action.STEP) -> str:
    """What a card remembers of the menu that it shows: which, and as of when."""
    return f"{action.value}:{path}@{now.astimezone(UTC).isoformat()}"


def on_card(policy: Policy, lead: Lead, menu: str, step: Step | None, back: Button) -> Keyboard:
    """The menu that a card remembers, each with one way back; an open step can be called done."""
    path, _, stamp = menu.partition("@")
    action = Action.STEP if lead.open else Action.LATER
    found = rows(policy, lead.id, path, datetime.fromisoformat(stamp), action=action)
    if shown_day(path) is not None:
        return found
    if step is None:
        return (*found, (back,))
    if lead.open:
        return ((_done(policy, lead.id, "done"),), *found, (back,))
    never = Button(policy.texts("later.never"), pack(action.value, lead.id, "never"))
    return (*found, (never,), (back,))


def rows(
    policy: Policy,
    lead: int,
    path: str,
    now: datetime,
    origin: str = "",
    action: Action = Action.STEP,
) -> Keyboard:
    """A menu's buttons but for the way out; `origin` stands before what each one carries."""

    def make(label: str, carried: str) -> Button:
        return Button(label, pack(action.value, lead, f"{origin}{carried}"))

    first, last = rules.first_day(now, policy.hours), rules.last_day(now, policy.timezone)
    day = shown_day(path)
    if day is not None and path.startswith("cal:"):
        return _calendar(policy, min(max(day, first), last), (first, last), make)
    if day is not None and first <= day <= last:
        return _hours(policy, day, now, make, every=path.startswith("all:"))
    return _moments(policy, now, make) if action is Action.STEP else _far(policy, now, make)


def shown_day(path: str) -> date | None:
    """The month, by its first day, or the day that a menu shows; None for the menu of moments."""
    found = _MENU.fullmatch(path)
    return _date(found[2] or f"{found[1]}-01") if found else None


def chosen(policy: Policy, path: str, now: datetime) -> datetime | None:
    """The moment that a button stands for as of now; None when that is over, or there is none."""
    if path == "hour":
        return rules.in_an_hour(now, policy.hours)
    if path == "evening":
        return rules.this_evening(now, policy.hours)
    if path == "morning":
        return rules.tomorrow_morning(now, policy.hours)
    if path == "week":
        return rules.in_days(now, _WEEK, policy.hours)
    if path in _MONTHS:
        return rules.in_months(now, _MONTHS[path], policy.hours)
    found = _CHOICE.fullmatch(path)
    day = _date(found[1]) if found else None
    if found is None or day is None:
        return None
    # Before any reckoning: a zone may lead out of the first or the last day that there is.
    if not rules.first_day(now, policy.hours) <= day <= rules.last_day(now, policy.timezone):
        return None
    at = rules.moment(day, int(found[2]), policy.timezone)
    return at if at is not None and at > now else None


def reminder(policy: Policy, step: Step, now: datetime) -> Keyboard:
    """What to do about a step that is due."""
    done = _done(policy, step.lead, f"{step.id}/done")
    return (done,), _put_off(policy, step, now, Action.STEP)


def coming_back(policy: Policy, step: Step, now: datetime) -> Keyboard:
    """What to do when it is time to come back to a rejected lead."""
    texts, lead, verb = policy.texts, step.lead, Action.LATER.value
    reopen = Button(texts("button.reopen"), pack(Action.REOPEN.value, lead), look="primary")
    week = Button(texts("later.week"), pack(verb, lead, f"{step.id}/later-week"))
    never = Button(texts("later.never"), pack(verb, lead, f"{step.id}/never"))
    return (reopen,), _put_off(policy, step, now, Action.LATER), (week, never)


def line(policy: Policy, step: Step, now: datetime | None = None, what: str = "") -> str:
    """A step in one line. Without `now` as a card has it, which is drawn anew when days change."""
    zone = policy.timezone
    near = rules.near(step.due_at, step.next_at, zone)
    if now is not None:
        said = said_when(policy, now, step.due_at)
    elif near in (Near.TODAY, Near.TOMORROW):
        local = step.due_at.astimezone(zone)
        said = policy.texts(f"opens.{near.value}", time=f"{local.hour}:{local:%M}")
    else:
        said = policy.texts.datetime(step.due_at, zone)
    mark = "⏰" if near is Near.PAST else "⏭"
    head = f"{mark} {what} {said}" if what else f"{mark} {said}"
    return " · ".join(filter(None, (head, cut(step.words, _WORDS))))


def said_when(policy: Policy, now: datetime, at: datetime) -> str:
    """A moment as people say it in the middle of a sentence: tomorrow at 10:00."""
    if at < now:
        return policy.texts.datetime(at, policy.timezone)
    return when(policy.texts, now.astimezone(policy.timezone), at.astimezone(policy.timezone))


def _put_off(policy: Policy, step: Step, now: datetime, action: Action) -> tuple[Button, ...]:
    morning = rules.tomorrow_morning(now, policy.hours)
    labels = {"hour": policy.texts("step.hour"), "morning": _tomorrow(policy, now, morning)}
    return tuple(
        Button(label, pack(action.value, step.lead, f"{step.id}/later-{path}"))
        for path, label in labels.items()
    )


def _done(policy: Policy, lead: int, argument: str) -> Button:
    label = f"✅ {policy.texts('step.done')}"
    return Button(label, pack(Action.STEP.value, lead, argument), look="success")


def _moments(policy: Policy, now: datetime, make: _Make) -> Keyboard:
    """Each in a row of its own, so that it can be read on a phone."""
    texts = policy.texts
    found = [make(texts("step.hour"), "hour")]
    if (evening := rules.this_evening(now, policy.hours)) is not None:
        time = texts.time(evening, policy.timezone)
        found.append(make(texts("step.evening", time=time), "evening"))
    morning = rules.tomorrow_morning(now, policy.hours)
    found.append(make(_morning(policy, now, morning), "morning"))
    first = rules.first_day(now, policy.hours)
    found.append(make(f"📅 {texts('step.calendar')}", f"cal:{first:%Y-%m}"))
    return tuple((one,) for one in found)


def _far(policy: Policy, now: datetime, make: _Make) -> Keyboard:
    """When to come back to a rejected lead."""
    found = [make(policy.texts(f"later.{path}"), path) for path in ("week", *_MONTHS)]
    first = rules.first_day(now, policy.hours)
    found.append(make(f"📅 {policy.texts('step.calendar')}", f"cal:{first:%Y-%m}"))
    return tuple((one,) for one in found)


def _morning(policy: Policy, now: datetime, at: datetime) -> str:
    """Tomorrow morning; where the team is closed then, when it is not."""
    if _days(policy, now, at) == 1 and at.astimezone(policy.timezone).hour < 12:
        return policy.texts("step.morning", time=policy.texts.time(at, policy.timezone))
    return _capital(said_when(policy, now, at))


def _tomorrow(policy: Policy, now: datetime, at: datetime) -> str:
    if _days(policy, now, at) == 1:
        return policy.texts("step.tomorrow")
    return _capital(said_when(policy, now, at))


def _days(policy: Policy, now: datetime, at: datetime) -> int:
    then, today = (one.astimezone(policy.timezone).date() for one in (at, now))
    return (then - today).days


def _calendar(policy: Policy, month: date, days: tuple[date, date], make: _Make) -> Keyboard:
    """A month from Monday on, its past days left out, and the ways to the months around it."""
    here = f"cal:{month:%Y-%m}"
    before, after = (
        make(sign if to else _BLANK, f"cal:{to:%Y-%m}" if to else here)
        for sign, to in zip("‹›", rules.months_around(month, *days), strict=True)
    )
    title = make(_capital(policy.texts.month(month)), here)
    names = tuple(make(name, here) for name in policy.texts.weekdays())
    shown = tuple(
        tuple(make(str(day.day), f"day:{day}") if day else make(_BLANK, here) for day in week)
        for week in rules.weeks(month, *days)
    )
    back = make(f"‹ {policy.texts('step.moments')}", "menu")
    return ((before, title, after), names, *shown, (back,))


def _hours(policy: Policy, day: date, now: datetime, make: _Make, *, every: bool) -> Keyboard:
    """The day above its hours, those of work alone unless others are asked for."""
    first, others = rules.hours_of(day, now, policy.hours)
    shown = sorted((*first, *others)) if every else first
    hours = [make(f"{hour}:00", f"at:{day}T{hour:02}") for hour in shown]
    found = [tuple(hours[at : at + _HOURS]) for at in range(0, len(hours), _HOURS)]
    if others and not every:
        found.append((make(policy.texts("step.other_hour"), f"all:{day}"),))
    back = f"‹ {policy.texts.weekday(day)}"
    return (*found, (make(back, f"cal:{day:%Y-%m}"),))


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"
