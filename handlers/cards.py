"""A lead and its people in a few words: in a list, in a sentence, in how it ended."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from bot.domain.lead import Lead, State
from bot.messages import Span, Style, Text, split_address
from handlers import contacts, warmth
from handlers.layout import LISTED, columns, trimmed
from handlers.names import nameless
from handlers.policy import Policy
from handlers.work import cut
from storage import accounts, deals, leads, staff
from storage.accounts import Account
from storage.session import Session
from storage.staff import Staff

FIRST_WORDS = 600  # characters of the first message that are kept with a lead
_OVERDUE = "⏰"
_ICONS = {
    State.NEW: "🆕",
    State.TAKEN: "💬",
    State.REJECTED: "✖️",
    State.CONVERTED: "✅",
    State.ABSORBED: "↪️",
}


def person(account: Account, policy: Policy) -> str:
    """What a customer is called."""
    if account.erased:
        return policy.texts("card.erased")
    return account.name or account.username or nameless(account, policy)


def mention(who: Staff) -> Span:
    """A manager's name in a form that makes their phone ring."""
    platform, number = split_address(who.address)
    if platform == "vk":
        return Span(who.name, Style.LINK, f"https://{contacts.vk_page(who.username, number)}")
    if who.username or platform != "telegram":
        return Span(f"@{who.username}" if who.username else who.name)
    return Span(who.name, Style.LINK, f"tg://user?id={number}")


def moment(policy: Policy, now: datetime, at: datetime) -> str:
    """A moment in the team's time; its day only where that is another than now's."""
    days = {one.astimezone(policy.timezone).date() for one in (now, at)}
    say = policy.texts.time if len(days) == 1 else policy.texts.datetime
    return say(at, policy.timezone)


def icon(lead: Lead, *, late: bool) -> str:
    """What tells a lead's state at a glance, or that somebody should have acted by now."""
    return _OVERDUE if late and lead.open else _ICONS[lead.state]


async def line(
    session: Session, policy: Policy, lead: Lead, now: datetime, late: Collection[int] = ()
) -> Text:
    """A lead in a list, in one row of a phone: number, who → manager or state, since when."""
    account = await accounts.by_id(session, lead.account)
    sign = f"{icon(lead, late=lead.id in late)} "
    number, hot = f"#{lead.id}", f" {warmth.mark(lead)}"
    has = "→" if lead.responsible is not None and lead.absorbed_into is None else "·"
    end = f" {has} {cut(await state(session, policy, lead), 12)} · {_since(policy, now, lead)}"
    name = trimmed(person(account, policy), max(8, LISTED - columns(sign + number + hot + end)))
    return (Span(sign), Span(number, Style.BOLD), Span(f"{hot}{name}{end}"))


async def state(session: Session, policy: Policy, lead: Lead) -> str:
    """Who has it, else where it stands."""
    if lead.absorbed_into is not None:
        return f"→ #{lead.absorbed_into}"
    if lead.responsible is None:
        return policy.texts(f"state.{lead.state.value}").lower()
    return (await staff.by_id(session, lead.responsible)).name


async def deal(session: Session, policy: Policy, lead: Lead) -> str:
    """What the lead became: kind, title and amount; "" while it is nothing."""
    found = await deals.of_lead(session, lead.id) if lead.state is State.CONVERTED else None
    if found is None:
        return ""
    texts = policy.texts
    money = texts.money(found.amount, found.currency) if found.amount is not None else ""
    parts = (texts(f"convert.{found.kind.value}"), cut(found.title, 80), money)
    return " · ".join(filter(None, parts))


async def client(session: Session, policy: Policy, lead: Lead) -> str:
    """The client whose deal the lead became, by number; "" while it is nothing."""
    found = await deals.of_lead(session, lead.id) if lead.state is State.CONVERTED else None
    return policy.texts("card.client", number=found.client) if found else ""


async def earlier(session: Session, policy: Policy, lead: Lead, limit: int) -> Text:
    """What else the person wanted, by whichever account, and how that ended; newest first."""
    before = await leads.earlier(session, lead, limit)
    ends = " · ".join([f"#{one.id} {await _ending(session, policy, one)}" for one in before])
    return (Span(policy.texts("card.earlier", leads=ends)),) if ends else ()


async def _ending(session: Session, policy: Policy, lead: Lead) -> str:
    """How an earlier lead ended, in a few words."""
    how = await deal(session, policy, lead) or cut(lead.reason, 40)
    return how or policy.texts(f"state.{lead.state.value}").lower()


def _since(policy: Policy, now: datetime, lead: Lead) -> str:
    """The hour of today, the day of any other."""
    days = [one.astimezone(policy.timezone).date() for one in (now, lead.created_at)]
    if days[0] == days[1]:
        return policy.texts.time(lead.created_at, policy.timezone)
    return policy.texts.short_day(days[1])
