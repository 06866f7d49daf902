"""The buttons of a card: the actions that fit its lead's state, and the menus behind them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.domain.lead import Action, DealKind, Lead, actions
from bot.domain.people import last
from bot.messages import Button, Keyboard, Look
from handlers import recognition, step_menus, warmth
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
_LOOKS: dict[Action, Look] = {
    Action.TAKE: "primary",
    Action.CONVERT: "success",
    Action.REJECT: "danger",
}


async def keyboard(session: Session, policy: Policy, lead: Lead, menu: str) -> Keyboard:
    """Only what fits the state; a menu takes the place of the actions."""
    possible = actions(lead.state)
    menu, _, page = menu.partition(":")
    if menu in (MORE, BAN) or menu in {action.value for action in possible}:
        back = Button(f"‹ {policy.texts('button.back')}", pack("back", lead.id))
        if menu == Action.STEP.value:
            step = await steps.open_of(session, lead.id)
            return step_menus.on_card(policy, lead.id, page, step, back)
        further = await _MENUS[menu](session, policy, lead)
        if menu == MORE and (tapped := warmth.row(policy, lead)):
            return (tapped, *_pairs(further), (back,))
        if menu == Action.ASSIGN.value:
            return (*_page(lead, further, int(page or 0)), (back,))
        return (*_pairs(further), (back,))
    buttons = [
        Button(
            policy.texts(f"button.{action.value}"),
            pack(action.value, lead.id),
            look=_LOOKS.get(action, ""),
        )
        for action in possible
    ]
    more: list[Button] = []
    if lead.offer is not None:
        buttons.append(Button(policy.texts(f"button.{NEXT}"), pack(NEXT, lead.id)))
    if lead.open or await _more(session, policy, lead):
        more.append(Button(f"⋯ {policy.texts('button.more')}", pack(MORE, lead.id)))
    if asked := await _same_or_not(session, policy, lead):
        return (*_pairs(buttons), *asked, *_pairs(more))
    return _pairs(buttons + more)


def page_of(argument: str) -> int | None:
    """The page that a press asks for, from 0; None when it stands for something else."""
    if not argument:
        return 0
    number = argument.removeprefix("p")
    wanted = number != argument and number.isascii() and number.isdigit() and len(number) < 4
    return int(number) if wanted else None


def _page(lead: Lead, further: list[Button], page: int) -> Keyboard:
    """So many as a thumb scrolls by, and the ways to those before and after."""
    page = min(page, max(0, len(further) - 1) // _COLLEAGUES)
    first, end = page * _COLLEAGUES, (page + 1) * _COLLEAGUES
    turns = [("‹", page - 1)] if page else []
    turns += [("›", page + 1)] if end < len(further) else []
    verb = Action.ASSIGN.value
    row = tuple(Button(label, pack(verb, lead.id, f"p{to}")) for label, to in turns)
    return (*_pairs(further[first:end]), *((row,) if row else ()))


async def _same_or_not(session: Session, policy: Policy, lead: Lead) -> Keyboard:
    """The answers to the question whether two persons are one, while it is open."""
    found = await recognition.alike(session, lead)
    if found is None:
        return ()
    verbs = ("merge", "differ")
    return (
        tuple(
            Button(policy.texts(f"button.{verb}"), pack(verb, lead.id, str(found.person)))
            for verb in verbs
        ),
    )


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
    """Each with how many open leads they have; who is off shift comes last."""
    team = [
        one for one in await distribution.team(session, policy.chat) if one.id != lead.responsible
    ]
    return [
        Button(_load(one), pack(Action.ASSIGN.value, lead.id, str(one.id)))
        for one in sorted(team, key=lambda one: one.shift == "off")
    ]


def _load(one: Standing) -> str:
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


async def _split(session: Session, policy: Policy, lead: Lead) -> Button | None:
    undo = last(await people.merges_of(session, lead.person))
    if undo is None or await people.root_of(session, lead.person) is None:
        return None
    return Button(policy.texts("button.split"), pack("split", lead.id, str(undo.id)))


def _pairs(buttons: list[Button]) -> Keyboard:
    """Two in a row, the way thumbs like them."""
    return tuple(tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2))


_MENUS = {
    Action.REJECT.value: _reasons,
    Action.ASSIGN.value: _colleagues,
    Action.CONVERT.value: _kinds,
    MORE: _more,
    BAN: _ban_reasons,
}
# Each gives its button, or None where it does not fit the lead.
_SELDOM: tuple[Callable[[Session, Policy, Lead], Awaitable[Button | None]], ...] = (_ban, _split)
