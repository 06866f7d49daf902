"""Customers, long by cases: what they write becomes one right lead or joins the open one."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.courtesy import is_courtesy
from bot.domain.languages import spoken
from bot.domain.lead import CLOSED, Lead, State
from bot.messages import (
    MessageReceived,
    Reach,
    ReachChanged,
    Span,
    Style,
    Text,
    address,
)
from handlers import cards as faces
from handlers import (
    choices,
    coming_back,
    dialogue,
    edits,
    erasing,
    filling,
    offers,
    privacy,
    quoting,
    recognition,
    slowing,
    terms,
    welcome,
)
from handlers.relay import body, in_kind, summary
from handlers.work import Work
from storage import accounts, cards, leads, messages, staff
from storage.accounts import Account

_BREAKS = 2  # in a text whose shape a card would lose
COURTESY_WINDOW = timedelta(hours=24)  # thanks within it join the closed lead


async def wrote(work: Work, event: MessageReceived) -> None:
    """A customer's message: kept once, shown to the managers, answered for by a lead."""
    where = address(event.channel, event.author.id)
    news, *_ = await asyncio.gather(
        erasing.is_news(work, event),
        accounts.at(work.session, where),  # which is asked for below, as is the next one
        messages.written(work.session, where, event.message_id),
    )
    if not news:
        return
    account, new = await _account(work, event)
    known = await messages.written(work.session, account.address, event.message_id)
    if known is not None:  # an edit of what is not known yet is taken for the message itself
        await _sent_again(work, account, event, known)
        return
    banned = not new and await accounts.banned(work.session, account) is not None
    if not banned and await _commanded(work, account, event):
        work.session.keeps_event = False  # done, and no word of theirs
        return
    if not new and await filling.unkept(work, account):
        return
    if banned:
        await _from_banned(work, account, event)
        return
    if not work.policy.of(event.channel).lead_source:
        await _keep(work, account, event, None)
        return
    if await slowing.slowed(work, account, event):
        await _written_too_fast(work, account, event)
        return
    if new:
        await welcome.greet(work, account)
    await _arrived(work, account, event)


async def reach_changed(work: Work, event: ReachChanged) -> None:
    """A customer blocked us or came back; their open lead shows it."""
    work.session.keeps_event = False
    account = await accounts.at(work.session, address(event.channel, event.author.id))
    if account is None or account.reach is event.reach:
        return
    accounts.change(work.session, account, reach=event.reach.value)
    lead = await leads.open_of(work.session, account.person, work.policy.desk)
    if lead is not None:
        # Who goes and comes all day fills neither the disk nor the lead's history.
        reach = event.reach.value
        await leads.touch_again(work.session, lead.id, at=work.now, kind="reach", reach=reach)
        cards.refresh(work.session, lead.id, work.now)


async def _account(work: Work, event: MessageReceived) -> tuple[Account, bool]:
    """The author's account, as its profile says by now, and whether it is new."""
    author, profile = event.author, work.facts.profile
    name = author.name or (profile.name if profile else "")
    username = author.username or (profile.username if profile else "")
    account = await accounts.at(work.session, address(event.channel, author.id))
    told = author.language or (profile.language if profile else "")
    language = _language(event.text, told, account.language if account else "")
    if account is None:
        known: dict[str, Any] = {"name": name, "username": username, "language": language}
        return await accounts.create(
            work.session, event.channel, author.id, now=work.now, **known
        ), True
    said = {"name": name, "username": username, "language": language, "reach": Reach.OPEN}
    changed = {
        key: value for key, value in said.items() if value and value != getattr(account, key)
    }
    if changed:
        accounts.change(work.session, account, **changed)
        await _show_anew(work, account, named=bool(changed.keys() & {"name", "username"}))
    return replace(account, **changed), False  # type: ignore[arg-type]


def _language(words: str, told: str, known: str) -> str:
    """What their messenger tells, else what was known, else what they write in; "" until then."""
    if not told and (known or not words):
        return known
    return spoken(told, words, "")


async def _show_anew(work: Work, account: Account, *, named: bool) -> None:
    """The card shows by what name and whether a customer can be reached; others', by what name."""
    lead = await leads.open_of(work.session, account.person, work.policy.desk)
    if lead is not None:
        cards.refresh(work.session, lead.id, work.now)
    if named:
        await recognition.show_alike_anew(work, account.person)


async def _sent_again(
    work: Work, account: Account, event: MessageReceived, known: messages.Message
) -> None:
    """An edit, or what came twice."""
    if not event.edited:
        await edits.original(work, event, known)
        return
    if await filling.unkept(work, account, edited=True):
        return
    banned = await accounts.banned(work.session, account) is not None
    silent = banned or await slowing.slowed(work, account, event)
    await edits.edited(work, account, event, known, silent=silent)


async def _commanded(work: Work, account: Account, event: MessageReceived) -> bool:
    """Whether it was no message but a command, which is answered by now."""
    if event.text == "/start" and not event.attachments:
        await _started(work, account, event)
        return True
    if account.slowed(work.now):
        return False
    return await privacy.commanded(work, account, event)


async def _from_banned(work: Work, account: Account, event: MessageReceived) -> None:
    """No answer and no lead; the latest keeps it, and its card counts."""
    lead = await leads.latest_of(work.session, account.person, work.policy.desk)
    await _keep(work, account, event, lead.id if lead else None)
    if lead is not None:
        cards.refresh(work.session, lead.id, work.now)


async def _written_too_fast(work: Work, account: Account, event: MessageReceived) -> None:
    """Kept under the lead of which it is part; what is part of none makes one as ever."""
    lead = await leads.latest_of(work.session, account.person, work.policy.desk)
    if lead is not None and (lead.open or _only_thanks(work, event, lead)):
        await _keep(work, account, event, lead.id, at=slowing.kept_at(work, account))
        await terms.wrote(work, lead, event)
    else:
        await _arrived(work, account, event)


async def _started(work: Work, account: Account, event: MessageReceived) -> None:
    """/start alone is no lead: its payload waits for the first real message."""
    if event.source:
        accounts.change(work.session, account, source=event.source)
    if not account.slowed(work.now):
        await welcome.greet(work, account)


async def _arrived(work: Work, account: Account, event: MessageReceived) -> None:
    if asked := await dialogue.reply_of(work, account, event):
        message = await _keep(work, account, event, asked.lead.id)
        await choices.answered_in_words(work, account, asked)
        await dialogue.answered(work, account, asked, message)
        return
    late = await dialogue.outlived(work, account, event)
    lead = await leads.latest_of(work.session, account.person, work.policy.desk)
    if lead is not None and (lead.open or _only_thanks(work, event, lead)):
        await _join(work, account, event, lead)
        await welcome.away(work, account, lead)
    elif late is not None:
        await _join(work, account, event, late)
    else:
        lead = await _new_lead(work, account, event, lead)
        await welcome.away(work, account, lead)
        await dialogue.began(work, account, event, lead)


def _only_thanks(work: Work, event: MessageReceived, earlier: Lead) -> bool:
    return (
        earlier.state in CLOSED
        and earlier.closed_at is not None
        and work.now - earlier.closed_at <= COURTESY_WINDOW
        and not event.attachments
        and is_courtesy(event.text)
    )


async def _new_lead(
    work: Work, account: Account, event: MessageReceived, earlier: Lead | None
) -> Lead:
    words = summary(event, work.texts)
    lead = await leads.create(
        work.session,
        account=account.id,
        person=account.person,
        desk=work.policy.desk,
        channel=event.channel,
        source=event.source or account.source,
        repeat_of=earlier.id if earlier else None,
        first_words=words[: faces.FIRST_WORDS + 1],
        created_at=work.now,
    )
    accounts.change_person(work.session, account)  # or they are banned by now
    if account.source:
        accounts.change(work.session, account, source="")
    leads.touch(work.session, lead.id, at=work.now, kind="created", actor="customer")
    if earlier is not None:
        await coming_back.over(work, account.person)
        await recognition.show_alike_anew(work, account.person)
    await cards.create(work.session, lead.id, work.policy.chat, work.now)
    offers.began(work, lead)
    await terms.came(work, lead)
    message = await _keep(work, account, event, lead.id)
    # What the card cannot show whole goes under it.
    long = len(words) > faces.FIRST_WORDS or words.count("\n") > _BREAKS
    if long or event.attachments or event.forwarded_from or await quoting.line(work, event):
        await _relay(work, account, event, lead, message)
    return lead


async def _join(work: Work, account: Account, event: MessageReceived, lead: Lead) -> None:
    message = await _keep(work, account, event, lead.id)
    leads.touch(work.session, lead.id, at=work.now, kind="wrote", actor="customer")
    if not lead.open or await recognition.answers_move(work.session, lead, account):
        cards.refresh(work.session, lead.id, work.now)
    await terms.wrote(work, lead, event)
    await edits.captioned(work, account, event, lead)
    await _relay(work, account, event, lead, message)


async def _keep(
    work: Work,
    account: Account,
    event: MessageReceived,
    lead: int | None,
    *,
    at: datetime | None = None,
) -> int:
    if lead is not None:
        accounts.expect_person(work.session, account)  # or the lead may be another's by now
    number = await messages.add(
        work.session,
        account=account.id,
        lead=lead,
        direction="in",
        author="customer",
        chat=account.address,
        message_id=event.message_id,
        at=at or work.now,
        text=event.text,
        attachments=event.attachments,
        album=event.album,
        edited_at=event.at if event.edited else None,
    )
    await recognition.read(work, account, event, number)
    return number


async def _relay(
    work: Work, account: Account, event: MessageReceived, lead: Lead, message: int
) -> None:
    """Show a message under the lead's card; the responsible manager is called by name."""
    name = faces.person(account, work.policy)
    if account.channel != lead.channel:
        name = f"{name} ({work.texts.channel(account.channel)})"
    head: Text = (Span(f"{name}:", Style.BOLD),)
    text = (*head, *await quoting.line(work, event))
    if words := body(event, work.texts):
        text = (*text, Span("\n"), *words)
    things = in_kind(event.attachments)
    if called := await _responsible(work, lead):
        text = (*text, Span("\n→ "), called)
    elif text == head and account.id == lead.account and work.stands_apart(head, things):
        text = ()  # the card has the name, and what follows a sticker is no caption of it
    await work.under_card(
        lead.id,
        text,
        attachments=things,
        message=message,
        album=event.album,
    )


async def _responsible(work: Work, lead: Lead) -> Span | None:
    """The manager in words that make their phone ring."""
    if lead.state is not State.TAKEN or lead.responsible is None:
        return None
    who = await staff.by_id(work.session, lead.responsible)
    return faces.mention(who)
