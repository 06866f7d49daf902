"""The buttons of a card: the actions that fit its lead's state, and the menus behind them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.domain.lead import Action, DealKind, Lead, actions
from bot.messages import Button, Keyboard, Look
from handlers.wire import pack
from handlers.work import Policy, reason_mark
from storage import staff
from storage.session import Session

MORE = "more"  # the menu of what is seldom needed
_COLLEAGUES = 20
_LOOKS: dict[Action, Look] = {
    Action.TAKE: "primary",
    Action.CONVERT: "success",
    Action.REJECT: "danger",
}


async def keyboard(session: Session, policy: Policy, lead: Lead, menu: str) -> Keyboard:
    """Only what fits the state; a menu takes the place of the actions."""
    possible = actions(lead.state)
    if menu == MORE or menu in {action.value for action in possible}:
        further = await _MENUS[menu](session, policy, lead)
        back = Button(f"‹ {policy.texts('button.back')}", pack("back", lead.id))
        return (*_pairs(further), (back,))
    buttons = [
        Button(
            policy.texts(f"button.{action.value}"),
            pack(action.value, lead.id),
            look=_LOOKS.get(action, ""),
        )
        for action in possible
    ]
    if await _more(session, policy, lead):
        buttons.append(Button(f"⋯ {policy.texts('button.more')}", pack(MORE, lead.id)))
    return _pairs(buttons)


async def _more(session: Session, policy: Policy, lead: Lead) -> list[Button]:
    """What is seldom needed, where it fits."""
    offered = [await offer(session, policy, lead) for offer in _SELDOM]
    return [button for button in offered if button is not None]


async def _reasons(session: Session, policy: Policy, lead: Lead) -> list[Button]:
    del session
    verb = Action.REJECT.value
    buttons = [Button(r, pack(verb, lead.id, reason_mark(r))) for r in policy.reasons]
    buttons.append(Button(f"✍️ {policy.texts('button.own_words')}", pack(verb, lead.id, "own")))
    if not policy.of(lead.channel).reject_reason_required:
        buttons.append(Button(policy.texts("button.no_reason"), pack(verb, lead.id, "none")))
    return buttons


async def _colleagues(session: Session, policy: Policy, lead: Lead) -> list[Button]:
    found = [
        one for one in await staff.colleagues(session, policy.chat) if one.id != lead.responsible
    ]
    return [
        Button(one.name, pack(Action.ASSIGN.value, lead.id, str(one.id)))
        for one in found[:_COLLEAGUES]
    ]


async def _kinds(session: Session, policy: Policy, lead: Lead) -> list[Button]:
    del session
    return [
        Button(policy.texts(f"convert.{kind.value}"), pack("convert", lead.id, kind.value))
        for kind in DealKind
    ]


_MENUS = {
    Action.REJECT.value: _reasons,
    Action.ASSIGN.value: _colleagues,
    Action.CONVERT.value: _kinds,
    MORE: _more,
}
# Each gives its button, or None where it does not fit the lead.
_SELDOM: tuple[Callable[[Session, Policy, Lead], Awaitable[Button | None]], ...] = ()


def _pairs(buttons: list[Button]) -> Keyboard:
    """Two in a row, the way thumbs like them."""
    return tuple(tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2))
