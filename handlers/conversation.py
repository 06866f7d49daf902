"""The conversation in the team's chat: a manager's reply reaches the customer, a note does not."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.deals import read_deal
from bot.domain.errors import Refusal, Refused
from bot.domain.lead import Action, Actor, Lead, Role, State, decide
from bot.messages import Delete, MessageReceived, Reach, address, plain
from handlers import albums, dialogue, erasing, managers, recognition, steps
from handlers.answers import answered
from handlers.managers import Act
from handlers.people import author_of
from handlers.presses import refused
from handlers.relay import in_kind, in_words
from handlers.work import Work
from storage import accounts, cards, deals, leads, messages
from storage.accounts import Account
from storage.messages import Place


async def replied(work: Work, event: MessageReceived, place: Place) -> None:
    """A reply to anything that stands for a lead: an answer asked for, a note, or words to send."""
    where = address(event.channel, event.chat.id)
    if await messages.written(work.session, where, event.message_id) is not None:
        return  # it came twice
    author = address(event.channel, event.author.id)
    if event.author.anonymous:
        await work.post(where, plain(work.texts("reply.anonymous")), reply_to=event.message_id)
        return
    role = work.role(author)
    asked = _asked(place, event, author)
    lead = await _lead_of(work, place, asked)
    if role < Role.MANAGER or lead is None:
        return
    if (await accounts.by_id(work.session, lead.account)).erased:
        await _not_kept(work, event, lead)
        return
    act = Act(await author_of(work, event.channel, event.author), role, lead)
    if asked.startswith(managers.NOTE):
        await _noted(work, event, act)
    elif asked:
        await _answer_asked(work, event, act, asked)
    else:
        await write(work, event, act)


def _asked(place: Place, event: MessageReceived, author: str) -> str:
    """What a reply answers; only who gave a lead away was asked for a note to it."""
    notes = place.asks.startswith(managers.NOTE) and place.asks != f"{managers.NOTE}{author}"
    return "" if notes or _note(event.text) else place.asks


async def _lead_of(work: Work, place: Place, asked: str) -> Lead | None:
    """What was asked of one lead is never answered for another that stands for it by now."""
    if asked:
        return await leads.by_id(work.session, place.lead) if place.lead else None
    return await recognition.lead_replied_to(work.session, place)


async def edited(work: Work, event: MessageReceived, where: str) -> None:
    """A reply that was changed after it was sent: its author is told, once, that it stays."""
    known = await messages.written(work.session, where, event.message_id)
    if known is None or known.lead is None or known.text == event.text:
        return
    if (known.author, known.direction) != ("staff", "out"):
        return
    history = await leads.history(work.session, known.lead)
    if any(one.kind == "rewrote" and one.data.get("message") == known.id for one in history):
        return
    leads.touch(
        work.session,
        known.lead,
        at=work.now,
        kind="rewrote",
        actor="staff",
        staff=known.staff,
        message=known.id,
    )
    words = plain(f"⚠️ {work.texts('reply.rewritten')}")
    await work.post(where, words, reply_to=event.message_id, lead=known.lead)


async def _answer_asked(work: Work, event: MessageReceived, act: Act, asked: str) -> None:
    """The reason or the deal that a prompt asked for."""
    if not event.text.strip():
        await _say(work, event, act.lead, work.texts("reply.words_please"))
        return
    await _keep(work, event, act, "note")
    try:
        if asked == "reason":
            await managers.reject(work, act, event.text.strip())
        elif asked.startswith("deal:"):
            _describe(work, event, act, int(asked.removeprefix("deal:")))
        elif asked.startswith(steps.ASKS):
            await steps.described(work, act, asked, event.text)
    except Refused as refusal:
        await _say(work, event, act.lead, await refused(work, act, refusal.refusal))
        return
    await work.react(event.channel, event.chat.id, event.message_id, "👌")


def _describe(work: Work, event: MessageReceived, act: Act, deal: int) -> None:
    """A deal's title and amount, from whoever may act on its lead."""
    if act.lead.responsible not in (None, act.who.id) and act.role < Role.SUPERVISOR:
        raise Refused(Refusal.NOT_YOURS)
    title, amount, currency = read_deal(event.text, work.policy.currency)
    deals.describe(work.session, deal, title=title, amount=amount, currency=currency)
    leads.touch(
        work.session, act.lead.id, at=work.now, kind="deal", actor="staff", staff=act.who.id
    )
    cards.refresh(work.session, act.lead.id, work.now)


async def write(work: Work, event: MessageReceived, act: Act) -> None:
    """Words to the customer; lines that begin with // stay inside, an album with such words too."""
    words = "\n".join(line for line in event.text.splitlines() if not _note(line)).strip()
    parts = await albums.earlier(work, event, act.lead)
    account = await recognition.account_to_answer(work.session, act.lead)
    if not words and (event.text.strip() or not event.attachments):
        await _noted(work, event, act)
        if await albums.keep_inside(work, account, parts):
            await _say(work, event, act.lead, f"⚠️ {work.texts('reply.note_too_late')}")
        return
    if albums.is_note(parts):
        await _keep(work, event, act, "note")
        return
    if account.reach is Reach.OFFLINE:
        await _noted_offline(work, event, act)
        return
    number = await _keep(work, event, act, "out", account.id)
    if account.reach is not Reach.OPEN:
        lead = await _taken_by_answering(work, act)
        leads.touch(work.session, lead.id, at=work.now, kind="not_delivered")
        if not parts:
            await _say(work, event, lead, f"⚠️ {work.texts(f'failure.{account.reach.value}')}")
        return
    if words or not event.album:  # an album without any is an answer once it has gone
        await _answering(work, act)
    await _send(work, event, act, account, words, number)


async def _answering(work: Work, act: Act) -> None:
    lead = await _taken_by_answering(work, act)
    leads.touch(
        work.session, lead.id, at=work.now, kind="answered", actor="staff", staff=act.who.id
    )
    if lead.open:
        await answered(work, lead)


async def _send(
    work: Work, event: MessageReceived, act: Act, account: Account, words: str, number: int
) -> None:
    texts = work.words_for(account)
    lines = ([words] if words else []) + in_words(event.attachments, texts)
    await work.to_customer(
        account,
        plain("\n".join(lines)),
        lead=act.lead.id,
        attachments=in_kind(event.attachments),
        message=number,
        album=event.album,
        takes_keys=await dialogue.interrupted(work, account),
    )


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
    lead = await _taken_by_answering(work, act)
    if lead.open:
        await answered(work, lead)
    await _say(work, event, lead, f"✍️ {work.texts('failure.offline')}")


async def _taken_by_answering(work: Work, act: Act) -> Lead:
    """Whoever answers a free lead has taken it, also one that others were asked to take."""
    if act.lead.state is not State.NEW:
        return act.lead
    decide(replace(act.lead, offer=None), Action.TAKE, Actor(act.who.id, act.role))
    return await managers.hand(work, act, act.who, "take")


async def _keep(
    work: Work, event: MessageReceived, act: Act, direction: str, account: int | None = None
) -> int:
    concerned = await accounts.by_id(work.session, account or act.lead.account)
    accounts.expect_person(work.session, concerned)  # or they are erased by now
    return await messages.add(
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


async def _say(work: Work, event: MessageReceived, lead: Lead, words: str) -> None:
    """Answer the manager's message."""
    where = address(event.channel, event.chat.id)
    await work.post(where, plain(words), reply_to=event.message_id, lead=lead.id)


def _note(line: str) -> bool:
    return line.lstrip().startswith("//")
