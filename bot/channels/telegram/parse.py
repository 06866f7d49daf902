"""A raw Telegram update in neutral words, long by all that is read: field by field.

The library's own types would refuse a whole message for one part that is newer
than they are, so only the fields that matter are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from bot.channels.nulls import without_nulls
from bot.channels.telegram.content import content, full_name
from bot.channels.telegram.fields import (
    Json,
    inner,
    inner_or_empty,
    listed,
    number,
    number_or_none,
    words,
    words_needed,
)
from bot.channels.telegram.markup import has_button
from bot.messages import (
    Author,
    ButtonPressed,
    Chat,
    ChatMoved,
    Event,
    MemberChanged,
    MessageReceived,
    Reach,
    ReachChanged,
    legible,
)


def parse(channel: str, me: str, update: Json) -> Event | None:
    """The event in an update of the channel whose bot has the id `me`.

    None when it is of no interest; ValueError, with no personal data, when it
    cannot be understood.
    """
    try:
        update = without_nulls(update)
    except RecursionError:
        raise ValueError("an update nested without end") from None
    for kind, read in _KINDS.items():
        if kind in update:
            try:
                return read(channel, me, inner(update, kind))
            except (ValueError, OverflowError, OSError) as error:
                reason = str(error) if type(error) is ValueError else type(error).__name__
                raise ValueError(f"{kind} cannot be read: {reason}") from None
    if isinstance(update.get("update_id"), int) and any(map(_is_object, update.values())):
        return None  # a kind that was not asked for
    raise ValueError("an update without any kind")


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _message(channel: str, me: str, message: Json, edited: bool = False) -> Event | None:
    moved = _moved(channel, message) or _came_or_left(channel, me, message)
    if moved:
        return moved
    found = content(channel, message)
    if found is None:
        return None
    text, attachments = found
    text, source = _without_payload(text)
    return MessageReceived(
        channel,
        _chat(message),
        _writer(message),
        message_id=str(number(message, "message_id")),
        at=_moment(message, "edit_date" if edited and "edit_date" in message else "date"),
        text=text,
        attachments=attachments,
        reply_to=_reply_to(message),
        quote=_quote(message),
        thread=_thread(message),
        opened_as=_opened_as(message, me),
        album=words(message, "media_group_id"),
        source=source,
        forwarded_from=_forwarded_from(message),
        edited=edited,
        to_bot=_replied_author(message) == me,
    )


def _edited(channel: str, me: str, message: Json) -> Event | None:
    """A live location changes every few seconds, and nobody wrote anything."""
    return None if "location" in message else _message(channel, me, message, edited=True)


def _press(channel: str, me: str, press: Json) -> Event | None:
    """The pressed message may be inaccessible: of it only chat and id are ever there.

    None for a press on a message sent inline, which this bot never sends.
    """
    message = inner_or_empty(press, "message")
    if not message:
        return None
    return ButtonPressed(
        channel,
        _chat(message),
        _person(inner(press, "from")),
        press_id=words_needed(press, "id"),
        message_id=str(number(message, "message_id")),
        data=words(press, "data"),
        shown=has_button(message, words(press, "data")),
        thread=_thread(message),
    )


def _my_standing(channel: str, me: str, change: Json) -> Event | None:
    if not _chat(change).private:
        return _standing(channel, me, change)
    reach = Reach.OPEN if _present(inner(change, "new_chat_member")) else Reach.BLOCKED
    return ReachChanged(channel, _person(inner(change, "from")), reach)


def _standing(channel: str, me: str, change: Json) -> Event | None:
    now = inner(change, "new_chat_member")
    member = _person(inner(now, "user"))
    return MemberChanged(
        channel,
        _chat(change),
        member,
        present=_present(now),
        admin=words(now, "status") in ("creator", "administrator"),
        self=member.id == me,
    )


_KINDS: dict[str, Callable[[str, str, Json], Event | None]] = {
    "message": _message,
    "edited_message": _edited,
    "callback_query": _press,
    "my_chat_member": _my_standing,
    "chat_member": _standing,
}


def _present(standing: Json) -> bool:
    status = words(standing, "status")
    if status == "restricted":
        return standing.get("is_member") is True
    return status in ("creator", "administrator", "member")


def _moved(channel: str, message: Json) -> ChatMoved | None:
    here = str(number(inner(message, "chat"), "id"))
    if new := number_or_none(message, "migrate_to_chat_id"):
        return ChatMoved(channel, here, str(new))
    if old := number_or_none(message, "migrate_from_chat_id"):
        return ChatMoved(channel, str(old), here)
    return None


def _came_or_left(channel: str, me: str, message: Json) -> MemberChanged | None:
    """A notice that somebody came or left, which comes even where the bot is no admin.

    Not for the bot itself: `my_chat_member` tells that too, and with its rank.
    """
    present = "new_chat_members" in message
    if not present and "left_chat_member" not in message:
        return None
    who = listed(message, "new_chat_members") if present else [inner(message, "left_chat_member")]
    people = [person for one in who if (person := _person(one)).id != me]
    if not people:
        return None
    return MemberChanged(channel, _chat(message), people[0], present, others=tuple(people[1:]))


def _chat(part: Json) -> Chat:
    chat = inner(part, "chat")
    chat_id = number(chat, "id")
    return Chat(
        str(chat_id),
        private=words(chat, "type") == "private" and chat_id > 0,  # a group is never anybody's
        title=words(chat, "title"),
        forum=chat.get("is_forum") is True,
        broadcast=words(chat, "type") == "channel",
    )


def _writer(message: Json) -> Author:
    if message.get("sender_chat") is None:
        return _person(inner(message, "from"))
    sender = inner(message, "sender_chat")
    return Author(
        str(number(sender, "id")),
        name=legible(words(sender, "title")),
        username=words(sender, "username"),
        anonymous=True,
    )


def _person(user: Json) -> Author:
    return Author(
        str(number(user, "id")),
        # Telegram has no more of a name to tell than this, even if nothing of it can be seen.
        name=full_name(user) or words(user, "username") or str(number(user, "id")),
        username=words(user, "username"),
        language=words(user, "language_code"),
        bot=user.get("is_bot") is True,
    )


def _moment(message: Json, name: str) -> datetime:
    return datetime.fromtimestamp(number(message, name), UTC)


def _without_payload(text: str) -> tuple[str, str]:
    """`/start` and what a deep link put behind it."""
    started = re.fullmatch(r"/start(?:@\w+)?(?:\s+([A-Za-z0-9_-]{1,64}))?\s*", text)
    return ("/start", started[1] or "") if started else (text, "")


def _reply_to(message: Json) -> str:
    """In a topic every message replies to the topic's first one, though nobody meant it."""
    replied = inner_or_empty(message, "reply_to_message")
    if not replied:
        return ""
    message_id = number(replied, "message_id")
    return "" if str(message_id) == _thread(message) else str(message_id)


def _quote(message: Json) -> str:
    """What adorns their words is no reason to lose them."""
    try:
        return words(inner_or_empty(message, "quote"), "text")
    except ValueError:
        return ""


def _thread(message: Json) -> str:
    """Outside forums Telegram numbers chains of replies alike; those are no topics."""
    if message.get("is_topic_message") is not True:
        return ""
    return str(number(message, "message_thread_id"))


def _opened_as(message: Json, me: str) -> str:
    """Telegram shows the notice of the opening as what every message there replies to."""
    replied = inner_or_empty(message, "reply_to_message")
    if not _thread(message) or _replied_author(message) != me:
        return ""
    return words(inner_or_empty(replied, "forum_topic_created"), "name")


def _replied_author(message: Json) -> str:
    replied = inner_or_empty(message, "reply_to_message")
    return str(inner_or_empty(replied, "from").get("id", ""))


def _forwarded_from(message: Json) -> str:
    origin = inner_or_empty(message, "forward_origin")
    chat = inner_or_empty(origin, "sender_chat") or inner_or_empty(origin, "chat")
    return (
        full_name(inner_or_empty(origin, "sender_user"))
        or legible(words(origin, "sender_user_name"))
        or legible(words(chat, "title"))
    )
