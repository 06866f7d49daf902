"""What else people do around the community: allow and forbid, gather in chats, order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.sandbox.vk.acts import Acts
from bot.sandbox.vk.attachments import roubles
from bot.sandbox.vk.people import Standing


class Occasions(Acts):
    """The whole people's side; ids are VK's, unknown ones raise KeyError."""

    def allow(self, user_id: int, key: str = "") -> None:
        """A person allows the community's messages without writing."""
        self.community.people.get(user_id).standing = Standing.OPEN
        self.community.events.happen("message_allow", {"user_id": user_id, "key": key})
        self.community.changed(user_id)

    def deny(self, user_id: int) -> None:
        """A person forbids the community's messages."""
        self.community.people.get(user_id).standing = Standing.DENIED
        self.community.events.happen("message_deny", {"user_id": user_id})
        self.community.changed(user_id)

    def set_standing(self, user_id: int, standing: Standing) -> None:
        """BLACKLISTED, PRIVATE, DEACTIVATED …: no event tells the community of these."""
        self.community.people.get(user_id).standing = standing
        self.community.changed(user_id)

    def deactivate(self, user_id: int) -> None:
        """A person's account is deleted."""
        self.set_standing(user_id, Standing.DEACTIVATED)

    def add_chat(self, title: str, members: Sequence[int], admins: Sequence[int] = ()) -> int:
        """A chat into which its first member invites the community; returns its peer id."""
        peer_id = self.community.dialogs.next_chat()
        chat = self.community.dialogs.open(peer_id)
        chat.title = title
        chat.members = {member: member in admins for member in members}
        action = {"type": "chat_invite_user", "member_id": -self.community.group_id}
        invited = self.community.dialogs.add(peer_id, members[0], self.community.now, action=action)
        self.arrive(invited)
        return peer_id

    def set_member(self, peer_id: int, user_id: int, *, present: bool, admin: bool = False) -> None:
        """A person comes to a chat, changes rank or leaves."""
        members = self.community.dialogs.get(peer_id).members
        members.pop(user_id, None)
        if present:
            members[user_id] = admin

    def remove_from_chat(self, peer_id: int) -> None:
        """The community is removed from a chat; no event tells it so."""
        self.community.dialogs.get(peer_id).present = False

    def lead_form(
        self, user_id: int, answers: Sequence[tuple[str, str, str]], *, form: str = "Form"
    ) -> int:
        """A filled lead form, `answers` as (key, question, answer); returns its lead_id."""
        lead_id = self.community.events.last + 1
        body = {
            "lead_id": lead_id,
            "group_id": self.community.group_id,
            "user_id": user_id,
            "form_id": 1,
            "form_name": form,
            "ad_id": 0,
            "answers": [{"key": k, "question": q, "answer": a} for k, q, a in answers],
        }
        self.community.events.happen("lead_forms_new", body)
        return lead_id

    def market_order(
        self,
        user_id: int,
        *,
        comment: str = "",
        phone: str = "",
        price: int = 100_00,
        items: int = 1,
    ) -> int:
        """An order in the community's shop, `price` in kopecks; returns its id."""
        order_id = self.community.events.last + 1
        user = self.community.people.get(user_id)
        name = f"{user.first_name} {user.last_name}".strip()
        body = {
            "id": order_id,
            "group_id": self.community.group_id,
            "user_id": user_id,
            "date": self.community.now,
            "status": 0,
            "items_count": items,
            "total_price": roubles(price),
            "display_order_id": f"{user_id}-{order_id}",
            "comment": comment,
            "preview_order_items": [],
            "delivery": {"address": "", "type": "pickup"},
            "recipient": {"name": name, "phone": phone, "display_text": name},
        }
        self.community.events.happen("market_order_new", body)
        return order_id

    def inject(self, raw_event: dict[str, Any]) -> None:
        """An event exactly as given: unknown, malformed, or one that came before."""
        self.community.events.append(raw_event)
