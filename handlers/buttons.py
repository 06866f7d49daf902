"""The buttons of a card: the actions that fit its lead's state, and the menus behind them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.domain.lead import Action, DealKind, Lead, State, actions
from bot.domain.people import last
from bot.messages import Button, Keyboard, Look
from handlers import reasons, recognition, step_menus, warmth
from handlers.menus import page_of as turned
from handlers.menus import paged, pairs
from handlers.policy import Policy, reason_mark
from handlers.wire import pack
from handlers.work import cut
from storage import accounts, distribution, people, steps
from storage.distribution import Standing
from storage.session import Session

NEXT = "next"  # who is asked to take it leaves it to the next
MORE = "more"  # the menu of what is seldom needed
BAN = "ban"
BAN_REASONS = ("spam", "abuse", "other")
_COLLEAGUES = 8  # on a page
_NAME = 20  # characters of a colleague's name, so that what they have can be read behind it
# What one does most in a state stands out; of what ends it only where somebody has it.
_LOOKS: dict[tuple[State, Action], Look] = {
    (State.NEW, Action.TAKE): "primary",
    (State.TAKEN, Action.STEP): "primary",
    (State.TAKEN, Action.CONVERT): "success",
    (State.TAKEN, Action.REJECT): "danger",
}


async def keyboard(session: Session, policy: Policy, lead: Lead, menu: str) -> Keyboard:
    """Only what fits the state; a menu takes the place of the actions."""
    possible = actions(lead.state)
    menu, _, page = menu.partition(":")
    if menu in (MORE, BAN) or menu in {action.value for action in possible}:
        back = Button(f"‹ {policy.texts('button.back')}", pack("back", lead.id))
        if menu in (Action.STEP.value, Action.LATER.value):
            step = await steps.open_of(session, lead.id)
            return step_menus.on_card(policy, lead, page, step, back)
        further = await _MENUS[menu](session, policy, lead)
        if menu == MORE and (tapped := warmth.row(policy, lead)):
            return (tapped, *pairs(further), (back,))
        if menu == Action.ASSIGN.value:
            return (*_page(lead, further, int(page or 0)), (back,))
        return (*pairs(further), (back,))
    return await _actions(session, policy, lead)


async def _actions(session: Session, policy: Policy, lead: Lead) -> Keyboard:
    """An open question first; then whether to take it, then the rest, and the way to more."""
    possible = [_button(policy, lead, action) for action in actions(lead.state)]
    taking = possible[:1] if lead.state is State.NEW else []
    further = possible[len(taking) :]
    if lead.offer is not None:
        taking.append(Button(policy.texts(f"button.{NEXT}"), pack(NEXT, lead.id)))
    if lead.state is State.REJECTED and reasons.is_spam(lead.reason):
        further[1:1] = await _spammer(session, policy, lead)  # next to Reopen
    if lead.open or await _more(session, policy, lead):
        further.append(Button(f"⋯ {policy.texts('button.more')}", pack(MORE, lead.id)))
    asked = await _same_or_not(session, policy, lead)
    return (*asked, *pairs(taking), *pairs(further))


def _button(policy: Policy, lead: Lead, action: Action) -> Button:
    label, look = policy.texts(f"button.{action.value}"), _LOOKS.get((lead.state, action), "")
    return Button(label, pack(action.value, lead.id), look=look)


def page_of(argument: str) -> int | None:
    """The page that a press asks for, from 0; None when it stands for something else."""
    if not argument:
        return 0
    return turned(argument)


def _page(lead: Lead, further: list[Button], page: int) -> Keyboard:
    def turn(name: str) -> str:
        return pack(Action.ASSIGN.value, lead.id, name)

    return paged(further, page, turn, _COLLEAGUES)


async def _same_or_not(session: Session, policy: Policy, lead: Lead) -> Keyboard:
    """The answers to the question whether two persons are one, while it is open."""
    found = await recognition.alike(session, lead)
    if found is None:
        return ()
    verbs = ("merge", "differ")
    return pairs(
        [
            Button(policy.texts(f"button.{verb}"), pack(verb, lead.id, str(found.person)))
            for verb in verbs
        ]
    )


async def _more(session: Session, policy: Policy, lead: Lead) -> list[Button]:
    """What is seldom needed, where it fits."""
    offered = [await offer(session, policy, lead) for offer in _SELDOM]
    return [button for button in offered if button is not None]


async def _reasons(session: Session, policy: Policy, lead: Lead) -> list[Button]:
    verb = Action.REJECT.value
    found = await reasons.listed(session, policy)
    buttons = [Button(r, pack(verb, lead.id, reason_mark(r))) for r in found]
    buttons.append(Button(f"✍️ {policy.texts('button.own_words')}", pack(verb, lead.id, "own")))
    if not policy.of(lead.channel).reject_reason_required:
        buttons.append(Button(policy.texts("button.no_reason"), pack(verb, lead.id, "none")))
    return buttons


async def _colleagues(session: Session, policy: Policy, lead: Lead) -> list[Button]:
    """Each with how many open leads they have; who is off shift comes last."""
    team = [
        one
        for one in await distribution.team(session, policy.chat, policy.named)
        if one.id != lead.responsible
    ]
    return [
        Button(load(one), pack(Action.ASSIGN.value, lead.id, str(one.id)))
        for one in sorted(team, key=lambda one: one.shift == "off")
    ]


def load(one: Standing) -> str:
    """A colleague and what they have."""
    count = f" · {one.open}" if one.open else ""
    away = " 💤" if one.shift == "off" else ""
    return f"{cut(one.name, _NAME)}{count}{away}"


async def _kinds(session: Session, policy: Policy, lead: Lead) -> list[Button]:
    del session
    return [
        Button(policy.texts(f"convert.{kind.value}"), pack("convert", lead.id, kind.value))
        for kind in DealKind
    ]


async def _ban_reasons(session: Session, policy: Policy, lead: Lead) -> list[Button]:
    del session
    return [Button(policy.texts(f"ban.{one}"), pack(BAN, lead.id, one)) for one in BAN_REASONS]


async def _ban(session: Session, policy: Policy, lead: Lead) -> Button | None:
    account = await accounts.by_id(session, lead.account)
    verb = "unban" if await accounts.banned(session, account) else BAN
    return Button(policy.texts(f"button.{verb}"), pack(verb, lead.id))


async def _spammer(session: Session, policy: Policy, lead: Lead) -> list[Button]:
    """One press bans who was rejected as spam; there is nothing left to choose."""
    account = await accounts.by_id(session, lead.account)
    if await accounts.banned(session, account):
        return []
    label = f"⛔ {policy.texts('button.ban')}"
    return [Button(label, pack(BAN, lead.id, BAN_REASONS[0]), look="danger")]


async def _split(session: Session, policy: Policy, lead: Lead) -> Button | None:
    undo = last(await people.merges_of(session, lead.person))
    if undo is None or await people.root_of(session, lead.person) is None:
        return None
    return Button(policy.texts("button.split"), pack("split", lead.id, str(undo.id)))


_MENUS = {
    Action.REJECT.value: _reasons,
    Action.ASSIGN.value: _colleagues,
    Action.CONVERT.value: _kinds,
    MORE: _more,
    BAN: _ban_reasons,
}
# Each gives its button, or None where it does not fit the lead.
_SELDOM: tuple[Callable[[Session, Policy, Lead], Awaitable[Button | None]], ...] = (_ban, _split)
