"""What people say in the sandbox: they write, edit, press, read; all of it takes effect at once."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from typing import Any

from bot.sandbox.vk.attachments import Attachable, Geo, attach_all
from bot.sandbox.vk.community import Community, Press
from bot.sandbox.vk.dialogs import CHATS, Message
from bot.sandbox.vk.keyboards import buttons
from bot.sandbox.vk.people import Standing, User

CLIENT_INFO = {
    "button_actions": ["text", "open_app", "location", "open_link", "callback"],
    "keyboard": True,
    "inline_keyboard": True,
    "carousel": True,
    "lang_id": 0,
}
_REOPENED_BY_WRITING = (Standing.STRANGER, Standing.DENIED, Standing.PRIVATE)
Attachments = Sequence[Attachable | Geo | bytes]


class Acts:
    """People in conversation; ids are VK's, unknown ones raise KeyError."""

    def __init__(self, community: Community) -> None:
        self.community = community

    def add_user(
        self,
        user_id: int,
        first_name: str,
        last_name: str = "",
        *,
        screen_name: str = "",
        sex: int = 0,
        role: str = "",
    ) -> int:
        """A new account; `role` is its rank in the community, "" for none."""
        name = screen_name or f"id{user_id}"
        self.community.people.add(User(user_id, first_name, last_name, name, sex, role=role))
        return user_id

    def write(
        self,
        user_id: int,
        text: str = "",
        *,
        peer_id: int | None = None,
        attachments: Attachments = (),
        reply_to: int | None = None,
        fwd: Sequence[int] = (),
        payload: Any = None,
        ref: str = "",
        ref_source: str = "",
    ) -> int:
        """A message to the community, or to a chat; returns its message id.

        `reply_to` and `fwd` are message ids, `payload` is what a text button carries.
        Writing to the community allows its messages again.
        """
        user = self.community.people.get(user_id)
        shown, geo = attach_all(attachments, self.community.files, user_id)
        message = self.community.dialogs.add(
            peer_id or user_id,
            user_id,
            self.community.now,
            text=text,
            attachments=shown,
            geo=geo,
            payload=None if payload is None else _compact(payload),
            reply=None if reply_to is None else self._message(reply_to),
            forwarded=tuple(self._message(one) for one in fwd),
            ref=ref,
            ref_source=ref_source,
        )
        if message.peer_id == user_id and user.standing in _REOPENED_BY_WRITING:
            user.standing = Standing.OPEN
        self.arrive(message)
        return message.id

    def edit(
        self,
        user_id: int,
        message_id: int,
        text: str,
        *,
        attachments: Attachments | None = None,
    ) -> None:
        """A person's own message gets another text, and other attachments if any are given."""
        message = self._message(message_id)
        if message.from_id != user_id:
            raise KeyError(message_id)
        shown = message.attachments
        if attachments is not None:
            shown, message.geo = attach_all(attachments, self.community.files, user_id)
        message.amend(text, shown, self.community.now)
        self.community.happen("message_edit", message)

    def press(
        self,
        user_id: int,
        peer_id: int,
        conversation_message_id: int,
        payload: Any = None,
        *,
        label: str = "",
        forged: bool = False,
    ) -> str:
        """Press a button found by its payload or label; returns the event_id to be answered.

        A text button writes its label instead and returns "". `forged` sends any payload,
        as a tampering client could; otherwise an absent button raises KeyError.
        """
        if forged:
            return self._event(user_id, peer_id, conversation_message_id, payload)
        message = self.community.dialogs.numbered(peer_id, conversation_message_id)
        if message is None:
            raise KeyError(conversation_message_id)
        action = _find(message, payload, label)
        carried = json.loads(action["payload"] or "null")
        if action["type"] == "callback":
            return self._event(user_id, peer_id, conversation_message_id, carried or {})
        self.write(user_id, action["label"], peer_id=peer_id, payload=carried)
        return ""

    def admin_replies(
        self, admin_id: int, user_id: int, text: str, *, attachments: Attachments = ()
    ) -> int:
        """An admin answers in VK's own inbox, in the community's name; returns the message id."""
        community = self.community
        shown, geo = attach_all(attachments, community.files, -community.group_id)
        message = community.dialogs.add(
            user_id,
            -community.group_id,
            community.now,
            text=text,
            attachments=shown,
            geo=geo,
            admin=admin_id,
        )
        community.dialogs.open(user_id).read_in = message.number
        community.happen("message_reply", message)
        return message.id

    def admin_edits(self, message_id: int, text: str) -> None:
        """An admin changes what they or another admin answered in VK's own inbox."""
        message = self._message(message_id)
        if message.admin is None:
            raise KeyError(message_id)
        message.amend(text, message.attachments, self.community.now)
        self.community.happen("message_edit", message)

    def typing(self, user_id: int) -> None:
        """A person types (an event that is off at first)."""
        body = {"state": "typing", "from_id": user_id, "to_id": -self.community.group_id}
        self.community.events.happen("message_typing_state", body)

    def read(self, user_id: int) -> None:
        """A person reads everything the community wrote (an event that is off at first)."""
        dialog = self.community.dialogs.open(user_id)
        dialog.read_out = dialog.last_number
        last = dialog.messages.get(dialog.last_number)
        body = {"from_id": user_id, "peer_id": user_id, "read_message_id": last.id if last else 0}
        body["conversation_message_id"] = dialog.last_number
        self.community.events.happen("message_read", body)

    def arrive(self, message: Message) -> None:
        """Tell the community of an incoming message, unless it left that chat."""
        if message.peer_id > CHATS and not self.community.dialogs.get(message.peer_id).present:
            self.community.changed(message.peer_id)
            return
        body = {"message": message.shape(), "client_info": CLIENT_INFO}
        self.community.events.happen("message_new", body)
        self.community.changed(message.peer_id)

    def _event(self, user_id: int, peer_id: int, number: int, payload: Any) -> str:
        event_id = secrets.token_hex(6)
        self.community.presses[event_id] = Press(user_id, peer_id, self.community.clock())
        body = {"user_id": user_id, "peer_id": peer_id, "event_id": event_id, "payload": payload}
        self.community.events.happen("message_event", {**body, "conversation_message_id": number})
        return event_id

    def _message(self, message_id: int) -> Message:
        message = self.community.dialogs.message(message_id)
        if message is None:
            raise KeyError(message_id)
        return message


def _find(message: Message, payload: Any, label: str) -> dict[str, Any]:
    wanted = None if payload is None else _compact(payload)
    for action in buttons(message.keyboard):
        carried = json.loads(action["payload"] or "null")
        if action["type"] not in ("callback", "text"):
            continue
        if wanted is not None and _compact(carried) == wanted:
            return action
        if wanted is None and action["label"] == label:
            return action
    raise KeyError(label or wanted)


def _compact(payload: Any) -> str:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
