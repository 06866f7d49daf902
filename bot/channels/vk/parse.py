"""VK's events in neutral words: one reader an event type, in a table."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from bot.channels.nulls import LIMIT, without_nulls
from bot.channels.vk.attachments import read_attachments
from bot.channels.vk.keyboard import pressed
from bot.messages import (
    AdminWrote,
    Attachment,
    Author,
    ButtonPressed,
    Chat,
    Event,
    MemberChanged,
    MessageReceived,
    Reach,
    ReachChanged,
    TroubleSeen,
    legible,
)

FIRST_CHAT = 2_000_000_000  # peers from here on are chats of several people

_LANGUAGES = {0: "ru", 1: "uk", 2: "be", 3: "en", 4: "es"}  # VK's client_info.lang_id
_ARRIVED = {"chat_invite_user": True, "chat_invite_user_by_link": True, "chat_kick_user": False}
_REF = 255  # characters of a link's parameter

Thing = dict[str, Any]


def parse_event(body: Thing, channel: str) -> Event | None:
    """One long-poll or callback event; None when it is of no interest.

    Raises ValueError without personal data when it has not the form VK documents.
    """
    try:
        body = without_nulls(body)
    except RecursionError:
        raise ValueError("a VK event nested without end") from None
    kind = body.get("type")
    if not isinstance(kind, str):
        raise ValueError("a VK event without a type")
    reader = _READERS.get(kind)
    if reader is None:
        return None
    try:
        return reader(body, channel)
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError, OSError) as error:
        raise ValueError(f"VK event {kind} has not its usual form: {_told(error)}") from None


def _message_new(body: Thing, channel: str) -> Event | None:
    message = body["object"]["message"]
    if message.get("out"):
        return None
    if message.get("action"):
        return _member(message, body.get("group_id"), channel)
    client = body["object"].get("client_info") or {}
    language = _LANGUAGES.get(client.get("lang_id", -1), "")
    return _received(message, channel, language=language, edited=False)


def _message_edit(body: Thing, channel: str) -> Event | None:
    message = body["object"]
    if message.get("out") or message["from_id"] < 0:
        return _admins(message, channel, edited=True)
    return _received(message, channel, language="", edited=True)


def _message_reply(body: Thing, channel: str) -> Event | None:
    return _admins(body["object"], channel, edited=False)


def _admins(message: Thing, channel: str, *, edited: bool) -> Event | None:
    """Everything that the community says; only what a person typed is news."""
    admin = message.get("admin_author_id")
    if not admin or message["peer_id"] >= FIRST_CHAT:
        return None
    return AdminWrote(
        channel=channel,
        account=str(_number(message["peer_id"])),
        admin=str(_number(admin)),
        message_id=_message_id(message),
        at=_time((edited and message.get("update_time")) or message["date"]),
        text=_text(message),
        attachments=read_attachments(message, channel),
        edited=edited,
    )


def _message_event(body: Thing, channel: str) -> Event | None:
    press = body["object"]
    ours = "conversation_message_id" in press  # what we show stands under a message
    return ButtonPressed(
        channel=channel,
        chat=_chat(press["peer_id"]),
        author=_author(press["user_id"]),
        press_id=str(press["event_id"]),
        message_id=_message_id(press) if ours else "",
        data=pressed(press.get("payload")) if ours else "",
    )


def _message_allow(body: Thing, channel: str) -> Event | None:
    return ReachChanged(channel, _author(body["object"]["user_id"]), Reach.OPEN)


def _message_deny(body: Thing, channel: str) -> Event | None:
    return ReachChanged(channel, _author(body["object"]["user_id"]), Reach.DENIED)


def _gap_left(body: Thing, channel: str) -> Event | None:
    """Of our own: the history was too long to be looked through, or was refused."""
    return TroubleSeen("gap", channel, _time(body["since"]))


_READERS: dict[str, Callable[[Thing, str], Event | None]] = {
    "message_new": _message_new,
    "message_edit": _message_edit,
    "message_reply": _message_reply,
    "message_event": _message_event,
    "message_allow": _message_allow,
    "message_deny": _message_deny,
    "gap_left": _gap_left,
}


def _received(message: Thing, channel: str, *, language: str, edited: bool) -> MessageReceived:
    forwards = tuple(_forwards(message))
    text = "/start" if _is_start(message) else _text(message)
    return MessageReceived(
        channel=channel,
        chat=_chat(message["peer_id"]),
        author=_author(message["from_id"], language),
        message_id=_message_id(message),
        at=_time((edited and message.get("update_time")) or message["date"]),
        text="\n\n".join(filter(None, [text, *map(_text, forwards)])),
        attachments=_everything(message, forwards, channel),
        reply_to=_message_id(message["reply_message"]) if message.get("reply_message") else "",
        source=_source(message),
        forwarded_from=", ".join(dict.fromkeys(_who(item["from_id"]) for item in forwards)),
        edited=edited,
    )


def _member(message: Thing, group_id: object, channel: str) -> MemberChanged | None:
    action = message["action"]
    if action["type"] not in _ARRIVED:
        return None
    member = action.get("member_id") or message["from_id"]
    return MemberChanged(
        channel=channel,
        chat=_chat(message["peer_id"]),
        member=_author(member),
        present=_ARRIVED[action["type"]],
        self=isinstance(group_id, int) and member == -group_id,
    )


def _forwards(message: Thing) -> Iterator[Thing]:
    """The forwarded messages, each before what it replies to and forwards itself."""
    waiting = list(reversed(message.get("fwd_messages") or ()))
    while waiting:
        item = waiting.pop()
        yield item
        replied = [item["reply_message"]] if item.get("reply_message") else []
        waiting += reversed([*replied, *(item.get("fwd_messages") or ())])


def _is_start(message: Thing) -> bool:
    """VK's own Start button is an ordinary text button with this payload."""
    try:
        payload = json.loads(message.get("payload") or "null")
    except ValueError:
        return False
    return isinstance(payload, dict) and payload.get("command") == "start"


def _everything(
    message: Thing, forwards: tuple[Thing, ...], channel: str
) -> tuple[Attachment, ...]:
    return tuple(a for item in (message, *forwards) for a in read_attachments(item, channel))


def _text(message: Thing) -> str:
    text = message.get("text", "")
    if not isinstance(text, str):
        raise ValueError("words that are no text")
    return text


def _source(message: Thing) -> str:
    """Whoever follows a link may write what they like into it."""
    names = ("ref", "ref_source")
    ref, place = (legible(str(message.get(name) or "")[:_REF]) for name in names)
    return f"{ref} ({place})" if ref and place else ref or place


def _chat(peer_id: int) -> Chat:
    return Chat(id=str(_number(peer_id)), private=peer_id < FIRST_CHAT)


def _author(from_id: int, language: str = "") -> Author:
    return Author(id=str(_number(from_id)), language=language, bot=from_id < 0)


def _who(from_id: int) -> str:
    return f"id{from_id}" if from_id > 0 else f"club{-from_id}"


def _message_id(thing: Thing) -> str:
    """The number within the conversation: edits, replies and deletions go by it."""
    return str(_number(int(thing["conversation_message_id"])))


def _number(value: int) -> int:
    if not -LIMIT <= value < LIMIT:
        raise ValueError("a number that no database keeps")
    return value


def _time(unix: int) -> datetime:
    return datetime.fromtimestamp(unix, UTC)


def _told(error: Exception) -> str:
    """A missing key is a name of VK's; any other error's words may quote the event."""
    return f"no {error}" if isinstance(error, KeyError) else type(error).__name__
