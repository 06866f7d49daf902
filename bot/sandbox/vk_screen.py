"""VK's conversations as a phone shows them, in JSON."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.styling import plain
from bot.sandbox.vk import Standing, VkServer
from bot.sandbox.vk.dialogs import Message

Json = dict[str, Any]

_LOOKS = {"primary": "primary", "positive": "success", "negative": "danger"}
_DOES = {"location": "location"}


def head(server: VkServer, peer_id: int) -> Json:
    """All of a conversation but its messages."""
    user = server.community.people.get(peer_id)
    return {
        "title": server.community.name,
        "members": 0,
        "started": True,
        "blocked": user.standing is Standing.DENIED,
        "keyboard": _keyboard(server.keyboard(peer_id)),
    }


def messages(server: VkServer, peer_id: int, most: int) -> dict[int, Json]:
    """The newest `most` messages by id, oldest first."""
    dialog = server.community.dialogs.find(peer_id)
    found = list(dialog.messages.values()) if dialog else []
    shown = [message for message in found if not message.deleted]
    return {message.id: _bubble(server, message) for message in shown[-most:]}


def _bubble(server: VkServer, message: Message) -> Json:
    inline = message.keyboard if message.keyboard and message.keyboard.get("inline") else None
    bubble: Json = {
        "id": message.id,
        "at": message.date,
        "author": f"vk:{message.from_id}",
        "name": _name(server, message),
        "bot": message.outgoing,
        "text": plain(_words(message)),
        "media": [one for part in (message, *message.forwarded) for one in _media(part)],
        "reply": _reply(server, message),
        "keyboard": _keyboard(inline),
        "edited": message.updated is not None,
        "forwarded": _origin(server, message),
    }
    return {key: value for key, value in bubble.items() if value not in ("", [], None, False)}


def _words(message: Message) -> str:
    """Its own words, and those that it forwards."""
    return "\n".join(part.text for part in (message, *message.forwarded) if part.text)


def _origin(server: VkServer, message: Message) -> str:
    return ", ".join(dict.fromkeys(_name(server, one) for one in message.forwarded))


def _name(server: VkServer, message: Message) -> str:
    if message.outgoing:
        return server.community.name
    return server.community.people.get(message.from_id).first_name


def _media(message: Message) -> list[Json]:
    media = [_medium(one["type"], one[one["type"]]) for one in message.attachments]
    if message.geo is not None:
        point = message.geo["coordinates"]
        title = f"{point['latitude']:.4f}, {point['longitude']:.4f}"
        media.append({"kind": "place", "title": title})
    return media


def _medium(kind: str, shape: Json) -> Json:
    if kind == "photo":
        return {"kind": "photo", "url": _url(shape["orig_photo"]["url"])}
    if kind == "doc":
        told = {"title": shape["title"], "size": shape["size"], "url": _url(shape["url"])}
        return {"kind": "document", **told}
    if kind == "audio_message":
        told = {"url": _url(shape["link_ogg"]), "seconds": shape["duration"]}
        return {"kind": "voice", **told}
    if kind == "graffiti":
        return {"kind": "photo", "url": _url(shape["url"])}
    if kind == "sticker":
        return {"kind": "sticker", "title": "🙂"}
    return {"kind": kind if kind in ("video", "link", "poll") else "other"} | {
        "title": str(shape.get("title", ""))
    }


def _url(address: str) -> str:
    """The page's own address of one of the server's files."""
    return f"/files/vk/{urlsplit(address).path.split('/')[2]}"


def _reply(server: VkServer, message: Message) -> Json | None:
    replied = message.reply
    if replied is None:
        return None
    media = [medium["kind"] for medium in _media(replied)]
    told = {"name": _name(server, replied), "text": replied.text[:120], "media": media[:1]}
    return {"id": replied.id, **told}


def _keyboard(keyboard: Json | None) -> list[list[Json]]:
    if keyboard is None:
        return []
    return [[_button(button) for button in row] for row in keyboard["buttons"]]


def _button(button: Json) -> Json:
    action = button["action"]
    kind = action["type"]
    look = _LOOKS.get(button.get("color", ""), "")
    shown: Json = {"label": action.get("label", ""), "look": look}
    if kind == "open_link":
        return shown | {"url": action["link"]}
    if kind in ("text", "callback"):
        payload = json.dumps(json.loads(action["payload"] or "null"), ensure_ascii=False)
        return shown | {"data": payload, "does": "payload"}
    return shown | {"label": shown["label"] or "📍", "does": _DOES.get(kind, "")}
