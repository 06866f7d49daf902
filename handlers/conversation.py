"""The conversation in the team's chat, long by all that a reply is: for the customer, or a note."""

from __future__ import annotations

from bot.domain.errors import Refused
from bot.domain.lead import Lead, Role
from bot.messages import (
    Delete,
    MessageReceived,
    Post,
    Priority,
    Reach,
    address,
    person_address,
    plain,
)
from handlers import (
    albums,
    dialogue,
    erasing,
    held,
    managers,
    prompted,
    prompts,
    recognition,
    replies,
)
from handlers.answers import answered, answering
from handlers.managers import Act
from handlers.people import author_of, tell_anonymous
from handlers.presses import refused
from handlers.relay import answer, in_kind, is_note, spoken
from handlers.work import Work
from storage import accounts, leads, messages, outbox
from storage.accounts import Account
from storage.messages import Message, Place
from storage.prompts import what_of


async def replied(work: Work, event: MessageReceived, place: Place) -> None:
    """A reply to anything that stands for a lead: an answer asked for, a note, or words to send."""
    where = address(event.channel, event.chat.id)
    if await messages.written(work.session, where, event.message_id) is not None:
        return  # it came twice
    author = person_address(event.channel, event.author.id)
    if event.author.anonymous:
        await tell_anonymous(work, event)
        return
    role = work.role(author)
    asked = _asked(place, event, author)
    lead = await _lead_of(work, place, asked)
    if role < Role.MANAGER:
        return
    if lead is None:
        await went_to_nobody(work, event)
        return
    if (await accounts.by_id(work.session, lead.account)).erased:
        await _not_kept(work, event, lead)
        return
    act = Act(await author_of(work, event.channel, event.author), role, lead)
    if asked.startswith(managers.NOTE):
        await _noted(work, event, act)
        await prompts.settled(work, lead, what=(asked,))
    elif asked:
        await _answer_asked(work, event, act, place.asks)
    elif await _about_note(work, place):
        await _noted(work, event, act)
    else:
        await write(work, event, act, addressed=bool(place.message_id))


async def went_to_nobody(work: Work, event: MessageReceived) -> None:
    """Who replies to a post of ours that stands for no lead may believe that a customer reads it.

    Or for none that is known: a post whose answer never came may stand there a second time.
    An album is answered once, for the part with its words.
    """
    if event.to_bot and not event.opened_as and (event.text or not event.album):
        where = address(event.channel, event.chat.id)
        words = plain(work.texts("reply.no_lead"))
        await work.post(where, words, reply_to=event.message_id, thread=event.thread)


def _asked(place: Place, event: MessageReceived, author: str) -> str:
    """What a reply answers; only who gave a lead away was asked for a note to it."""
    what = what_of(place.asks)
    notes = what.startswith(managers.NOTE) and what != f"{managers.NOTE}{author}"
    return "" if notes or is_note(event.text) else what


async def _about_note(work: Work, place: Place) -> bool:
    """Whether it replies to what stays inside: that stays inside as well."""
    if place.message is None:
        return False
    return (await messages.by_id(work.session, place.message)).direction == "note"


async def _lead_of(work: Work, place: Place, asked: str) -> Lead | None:
    """What was asked of one lead is never answered for another that stands for it by now."""
    if asked:
        return await leads.by_id(work.session, place.lead) if place.lead else None
    return await recognition.lead_replied_to(work.session, place)


async def _answer_asked(work: Work, event: MessageReceived, act: Act, asks: str) -> None:
    """The reason or the deal that a prompt asked for."""
    if not event.text.strip():
        await _say(work, event, act.lead, work.texts("reply.words_please"), asks=asks)
        return
    await _keep(work, event, act, "note")
    try:
        await prompted.answered(work, act, what_of(asks), event.text.strip())
    except Refused as refusal:
        await _say(work, event, act.lead, await refused(work, act, refusal.refusal))
        return
    await work.react(event.channel, event.chat.id, event.message_id, "👌")


async def write(work: Work, event: MessageReceived, act: Act, *, addressed: bool = True) -> None:
    """Words to the customer; lines that begin with // stay inside, an album with such words too.

    What is `addressed` replies to something, and is no answer to another question.
    """
    words = spoken(event.text)
    parts = await albums.earlier(work, event, act.lead)
    account = await recognition.account_to_answer(work.session, act.lead)
    if not words and (event.text.strip() or not event.attachments):
        await _noted(work, event, act)
        if await albums.keep_inside(work, account, parts):
            await _say(work, event, act.lead, f"⚠️ {work.texts('reply.note_too_late')}")
    elif albums.is_note(parts):
        await _keep(work, event, act, "note")
    elif not addressed and (prompt := await prompts.expected(work, act.lead, act.who)):
        message = await _keep(work, event, act, "held", account.id)
        await held.ask_what(work, act, message, prompt)
    elif account.reach is Reach.OFFLINE:
        await _noted_offline(work, event, act)
    elif await held.is_to_ask(work, act):
        message = await _keep(work, event, act, "held", account.id)
        await held.ask_whether(work, act, message)
    else:
        message = await _keep(work, event, act, "out", account.id)
        await send(work, act, account, message, first=not parts)


async def send(
    work: Work, act: Act, account: Account, message: Message, *, first: bool = True
) -> Lead:
    """Let what was kept as an answer go, the `first` of several or not; the lead as it is then."""
    if account.reach is not Reach.OPEN or work.policy.is_cut_off(account.channel):
        lead = await managers.take_by_answering(work, act)
        leads.touch(work.session, lead.id, at=work.now, kind="not_delivered")
        call = await _undelivered(work, lead, account, message)
        if first or not message.album:
            await _tell_unreachable(work, account, message, call)
        return lead
    lead = act.lead
    if spoken(message.text) or not message.album:  # without words it is one once it has gone
        lead = await answering(work, act)
    await work.to_customer(
        account,
        answer(message.text, message.attachments, work.words_for(account)),
        lead=lead.id,
        attachments=in_kind(message.attachments),
        message=message.id,
        album=message.album,
        takes_keys=first and await dialogue.interrupted(work, account),
    )
    return lead


async def _undelivered(work: Work, lead: Lead, account: Account, message: Message) -> int | None:
    """Keep it to be sent again where that may help; the number of the call."""
    if account.reach not in (Reach.BLOCKED, Reach.DENIED):
        return None
    text = answer(message.text, message.attachments, work.words_for(account))
    number = await outbox.add(
        work.session,
        account.channel,
        Post(account.platform_id, text, attachments=in_kind(message.attachments)),
        chat=account.platform_id,
        key=account.address,
        priority=Priority.REPLY,
        now=work.now,
        lead=lead.id,
        message=message.id,
        album=message.album,
    )
    outbox.fail(work.session, number, account.reach.value, work.now)
    return number


async def _tell_unreachable(
    work: Work, account: Account, message: Message, call: int | None
) -> None:
    if account.reach is Reach.OPEN:
        words = work.texts("failure.cut_off", channel=work.texts.channel(account.channel))
    else:
        words = work.texts(f"failure.{account.reach.value}")
    keyboard = replies.repeating(work, message, call) if call else ()
    await replies.say(work, message, f"⚠️ {words}", keyboard=keyboard)


async def _noted(work: Work, event: MessageReceived, act: Act) -> None:
    await _keep(work, event, act, "note")
    leads.touch(
        work.session, act.lead.id, at=work.now, kind="note", actor="staff", staff=act.who.id
    )
    await work.react(event.channel, event.chat.id, event.message_id, "✍")


async def _noted_offline(work: Work, event: MessageReceived, act: Act) -> None:
    """No messenger leads to them: the words tell how the manager reached them otherwise."""
    await _keep(work, event, act, "note")
    leads.touch(
        work.session, act.lead.id, at=work.now, kind="note", actor="staff", staff=act.who.id
    )
    lead = await managers.take_by_answering(work, act)
    if lead.open:
        await answered(work, lead)
    await _say(work, event, lead, f"✍️ {work.texts('failure.offline')}")


async def _keep(
    work: Work, event: MessageReceived, act: Act, direction: str, account: int | None = None
) -> Message:
    concerned = await accounts.by_id(work.session, account or act.lead.account)
    accounts.expect_person(work.session, concerned)  # or they are erased by now
    return await messages.keep(
        work.session,
        account=concerned.id,
        lead=act.lead.id,
        direction=direction,
        author="staff",
        staff=act.who.id,
        chat=address(event.channel, event.chat.id),
        message_id=event.message_id,
        at=work.now,
        text=event.text,
        attachments=event.attachments,
        album=event.album,
    )


async def _not_kept(work: Work, event: MessageReceived, lead: Lead) -> None:
    """Nobody reaches who was erased, and what is said of them is not kept."""
    where = address(event.channel, event.chat.id)
    await work.call(where, Delete(event.chat.id, event.message_id))
    await work.post(where, plain(f"#{lead.id} · {work.texts('card.erased')}"))
    erasing.forget_soon(work, f"{where}:{event.message_id}")


async def _say(work: Work, event: MessageReceived, lead: Lead, words: str, asks: str = "") -> None:
    """Answer the manager's message; what `asks` anew is answered like the question before."""
    where = address(event.channel, event.chat.id)
    await work.post(
        where,
        plain(words),
        reply_to=event.message_id,
        thread=event.thread,
        lead=lead.id,
        asks=asks,
        asks_reply=bool(asks),
    )
