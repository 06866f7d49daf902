"""The conversations of the community, with every message as VK would show it now."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.vk.errors import CONTACT_NOT_FOUND, VkError

CHATS = 2_000_000_000  # a chat's peer id is this plus its number
_FIRST_VERSION = 10_000_000


@dataclass(slots=True)
class Message:
    """One message; `id` is unique, `number` counts within the conversation."""

    id: int
    number: int
    peer_id: int
    from_id: int
    date: int
    text: str = ""
    attachments: list[dict[str, Any]] = field(default_factory=list)
    keyboard: dict[str, Any] | None = None
    geo: dict[str, Any] | None = None
    payload: str | None = None
    reply: Message | None = None
    forwarded: tuple[Message, ...] = ()
    ref: str = ""
    ref_source: str = ""
    action: dict[str, Any] | None = None
    random_id: int = 0
    admin: int | None = None
    updated: int | None = None
    earlier: list[str] = field(default_factory=list)  # texts before each edit
    deleted: bool = False  # for everybody
    hidden: bool = False  # for the community alone

    @property
    def outgoing(self) -> bool:
        """Whether the community wrote it."""
        return self.from_id < 0

    def amend(self, text: str, attachments: list[dict[str, Any]], now: int) -> None:
        """Take a new text and new attachments, keeping the earlier text."""
        self.earlier.append(self.text)
        self.text, self.attachments, self.updated = text, attachments, now

    def shape(self) -> dict[str, Any]:
        """The message as API 5.199 gives it; in chats a community sees the id 0."""
        shape: dict[str, Any] = {
            "date": self.date,
            "from_id": self.from_id,
            "id": self.id if self.peer_id < CHATS else 0,
            "version": _FIRST_VERSION + self.id + len(self.earlier),
            "out": int(self.outgoing),
            "fwd_messages": [one.foreign() for one in self.forwarded],
            "important": False,
            "is_hidden": False,
            "attachments": self.attachments,
            "conversation_message_id": self.number,
            "text": self.text,
            "peer_id": self.peer_id,
            "random_id": self.random_id,
        }
        if self.reply is not None:
            shape["reply_message"] = self.reply.foreign()
        return shape | self._optional()

    def foreign(self) -> dict[str, Any]:
        """The message inside another one, as a reply or forwarded."""
        return {
            "date": self.date,
            "from_id": self.from_id,
            "text": self.text,
            "attachments": self.attachments,
            "conversation_message_id": self.number,
            "id": self.id if self.peer_id < CHATS else 0,
            "peer_id": self.peer_id,
        }

    def _optional(self) -> dict[str, Any]:
        parts = {
            "keyboard": self.keyboard,
            "geo": self.geo,
            "payload": self.payload,
            "ref": self.ref,
            "ref_source": self.ref_source,
            "action": self.action,
            "admin_author_id": self.admin,
            "update_time": self.updated,
        }
        return {name: value for name, value in parts.items() if value not in (None, "")}


@dataclass(slots=True)
class Dialog:
    """One conversation; `keyboard` is the regular keyboard now under the input line."""

    peer_id: int
    messages: dict[int, Message] = field(default_factory=dict)  # by number
    sent: dict[int, Message] = field(default_factory=dict)  # by random_id
    keyboard: dict[str, Any] | None = None
    read_in: int = 0
    read_out: int = 0
    title: str = ""
    members: dict[int, bool] = field(default_factory=dict)  # of a chat: whether an admin
    present: bool = True  # whether the community is in the chat

    @property
    def chat(self) -> bool:
        """Whether it is a chat of many."""
        return self.peer_id >= CHATS

    @property
    def last_number(self) -> int:
        """The number of the newest message ever, 0 before the first."""
        return next(reversed(self.messages), 0)

    def visible(self) -> list[Message]:
        """What the community sees, oldest first."""
        return [m for m in self.messages.values() if not (m.deleted or m.hidden)]

    def shape(self) -> dict[str, Any]:
        """The conversation as API 5.199 gives it."""
        last = self.messages.get(self.last_number)
        last_id = last.id if last and not self.chat else 0
        unread = sum(m.number > self.read_in and not m.outgoing for m in self.visible())
        kind = "chat" if self.chat else "user"
        local = self.peer_id - CHATS if self.chat else self.peer_id
        shape: dict[str, Any] = {
            "peer": {"id": self.peer_id, "type": kind, "local_id": local},
            "version": _FIRST_VERSION + self.last_number,
            "last_message_id": last_id,
            "in_read": self.read_in,
            "out_read": self.read_out,
            "sort_id": {"major_id": 0, "minor_id": last.id if last else 0},
            "last_conversation_message_id": self.last_number,
            "in_read_cmid": self.read_in,
            "out_read_cmid": self.read_out,
            "is_marked_unread": False,
            "important": False,
            "can_write": {"allowed": self.present},
        }
        if unread:
            shape["unread_count"] = unread
        if self.chat:
            settings = {"title": self.title, "members_count": len(self.members) + 1}
            shape["chat_settings"] = {**settings, "state": "in" if self.present else "kicked"}
        return shape


class Dialogs:
    """All conversations, and all messages by id."""

    def __init__(self) -> None:
        self._by_peer: dict[int, Dialog] = {}
        self._messages: dict[int, Message] = {}
        self._ids = itertools.count(1)

    def open(self, peer_id: int) -> Dialog:
        """The conversation, begun if there was none; for chats see `get`."""
        if peer_id not in self._by_peer:
            self._by_peer[peer_id] = Dialog(peer_id)
        return self._by_peer[peer_id]

    def find(self, peer_id: int) -> Dialog | None:
        """The conversation if there is one."""
        return self._by_peer.get(peer_id)

    def get(self, peer_id: int) -> Dialog:
        """An existing conversation, else VkError."""
        if peer_id not in self._by_peer:
            raise VkError(CONTACT_NOT_FOUND)
        return self._by_peer[peer_id]

    def add(self, peer_id: int, from_id: int, date: int, **parts: Any) -> Message:
        """A new message at the end of a conversation."""
        dialog = self.open(peer_id)
        message = Message(next(self._ids), dialog.last_number + 1, peer_id, from_id, date, **parts)
        dialog.messages[message.number] = message
        self._messages[message.id] = message
        return message

    def message(self, message_id: int) -> Message | None:
        """Any message that is not deleted, by its id."""
        message = self._messages.get(message_id)
        return None if message is None or message.deleted else message

    def numbered(self, peer_id: int, number: int) -> Message | None:
        """Any message that is not deleted, by its number in a conversation."""
        dialog = self._by_peer.get(peer_id)
        message = dialog.messages.get(number) if dialog else None
        return None if message is None or message.deleted else message

    def newest_first(self) -> list[Dialog]:
        """Conversations with messages, the most recent first."""
        with_words = [d for d in self._by_peer.values() if d.visible()]
        return sorted(with_words, key=_newest, reverse=True)

    def next_chat(self) -> int:
        """The peer id for another chat."""
        return CHATS + 1 + sum(d.chat for d in self._by_peer.values())


def authors(messages: Iterable[Message]) -> list[int]:
    """Everybody who wrote these, once each."""
    return list(dict.fromkeys(message.from_id for message in messages))


def _newest(dialog: Dialog) -> int:
    return dialog.visible()[-1].id
