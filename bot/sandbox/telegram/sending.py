"""Methods that put new messages into a chat, long because they share one way of delivery."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from bot.sandbox.telegram.chats import Chat, Json, Message, Rank
from bot.sandbox.telegram.files import MEDIA, Media, content, refuse_as_photo
from bot.sandbox.telegram.formatting import Formatted, read_caption, read_message_text
from bot.sandbox.telegram.keyboards import read_markup
from bot.sandbox.telegram.parameters import attached
from bot.sandbox.telegram.refusals import bad_request, forbidden
from bot.sandbox.telegram.world import World

Args = dict[str, Any]

CONTENT = (
    *MEDIA,
    "text",
    "entities",
    "link_preview_options",
    "caption",
    "caption_entities",
    "location",
    "contact",
    "poll",
    "dice",
    "venue",
)
_MEDIA_FIELDS = {
    "video": ("duration", "width", "height"),
    "animation": ("duration", "width", "height"),
    "voice": ("duration",),
    "audio": ("duration", "performer", "title"),
    "video_note": ("duration", "length"),
    "sticker": ("emoji",),
}
_ALBUMS = ("photo", "video", "audio", "document")


def send_message(world: World, args: Args) -> Json:
    """sendMessage."""
    chat = open_chat(world, args)
    text = read_message_text(args.get("text", ""), args.get("parse_mode", ""), args.get("entities"))
    parts = text.body()
    if args.get("link_preview_options"):
        parts["link_preview_options"] = args["link_preview_options"]
    return _deliver(world, chat, parts, args).body


def send_medium(world: World, args: Args, kind: str) -> Json:
    """sendPhoto, sendVideo and the like: `kind` is the medium and its parameter's name."""
    chat = open_chat(world, args)
    caption = _caption(args)
    parts = _medium(world, kind, args.get(kind), args) | _captioned(caption)
    for key, shown in (
        ("has_spoiler", "has_media_spoiler"),
        ("show_caption_above_media", "show_caption_above_media"),
    ):
        if args.get(key):
            parts[shown] = True
    return _deliver(world, chat, parts, args).body


def send_location(world: World, args: Args) -> Json:
    """sendLocation."""
    chat = open_chat(world, args)
    return _deliver(world, chat, {"location": _point(args)}, args).body


def send_venue(world: World, args: Args) -> Json:
    """sendVenue: a place with a name and an address."""
    chat = open_chat(world, args)
    place = _point(args)
    for name in ("title", "address"):
        if not args.get(name, "").strip():
            raise bad_request(f"{name} must be non-empty")
    venue = {"location": place} | {key: args[key] for key in ("title", "address")}
    return _deliver(world, chat, {"venue": venue, "location": place}, args).body


def send_contact(world: World, args: Args) -> Json:
    """sendContact."""
    chat = open_chat(world, args)
    for name, empty in (
        ("phone_number", "phone number is empty"),
        ("first_name", "first name is empty"),
    ):
        if not args.get(name):
            raise bad_request(empty)
    keys = ("phone_number", "first_name", "last_name", "vcard")
    contact = {key: args[key] for key in keys if args.get(key)}
    return _deliver(world, chat, {"contact": contact}, args).body


def send_media_group(world: World, args: Args, uploads: dict[str, Media]) -> list[Json]:
    """sendMediaGroup: 2–10 media, documents and music only among themselves."""
    chat = open_chat(world, args)
    items = args.get("media")
    if not isinstance(items, list):
        raise bad_request("expected an Array of InputMedia")
    if len(items) > 10:
        raise bad_request("too many messages to send as an album")
    if len(items) < 2:
        raise bad_request("there are no messages to send as an album")
    kinds = {str(item.get("type")) for item in items}
    if not kinds <= set(_ALBUMS):
        raise bad_request("can't parse InputMedia: unsupported media type specified")
    if len(kinds) > 1 and kinds & {"audio", "document"}:
        named = min(kinds & {"audio", "document"})
        raise bad_request(f"{named} can't be mixed with other media types")
    parts = [_album_item(world, item, uploads) for item in items]
    group = {"media_group_id": world.album_id()}
    return [_deliver(world, chat, part | group, args).body for part in parts]


def copy_message(world: World, args: Args) -> Json:
    """copyMessage."""
    chat = open_chat(world, args)
    source = _source(world, args, args.get("message_id"), "copy")
    if source.service:
        raise bad_request("message can't be copied")
    parts = _contents(source)
    if "caption" in args and "text" not in parts:
        parts = {k: v for k, v in parts.items() if not k.startswith("caption")}
        parts |= _captioned(_caption(args))
    return {"message_id": _deliver(world, chat, parts, args).id}


def copy_messages(world: World, args: Args) -> list[Json]:
    """copyMessages: what cannot be copied is skipped, albums stay albums."""
    chat = open_chat(world, args)
    ids = message_ids(args)
    if any(later <= earlier for earlier, later in pairwise(ids)):
        raise bad_request("message identifiers must be in a strictly increasing order")
    origin = world.entered(args.get("from_chat_id"))
    sources = [message for number in ids if (message := origin.shown(number))]
    albums: dict[str, str] = {}
    copied = []
    for source in sources:
        if source.service:
            continue
        parts = _contents(source)
        if args.get("remove_caption"):
            parts = {k: v for k, v in parts.items() if not k.startswith("caption")}
        if source.media_group:
            album = albums.setdefault(source.media_group, world.album_id())
            parts["media_group_id"] = album
        copied.append({"message_id": _deliver(world, chat, parts, args).id})
    if not copied:
        raise bad_request("there are no messages to copy")
    return copied


def forward_message(world: World, args: Args) -> Json:
    """forwardMessage."""
    chat = open_chat(world, args)
    source = _source(world, args, args.get("message_id"), "forward")
    if source.service:
        raise bad_request("message can't be forwarded")
    origin = source.body.get("forward_origin") or _origin(source)
    return _deliver(world, chat, _contents(source) | {"forward_origin": origin}, args).body


def open_chat(world: World, args: Args) -> Chat:
    """The chat that the call names, where the bot may write."""
    chat = world.entered(args.get("chat_id"))
    if not chat.private:
        member = chat.member(world.bot)
        if member.rank is Rank.RESTRICTED:
            raise bad_request("not enough rights to send text messages to the chat")
        if chat.kind.value == "channel" and not member.admin:
            raise forbidden("bot is not a member of the channel chat")
    return chat


def message_ids(args: Args) -> list[int]:
    """1–100 message ids."""
    ids = args.get("message_ids")
    if not isinstance(ids, list):
        raise bad_request("expected an Array of message identifiers")
    if not ids:
        raise bad_request("message identifiers are not specified")
    if len(ids) > 100:
        raise bad_request("too many message identifiers specified")
    return [int(number) for number in ids]


def _deliver(world: World, chat: Chat, parts: Json, args: Args) -> Message:
    inline, keyboard = read_markup(args.get("reply_markup"), private=chat.private)
    reply = _replied(world, chat, args.get("reply_parameters"))
    thread = _thread(world, chat, args.get("message_thread_id"), reply)
    if inline:
        parts = parts | {"reply_markup": inline}
    if args.get("protect_content"):
        parts = parts | {"has_protected_content": True}
    message = world.compose(chat, world.bot, parts, reply=reply, thread=thread)
    message.reply_keyboard = keyboard
    return message


def _replied(world: World, chat: Chat, parameters: Any) -> Message | None:
    if not parameters:
        return None
    if not isinstance(parameters, dict):
        raise bad_request("object expected as reply parameters")
    elsewhere = parameters.get("chat_id") not in (None, chat.id, str(chat.id))
    place = world.entered(parameters["chat_id"]) if elsewhere else chat
    message = place.shown(int(parameters.get("message_id") or 0))
    if message is None:
        if parameters.get("allow_sending_without_reply"):
            return None
        raise bad_request("message to be replied not found")
    if parameters.get("quote") and parameters["quote"] not in message.text:
        raise bad_request("QUOTE_TEXT_INVALID")
    return None if elsewhere else message


def _thread(world: World, chat: Chat, thread: int | None, reply: Message | None) -> int | None:
    if thread is None:
        thread = reply.thread if reply is not None and chat.forum else None
    if not thread:
        return None
    topic = chat.topics.get(thread) if chat.forum else None
    if topic is None or topic.deleted:
        raise bad_request("message thread not found")
    manages = topic.creator == world.bot.id or chat.member(world.bot).may("can_manage_topics")
    if topic.closed and not manages:
        raise bad_request("TOPIC_CLOSED")
    return thread


def _caption(args: Args) -> Formatted:
    entities = args.get("caption_entities")
    return read_caption(args.get("caption", ""), args.get("parse_mode", ""), entities)


def _captioned(caption: Formatted) -> Json:
    return caption.body("caption", "caption_entities")


def _point(args: Args) -> Json:
    for name, most in (("latitude", 90), ("longitude", 180)):
        if name not in args:
            raise bad_request(f"{name} is empty")
        if abs(args[name]) > most:
            raise bad_request("wrong " + name)
    return {key: args[key] for key in ("latitude", "longitude")}


def _medium(world: World, kind: str, source: Any, args: Args) -> Json:
    if kind == "photo" and isinstance(source, Media):
        refuse_as_photo(source)
    fields = {key: args[key] for key in _MEDIA_FIELDS.get(kind, ()) if args.get(key)}
    return content(world.files, kind, source, fields)


def _album_item(world: World, item: Json, uploads: dict[str, Media]) -> Json:
    kind = str(item["type"])
    source = attached(item.get("media", ""), uploads)
    parts = _medium(world, kind, source, item) | _captioned(_caption(item))
    if item.get("has_spoiler"):
        parts["has_media_spoiler"] = True
    return parts


def _source(world: World, args: Args, message_id: int | None, verb: str) -> Message:
    message = world.entered(args.get("from_chat_id")).shown(message_id or 0)
    if message is None:
        raise bad_request(f"message to {verb} not found")
    if message.body.get("has_protected_content"):
        raise bad_request(f"message can't be {'copied' if verb == 'copy' else 'forwarded'}")
    return message


def _contents(message: Message) -> Json:
    return {key: message.body[key] for key in CONTENT if key in message.body}


def _origin(source: Message) -> Json:
    body = source.body
    if "sender_chat" in body:
        return {"type": "chat", "date": body["date"], "sender_chat": body["sender_chat"]}
    if "from" in body:
        return {"type": "user", "date": body["date"], "sender_user": body["from"]}
    kept = {"date": body["date"], "chat": body["chat"], "message_id": body["message_id"]}
    return {"type": "channel", **kept}
