"""`/client 3`: who a client is, what they wanted and what became of it, by all their accounts."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.lead import State
from bot.messages import Span, Style, Text, plain
from handlers import cards as faces
from handlers import contacts, recognition
from handlers.command import Command
from handlers.history import lead_in
from handlers.work import Work, cut
from storage import accounts, clients, deals, leads, people, staff
from storage.accounts import Account
from storage.clients import Client
from storage.deals import Deal
from storage.erasure import LIST

_LISTED = 30  # deals, and leads
_TITLE = 80  # characters


async def told(work: Work, command: Command) -> Text | None:
    """The client of a number, or of the lead that is replied to."""
    text = await _asked(work, command)
    reply_to = "" if command.event.chat.private else command.event.message_id
    # As a list: it tells of all that a person wanted, and is emptied when they are erased.
    await work.post(command.where, text, reply_to=reply_to, thread=command.event.thread, asks=LIST)
    return None


async def _asked(work: Work, command: Command) -> Text:
    if command.rest:
        number = lead_in(command.rest)
        found = await clients.by_id(work.session, number) if number else None
        root = await people.root_of(work.session, found.person) if found else None
        person = root.id if root else found.person if found else 0
        if found is None or await people.of_others(work.session, [person]):
            return plain(work.texts("client.unknown" if number else "client.which"))
        return await _told(work, found, person)
    if command.lead is None:
        return plain(work.texts("client.which"))
    known = await clients.of_person(work.session, command.lead.person)
    if not known:
        return plain(work.texts("client.not_yet", number=command.lead.id))
    return await _told(work, known[0], command.lead.person)


async def _told(work: Work, client: Client, root: int) -> Text:
    tree = await accounts.of_person(work.session, root)
    numbers = [one.id for one in await clients.of_person(work.session, root)]
    lines: list[Text] = [_head(work, client, numbers, tree)]
    if given := await people.contacts_of(work.session, root):
        lines.append(plain(" · ".join(recognition.readable(*one) for one in given)))
    lines += [_account(work, one) for one in tree if not one.erased]
    if found := await deals.of_clients(work.session, numbers, _LISTED):
        lines += [(Span(work.texts("client.deals"), Style.BOLD),)]
        lines += [await _deal(work, one) for one in found]
    if wanted := await leads.of_person(work.session, root, _LISTED):
        lines += [(Span(work.texts("client.leads"), Style.BOLD),)]
        lines += [await faces.line(work.session, work.policy, one, work.now) for one in wanted]
    return tuple(span for line in lines for span in (Span("\n"), *line))[1:]


def _head(work: Work, client: Client, numbers: Sequence[int], tree: Sequence[Account]) -> Text:
    """The number that was asked for, who it is, and by which other numbers they go."""
    named = [one for one in tree if one.name and not one.erased] or list(tree)
    title = work.texts("client.title", number=client.id)
    words = [faces.person(named[0], work.policy)] if named else []
    if others := ", ".join(str(one) for one in numbers if one != client.id):
        words.append(work.texts("client.also", numbers=others))
    return (Span("👤 "), Span(title, Style.BOLD), *(Span(f" · {one}") for one in words))


def _account(work: Work, account: Account) -> Text:
    """Where they write, and what they are called there."""
    channel = work.texts.channel(account.channel)
    page = contacts.page(account)
    more = (Span(" · "), page) if page else ()
    return (Span(f"{channel}: {faces.person(account, work.policy)}"), *more)


async def _deal(work: Work, deal: Deal) -> Text:
    """Kind, title, amount, who made it, of which lead, when; and whether that is open again."""
    texts = work.texts
    lead = await leads.by_id(work.session, deal.lead)
    name = (await staff.by_id(work.session, deal.responsible)).name if deal.responsible else ""
    words = (
        texts(f"convert.{deal.kind.value}"),
        cut(deal.title, _TITLE),
        texts.money(deal.amount, deal.currency) if deal.amount is not None else "",
        name,
        f"#{deal.lead}",
        texts.date(deal.at.astimezone(work.policy.timezone)),
        texts("client.reopened") if lead and lead.state is not State.CONVERTED else "",
    )
    return plain(f"• {' · '.join(filter(None, words))}")
