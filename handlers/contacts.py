"""How a customer is reached beside the bot, and what stands in the way of it, as a card says it."""

from __future__ import annotations

from datetime import datetime

from bot.domain.lead import Lead
from bot.messages import Reach, Span, Style, kind_of
from handlers import recognition
from handlers.layout import Line, Part, part
from handlers.policy import Policy
from storage import accounts, messages, people
from storage.accounts import Account
from storage.session import Session

_SHOWN = 3  # contacts, and pages on messengers
_WEIGHT = {"phone": 3, "email": 2}
_REASON = 24  # characters of why somebody is banned


async def known(session: Session, lead: Lead) -> Line:
    """Phones and e-mails by whichever account, and where the customer is found on messengers.

    In plain words: phones, e-mails and names that begin with @ can be tapped on a phone.
    """
    given = await people.contacts_of(session, lead.person)
    told = {recognition.readable(*one): one[0] for one in given if one[0] != recognition.USERNAME}
    newest = list(told)[: -_SHOWN - 1 : -1]  # what they ask to use
    newest.sort(key=lambda one: told[one] != "phone")
    found = [Part((Span(one),), _WEIGHT[told[one]]) for one in newest]
    if len(told) > _SHOWN:
        found.append(Part((Span(f"+{len(told) - _SHOWN}"),)))
    pages = [page(one) for one in await accounts.of_person(session, lead.person)]
    found += [Part((page,)) for page in pages if page is not None][:_SHOWN]
    return tuple(found)


async def obstacles(session: Session, policy: Policy, lead: Lead, answered: Account) -> Line:
    """A ban, and messages that do not arrive at the account that is answered."""
    account = await accounts.by_id(session, lead.account)
    banned = await accounts.banned(session, account)
    found: Line = ()
    if banned is not None and banned.banned_at is not None:
        found = part(await _banned(session, policy, banned, banned.banned_at), 3)
    if answered.reach is not Reach.OPEN:
        found += part(f"⚠️ {await _unreached(session, policy, lead, answered.reach)}", 2)
    return found


def vk_page(username: str, number: str) -> str:
    """A short name of VK with an @ would call a stranger on another messenger."""
    return f"vk.com/{username or f'id{number}'}"


def page(account: Account) -> Span | None:
    """Where to look somebody up on their messenger."""
    if not account.username:
        return None
    if kind_of(account.channel) == "vk":
        page = vk_page(account.username, account.platform_id)
        return Span(page, Style.LINK, f"https://{page}")
    return Span(f"@{account.username}")


async def _banned(session: Session, policy: Policy, banned: Account, at: datetime) -> str:
    """Why, and how much they wrote since, by whichever account."""
    words = policy.texts("card.banned", reason=banned.ban_reason[:_REASON])
    tree = await accounts.of_person(session, banned.person)
    if since := sum([await messages.count_since(session, one.id, at) for one in tree]):
        words = f"{words} · {policy.texts.plural('card.written_since', since)}"
    return f"⛔ {words}"


async def _unreached(session: Session, policy: Policy, lead: Lead, reach: Reach) -> str:
    """Why no words of ours arrive, and what is left to try."""
    if reach is Reach.OFFLINE:
        given = await people.contacts_of(session, lead.person)
        if all(kind == recognition.USERNAME for kind, _ in given):
            return policy.texts("card.no_contact")
    return policy.texts(f"reach.{reach.value}")
