"""The table of methods: what each does and how it counts against the pace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.sandbox.telegram import asking, editing, sending, topics
from bot.sandbox.telegram.files import Media
from bot.sandbox.telegram.sending import Args
from bot.sandbox.telegram.world import World


@dataclass(frozen=True, slots=True)
class Method:
    """What a call does; `writes`: messages it counts for in a chat, `asks`: free of any pace."""

    run: Callable[[World, Args], Any]
    writes: int = 0
    asks: bool = False


def _sends(kind: str) -> Method:
    return Method(partial(sending.send_medium, kind=kind), 1)


METHODS: dict[str, Method] = {
    "getMe": Method(asking.get_me, asks=True),
    "logOut": Method(asking.log_out, asks=True),
    "close": Method(asking.log_out, asks=True),
    "getChat": Method(asking.get_chat, asks=True),
    "getChatMember": Method(asking.get_member, asks=True),
    "getChatAdministrators": Method(asking.get_admins, asks=True),
    "getChatMemberCount": Method(asking.count_members, asks=True),
    "getFile": Method(asking.get_file, asks=True),
    "setMyCommands": Method(asking.set_commands, asks=True),
    "sendChatAction": Method(asking.chat_action),
    "leaveChat": Method(asking.leave_chat),
    "sendMessage": Method(sending.send_message, 1),
    "sendPhoto": _sends("photo"),
    "sendVideo": _sends("video"),
    "sendAnimation": _sends("animation"),
    "sendVoice": _sends("voice"),
    "sendAudio": _sends("audio"),
    "sendDocument": _sends("document"),
    "sendVideoNote": _sends("video_note"),
    "sendSticker": _sends("sticker"),
    "sendLocation": Method(sending.send_location, 1),
    "sendVenue": Method(sending.send_venue, 1),
    "sendContact": Method(sending.send_contact, 1),
    "copyMessage": Method(sending.copy_message, 1),
    "copyMessages": Method(sending.copy_messages, 1),
    "forwardMessage": Method(sending.forward_message, 1),
    "editMessageText": Method(editing.edit_text, 1),
    "editMessageCaption": Method(editing.edit_caption, 1),
    "editMessageReplyMarkup": Method(editing.edit_markup, 1),
    "deleteMessage": Method(editing.delete_message),
    "deleteMessages": Method(editing.delete_messages),
    "answerCallbackQuery": Method(editing.answer_press),
    "setMessageReaction": Method(editing.set_reaction),
    "pinChatMessage": Method(editing.pin, 1),
    "getForumTopicIconStickers": Method(topics.icon_stickers, asks=True),
    "createForumTopic": Method(topics.create_topic, 1),
    "editForumTopic": Method(topics.edit_topic, 1),
    "closeForumTopic": Method(topics.close_topic, 1),
    "reopenForumTopic": Method(topics.reopen_topic, 1),
    "deleteForumTopic": Method(topics.delete_topic, 1),
}
ALBUM = "sendMediaGroup"


def run(world: World, name: str, args: Args, uploads: dict[str, Media]) -> Any:
    """Carry a method out; raises Refusal."""
    if name == ALBUM:
        return sending.send_media_group(world, args, uploads)
    return METHODS[name].run(world, args)


def weight(name: str, args: Args) -> int | None:
    """How many messages a call counts for in its chat; None when it is free of any pace."""
    if name == ALBUM:
        items = args.get("media")
        return len(items) if isinstance(items, list) else 1
    method = METHODS[name]
    if method.asks:
        return None
    if name == "copyMessages":
        ids = args.get("message_ids")
        return len(ids) if isinstance(ids, list) else 1
    return method.writes
