"""The people at the phones: each deed of a page carried out on the messenger it belongs to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Protocol

from bot.sandbox.cast import Seat
from bot.sandbox.deeds import (
    Attach,
    Edit,
    File,
    Forward,
    Played,
    Press,
    React,
    Refused,
    Remove,
    Simple,
    Start,
    TapKey,
    Write,
)
from bot.sandbox.telegram import Impossible, Media, TelegramServer
from bot.sandbox.telegram.files import MEDIA
from bot.sandbox.vk import VkServer
from bot.sandbox.vk.attachments import (
    Attachable,
    AudioMessage,
    Document,
    Geo,
    Photo,
    Sticker,
    Video,
)
from bot.sandbox.vk.dialogs import Message
from bot.sandbox.vk.errors import VkError

_PLACE = (55.7558, 37.6173)  # the centre of Moscow


@dataclass(frozen=True, slots=True)
class Answered:
    """What a pressing person sees; an empty text only ends the waiting."""

    text: str
    alert: bool


class Player(Protocol):
    """People on one messenger."""

    def do(self, seat: Seat, deed: Played) -> str:
        """Carry it out; returns a press's id, else "". Raises Refused."""

    def answer(self, press: str) -> Answered | None:
        """What became of a press, once the bot has answered it."""


class TelegramPlayer:
    """People on Telegram."""

    def __init__(self, server: TelegramServer) -> None:
        self._server = server

    def do(self, seat: Seat, deed: Played) -> str:
        """See Player."""
        try:
            return self._do(seat, deed)
        except Impossible as error:
            raise Refused("impossible", str(error)) from error

    def answer(self, press: str) -> Answered | None:
        """See Player."""
        answer = self._server.answers.get(press)
        return None if answer is None else Answered(answer.text, answer.alert)

    def _do(self, seat: Seat, deed: Played) -> str:
        user, chat, server = seat.user_id, seat.chat_id, self._server
        match deed:
            case Write():
                server.write(user, chat, deed.text, reply_to=deed.reply_to, thread=deed.thread)
            case Attach():
                self._attach(seat, deed)
            case Press():
                return server.press(user, chat, deed.message, deed.data)
            case TapKey():
                server.write(user, chat, deed.label)
            case Edit():
                self._edit(seat, deed)
            case Remove():
                self._remove(seat, deed)
            case Forward():
                self._forward(seat, deed)
            case React():
                server.react(user, chat, deed.message, deed.emoji)
            case Start():
                server.press_start(user, deed.payload)
            case Simple():
                self._simple(seat, deed)
        return ""

    def _attach(self, seat: Seat, deed: Attach) -> None:
        items = [(file.kind, _media(file)) for file in deed.files]
        place = {"reply_to": deed.reply_to, "thread": deed.thread}
        if len(items) > 1:
            self._server.album(seat.user_id, seat.chat_id, [*items], deed.text, **place)
            return
        parts: dict[str, Any] = {**place, items[0][0]: items[0][1]}
        self._server.write(seat.user_id, seat.chat_id, deed.text, **parts)

    def _forward(self, seat: Seat, deed: Forward) -> None:
        """Its words and its first medium, with the name of who wrote it."""
        message = self._server.message(seat.chat_id, deed.message)
        parts: dict[str, Any] = {"thread": deed.thread, "forward_from": message.sender_id}
        for kind in MEDIA:
            told = message.body.get(kind)
            told = told[-1] if isinstance(told, list) else told
            file = self._server.world.files.find(told["file_id"]) if told else None
            if file is not None:
                parts[kind] = file.media
                break
        self._server.write(seat.user_id, seat.chat_id, message.text, **parts)

    def _edit(self, seat: Seat, deed: Edit) -> None:
        if not deed.text.strip():
            raise Impossible("a text has 1 to 4096 characters")
        self._server.edit(seat.user_id, seat.chat_id, deed.message, deed.text)

    def _remove(self, seat: Seat, deed: Remove) -> None:
        if self._server.message(seat.chat_id, deed.message).sender_id != seat.user_id:
            raise Impossible("only own messages can be deleted")
        self._server.delete(seat.chat_id, deed.message)

    def _simple(self, seat: Seat, deed: Simple) -> None:
        user, chat, server = seat.user_id, seat.chat_id, self._server
        if deed.do == "contact":
            if not seat.number:
                raise Impossible(f"{seat.name} has no number to share")
            server.write(user, chat, contact=seat.number)
        elif deed.do == "location":
            server.write(user, chat, location=_PLACE)
        elif user != chat:
            raise Impossible("only in a private chat can a bot be blocked")
        elif deed.do == "block":
            server.block(user)
        else:
            server.unblock(user)


class VkPlayer:
    """People on VK."""

    def __init__(self, server: VkServer) -> None:
        self._server = server

    def do(self, seat: Seat, deed: Played) -> str:
        """See Player."""
        try:
            return self._do(seat, deed)
        except (KeyError, ValueError, VkError) as error:
            raise Refused("impossible", f"VK does not offer this: {error}") from error

    def answer(self, press: str) -> Answered | None:
        """See Player."""
        data = self._server.answers.get(press)
        return None if data is None else Answered(str(data.get("text", "")), alert=False)

    def _do(self, seat: Seat, deed: Played) -> str:
        user, server = seat.user_id, self._server
        match deed:
            case Write():
                self._write(seat, deed.text, reply_to=deed.reply_to)
            case Attach():
                things = [_attachable(file) for file in deed.files]
                self._write(seat, deed.text, attachments=things, reply_to=deed.reply_to)
            case Press():
                number = self._message(seat, deed.message).number
                return server.press(user, seat.chat_id, number, json.loads(deed.data))
            case TapKey():
                self._write(seat, deed.label, payload=json.loads(deed.data))
            case Edit():
                server.edit(user, self._message(seat, deed.message).id, deed.text)
            case Forward():
                server.write(user, fwd=[self._message(seat, deed.message).id])
            case Simple(do="location"):
                self._write(seat, attachments=[Geo(*_PLACE)])
            case Simple(do="block"):
                server.deny(user)
            case Simple(do="unblock"):
                server.allow(user)
            case Start() | Remove() | React() | Simple():
                raise ValueError(deed.do)
        return ""

    def _write(self, seat: Seat, text: str = "", **parts: Any) -> None:
        if not text.strip() and not parts.get("attachments"):
            raise ValueError("an empty message")
        self._server.write(seat.user_id, text, **parts)

    def _message(self, seat: Seat, message_id: int) -> Message:
        message = self._server.community.dialogs.message(message_id)
        if message is None or message.peer_id != seat.chat_id:
            raise KeyError(message_id)
        return message


def _media(file: File) -> Media:
    return Media(file.bytes, file.name, fields={"emoji": "🙂"} if file.kind == "sticker" else {})


def _attachable(file: File) -> Attachable:
    match file.kind:
        case "photo":
            return Photo(file.bytes)
        case "voice":
            return AudioMessage(file.bytes)
        case "sticker":
            return Sticker(data=file.bytes)
        case "video":
            return Video(file.name or "Video")
    return Document(file.bytes, file.name or "document.bin")
