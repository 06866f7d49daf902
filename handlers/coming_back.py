"""Coming back to a rejected lead: planned on its card, reminded of, over when they write again."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.errors import Refusal, Refused
from bot.domain.lead import Action, Actor, decide
from bot.messages import Span
from handlers import steps as planning
from handlers.managers import Act
from handlers.step_menus import chosen, said_when
from handlers.wire import number_of
from handlers.work import Work
from storage import cards, leads, staff, steps
from storage.steps import Step


async def pressed(work: Work, act: Act) -> str:
    """Any button of the date to come back: in the card's menu, or under a reminder."""
    await _check(work, act)
    number, _, path = act.argument.rpartition("/")
    step = await steps.open_of(work.session, act.lead.id)
    if not number:
        return await _on_card(work, act, step, path)
    reminded = await steps.by_id(work.session, number_of(number) or 0)
    if reminded is None or reminded.lead != act.lead.id:
        return work.texts("press.outdated")
    return await _under_reminder(work, act, step, reminded, path)


async def over(work: Work, person: int) -> None:
    """They wrote again by themselves: nobody needs to come back to what was before."""
    for number in await steps.to_come_back(work.session, person):
        _end(work, number, "later_over")


async def _check(work: Work, act: Act) -> None:
    """Whose manager has left the team is anybody's; with an open lead there is nothing to plan."""
    team = await staff.colleagues(work.session, work.policy.chat, work.policy.named)
    there = any(one.id == act.lead.responsible for one in team)
    lead = act.lead if there else replace(act.lead, responsible=None)
    decide(lead, Action.LATER, Actor(act.who.id, act.role))
    if await leads.open_of(work.session, act.lead.person, act.lead.desk) is not None:
        raise Refused(Refusal.OTHER_OPEN)


async def _on_card(work: Work, act: Act, step: Step | None, path: str) -> str:
    """The menu takes the place of the card's buttons until something is chosen."""
    if path == "never":
        return _never(work, act, step)
    return await planning.choose(work, act, step, path, Action.LATER)


async def _under_reminder(
    work: Work, act: Act, step: Step | None, reminded: Step, path: str
) -> str:
    """Not now, or not at all; what was decided elsewhere is shown."""
    if step is None or step.id != reminded.id:
        following = step.due_at if step is not None else None
        await _settle(work, act, "✅", reminded, step)
        if following is None:
            return work.texts("step.done_already")
        return work.texts("step.known", when=said_when(work.policy, work.now, following))
    if path == "never":
        await _settle(work, act, "✅", reminded, None)
        return _never(work, act, step)
    at = chosen(work.policy, path.removeprefix(planning.LATER), work.now)
    if at is None or not path.startswith(planning.LATER):
        return work.texts("press.outdated")
    later = await planning.plan(work, act, step, at, exact=False)
    await _settle(work, act, "⏰", reminded, later)
    return planning.planned(work, at)


def _never(work: Work, act: Act, step: Step | None) -> str:
    leads.change(work.session, act.lead)  # nobody plans it anew in the same moment
    if step is not None:
        _end(work, act.lead.id, "later_never", act.who.id)
    cards.refresh(work.session, act.lead.id, work.now)
    return work.texts("step.none")


def _end(work: Work, lead: int, kind: str, who: int | None = None) -> None:
    steps.end(work.session, lead, at=work.now)
    actor = "staff" if who is not None else "customer"
    leads.touch(work.session, lead, at=work.now, kind=kind, actor=actor, staff=who)
    cards.refresh(work.session, lead, work.now)


async def _settle(work: Work, act: Act, mark: str, reminded: Step, later: Step | None) -> None:
    """The reminder says what was decided, and asks no more."""
    words = reminded.words or work.texts("button.later")
    head = f"{mark} {words} · #{reminded.lead}"
    at = work.texts.datetime(later.due_at, work.policy.timezone) if later is not None else ""
    await planning.show(work, act, (Span(head), *((Span(f"\n⏭ {at}"),) if at else ())))
