"""Next steps planned by buttons: when, in what words, put off, done, and what comes then."""

from __future__ import annotations

from datetime import datetime

from bot.domain import steps as rules
from bot.domain.lead import Action, Actor, decide
from bot.messages import Button, Edit, Keyboard, Span, Style, Text, plain, split_address
from handlers import prompts
from handlers.managers import Act
from handlers.step_menus import chosen, remembered, rows, said_when, shown_day
from handlers.wire import number_of, pack
from handlers.work import Work, cut
from storage import cards, leads, steps
from storage.steps import Step

ASKS = "step:"  # a reply to it says what is to be done
_WORDS = 200  # characters that are kept of it
LATER = "later-"
_WHEN_KEYS = {Action.STEP: "step.when", Action.LATER: "later.when"}


async def pressed(work: Work, act: Act) -> str:
    """Any button of the next step: in the card's menu, or under a reminder."""
    decide(act.lead, Action.STEP, Actor(act.who.id, act.role))
    number, _, path = act.argument.rpartition("/")
    step = await steps.open_of(work.session, act.lead.id)
    if not number:
        return await _on_card(work, act, step, path)
    reminded = await steps.by_id(work.session, number_of(number) or 0)
    if reminded is None or reminded.lead != act.lead.id:
        return work.texts("press.outdated")
    return await _under_reminder(work, act, step, reminded, path)


async def described(work: Work, act: Act, asked: str, words: str) -> None:
    """What is to be done, in reply to the question."""
    action = Action.STEP if act.lead.open else Action.LATER
    decide(act.lead, action, Actor(act.who.id, act.role))
    step = await steps.by_id(work.session, number_of(asked.removeprefix(ASKS)) or 0)
    if step is not None and step.lead == act.lead.id:
        steps.change(work.session, step, words=cut(words, _WORDS))
        cards.refresh(work.session, act.lead.id, work.now)


async def choose(work: Work, act: Act, step: Step | None, path: str, action: Action) -> str:
    """An hour from the menu of this action, which stays until one is chosen and then planned."""
    if path in ("", "menu") or shown_day(path):
        open_menu(work, act, "" if path == "menu" else path, action)
        return "" if path else work.texts(_WHEN_KEYS[action])
    at = chosen(work.policy, path, work.now)
    if at is None:
        open_menu(work, act, "", action)
        return work.texts("step.over")
    await plan(work, act, step, at, exact=path.startswith("at:"))
    return planned(work, at)


def open_menu(work: Work, act: Act, path: str, action: Action) -> None:
    """The menu takes the place of the card's buttons."""
    menu = remembered(path, work.now, action)
    cards.refresh(work.session, act.lead.id, work.now, menu=menu)


async def _on_card(work: Work, act: Act, step: Step | None, path: str) -> str:
    """The menu takes the place of the card's buttons until something is chosen."""
    if path == "done":
        if step is not None:
            _finish(work, act)
        open_menu(work, act, "", Action.STEP)
        return work.texts("step.and_next" if step else "step.done_already")
    return await choose(work, act, step, path, Action.STEP)


async def _under_reminder(
    work: Work, act: Act, step: Step | None, reminded: Step, path: str
) -> str:
    """What a press means for the step that was reminded of, and then for the one after it."""
    mine = step is not None and step.id == reminded.id
    if step is not None and not mine:
        return await _known_already(work, act, step, reminded)
    if path.startswith(LATER):
        return await _put_off(work, act, step, reminded, path.removeprefix(LATER))
    if path == "done":
        if mine:
            _finish(work, act)
        await _ask_when(work, act, reminded, "")
        return work.texts("step.and_next" if mine else "step.done_already")
    if mine:
        return work.texts("press.outdated")
    return await _next_chosen(work, act, reminded, path)


async def _next_chosen(work: Work, act: Act, reminded: Step, path: str) -> str:
    """Under a reminder of what is done: when the step after it shall be, or that there is none."""
    if path == "none":
        await show(work, act, _head(work, act, "✅", reminded))
        return work.texts("step.none")
    if path == "menu" or shown_day(path):
        await _ask_when(work, act, reminded, path)
        return ""
    at = chosen(work.policy, path, work.now)
    if at is None:
        await _ask_when(work, act, reminded, "")
        return work.texts("step.over")
    following = await plan(work, act, None, at, exact=path.startswith("at:"))
    await show(work, act, _then(work, act, "✅", reminded, following))
    return planned(work, at)


async def _known_already(work: Work, act: Act, step: Step, reminded: Step) -> str:
    """The next step was chosen elsewhere; this message has nothing left to ask."""
    await show(work, act, _then(work, act, "✅", reminded, step))
    return work.texts("step.known", when=said_when(work.policy, work.now, step.due_at))


async def _put_off(work: Work, act: Act, step: Step | None, reminded: Step, path: str) -> str:
    """The same step later, in the same words."""
    if step is None:
        await _ask_when(work, act, reminded, "")
        return work.texts("step.done_already")
    at = chosen(work.policy, path, work.now)
    if at is None:
        return work.texts("press.outdated")
    later = await plan(work, act, step, at, exact=False)
    await show(work, act, _then(work, act, "⏰", reminded, later))
    return planned(work, at)


async def plan(work: Work, act: Act, step: Step | None, at: datetime, *, exact: bool) -> Step:
    """A new step, of which is asked what is to be done, or another time for the open one."""
    leads.change(work.session, act.lead)  # nobody closes it in the same moment
    next_at = rules.next_look(at, work.now, work.policy.timezone)
    if step is not None:
        step = steps.change(
            work.session, step, due_at=at, next_at=next_at, exact=exact, by=act.who.id
        )
    else:
        step = await steps.start(
            work.session,
            act.lead.id,
            due_at=at,
            next_at=next_at,
            exact=exact,
            by=act.who.id,
            at=work.now,
        )
        when = said_when(work.policy, work.now, at)
        ask = work.texts("ask.step" if act.lead.open else "ask.later", when=when)
        await prompts.under_card(work, act.lead.id, act.who, ask, f"{ASKS}{step.id}")
    kind = "step" if act.lead.open else "later"
    _note(work, act, kind, reason=work.texts.datetime(at, work.policy.timezone))
    cards.refresh(work.session, act.lead.id, work.now)
    return step


def _finish(work: Work, act: Act) -> None:
    leads.change(work.session, act.lead)
    steps.end(work.session, act.lead.id, at=work.now)
    _note(work, act, "step_done")
    cards.refresh(work.session, act.lead.id, work.now)


def _note(work: Work, act: Act, kind: str, **data: object) -> None:
    leads.touch(
        work.session, act.lead.id, at=work.now, kind=kind, actor="staff", staff=act.who.id, **data
    )


async def _ask_when(work: Work, act: Act, reminded: Step, path: str) -> None:
    """The menu of the card, in place of the buttons under the reminder."""
    question = Span(f"\n{work.texts('step.what_next')}", Style.BOLD)
    origin = f"{reminded.id}/"
    keyboard = rows(work.policy, act.lead.id, "" if path == "menu" else path, work.now, origin)
    if shown_day(path) is None:
        none = pack(Action.STEP.value, act.lead.id, f"{origin}none")
        keyboard = (*keyboard, (Button(work.texts("step.nothing"), none),))
    await show(work, act, (*_head(work, act, "✅", reminded), question), keyboard)


async def show(work: Work, act: Act, text: Text, keyboard: Keyboard = ()) -> None:
    """Let the message under which was pressed say this."""
    chat = split_address(act.where)[1]
    await work.call(act.where, Edit(chat, act.message_id, text, keyboard))


def _head(work: Work, act: Act, mark: str, step: Step) -> Text:
    """What it was about; in the team's chat the card above says of whom."""
    words = step.words or work.texts("button.step")
    number = "" if work.policy.is_team(act.where) else f" · #{step.lead}"
    return plain(f"{mark} {words}{number}")


def _then(work: Work, act: Act, mark: str, reminded: Step, following: Step) -> Text:
    """What was reminded of, and when something is to be done next."""
    at = work.texts.datetime(following.due_at, work.policy.timezone)
    return (*_head(work, act, mark, reminded), Span(f"\n⏭ {at}"))


def planned(work: Work, at: datetime) -> str:
    return work.texts("step.planned", when=said_when(work.policy, work.now, at))
