"""What people do in the app, as one long list of acts: write, press, edit, block.

Each act queues the updates that the bot would get.
"""

from __future__ import annotations

import re
from typing import Any

from bot.sandbox.telegram.chats import Chat, Json, Kind, Member, Message, Rank, User
from bot.sandbox.telegram.files import MEDIA, Media, content
from bot.sandbox.telegram.formatting import Formatted, units
from bot.sandbox.telegram.refusals import Impossible
from bot.sandbox.telegram.world import (
    ANONYMOUS_ADMIN,
    CHANNEL_BOT,
    Answer,
    Happened,
    Listener,
    Press,
    World,
)

_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CAPTIONED = ("photo", "video", "animation", "voice", "audio", "document")
_PRESS_INSTANCE = "-4200000000000000042"

MediaLike = bytes | Media


class People:
    """The people's side; every method acts at once and returns ids.

    An act that the app would not offer raises Impossible.
    """

    world: World

    # --- who is there ------------------------------------------------------

    def add_user(
        self, id: int, name: str, last_name: str = "", username: str = "", language: str = "ru"
    ) -> int:
        """A person with an account, who has not written to the bot yet."""
        self.world.users[id] = User(id, name, last_name, username, language)
        return id

    def started(self, user_id: int) -> None:
        """Let a person have started the bot long ago: no message, no update."""
        self.world.chat(user_id).started = True

    def deactivate(self, user_id: int) -> None:
        """A person deletes their account."""
        self.world.chat(user_id).deactivated = True
        self.world.tell(Happened.CHAT, user_id)

    def block(self, user_id: int) -> None:
        """A person blocks the bot."""
        self._reach(user_id, blocked=True)

    def unblock(self, user_id: int) -> None:
        """A person unblocks the bot."""
        self._reach(user_id, blocked=False)

    # --- writing -----------------------------------------------------------

    def press_start(self, user_id: int, payload: str = "") -> int:
        """Press Start, or follow a deep link; unblocks. Returns the message id."""
        if payload and not _PAYLOAD.fullmatch(payload):
            raise Impossible(f"no deep link carries {payload!r}")
        if self.world.chat(user_id).blocked:
            self.unblock(user_id)
        return self.write(user_id, user_id, f"/start {payload}".rstrip())

    def write(
        self,
        user_id: int,
        chat_id: int,
        text: str = "",
        *,
        caption: str = "",
        entities: list[Json] | None = None,
        reply_to: int | None = None,
        quote: str = "",
        thread: int | None = None,
        forward_from: int | str | None = None,
        sender_chat: int | None = None,
        media_group: list[dict[str, MediaLike]] | None = None,
        **attached: Any,
    ) -> int:
        """Write a text or one attachment, or an album; returns the (first) message id.

        `attached` is one of photo, video, video_note, animation, voice, audio, document,
        sticker (bytes or Media), contact (phone, or a Contact's fields), location
        (latitude, longitude), poll (question), dice (value), or any other content of a
        Message under its own name. `forward_from` is a user id, or the name of somebody
        hidden. `sender_chat` is the chat itself for an anonymous admin, or a channel.
        `quote` is a part of what it replies to.
        """
        if media_group is not None:
            items = [next(iter(item.items())) for item in media_group]
            return self.album(user_id, chat_id, items, caption, reply_to=reply_to, thread=thread)[0]
        parts = self._content(user_id, text, caption, entities, attached)
        if forward_from is not None:
            parts["forward_origin"] = self._origin(forward_from)
        if quote:
            parts["quote"] = self._quote(chat_id, reply_to, quote)
        return self._post(user_id, chat_id, parts, reply_to, thread, sender_chat).id

    def album(
        self,
        user_id: int,
        chat_id: int,
        items: list[tuple[str, MediaLike]],
        caption: str = "",
        *,
        reply_to: int | None = None,
        thread: int | None = None,
    ) -> list[int]:
        """Send 2–10 media as one album, captioned on the first; returns the message ids."""
        if not 2 <= len(items) <= 10:
            raise Impossible("an album has 2 to 10 items")
        group = {"media_group_id": self.world.album_id()}
        ids = []
        for number, (kind, media) in enumerate(items):
            parts = self._content(user_id, "", "" if number else caption, None, {kind: media})
            ids.append(self._post(user_id, chat_id, parts | group, reply_to, thread, None).id)
        return ids

    def edit(self, user_id: int, chat_id: int, message_id: int, text: str) -> None:
        """Change the text, or the caption, of an own message."""
        message = self._shown(chat_id, message_id)
        if message.sender_id not in (user_id, ANONYMOUS_ADMIN.id):
            raise Impossible("only own messages can be edited")
        keys = ("text", "entities") if "text" in message.body else ("caption", "caption_entities")
        body = {key: value for key, value in message.body.items() if key not in keys}
        body |= Formatted(text).body(*keys) | {"chat": self.world.chat(chat_id).body()}
        self.world.rewrite(message, body | {"edit_date": self.world.now})
        self.world.announce(message, "edited_message")

    def delete(self, chat_id: int, message_id: int) -> None:
        """Delete a message; bots never hear of it."""
        self.world.remove(self._shown(chat_id, message_id))

    def react(self, user_id: int, chat_id: int, message_id: int, emoji: str = "") -> None:
        """Set or (empty) take back a reaction."""
        message = self._shown(chat_id, message_id)
        old = message.reactions.get(user_id, ())
        message.reactions[user_id] = (emoji,) if emoji else ()
        self._queue_reaction(user_id, message, old)
        self.world.tell(Happened.REACTION, chat_id, message_id)

    # --- pressing ----------------------------------------------------------

    def press(
        self,
        user_id: int,
        chat_id: int,
        message_id: int,
        data: str | None = None,
        *,
        label: str | None = None,
        forged: bool = False,
        inaccessible: bool = False,
    ) -> str:
        """Press an inline button by its data or its label; returns the query's id.

        A label may be a part of what the button says. `forged` sends any data from
        anybody under any message; `inaccessible` gives the bot no message body, as
        Telegram does with old ones.
        """
        chat = self.world.chat(chat_id)
        message = chat.messages.get(message_id)
        if not forged:
            self._may_write(self.world.user(user_id), chat)
            button = _button(self._shown(chat_id, message_id), data, label)
            data = str(button["callback_data"])
        told: Json = {"chat": chat.body(), "message_id": message_id, "date": 0}
        if message is not None and not inaccessible and not message.deleted:
            told = message.body | {"chat": chat.body()}  # as it is by now
        return self._query(user_id, chat_id, told, data or "")

    def press_key(self, user_id: int, label: str, *, phone: str = "") -> int:
        """Press a key in place of the letters: it writes itself, or shares one's own phone.

        Returns the message's id.
        """
        keyboard = self.reply_keyboard(user_id) or {"keyboard": []}
        keys = [key for row in keyboard["keyboard"] for key in row]
        found = [key for key in keys if label == (key if isinstance(key, str) else key["text"])]
        if not found:
            raise Impossible(f"no key says {label!r}")
        if isinstance(found[0], dict) and found[0].get("request_contact"):
            return self.write(user_id, user_id, contact=phone)
        return self.write(user_id, user_id, label)

    # --- looking -----------------------------------------------------------

    def messages(self, chat_id: int) -> list[Message]:
        """Every message a chat ever had, oldest first, deleted ones marked so."""
        chat = self.world.chats.get(chat_id)
        return [] if chat is None else list(chat.messages.values())

    def shown(self, chat_id: int) -> list[Message]:
        """The messages that people see now, oldest first."""
        return [message for message in self.messages(chat_id) if not message.deleted]

    def message(self, chat_id: int, message_id: int) -> Message:
        """One message, deleted or not."""
        message = self.world.chat(chat_id).messages.get(message_id)
        if message is None:
            raise Impossible(f"there is no message {message_id} in {chat_id}")
        return message

    def reply_keyboard(self, chat_id: int) -> Json | None:
        """The keyboard now standing in place of the letters, as the bot last sent it."""
        for message in reversed(self.messages(chat_id)):
            keyboard = message.reply_keyboard
            if keyboard is not None and not keyboard.get("force_reply"):
                return keyboard if "keyboard" in keyboard else None
        return None

    def opened_reply(self, user_id: int, chat_id: int) -> Message | None:
        """The last message to which somebody's client opened the reply by itself.

        A selective one does so for those whom it mentions, and for whom it replies to.
        """
        user, found = self.world.user(user_id), reversed(self.shown(chat_id))
        asking = (one for one in found if (one.reply_keyboard or {}).get("force_reply"))
        return next((one for one in asking if self._names(user, one)), None)

    def asked(self, message: Message) -> list[int]:
        """For whom of the conversation a message opens the reply by itself."""
        if not (message.reply_keyboard or {}).get("force_reply"):
            return []
        chat = self.world.chat(message.chat_id)
        users = [one.user for one in chat.members.values()]
        if chat.private:
            users = [self.world.user(chat.id)]
        return [user.id for user in users if self._names(user, message)]

    @property
    def answers(self) -> dict[str, Answer]:
        """What pressing people saw, by query id."""
        return self.world.answers

    def subscribe(self, listener: Listener) -> Any:
        """Call `listener(Change)` on every visible change; returns what ends it."""
        self.world.listeners.append(listener)
        return lambda: self.world.listeners.remove(listener)

    def inject(self, raw_update: Json) -> int:
        """Queue any update, however malformed; returns its update_id."""
        return self.world.updates.inject(raw_update)

    # --- inside ------------------------------------------------------------

    def _reach(self, user_id: int, *, blocked: bool) -> None:
        chat = self.world.chat(user_id)
        if chat.blocked == blocked:
            return
        chat.blocked = blocked
        ranks = (Rank.MEMBER, Rank.KICKED) if blocked else (Rank.KICKED, Rank.MEMBER)
        old, new = (Member(self.world.bot, rank) for rank in ranks)
        told = self.world.transition(chat, self.world.user(user_id), old, new)
        self.world.updates.push("my_chat_member", told)
        self.world.tell(Happened.CHAT, user_id)

    def _post(
        self,
        user_id: int,
        chat_id: int,
        parts: Json,
        reply_to: int | None,
        thread: int | None,
        sender_chat: int | None,
    ) -> Message:
        world = self.world
        chat, user = world.chat(chat_id), world.user(user_id)
        self._may_write(user, chat)
        if chat.private:
            chat.started = True
        if thread is not None and (thread not in chat.topics or chat.topics[thread].deleted):
            raise Impossible(f"there is no topic {thread}")
        if thread is not None and chat.topics[thread].closed and not chat.member(user).admin:
            raise Impossible(f"topic {thread} is closed")
        reply = None if reply_to is None else self._shown(chat_id, reply_to)
        face = None if sender_chat is None else world.chat(sender_chat)
        if face is not None:
            user = ANONYMOUS_ADMIN if face is chat else CHANNEL_BOT
        message = world.compose(chat, user, parts, reply=reply, thread=thread, sender_chat=face)
        world.announce(message)
        return message

    def _names(self, user: User, message: Message) -> bool:
        if not (message.reply_keyboard or {}).get("selective"):
            return True
        replied = message.body.get("reply_to_message") or {}
        if (replied.get("from") or {}).get("id") == user.id:
            return True
        named = [one["user"]["id"] for one in message.entities if one["type"] == "text_mention"]
        words = message.text.replace(":", " ").replace(",", " ").split()
        return user.id in named or bool(user.username and f"@{user.username}" in words)

    def _may_write(self, user: User, chat: Chat) -> None:
        if chat.migrated_to is not None:
            raise Impossible(f"the group is now {chat.migrated_to}")
        if chat.private:
            if chat.id != user.id:
                raise Impossible("nobody writes in another's private chat")
            if chat.blocked or chat.deactivated:
                raise Impossible(f"{user.first_name} has blocked the bot or is gone")
            return
        member = chat.member(user)
        wrong = not member.admin if chat.kind is Kind.CHANNEL else not (member.present or chat.open)
        if wrong or member.rank in (Rank.RESTRICTED, Rank.KICKED):
            raise Impossible(f"{user.first_name} may not write in {chat.title!r}")

    def _shown(self, chat_id: int, message_id: int) -> Message:
        message = self.world.chat(chat_id).shown(message_id)
        if message is None:
            raise Impossible(f"no message {message_id} is shown in {chat_id}")
        return message

    def _content(
        self,
        user_id: int,
        text: str,
        caption: str,
        entities: list[Json] | None,
        attached: dict[str, Any],
    ) -> Json:
        given = {kind: value for kind, value in attached.items() if value is not None}
        if not given:
            if not text.strip() or units(text) > 4096:
                raise Impossible("a text has 1 to 4096 characters")
            return Formatted(text, tuple(entities or ())).body()
        parts: Json = {}
        for kind, value in given.items():
            parts |= self._attachment(user_id, kind, value)
        caption = caption or text
        return parts | Formatted(caption, tuple(entities or ())).body("caption", "caption_entities")

    def _attachment(self, user_id: int, kind: str, value: Any) -> Json:
        if kind in MEDIA:
            media = value if isinstance(value, Media) else Media(value)
            return content(self.world.files, kind, media)
        if kind == "contact":
            person = self.world.user(user_id)
            own = {"phone_number": value, "first_name": person.first_name, "user_id": user_id}
            return {"contact": value if isinstance(value, dict) else own}
        if kind == "location" and not isinstance(value, dict):
            return {"location": {"latitude": value[0], "longitude": value[1]}}
        if kind == "poll" and isinstance(value, str):
            return {"poll": _poll(value)}
        if kind == "dice" and isinstance(value, int):
            return {"dice": {"emoji": "🎲", "value": value}}
        return {kind: value}

    def _origin(self, source: int | str) -> Json:
        if isinstance(source, str):
            return {
                "type": "hidden_user",
                "date": self.world.now,
                "sender_user_name": source,
            }
        user = self.world.user(source)
        return {"type": "user", "date": self.world.now, "sender_user": user.body()}

    def _quote(self, chat_id: int, reply_to: int | None, quote: str) -> Json:
        text = "" if reply_to is None else self._shown(chat_id, reply_to).text
        if quote not in text:
            raise Impossible("only words of what is replied to can be quoted")
        return {"text": quote, "position": units(text[: text.index(quote)]), "is_manual": True}

    def _query(self, user_id: int, chat_id: int, message: Json, data: str) -> str:
        number = len(self.world.presses) + 1
        query_id = str(4_200_000_000_000_000_000 + number)
        press = Press(
            query_id, self.world.clock(), user_id, chat_id, int(message["message_id"]), data
        )
        self.world.presses[query_id] = press
        query = {
            "id": query_id,
            "from": self.world.user(user_id).body(),
            "message": message,
            "chat_instance": _PRESS_INSTANCE,
            "data": data,
        }
        self.world.updates.push("callback_query", query)
        return query_id

    def _queue_reaction(self, user_id: int, message: Message, old: tuple[str, ...]) -> None:
        chat = self.world.chats[message.chat_id]
        if not (chat.private or chat.member(self.world.bot).admin):
            return
        reaction = {
            "chat": chat.body(),
            "message_id": message.id,
            "user": self.world.user(user_id).body(),
            "date": self.world.now,
            "old_reaction": [_emoji(emoji) for emoji in old],
            "new_reaction": [_emoji(emoji) for emoji in message.reactions[user_id]],
        }
        self.world.updates.push("message_reaction", reaction)


def _button(message: Message, data: str | None, label: str | None) -> Json:
    pressable = [button for button in message.buttons if "callback_data" in button]
    if data is not None:
        found = [button for button in pressable if button["callback_data"] == data]
    else:
        wanted = label or ""
        found = [button for button in pressable if button["text"] == wanted]
        found = found or [button for button in pressable if wanted and wanted in button["text"]]
    if not found:
        raise Impossible(f"message {message.id} shows {message.labels}, not {label or data!r}")
    return found[0]


def _poll(question: str) -> Json:
    options = [
        {"persistent_id": str(number), "text": text, "voter_count": 0}
        for number, text in enumerate(("Да", "Нет"))
    ]
    return {
        "id": "5000000000000000001",
        "question": question,
        "options": options,
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
        "allows_revoting": True,
        "members_only": False,
    }


def _emoji(emoji: str) -> Json:
    return {"type": "emoji", "emoji": emoji}
