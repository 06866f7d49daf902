"""A reply to a customer as it stands there: all that went as one, and calls that change it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.messages import Button, Delete, Edit, Failure, Keyboard, Post, Priority, Text, plain
from handlers.relay import answer, in_kind
from handlers.wire import pack
from handlers.work import REPLY_EXPIRES, Work
from storage import accounts, cards, chats, copies, messages, outbox
from storage.accounts import Account
from storage.copies import Change, Copies
from storage.messages import Message
from storage.session import TooEarly

_WHY = frozenset({"blocked", "denied", "gone", "lost", "rights", "too_late", "expired"})


@dataclass(frozen=True, slots=True)
class Reply:
    """A message of the team's, or all parts of an album in their order, and where it went."""

    account: Account
    parts: tuple[Message, ...]

    @property
    def number(self) -> int:
        """What names it: the number of its first part."""
        return self.parts[0].id


async def of(work: Work, message: Message) -> Reply:
    """The reply of which this message is all, or a part."""
    parts = [message]
    if message.album and message.lead is not None:
        found = await messages.of_album(work.session, message.lead, message.chat, message.album)
        parts = [one for one in found if one.direction == message.direction]
    in_order = sorted(parts, key=lambda part: int(part.message_id))
    return Reply(await accounts.by_id(work.session, message.account), tuple(in_order))


def with_text(reply: Reply, message: Message, text: str) -> Reply:
    """The reply with other words in one of its parts."""
    parts = (replace(one, text=text) if one.id == message.id else one for one in reply.parts)
    return replace(reply, parts=tuple(parts))


def posts(work: Work, reply: Reply) -> Sequence[Post]:
    """The reply as the customer's messenger takes it."""
    texts = work.words_for(reply.account)
    words = (answer(part.text, part.attachments, texts) for part in reply.parts)
    text = "\n\n".join("".join(span.text for span in one) for one in words if one)
    attached = tuple(one for part in reply.parts for one in in_kind(part.attachments))
    post = Post(reply.account.platform_id, plain(text), attachments=attached)
    return work.fit(reply.account.channel, post)


def spread(found: Sequence[Post], copies_: int) -> Sequence[Text] | None:
    """The words of each of so many copies; None when these posts are not shown by as many.

    An album is one call; some messengers show it as many messages, the first with the words.
    """
    if copies_ == len(found):
        return [post.text for post in found]
    each = [text for post in found for text in (post.text, *[()] * (len(post.attachments) - 1))]
    return each if copies_ == len(each) else None


async def copies_of(work: Work, reply: Reply) -> Copies:
    """What of it stands at the customer or waits; TooEarly while some of it is being sent."""
    numbers = [part.id for part in reply.parts]
    found = await copies.of(work.session, reply.account.address, numbers)
    if found.busy:
        raise TooEarly("a reply that is to be changed is just being sent")
    return found


async def not_delivered(work: Work, reply: Reply) -> Sequence[copies.Call]:
    """Its calls that did not arrive, or may not have, and may be made again."""
    numbers = [part.id for part in reply.parts]
    since = min(part.at for part in reply.parts)
    return await copies.not_delivered(work.session, reply.account.address, numbers, since)


async def change(
    work: Work, reply: Reply, outgoing: Edit | Delete, message: Message, mark: str
) -> None:
    """Change a copy, after all that was meant for the customer before; its end is heard of."""
    account = reply.account
    await outbox.add(
        work.session,
        account.channel,
        outgoing,
        chat=account.platform_id,
        key=account.address,
        priority=Priority.REPLY,
        now=work.now,
        lead=message.lead,
        message=message.id,
        asks=f"{mark}{reply.number}",
        told=True,
        expires_at=work.now + REPLY_EXPIRES,
    )


async def ended(work: Work, asks: str, delivery: int) -> Sequence[Change] | None:
    """How the latest change of each copy ended; None unless this call is the last of all."""
    every = await copies.changes(work.session, asks)
    if not every or every[-1].id != delivery:
        return None
    return list({change.message_id: change for change in every}.values())


def why(work: Work, change: Change) -> str:
    """Why a copy could not be changed."""
    reason = change.reason if change.state == "failed" else change.state
    return work.texts(f"why.{reason if reason in _WHY else Failure.REFUSED.value}")


async def say(work: Work, message: Message, words: str, *, keyboard: Keyboard = ()) -> None:
    """Answer what somebody of the team wrote where it stands; it stands for that message."""
    await work.post(
        message.chat,
        plain(words),
        keyboard=keyboard,
        reply_to=message.message_id,
        thread=await _thread(work, message),
        lead=message.lead,
        message=message.id,
    )


def repeating(work: Work, message: Message, call: int) -> Keyboard:
    """A button to send again what this call was to send."""
    if message.lead is None:
        return ()
    return ((Button(work.texts("button.repeat"), pack("repeat", message.lead, str(call))),),)


async def _thread(work: Work, message: Message) -> str:
    """The topic of its lead; what came before the topic stands elsewhere, and is replied to there.

    Also where what is replied to is gone by then, the answer must not stand in General.
    """
    card = await cards.of_lead(work.session, message.lead) if message.lead else None
    if card is None or not card.topic or card.chat != message.chat:
        return ""
    known = await chats.topics(work.session, card.chat)
    return card.topic if known.forum and int(message.message_id) > int(card.topic) else ""
