"""Methods that change what is already there: edits, deletions, reactions, pins, answers."""

from __future__ import annotations

from typing import Any

from bot.sandbox.telegram.chats import Chat, Json, Message
from bot.sandbox.telegram.formatting import read_caption, read_message_text, units
from bot.sandbox.telegram.keyboards import read_inline
from bot.sandbox.telegram.refusals import bad_request
from bot.sandbox.telegram.sending import Args, message_ids, open_chat
from bot.sandbox.telegram.world import Answer, Happened, World

ANSWER_LIMIT = 200
_CAPTIONED = ("photo", "video", "animation", "voice", "audio", "document")
_EMOJI = (
    "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 "
    "🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 "
    "😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 "
    "🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡 "
)
REACTIONS = frozenset(_EMOJI.split())

_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)
_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
_DELETABLE_FOR = 48 * 3600


def edit_text(world: World, args: Args) -> Json:
    """editMessageText."""
    message = _editable(world, args)
    if "text" not in message.body:
        raise bad_request("there is no text in the message to edit")
    text = read_message_text(
        args.get("text", ""),
        args.get("parse_mode", ""),
        args.get("entities"),
        too_long="MESSAGE_TOO_LONG",
    )
    parts = text.body()
    if args.get("link_preview_options"):
        parts["link_preview_options"] = args["link_preview_options"]
    return _rewrite(world, message, ("text", "entities", "link_preview_options"), parts, args)


def edit_caption(world: World, args: Args) -> Json:
    """editMessageCaption."""
    message = _editable(world, args)
    if not any(kind in message.body for kind in _CAPTIONED):
        raise bad_request("there is no caption in the message to edit")
    entities = args.get("caption_entities")
    caption = read_caption(args.get("caption", ""), args.get("parse_mode", ""), entities)
    parts = caption.body("caption", "caption_entities")
    return _rewrite(world, message, ("caption", "caption_entities"), parts, args)


def edit_markup(world: World, args: Args) -> Json:
    """editMessageReplyMarkup."""
    return _rewrite(world, _editable(world, args), (), {}, args)


def delete_message(world: World, args: Args) -> bool:
    """deleteMessage."""
    chat = open_chat(world, args)
    if not args.get("message_id"):
        raise bad_request("message identifier is not specified")
    message = chat.shown(args["message_id"])
    if message is None:
        raise bad_request("message to delete not found")
    _refuse_deletion(world, chat, message)
    world.remove(message)
    return True


def delete_messages(world: World, args: Args) -> bool:
    """deleteMessages: ids that are not there are skipped."""
    chat = open_chat(world, args)
    messages = [message for number in message_ids(args) if (message := chat.shown(number))]
    for message in messages:
        _refuse_deletion(world, chat, message)
    for message in messages:
        world.remove(message)
    return True


def answer_press(world: World, args: Args) -> bool:
    """answerCallbackQuery: in time, and at most 200 characters; the first answer is shown."""
    press = world.presses.get(args.get("callback_query_id", ""))
    if press is None or world.clock() - press.at > world.limits.press_lifetime:
        raise bad_request(_TOO_OLD)
    text = args.get("text", "")
    if units(text) > ANSWER_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    url = args.get("url", "")
    if url and not url.startswith(("https://t.me/", "t.me/", "tg://")):
        raise bad_request("URL_INVALID")
    if press.id not in world.answers:
        answer = Answer(text, bool(args.get("show_alert")), url, world.clock())
        world.answers[press.id] = answer
        world.tell(Happened.ANSWER, press.chat_id, press.message_id)
    return True


def set_reaction(world: World, args: Args) -> bool:
    """setMessageReaction: one emoji of Telegram's list, or none."""
    chat = open_chat(world, args)
    message = chat.shown(args.get("message_id", 0))
    if message is None:
        raise bad_request("message to react not found")
    reactions = args.get("reaction") or []
    if not isinstance(reactions, list):
        raise bad_request("expected an Array of ReactionType")
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    emoji = tuple(_reaction(item) for item in reactions)
    message.reactions[world.bot.id] = emoji
    world.tell(Happened.REACTION, chat.id, message.id)
    return True


def pin(world: World, args: Args) -> bool:
    """pinChatMessage; the service message about it reaches the bot too."""
    chat = open_chat(world, args)
    message = chat.shown(args.get("message_id", 0))
    if message is None:
        raise bad_request("message to pin not found")
    if not chat.private and not chat.member(world.bot).may("can_pin_messages"):
        raise bad_request("not enough rights to manage pinned messages in the chat")
    if chat.pinned != message.id:
        chat.pinned = message.id
        world.service(chat, world.bot, {"pinned_message": message.body}, message.thread)
    return True


def _editable(world: World, args: Args) -> Message:
    if args.get("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    chat = open_chat(world, args)
    if not args.get("message_id"):
        raise bad_request("message identifier is not specified")
    message = chat.shown(args["message_id"])
    if message is None:
        raise bad_request("message to edit not found")
    if not message.from_bot or message.service or message.reply_keyboard is not None:
        raise bad_request("message can't be edited")
    return message


def _rewrite(
    world: World, message: Message, keys: tuple[str, ...], parts: Json, args: Args
) -> Json:
    """The message with the named fields and the keyboard replaced by the new ones."""
    markup = read_inline(args.get("reply_markup"))
    if markup:
        parts = parts | {"reply_markup": markup}
    drop = (*keys, "reply_markup")
    kept = {key: value for key, value in message.body.items() if key not in drop}
    old = {key: message.body[key] for key in drop if key in message.body}
    if old == parts:
        raise bad_request(_NOT_MODIFIED)
    world.rewrite(message, kept | parts | {"edit_date": world.now})
    return message.body


def _refuse_deletion(world: World, chat: Chat, message: Message) -> None:
    member = chat.member(world.bot)
    if not chat.private and member.may("can_delete_messages"):
        return
    if not (message.from_bot or chat.private):
        raise bad_request("message can't be deleted")
    if world.clock() - message.body["date"] > _DELETABLE_FOR:
        raise bad_request("message can't be deleted for everyone")


def _reaction(item: Any) -> str:
    if not isinstance(item, dict) or item.get("type") != "emoji":
        raise bad_request("REACTION_INVALID")
    emoji = str(item.get("emoji", "")).replace("\ufe0f", "")
    if emoji not in REACTIONS:
        raise bad_request("REACTION_INVALID")
    return emoji
