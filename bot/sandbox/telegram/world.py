"""Everything that exists on the server; long because people and bot act on the same state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.sandbox.telegram.chats import Chat, Json, Kind, Member, Message, Rank, Topic, User
from bot.sandbox.telegram.files import Files
from bot.sandbox.telegram.limits import Limits
from bot.sandbox.telegram.refusals import Impossible, bad_request, forbidden
from bot.sandbox.telegram.updates import Updates

ANONYMOUS_ADMIN = User(1087968824, "Group", username="GroupAnonymousBot", is_bot=True)
CHANNEL_BOT = User(136817688, "Channel", username="Channel_Bot", is_bot=True)


class Happened(StrEnum):
    """What a listener is told of."""

    MESSAGE = "message"
    EDIT = "edit"
    DELETE = "delete"
    ANSWER = "answer"
    REACTION = "reaction"
    TOPIC = "topic"
    MEMBER = "member"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class Change:
    """Something visible changed: in which chat, and which message (or user) it concerns."""

    what: Happened
    chat_id: int
    id: int = 0


@dataclass(slots=True)
class Press:
    """A press of a button that waits for its answer."""

    id: str
    at: float
    user_id: int
    chat_id: int
    message_id: int
    data: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a pressing person saw."""

    text: str
    alert: bool
    url: str
    at: float


Listener = Callable[[Change], None]


class World:
    """Users, chats, files, presses and the queue of updates behind one bot."""

    def __init__(
        self, bot: User, limits: Limits, clock: Callable[[], float], *, privacy: bool
    ) -> None:
        self.bot = bot
        self.limits = limits
        self.clock = clock
        self.privacy = privacy
        self.files = Files()
        self.updates = Updates(clock, limits.update_lifetime)
        self.users: dict[int, User] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.presses: dict[str, Press] = {}
        self.answers: dict[str, Answer] = {}
        self.commands: dict[str, list[Json]] = {}
        self.listeners: list[Listener] = []
        self._last_id = 0
        self._last_album = 13_000_000_000_000_000

    # --- finding -----------------------------------------------------------

    @property
    def now(self) -> int:
        """The date as messages bear it, in whole Unix seconds."""
        return int(self.clock())

    def user(self, user_id: int) -> User:
        """A person that a test or a page made; anybody else is a mistake of theirs."""
        if user_id not in self.users:
            raise Impossible(f"nobody has the id {user_id}")
        return self.users[user_id]

    def chat(self, chat_id: int) -> Chat:
        """A chat as people see it; a person's private chat begins to exist here."""
        chat = self.chats.get(chat_id)
        if chat is None and chat_id in self.users:
            chat = Chat(chat_id, Kind.PRIVATE, user=self.users[chat_id])
            self.chats[chat_id] = chat
        if chat is None:
            raise Impossible(f"there is no chat {chat_id}")
        return chat

    def known(self, chat_id: Any) -> Chat:
        """A chat as the bot names it, whether it may write there or not."""
        if chat_id in ("", None):
            raise bad_request("chat_id is empty")
        try:
            chat = self.chat(chat_id)
        except Impossible as error:
            raise bad_request("chat not found") from error
        if chat.migrated_to is not None:
            raise bad_request(
                "group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to
            )
        return chat

    def entered(self, chat_id: Any) -> Chat:
        """A chat that the bot is in, or has been written from; 403 otherwise."""
        chat = self.known(chat_id)
        if chat.user is not None:
            _refuse_private(chat, chat.user)
            return chat
        rank = chat.member(self.bot).rank
        if rank is Rank.KICKED:
            raise forbidden(f"bot was kicked from the {_kind(chat)} chat")
        if rank is Rank.LEFT:
            raise forbidden(f"bot is not a member of the {_kind(chat)} chat")
        return chat

    # --- writing -----------------------------------------------------------

    def compose(
        self,
        chat: Chat,
        sender: User,
        content: Json,
        *,
        reply: Message | None = None,
        thread: int | None = None,
        sender_chat: Chat | None = None,
    ) -> Message:
        """Put a new message into a chat; tells the listeners, queues nothing."""
        message_id = self._new_id(chat)
        body: Json = {"message_id": message_id, "date": self.now, "chat": chat.body()}
        if chat.kind is not Kind.CHANNEL:
            body["from"] = sender.body()
        if sender_chat is not None:
            body["sender_chat"] = sender_chat.body()
        thread = thread if thread is not None or reply is None else reply.thread
        body |= _place(chat, thread, reply)
        body |= content
        message = Message(chat.id, message_id, body, sender.id == self.bot.id, thread)
        chat.messages[message_id] = message
        self.tell(Happened.MESSAGE, chat.id, message_id)
        return message

    def rewrite(self, message: Message, body: Json) -> None:
        """Show a message anew, keeping what it was."""
        message.edits.append(message.body)
        message.body = body
        self.tell(Happened.EDIT, message.chat_id, message.id)

    def remove(self, message: Message) -> None:
        """Take a message away."""
        message.deleted = True
        self.tell(Happened.DELETE, message.chat_id, message.id)

    def announce(self, message: Message, kind: str = "message") -> None:
        """Queue a message for the bot if it may see it."""
        chat = self.chats[message.chat_id]
        if chat.kind is Kind.CHANNEL:
            kind = {"message": "channel_post", "edited_message": "edited_channel_post"}[kind]
        if self._bot_sees(chat, message):
            self.updates.push(kind, message.body)

    def service(self, chat: Chat, actor: User, content: Json, thread: int | None = None) -> Message:
        """A service message, which the bot sees even when it caused it."""
        message = self.compose(chat, actor, content, thread=thread)
        self.announce(message)
        return message

    def album_id(self) -> str:
        """A new media_group_id."""
        self._last_album += 1
        return str(self._last_album)

    # --- standing ----------------------------------------------------------

    def set_member(self, chat: Chat, member: Member, actor: User) -> None:
        """Give somebody a new rank and queue what the bot hears of it."""
        old = chat.member(member.user)
        chat.members[member.user.id] = member
        mine = member.user.id == self.bot.id
        if mine or chat.member(self.bot).admin:
            kind = "my_chat_member" if mine else "chat_member"
            self.updates.push(kind, self.transition(chat, actor, old, member))
        self.tell(Happened.MEMBER, chat.id, member.user.id)

    def transition(self, chat: Chat, actor: User, old: Member, new: Member) -> Json:
        """A ChatMemberUpdated."""
        return {
            "chat": chat.body(),
            "from": actor.body(),
            "date": self.now,
            "old_chat_member": old.body(),
            "new_chat_member": new.body(),
        }

    def tell(self, what: Happened, chat_id: int, changed: int = 0) -> None:
        """Tell every listener."""
        for listener in tuple(self.listeners):
            listener(Change(what, chat_id, changed))

    def next_topic(self, chat: Chat, actor: User, name: str, color: int, icon: str) -> Topic:
        """Open a topic; its id is that of the service message which announces it."""
        created: Json = {"name": name, "icon_color": color}
        if icon:
            created["icon_custom_emoji_id"] = icon
        topic_id = chat.last_id + 1
        topic = Topic(topic_id, name, color, icon, creator=actor.id)
        chat.topics[topic_id] = topic
        self.service(chat, actor, {"forum_topic_created": created}, topic_id)
        self.tell(Happened.TOPIC, chat.id, topic_id)
        return topic

    def _new_id(self, chat: Chat) -> int:
        """Supergroups and channels count for themselves, all else in one sequence per bot."""
        if chat.kind in (Kind.SUPERGROUP, Kind.CHANNEL):
            chat.last_id += 1
            return chat.last_id
        self._last_id += 1
        return self._last_id

    def _bot_sees(self, chat: Chat, message: Message) -> bool:
        if chat.private:
            return True
        member = chat.member(self.bot)
        if not member.present:
            return False
        if not self.privacy or member.admin or chat.kind is Kind.CHANNEL or message.service:
            return True
        replied = message.body.get("reply_to_message", {}).get("from", {}).get("id")
        return message.text.startswith("/") or replied == self.bot.id


def _place(chat: Chat, thread: int | None, reply: Message | None) -> Json:
    """Where a message stands: its topic or thread, and what it replies to."""
    place: Json = {}
    if chat.forum and thread is not None:
        place |= {"message_thread_id": thread, "is_topic_message": True}
    elif chat.kind is Kind.SUPERGROUP and not chat.forum and reply is not None:
        place["message_thread_id"] = reply.body.get("message_thread_id", reply.id)
    if reply is None and chat.forum and thread is not None:
        reply = chat.messages.get(thread)  # Telegram links every message of a topic to its first
    if reply is not None:
        place["reply_to_message"] = {
            key: value for key, value in reply.body.items() if key != "reply_to_message"
        }
    return place


def _refuse_private(chat: Chat, user: User) -> None:
    if chat.deactivated:
        raise forbidden("user is deactivated")
    if user.is_bot:
        raise forbidden("bot can't send messages to bots")
    if chat.blocked:
        raise forbidden("bot was blocked by the user")
    if not chat.started:
        raise forbidden("bot can't initiate conversation with a user")


def _kind(chat: Chat) -> str:
    return chat.kind.value
