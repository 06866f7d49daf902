"""A lead as people see it: the card, and a line in a list."""

from __future__ import annotations

from bot.domain.lead import Lead, State
from bot.messages import Keyboard, Span, Style, Text, split_address
from handlers import buttons, lists
from handlers.work import Policy, cut
from storage import accounts, deals, leads, staff
from storage.accounts import Account
from storage.cards import Card
from storage.session import Session
from storage.staff import Staff

FIRST_WORDS = 200  # characters of the first message that a card shows
_HEADLINE = 40  # characters
_NAME = 24
_ICONS = {
    State.NEW: "🆕",
    State.TAKEN: "💬",
    State.REJECTED: "✖️",
    State.CONVERTED: "✅",
    State.ABSORBED: "↪️",
}


async def render(card: Card, session: Session, policy: Policy) -> tuple[Text, Keyboard]:
    """The card's face at this moment; no text when a list has nothing left to show."""
    if card.lead is None:
        return await lists.render(card, session, policy)
    lead = await leads.by_id(session, card.lead)
    if lead is None:
        raise KeyError(f"card={card.id} of no lead={card.lead}")
    return await _face(session, policy, lead), await buttons.keyboard(
        session, policy, lead, card.menu
    )


def person(account: Account, policy: Policy) -> str:
    """What a customer is called."""
    return account.name or account.username or policy.texts("card.nameless", id=account.platform_id)


def mention(who: Staff) -> Span:
    """A manager's name in a form that makes their phone ring."""
    platform, number = split_address(who.address)
    if platform == "vk":
        return Span(who.name, Style.LINK, f"https://{_vk_page(who.username, number)}")
    if who.username or platform != "telegram":
        return Span(f"@{who.username}" if who.username else who.name)
    return Span(who.name, Style.LINK, f"tg://user?id={number}")


async def line(session: Session, policy: Policy, lead: Lead) -> Text:
    """A lead in a list: number, who, state, since when."""
    account = await accounts.by_id(session, lead.account)
    state = await _state(session, policy, lead)
    at = policy.texts.datetime(lead.created_at, policy.timezone)
    return (
        Span(f"{_ICONS[lead.state]} "),
        Span(f"#{lead.id}", Style.BOLD),
        Span(f" {cut(person(account, policy), _NAME)} · {state} · {at}"),
    )


async def deal(session: Session, policy: Policy, lead: Lead) -> str:
    """What the lead became: kind, title and amount; "" while it is nothing."""
    found = await deals.of_lead(session, lead.id) if lead.state is State.CONVERTED else None
    if found is None:
        return ""
    texts = policy.texts
    money = texts.money(found.amount, found.currency) if found.amount is not None else ""
    parts = (texts(f"convert.{found.kind.value}"), cut(found.title, 80), money)
    return " · ".join(filter(None, parts))


async def _face(session: Session, policy: Policy, lead: Lead) -> Text:
    """At most seven lines, the first with who and state."""
    texts = policy.texts
    account = await accounts.by_id(session, lead.account)
    lines: list[Text] = [_headline(policy, lead, account), (Span(_origin(policy, lead)),)]
    if contacts := await _contacts(session, account):
        lines.append(contacts)
    if lead.first_words:
        lines.append((Span(cut(lead.first_words, FIRST_WORDS), Style.QUOTE),))
    if account.reach != "open":
        lines.append((Span(f"⚠️ {texts(f'reach.{account.reach.value}')}"),))
    if outcome := await _outcome(session, policy, lead):
        lines.append((Span(outcome),))
    return _joined(lines)


def _headline(policy: Policy, lead: Lead, account: Account) -> Text:
    """Number, who and state, in what a phone's notification shows."""
    number = f"{_ICONS[lead.state]} #{lead.id} "
    state = f" · {policy.texts(f'state.{lead.state.value}').lower()}"
    name = cut(person(account, policy), _HEADLINE - len(number) - len(state))
    return (Span(f"{number}{name}", Style.BOLD), Span(state))


def _origin(policy: Policy, lead: Lead) -> str:
    texts = policy.texts
    parts = [texts(f"channel.{lead.channel}"), texts.datetime(lead.created_at, policy.timezone)]
    if lead.source:
        parts.insert(1, cut(lead.source, 40))
    if lead.repeat_of:
        parts.append(texts("card.repeat", number=lead.repeat_of))
    return " · ".join(parts)


async def _contacts(session: Session, account: Account) -> Text:
    """Phones, and where the customer is found on their messenger."""
    found = [Span(value) for _, value in await accounts.contacts_of(session, account.id)]
    if account.username and account.channel == "vk":
        page = _vk_page(account.username, account.platform_id)
        found.append(Span(page, Style.LINK, f"https://{page}"))
    elif account.username:
        found.append(Span(f"@{account.username}"))
    return tuple(part for one in found[:3] for part in (Span(" · "), one))[1:]


def _vk_page(username: str, number: str) -> str:
    """A short name of VK with an @ would call a stranger on another messenger."""
    return f"vk.com/{username or f'id{number}'}"


async def _state(session: Session, policy: Policy, lead: Lead) -> str:
    if lead.responsible is None:
        return policy.texts(f"state.{lead.state.value}").lower()
    return (await staff.by_id(session, lead.responsible)).name


async def _outcome(session: Session, policy: Policy, lead: Lead) -> str:
    """Who has it, or how it ended."""
    texts = policy.texts
    if lead.state is State.TAKEN:
        return texts("card.responsible", name=await _state(session, policy, lead))
    if lead.state not in (State.REJECTED, State.CONVERTED):
        return ""
    name = await _state(session, policy, lead) if lead.responsible is not None else ""
    reason = texts("card.reason", reason=cut(lead.reason, 120)) if lead.reason else ""
    return " · ".join(filter(None, (name, reason, await deal(session, policy, lead))))


def _joined(lines: list[Text]) -> Text:
    found: list[Span] = []
    for line_ in lines:
        found += [*([Span("\n")] if found else []), *line_]
    return tuple(found)
