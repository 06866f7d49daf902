"""The people of the sandbox: their profiles, and whether the community may write to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from bot.sandbox.vk.errors import (
    BLACKLISTED,
    CONTACT_NOT_FOUND,
    NOT_ALLOWED,
    PRIVACY,
    USER_DELETED,
    VkError,
)


class Standing(Enum):
    """Whether the community may write to a person; the value is VK's refusal, 0 for none."""

    OPEN = 0
    STRANGER = NOT_ALLOWED  # never wrote and never allowed messages
    DENIED = -NOT_ALLOWED  # forbade messages: the same refusal
    BLACKLISTED = BLACKLISTED
    PRIVATE = PRIVACY
    DEACTIVATED = USER_DELETED


@dataclass(slots=True)
class User:
    """A person with a VK account."""

    id: int
    first_name: str
    last_name: str
    screen_name: str
    sex: int = 0
    standing: Standing = Standing.STRANGER
    role: str = ""  # in the community: "administrator", "editor", "moderator" or none


class People:
    """Everybody with an account here, by id."""

    def __init__(self) -> None:
        self._by_id: dict[int, User] = {}

    def add(self, user: User) -> None:
        """A new account; ValueError when the id is taken or no user's id."""
        if user.id in self._by_id or not 0 < user.id < 2_000_000_000:
            raise ValueError(f"cannot add user={user.id}")
        self._by_id[user.id] = user

    def get(self, user_id: int) -> User:
        """The account; KeyError when there is none."""
        return self._by_id[user_id]

    def find(self, id_or_name: str) -> User | None:
        """By id or by screen name."""
        if id_or_name.isdecimal():
            return self._by_id.get(int(id_or_name))
        return next((u for u in self._by_id.values() if u.screen_name == id_or_name), None)

    def all(self) -> list[User]:
        """Everybody, in order of arrival."""
        return list(self._by_id.values())

    def check_open(self, user_id: int) -> None:
        """Raises VkError when the community may not write to this person."""
        user = self._by_id.get(user_id)
        if user is None:
            raise VkError(CONTACT_NOT_FOUND)
        if user.standing is not Standing.OPEN:
            raise VkError(abs(user.standing.value))

    def profiles(self, user_ids: Iterable[int], fields: Iterable[str] = ()) -> list[dict[str, Any]]:
        """What users.get and `extended` tell of these people, unknown ones left out."""
        wanted = tuple(fields)
        return [profile(self._by_id[i], wanted) for i in user_ids if i in self._by_id]


def profile(user: User, fields: Iterable[str]) -> dict[str, Any]:
    """One person as users.get tells it."""
    if user.standing is Standing.DEACTIVATED:
        return {"id": user.id, "deactivated": "deleted", "first_name": "DELETED", "last_name": ""}
    told = {
        "id": user.id,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "can_access_closed": True,
        "is_closed": False,
    }
    optional = {"domain": user.screen_name, "screen_name": user.screen_name, "sex": user.sex}
    return told | {field: optional[field] for field in fields if field in optional}
