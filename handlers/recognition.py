"""Who a customer is: contacts read from their words, and persons who may be the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import phonenumbers

from bot.domain import contacts
from bot.domain.lead import CLOSED, Lead
from bot.domain.people import usernames
from bot.messages import Attachment, AttachmentKind, MessageReceived, Reach, kind_of
from handlers.work import Work
from storage import accounts, cards, leads, messages, people
from storage.accounts import Account
from storage.messages import Place
from storage.session import Session

USERNAME = "username"  # a name on Telegram, as others are told it
KINDS = ("phone", "email", USERNAME)
_NAMED_ON = "telegram"
_OF_A_MESSAGE, _OF_AN_ACCOUNT = 10, 50  # contacts; whoever gives more gives others'


@dataclass(frozen=True, slots=True)
class Alike:
    """Another person who may be the same: how we know them, and what they have in common."""

    person: int
    account: Account
    lead: Lead | None
    why: tuple[str, ...]  # of KINDS


async def read(work: Work, account: Account, event: MessageReceived, message: int) -> None:
    """Keep what contacts a customer's message tells; words of others tell others' contacts.

    Each makes a proposal on the card of whoever gave it too, so lists of them are left alone.
    """
    language = work.words_for(account).language
    found = _shared(event, language)
    if not event.forwarded_from:
        found += [(one.kind, one.value) for one in contacts.read(event.text, language)]
        found += [(USERNAME, name) for name in usernames(event.text)]
    if kind_of(event.channel) == _NAMED_ON and event.author.username:
        found.append((USERNAME, event.author.username.lower()))
    if found:
        known = await accounts.contacts_of(work.session, account.id)
        said = dict.fromkeys((kind, value.lower()) for kind, value in found[:_OF_A_MESSAGE])
        new = [one for one in said if one not in known]
        await noted(work, account, new[: max(0, _OF_AN_ACCOUNT - len(known))], message)


async def noted(
    work: Work, account: Account, found: Sequence[tuple[str, str]], message: int
) -> None:
    """Keep these (kind, value) of an account, and show them to whom they concern."""
    concerned = {account.person: None} if found else {}
    for kind, value in dict.fromkeys((kind, value.lower()) for kind, value in found):
        accounts.add_contact(work.session, account, kind, value, message)
        concerned |= dict.fromkeys(await people.holders(work.session, kind, value))
    await _refresh(work, concerned)


async def show_alike_anew(work: Work, *persons: int) -> None:
    """Cards of others say whom they look like: something of these persons changes."""
    told = [pair for one in persons for pair in await people.contacts_of(work.session, one)]
    found = [await people.holders(work.session, kind, value) for kind, value in told]
    await _refresh(work, dict.fromkeys(person for holders in found for person in holders))


async def show_latest_anew(work: Work, lead: Lead) -> None:
    """The lead is closed, or open again: those cards name the latest, which may be another now."""
    others = await leads.earlier(work.session, lead, 1)
    if others and others[0].state in CLOSED and others[0].id > lead.id:
        await show_alike_anew(work, lead.person)


async def alike(session: Session, lead: Lead) -> Alike | None:
    """Who may be the same person as an open lead's; of several whose lead is the newest."""
    if not lead.open or not await people.contacts_of(session, lead.person):
        return None
    why: dict[int, set[str]] = {}
    for person, kind in await people.alike(session, lead.person):
        why.setdefault(person, set()).add(kind)
    for stranger in await people.strangers_of(session, lead.person) if why else ():
        why.pop(stranger, None)
    for person in await people.of_others(session, why):
        del why[person]
    found = [await _known_as(session, person, kinds, lead.desk) for person, kinds in why.items()]
    return max(filter(None, found), key=_newest, default=None)


async def account_to_answer(session: Session, lead: Lead) -> Account:
    """Where a reply to the lead's customer goes: by which account the person wrote last."""
    known = await accounts.of_person(session, lead.person)
    reached = {one.id: one for one in known if one.reach is not Reach.OFFLINE}
    if len(reached) > 1:
        writer = await people.last_writer(session, lead.person)
        return (
            reached.get(writer or 0) or reached.get(lead.account) or min(reached.values(), key=_id)
        )
    own = await accounts.by_id(session, lead.account)
    return next(iter(reached.values()), own)


async def several(session: Session, lead: Lead) -> bool:
    """Whether the lead's person has more than one account."""
    return len(await accounts.of_person(session, lead.person)) > 1


async def answers_move(session: Session, lead: Lead, writer: Account) -> bool:
    """Whether replies will go to another account than before, now that this one has written."""
    if not await several(session, lead):
        return False
    return (await account_to_answer(session, lead)).id != writer.id


async def lead_replied_to(session: Session, place: Place) -> Lead | None:
    """Whose conversation a reply to something in the team's chat goes on with."""
    lead = await leads.by_id(session, place.lead) if place.lead else None
    message = await messages.by_id(session, place.message) if place.message else None
    if lead is None or message is None or message.author != "customer":
        return await leads.standing_for(session, lead) if lead else None
    return await lead_by_now(session, lead, await accounts.by_id(session, message.account))


async def lead_by_now(session: Session, lead: Lead, writer: Account) -> Lead:
    """Where it belongs by now what somebody wrote as part of a lead.

    A lead that went up in another is that other one; whoever was split from the
    lead's person since, or had another account than was erased, has leads of their own.
    """
    lead = await leads.standing_for(session, lead)
    erased = (await accounts.by_id(session, lead.account)).erased and not writer.erased
    if writer.person == lead.person and not erased:
        return lead
    return await leads.latest_of(session, writer.person, lead.desk) or lead


def readable(kind: str, value: str) -> str:
    """A contact as people write it: +7 903 123-45-67."""
    if kind != "phone":
        return f"@{value}" if kind == USERNAME else value
    try:
        number = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:
        return value
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


async def _refresh(work: Work, persons: Iterable[int]) -> None:
    for person in persons:
        lead = await leads.open_of(work.session, person, work.policy.desk)
        if lead is not None:
            cards.refresh(work.session, lead.id, work.now)


def _shared(event: MessageReceived, language: str) -> list[tuple[str, str]]:
    """Phones of contact cards that are the sender's own."""
    cards_ = [one for one in event.attachments if _own(one, event)]
    phones = [contacts.normalised_phone(one.phone, language) for one in cards_]
    return [("phone", phone) for phone in phones if phone]


def _own(attachment: Attachment, event: MessageReceived) -> bool:
    return attachment.kind is AttachmentKind.CONTACT and attachment.ref == event.author.id


async def _known_as(session: Session, person: int, kinds: set[str], desk: str) -> Alike | None:
    lead = await leads.latest_of(session, person, desk)
    if lead is not None:
        account = await accounts.by_id(session, lead.account)
    elif known := await accounts.of_person(session, person):
        account = known[0]
    else:
        return None
    return Alike(person, account, lead, tuple(kind for kind in KINDS if kind in kinds))


def _newest(one: Alike) -> tuple[int, int]:
    return (one.lead.id if one.lead else 0, one.person)


def _id(account: Account) -> int:
    return account.id
