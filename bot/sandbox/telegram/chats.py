"""What the server remembers of people, chats and messages: many small records, hence long."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Json = dict[str, Any]

RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
    "can_manage_topics",
    "can_send_welcome_messages",
)
PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)
SERVICE = (
    "new_chat_members",
    "left_chat_member",
    "group_chat_created",
    "supergroup_chat_created",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
    "pinned_message",
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
    "new_chat_title",
)


class Kind(StrEnum):
    """What sort of chat it is."""

    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


class Rank(StrEnum):
    """A person's standing in a chat."""

    OWNER = "creator"
    ADMIN = "administrator"
    MEMBER = "member"
    RESTRICTED = "restricted"
    LEFT = "left"
    KICKED = "kicked"


@dataclass(frozen=True, slots=True)
class User:
    """An account: a person's, the bot's, or one of Telegram's own."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language: str = ""
    is_bot: bool = False

    def body(self) -> Json:
        """As the API tells it."""
        body: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.last_name:
            body["last_name"] = self.last_name
        if self.username:
            body["username"] = self.username
        if self.language:
            body["language_code"] = self.language
        return body


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody's rank in a chat, with an admin's rights."""

    user: User
    rank: Rank
    rights: frozenset[str] = frozenset(RIGHTS)

    @property
    def present(self) -> bool:
        """Whether they are in the chat."""
        return self.rank not in (Rank.LEFT, Rank.KICKED)

    @property
    def admin(self) -> bool:
        """Whether they are an admin or the owner."""
        return self.rank in (Rank.OWNER, Rank.ADMIN)

    def may(self, right: str) -> bool:
        """Whether they hold an admin's right."""
        return self.rank is Rank.OWNER or (self.rank is Rank.ADMIN and right in self.rights)

    def body(self) -> Json:
        """As the API tells it."""
        body: Json = {"status": self.rank.value, "user": self.user.body()}
        if self.rank is Rank.OWNER:
            body["is_anonymous"] = False
        elif self.rank is Rank.ADMIN:
            body |= {"can_be_edited": False, "is_anonymous": False}
            body |= {right: right in self.rights for right in RIGHTS}
        elif self.rank is Rank.RESTRICTED:
            body |= {"is_member": True, "until_date": 0}
            body |= dict.fromkeys(PERMISSIONS, False)
        elif self.rank is Rank.KICKED:
            body["until_date"] = 0
        return body


@dataclass(slots=True)
class Topic:
    """A forum's topic; its id is that of the message which created it."""

    id: int
    name: str
    icon_color: int = 7322096
    icon: str = ""
    closed: bool = False
    deleted: bool = False
    creator: int = 0


@dataclass(slots=True)
class Message:
    """A message as it is shown now, with what it was before.

    `body` is the Message object of the API and is replaced, never changed, so
    that updates already queued keep what was true when they happened. `edits`
    holds the earlier bodies, oldest first. `reactions` maps user id to emoji.
    """

    chat_id: int
    id: int
    body: Json
    from_bot: bool
    thread: int | None = None
    reply_keyboard: Json | None = None
    edits: list[Json] = field(default_factory=list)
    deleted: bool = False
    reactions: dict[int, tuple[str, ...]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The text, or a medium's caption."""
        return str(self.body.get("text", self.body.get("caption", "")))

    @property
    def entities(self) -> list[Json]:
        """The entities of the text or caption."""
        return list(self.body.get("entities") or self.body.get("caption_entities") or ())

    @property
    def reply_markup(self) -> Json | None:
        """The inline keyboard below, or the reply keyboard that came with it."""
        return self.body.get("reply_markup") or self.reply_keyboard

    @property
    def buttons(self) -> list[Json]:
        """Every inline button now shown, row after row."""
        rows = self.body.get("reply_markup", {}).get("inline_keyboard", ())
        return [button for row in rows for button in row]

    @property
    def labels(self) -> list[str]:
        """What the inline buttons say."""
        return [str(button["text"]) for button in self.buttons]

    @property
    def reply_to(self) -> int | None:
        """The id of the message replied to; a topic's first message is no reply."""
        replied = self.body.get("reply_to_message")
        if replied is None or "forum_topic_created" in replied:
            return None
        return int(replied["message_id"])

    @property
    def sender_id(self) -> int | None:
        """Who wrote it."""
        sender = self.body.get("from")
        return None if sender is None else int(sender["id"])

    @property
    def service(self) -> bool:
        """Whether Telegram itself says something here."""
        return any(key in self.body for key in SERVICE)

    @property
    def media_group(self) -> str:
        """The album it belongs to, or nothing."""
        return str(self.body.get("media_group_id", ""))


@dataclass(slots=True)
class Chat:
    """A chat with its members, topics and messages; a private chat's id is its user's."""

    id: int
    kind: Kind
    title: str = ""
    username: str = ""
    linked: int | None = None
    user: User | None = None
    forum: bool = False
    started: bool = False
    blocked: bool = False
    deactivated: bool = False
    migrated_to: int | None = None
    pinned: int | None = None
    last_id: int = 0
    members: dict[int, Member] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)

    @property
    def private(self) -> bool:
        """Whether it is a conversation with one person."""
        return self.kind is Kind.PRIVATE

    @property
    def open(self) -> bool:
        """Whether people who never came to a group write and press there."""
        return self.kind is Kind.SUPERGROUP and bool(self.username or self.linked)

    def member(self, user: User) -> Member:
        """Somebody's standing; who never was here has left."""
        return self.members.get(user.id) or Member(user, Rank.LEFT)

    def shown(self, message_id: int) -> Message | None:
        """A message that is still there."""
        message = self.messages.get(message_id)
        return None if message is None or message.deleted else message

    def body(self) -> Json:
        """As the API tells it."""
        body: Json = {"id": self.id, "type": self.kind.value}
        if self.user is not None:
            person = self.user.body()
            keys = ("first_name", "last_name", "username")
            return body | {key: person[key] for key in keys if key in person}
        body["title"] = self.title
        if self.username:
            body["username"] = self.username
        if self.forum:
            body["is_forum"] = True
        return body
