"""Leads that a manager enters by hand: in one line, or in reply to a question."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from bot.domain.contacts import Contact, read
from bot.domain.lead import Lead
from bot.messages import MessageReceived, Reach, address, kind_of, plain
from handlers import prompts, recognition, terms
from handlers.command import Command
from handlers.work import Work, cut
from storage import accounts, cards, leads, messages
from storage.accounts import Account
from storage.staff import Staff

CHANNEL = "hand"
ASKS = "new"  # what a reply to the question is an answer to
_SOURCE = re.compile(r"(?<!\S)#([^\W\d][\w-]{0,39})")
_NAME = 40  # characters
_WORDS = 200


async def asked(work: Work, command: Command) -> None:
    """`/new` with everything in one line, or alone."""
    event = command.event
    if command.rest:
        await _entered(work, event, command.who, command.rest)
        return
    await _ask(work, event, command.who, work.texts("ask.new"))


async def answered(work: Work, event: MessageReceived, who: Staff) -> None:
    """The reply to the question."""
    if event.text.strip():
        await _entered(work, event, who, event.text)
        return
    await _ask(work, event, who, work.texts("reply.words_please"))


async def _ask(work: Work, event: MessageReceived, who: Staff, words: str) -> None:
    where = address(event.channel, event.chat.id)
    reply_to = event.message_id
    await prompts.put(work, where, who, words, ASKS, reply_to=reply_to, thread=event.thread)


@dataclass(frozen=True, slots=True)
class _Entry:
    """What somebody wrote about a customer."""

    name: str
    words: str
    source: str
    contacts: tuple[Contact, ...]


async def _entered(work: Work, event: MessageReceived, who: Staff, text: str) -> None:
    """A lead of its own, however often the message comes."""
    where = address(event.channel, event.chat.id)
    number = f"{where}/{event.message_id}"
    if await accounts.at(work.session, address(CHANNEL, number)) is not None:
        return
    entry = _read(text, work.texts.language)
    known: dict[str, Any] = {"name": entry.name, "reach": Reach.OFFLINE}
    account = await accounts.create(work.session, CHANNEL, number, now=work.now, **known)
    lead = await leads.create(
        work.session,
        account=account.id,
        person=account.person,
        desk=work.policy.desk,
        channel=CHANNEL,
        source=entry.source,
        repeat_of=None,
        first_words=cut(entry.words, _WORDS),
        created_at=work.now,
    )
    message = await _keep(work, event, who, account, lead)
    told = [(one.kind, one.value) for one in entry.contacts]
    await recognition.noted(work, account, told, message)
    leads.touch(work.session, lead.id, at=work.now, kind="entered", actor="staff", staff=who.id)
    await cards.create(work.session, lead.id, work.policy.chat, work.now)
    await terms.came(work, lead)
    await _confirm(work, event, lead)


async def _confirm(work: Work, event: MessageReceived, lead: Lead) -> None:
    """By a sign, or in words where the messenger lets a bot give none."""
    if kind_of(event.channel) != "vk":
        await work.react(event.channel, event.chat.id, event.message_id, "👌")
        return
    words = work.texts("by_hand.entered", number=lead.id)
    where = address(event.channel, event.chat.id)
    await work.post(where, plain(words), reply_to=event.message_id)


async def _keep(
    work: Work, event: MessageReceived, who: Staff, account: Account, lead: Lead
) -> int:
    """What the manager wrote is a note of the lead."""
    return await messages.add(
        work.session,
        account=account.id,
        lead=lead.id,
        direction="note",
        author="staff",
        staff=who.id,
        chat=address(event.channel, event.chat.id),
        message_id=event.message_id,
        at=work.now,
        text=event.text,
    )


def _read(text: str, language: str) -> _Entry:
    """`Anna, +34 612 345 678, wants two windows #call`: the name first, the source marked."""
    contacts = read(text, language)
    source = _SOURCE.search(text)
    words = " ".join(_SOURCE.sub(" ", text).split())
    name = re.split(r"[,;\n]|\s[-–—]\s", text[: contacts[0].start] if contacts else text)[0]
    name = " ".join(_SOURCE.sub(" ", name).split())
    named = name != words or contacts or _like_a_name(name)
    fits = len(name) <= _NAME and not any(sign.isdigit() for sign in name)
    return _Entry(name if named and fits else "", words, source[1] if source else "", contacts)


def _like_a_name(words: str) -> bool:
    """`Anna Petrova` and no more."""
    return len(words.split()) <= 3 and words.istitle()
