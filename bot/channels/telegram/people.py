"""What Telegram tells of people: their standing in a chat, their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.channels.telegram.client import Client, as_id
from bot.channels.telegram.content import full_name
from bot.messages import Failure, Member, Profile, SendError


async def member(client: Client, chat: str, user: str) -> Member:
    """A person's standing in a chat; who never was there is absent."""
    try:
        found = await client.ask("getChatMember", {"chat_id": as_id(chat), "user_id": as_id(user)})
    except SendError as error:
        if any(sign in str(error).lower() for sign in _ABSENT):
            return Member(present=False)
        raise
    return _member(found)


async def admins(client: Client, chat: str) -> dict[str, Member]:
    """The people who administer a chat, by their ids; bots are left out."""
    found = await client.ask_all("getChatAdministrators", {"chat_id": as_id(chat)})
    people = [one for one in found if not (one.get("user") or {}).get("is_bot")]
    return {str((one.get("user") or {}).get("id")): _member(one) for one in people}


async def profiles(client: Client, users: Sequence[str]) -> dict[str, Profile]:
    """Names of accounts as their private chats with the bot show them; unknown ones are missing."""
    found = {user: await _profile(client, user) for user in users}
    return {user: profile for user, profile in found.items() if profile}


def is_open(chat: Mapping[str, Any]) -> bool:
    """Whether whoever never came can write and press in a group, as getChat tells of it."""
    return any(chat.get(sign) for sign in _OPEN)


async def reaches(client: Client, user: str) -> bool:
    """Whether the bot may write to somebody, who sees it type for a moment."""
    try:
        await client.call("sendChatAction", {"chat_id": as_id(user), "action": "typing"})
    except SendError as error:
        if error.failure in (Failure.DENIED, Failure.BLOCKED, Failure.GONE):
            return False
        raise
    return True


_OPEN = ("username", "active_usernames", "linked_chat_id", "location")
_ABSENT = (
    "user not found",
    "participant_id_invalid",
    "user_id_invalid",
    "invalid user_id",
    "user_not_participant",
    "member not found",
)


def _member(found: dict[str, Any]) -> Member:
    status, user = found.get("status"), found.get("user") or {}
    admin = status in ("creator", "administrator")
    present = admin or status == "member" or (status == "restricted" and found.get("is_member"))
    return Member(bool(present), admin, name=full_name(user), username=user.get("username") or "")


async def _profile(client: Client, user: str) -> Profile | None:
    try:
        chat = await client.ask("getChat", {"chat_id": as_id(user)})
    except SendError:
        return None
    return Profile(full_name(chat), username=chat.get("username") or "")
