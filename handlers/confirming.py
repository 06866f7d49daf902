"""What becomes of replies that were held: their author says whether the customer gets them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.lead import Lead, State
from bot.messages import Edit, Reach, plain, split_address
from handlers import conversation, prompted, prompts, recognition
from handlers.managers import Act
from handlers.relay import spoken
from handlers.wire import number_of
from handlers.work import Work
from storage import accounts, assistants, leads, messages, staff
from storage import prompts as stored
from storage.accounts import Account
from storage.messages import Message


async def send(work: Work, act: Act) -> str:
    """The customer gets all that was held, in its order; they are not asked again."""
    lead = await leads.standing_for(work.session, act.lead)
    account = await recognition.account_to_answer(work.session, lead)
    if account.reach is Reach.OFFLINE:
        return await keep_inside(work, act)
    if refusal := await _refusal(work, act):
        return refusal
    if lead.state is State.TAKEN and lead.responsible != act.who.id:
        assistants.remember(work.session, lead.id, act.who.id, work.now)
    await prompts.settled(work, act.lead, who=act.who.id)  # or they would be asked once more
    first = True
    for message in await messages.held(work.session, act.lead.id, act.who.id):
        if spoken(message.text) or message.attachments:
            lead = await _let_out(work, replace(act, lead=lead), account, message, first=first)
            first = False
        else:  # it was edited since: all of it stays inside
            await _inside(work, act, [message])
    return await _said(work, act, work.texts("held.sent"))


async def answer(work: Work, act: Act) -> str:
    """All that was held is what they were asked for; a note, if that was answered meanwhile."""
    number, _, what = act.argument.partition(":")
    act = replace(act, argument=number)
    if refusal := await _refusal(work, act):
        return refusal
    found = await stored.open_of(work.session, act.lead.id, work.policy.chat)
    if (what, act.who.id) not in [(one.what, one.staff) for one in found]:
        return await keep_inside(work, act)
    waiting = await messages.held(work.session, act.lead.id, act.who.id)
    words = "\n".join(one.text for one in waiting if one.text.strip()).strip()
    if not words:
        return work.texts("held.no_words")
    await prompted.answered(work, act, what, words)
    for message in waiting:
        messages.keep_inside(work.session, message)
        channel, chat = split_address(message.chat)
        await work.react(channel, chat, message.message_id, "👌")
    return await _said(work, act, work.texts("held.answered"))


async def keep_inside(work: Work, act: Act) -> str:
    """All that was held is a note."""
    if refusal := await _refusal(work, act):
        return refusal
    await _inside(work, act, await messages.held(work.session, act.lead.id, act.who.id))
    return await _said(work, act, work.texts("held.kept"))


async def _refusal(work: Work, act: Act) -> str:
    """Why they may not say so; nothing if they may."""
    number = number_of(act.argument) or 0
    asked = await messages.find(work.session, number)
    if asked is None or asked.staff is None or asked.lead != act.lead.id:
        return work.texts("press.outdated")
    if asked.staff != act.who.id:
        author = await staff.by_id(work.session, asked.staff)
        return work.texts("held.not_yours", name=author.name)
    if not await messages.held(work.session, act.lead.id, act.who.id):
        return await _said(work, act, work.texts("held.nothing"))
    return ""


async def _let_out(
    work: Work, act: Act, account: Account, message: Message, *, first: bool
) -> Lead:
    accounts.expect_person(work.session, account)  # or they are erased by now
    messages.let_out(work.session, message, account.id)
    return await conversation.send(work, act, account, message, first=first)


async def _inside(work: Work, act: Act, found: Sequence[Message]) -> None:
    for message in found:
        messages.keep_inside(work.session, message)
        channel, chat = split_address(message.chat)
        await work.react(channel, chat, message.message_id, "✍")
    leads.touch(
        work.session, act.lead.id, at=work.now, kind="note", actor="staff", staff=act.who.id
    )


async def _said(work: Work, act: Act, words: str) -> str:
    """The question says how it ended, and asks no more."""
    chat = split_address(act.where)[1]
    await work.call(act.where, Edit(chat, act.message_id, plain(words)))
    return words
