"""The conversation in the team's chat: a manager's reply reaches the customer, a note does not."""

from __future__ import annotations

from bot.domain.deals import read_deal
from bot.domain.errors import Refusal, Refused
from bot.domain.lead import Action, Actor, Lead, Role, State, decide
from bot.messages import MessageReceived, Reach, Span, Text, address, plain
from handlers import managers
from handlers.answers import answered
from handlers.managers import Act
from handlers.people import author_of
from handlers.presses import refused
from handlers.relay import in_kind, in_words
from handlers.work import Work
from storage import accounts, cards, deals, leads, messages
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
    lead = await leads.by_id(work.session, place.lead)
    if role < Role.MANAGER or lead is None:
        return
    act = Act(await author_of(work, event.channel, event.author), role, lead)
    if place.asks and not _note(event.text):
        await _answer_asked(work, event, act, place.asks)
    else:
        await _write(work, event, act)


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


async def _write(work: Work, event: MessageReceived, act: Act) -> None:
    """Words to the customer; lines that begin with // stay inside."""
    words = "\n".join(line for line in event.text.splitlines() if not _note(line)).strip()
    if not words and (event.text.strip() or not event.attachments):
        await _keep(work, event, act, "note")
        leads.touch(
            work.session, act.lead.id, at=work.now, kind="note", actor="staff", staff=act.who.id
        )
        await work.react(event.channel, event.chat.id, event.message_id, "✍")
        return
    account = await accounts.by_id(work.session, act.lead.account)
    number = await _keep(work, event, act, "out")
    lead = await _taken_by_answering(work, act)
    if account.reach is not Reach.OPEN:
        leads.touch(work.session, lead.id, at=work.now, kind="not_delivered")
        await _say(work, event, lead, f"⚠️ {work.texts(f'failure.{account.reach.value}')}")
        return
    leads.touch(
        work.session, lead.id, at=work.now, kind="answered", actor="staff", staff=act.who.id
    )
    if lead.open:
        await answered(work, lead)
    lines = ([words] if words else []) + in_words(event.attachments, work.texts)
    text: Text = (Span("\n".join(lines)),) if lines else ()
    await work.to_customer(
        account, text, lead=lead.id, attachments=in_kind(event.attachments), message=number
    )


async def _taken_by_answering(work: Work, act: Act) -> Lead:
    """Whoever answers a free lead has taken it."""
    if act.lead.state is not State.NEW:
        return act.lead
    decide(act.lead, Action.TAKE, Actor(act.who.id, act.role))
    return await managers.hand(work, act, act.who, "take")


async def _keep(work: Work, event: MessageReceived, act: Act, direction: str) -> int:
    return await messages.add(
        work.session,
        account=act.lead.account,
        lead=act.lead.id,
        direction=direction,
        author="staff",
        staff=act.who.id,
        chat=address(event.channel, event.chat.id),
        message_id=event.message_id,
        at=work.now,
        text=event.text,
        attachments=event.attachments,
    )


async def _say(work: Work, event: MessageReceived, lead: Lead, words: str) -> None:
    """Answer the manager's message."""
    where = address(event.channel, event.chat.id)
    await work.post(where, plain(words), reply_to=event.message_id, lead=lead.id)


def _note(line: str) -> bool:
    return line.lstrip().startswith("//")
