"""Telegram's conversations as a phone shows them, in JSON."""

from __future__ import annotations

from typing import Any

from bot.sandbox.styling import runs
from bot.sandbox.telegram import Message, TelegramServer
from bot.sandbox.telegram.chats import Chat, Topic
from bot.sandbox.telegram.topics import ICONS

Json = dict[str, Any]

_FILES = ("video", "video_note", "animation", "voice", "audio", "document")
_SERVICE = {
    "new_chat_members": "joined",
    "left_chat_member": "left",
    "pinned_message": "pinned",
    "forum_topic_created": "topic",
    "forum_topic_edited": "retitled",
    "forum_topic_closed": "closed",
    "forum_topic_reopened": "reopened",
}


def head(server: TelegramServer, chat_id: int) -> Json:
    """All of a conversation but its messages."""
    chat = server.world.chat(chat_id)
    return {
        "title": chat.title or server.world.bot.first_name,
        "members": sum(not member.user.is_bot for member in chat.members.values()),
        "started": chat.started or not chat.private,
        "blocked": chat.blocked,
        "keyboard": _reply_keyboard(server, chat),
        "forum": chat.forum,
        "topics": [_topic(one) for one in chat.topics.values() if chat.forum and not one.deleted],
    }


def messages(server: TelegramServer, chat_id: int, most: int) -> dict[int, Json]:
    """The newest `most` messages by id, oldest first."""
    shown = server.shown(chat_id)[-most:]
    return {message.id: _bubble(server, message) for message in shown}


def _topic(topic: Topic) -> Json:
    icon = ICONS.get(topic.icon, "")
    return {"id": topic.id, "name": topic.name, "icon": icon, "closed": topic.closed}


def _bubble(server: TelegramServer, message: Message) -> Json:
    body = message.body
    bubble: Json = {
        "id": message.id,
        "at": body["date"],
        "author": f"telegram:{message.sender_id}",
        "name": _name(body),
        "bot": message.from_bot,
        "text": runs(message.text, message.entities),
        "media": _media(body),
        "reply": _reply(server, message),
        "asks": [f"telegram:{user_id}" for user_id in server.asked(message)],
        "keyboard": _inline_keyboard(body),
        "reactions": [emoji for given in message.reactions.values() for emoji in given],
        "edited": "edit_date" in body,
        "forwarded": _origin(body.get("forward_origin", {})),
        "album": message.media_group,
        "thread": message.thread if "is_topic_message" in body else None,
        "service": next((word for key, word in _SERVICE.items() if key in body), ""),
    }
    return {key: value for key, value in bubble.items() if value not in ("", [], None, False)}


def _name(body: Json) -> str:
    """Of who wrote it, or of who came or left, whoever let them."""
    came: list[Json] = body.get("new_chat_members", [])
    someone: Json = came[0] if came else body.get("left_chat_member") or body.get("from") or {}
    return str(someone.get("first_name", ""))


def _media(body: Json) -> list[Json]:
    media: list[Json] = []
    if "photo" in body:
        media.append({"kind": "photo", "url": _url(body["photo"][-1])})
    for kind in _FILES:
        if kind in body and not (kind == "document" and "animation" in body):
            media.append(_file(kind, body[kind]))
    if "sticker" in body:
        media.append({"kind": "sticker", "title": body["sticker"].get("emoji", "🙂")})
    if "location" in body:
        place = body["location"]
        title = f"{place['latitude']:.4f}, {place['longitude']:.4f}"
        media.append({"kind": "place", "title": title})
    if "contact" in body:
        contact = body["contact"]
        told = {"title": contact["first_name"], "note": contact["phone_number"]}
        media.append({"kind": "contact", **told})
    if "poll" in body:
        media.append({"kind": "poll", "title": body["poll"]["question"]})
    if "dice" in body:
        media.append(
            {"kind": "sticker", "title": f"{body['dice']['emoji']} {body['dice']['value']}"}
        )
    return media


def _file(kind: str, told: Json) -> Json:
    file = {"kind": kind, "title": told.get("file_name", ""), "url": _url(told)}
    return file | {"size": told.get("file_size", 0), "seconds": told.get("duration", 0)}


def _url(told: Json) -> str:
    return f"/files/telegram/{told['file_id']}"


def _reply(server: TelegramServer, message: Message) -> Json | None:
    if message.reply_to is None:
        return None
    replied = server.message(message.chat_id, message.reply_to)
    media = [medium["kind"] for medium in _media(replied.body)]
    author = replied.body.get("from", {}).get("first_name", "")
    return {"id": replied.id, "name": author, "text": replied.text[:120], "media": media[:1]}


def _inline_keyboard(body: Json) -> list[list[Json]]:
    rows = body.get("reply_markup", {}).get("inline_keyboard", ())
    return [[_button(button) for button in row] for row in rows]


def _button(button: Json) -> Json:
    shown: Json = {"label": button["text"], "look": button.get("style", "")}
    if button.get("disabled"):
        return shown | {"disabled": True}
    if "callback_data" in button:
        return shown | {"data": button["callback_data"]}
    return shown | {"url": button.get("url", "")}


def _reply_keyboard(server: TelegramServer, chat: Chat) -> list[list[Json]]:
    keyboard = server.reply_keyboard(chat.id)
    if keyboard is None or (keyboard.get("one_time_keyboard") and _answered(server, chat)):
        return []
    return [[_key(button) for button in row] for row in keyboard["keyboard"]]


def _answered(server: TelegramServer, chat: Chat) -> bool:
    shown = server.shown(chat.id)
    return bool(shown) and not shown[-1].from_bot


def _key(button: Json | str) -> Json:
    if isinstance(button, str):
        return {"label": button, "does": "write"}
    asked = {"request_contact": "contact", "request_location": "location"}
    does = next((deed for key, deed in asked.items() if button.get(key)), "write")
    return {"label": button["text"], "look": button.get("style", ""), "does": does}


def _origin(origin: Json) -> str:
    sender = origin.get("sender_user", {})
    return str(origin.get("sender_user_name", sender.get("first_name", "")))
