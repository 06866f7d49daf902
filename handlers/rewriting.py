"""A manager changes a reply after it was sent: the customer's copy follows, or it is said why not.

What was not sent yet is changed before it is.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.lead import Role
from bot.messages import (
    DeliveryEnded,
    Edit,
    MessageReceived,
    Text,
    person_address,
    split_address,
)
from handlers import commands, edits, replies
from handlers.relay import spoken
from handlers.replies import Reply
from handlers.work import Work
from storage import copies, leads, messages
from storage.copies import Copies
from storage.messages import Message
from storage.outbox import Delivery

MARK = "rewrite:"  # of the calls that change copies
_CHANGED = "🫡"


async def edited(work: Work, event: MessageReceived, where: str) -> None:
    """Keep the words of now, those before as a version, and let what became of them follow."""
    known = await messages.written(work.session, where, event.message_id)
    if known is None or known.lead is None or known.author != "staff":
        return
    if work.role(person_address(event.channel, event.author.id)) < Role.MANAGER:
        return  # they have left since
    if known.edited_at is not None and event.at < known.edited_at:
        return  # another edit overtook it
    swapped = edits.carried(event.attachments) != edits.carried(known.attachments)
    if known.text == event.text and not swapped:
        return
    if commands.looks_like_one(event.text):
        await replies.say(work, known, f"⚠️ {work.texts('edit.command')}")
        return
    if swapped:
        await replies.say(work, known, f"⚠️ {work.texts('edit.file')}")
    if known.text == event.text:
        return
    messages.edit(work.session, known, event.text, at=event.at)
    leads.touch(
        work.session, known.lead, at=work.now, kind="rewrote", actor="staff", staff=known.staff
    )
    if known.direction == "out":
        await _follow(work, known, event.text)
    elif known.direction == "note":
        await _still_inside(work, event, known)


async def made_certain(work: Work, message: Message) -> None:
    """What was in doubt stands there; if it was changed meanwhile, maybe in the words before."""
    parts = (await replies.of(work, message)).parts
    if message.withdrawn_at is None and any(part.edited_at for part in parts):
        await _follow(work, message, message.text)


async def ended(work: Work, delivery: Delivery, event: DeliveryEnded) -> None:
    """The copies say the words of now, or the manager hears why they do not."""
    changes = await replies.ended(work, delivery.asks, event.delivery)
    message = await messages.find(work.session, delivery.message) if delivery.message else None
    if changes is None or message is None or message.withdrawn_at is not None:
        return
    stayed = [one for one in changes if one.state != "sent"]
    if stayed:
        await _stays(work, message, replies.why(work, stayed[0]))
        return
    channel, chat = split_address(message.chat)
    await work.react(channel, chat, message.message_id, _CHANGED)


async def _follow(work: Work, known: Message, text: str) -> None:
    """Change what stands at the customer, and what is still to be sent."""
    if known.withdrawn_at is not None:
        await replies.say(work, known, f"⚠️ {work.texts('edit.withdrawn')}")
        return
    before = await replies.of(work, known)
    reply = replies.with_text(before, known, text)
    found = await replies.copies_of(work, reply)
    count = len(found.shown) + len(found.waiting)
    if not count:
        await _nowhere(work, reply, known)
        return
    posts = replies.posts(work, reply)
    texts = replies.spread(posts, count)
    if texts is None:
        await _stays(work, known, work.texts("why.parts"))
    elif not all(post.text or post.attachments for post in posts):
        await _stays(work, known, work.texts("why.nothing"))
    else:
        were = replies.spread(replies.posts(work, before), count) or texts
        await _change(work, reply, known, found, texts, were)
        if found.doubted:
            await replies.say(work, known, f"⚠️ {work.texts('edit.unknown')}")


async def _change(
    work: Work,
    reply: Reply,
    known: Message,
    found: Copies,
    texts: Sequence[Text],
    were: Sequence[Text],
) -> None:
    """Every copy that has words or had some; of quick edits only the last is made."""
    for earlier in await copies.changes(work.session, f"{MARK}{reply.number}"):
        if earlier.state == "queued":
            copies.forestall(work.session, earlier, work.now)
    for at, (text, was) in enumerate(zip(texts, were, strict=True)):
        if at >= len(found.shown):
            copies.reword(work.session, found.waiting[at - len(found.shown)], text)
        elif text or was:
            edit = Edit(reply.account.platform_id, found.shown[at], text)
            await replies.change(work, reply, edit, known, MARK)


async def _nowhere(work: Work, reply: Reply, known: Message) -> None:
    """It never went, or nobody knows: what may be sent again says it rightly, or is not sent."""
    calls = await replies.not_delivered(work, reply)
    posts = replies.posts(work, reply)
    texts = replies.spread(posts, len(calls))
    empty = not all(post.text or post.attachments for post in posts)
    doubted = any(call.state == "unknown" for call in calls)
    if calls and texts is not None and not empty:
        for call, text in zip(calls, texts, strict=True):
            copies.reword_undelivered(work.session, call, text)
        words = work.texts("edit.unknown") if doubted else work.texts("edit.undelivered")
    else:
        for call in calls:
            copies.forget_undelivered(work.session, call)
        if doubted:
            words = work.texts("edit.not_again")
        else:
            words = work.texts("del.in_time") if calls and empty else work.texts("edit.not_there")
    await replies.say(work, known, f"⚠️ {words}")


async def _still_inside(work: Work, event: MessageReceived, known: Message) -> None:
    """A note stays one, and an answer to a question counts as it was given."""
    asked = await messages.place(work.session, known.chat, event.reply_to)
    if asked is not None and asked.asks and spoken(known.text):
        await replies.say(work, known, work.texts("edit.answer"))
    elif spoken(event.text) and not spoken(known.text):
        await replies.say(work, known, work.texts("edit.note"))


async def _stays(work: Work, message: Message, why: str) -> None:
    if message.lead is not None:
        leads.touch(work.session, message.lead, at=work.now, kind="not_rewritten")
    await replies.say(work, message, f"⚠️ {work.texts('edit.stays', why=why)}")
