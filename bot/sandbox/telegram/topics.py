"""Methods that open, change and close the topics of a forum."""

from __future__ import annotations

from bot.sandbox.telegram.chats import Chat, Json, Topic
from bot.sandbox.telegram.groups import drop_topic
from bot.sandbox.telegram.refusals import bad_request
from bot.sandbox.telegram.sending import Args, open_chat
from bot.sandbox.telegram.world import Happened, World

NAME_LIMIT = 128
COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)
_EMOJI = "📰 💡 ⚡️ 🎙 🔝 🗣 🆒 ❗️ 📝 📆 📁 🔎 📣 🔥 ❤️ ❓ 📈 📉 💎 💰 💬 ✅ ⭐️ 🎉 🏁 🤖"
ICONS = {
    str(5_300_000_000_000_000_000 + number): emoji for number, emoji in enumerate(_EMOJI.split())
}


def icon_stickers(world: World, args: Args) -> list[Json]:
    """getForumTopicIconStickers: what any bot may use as a topic's icon."""
    looks = {"type": "custom_emoji", "is_animated": True, "is_video": False}
    size = {"width": 512, "height": 512, "set_name": "Topics"}
    return [
        {
            "file_id": f"icon-{number}",
            "file_unique_id": f"unique-{number}",
            "emoji": emoji,
            "custom_emoji_id": number,
            **looks,
            **size,
        }
        for number, emoji in ICONS.items()
    ]


def create_topic(world: World, args: Args) -> Json:
    """createForumTopic."""
    chat = _forum(world, args)
    if not chat.member(world.bot).may("can_manage_topics"):
        raise bad_request("not enough rights to create a topic")
    name = _name(args.get("name", ""))
    color = args.get("icon_color", COLORS[0])
    if color not in COLORS:
        raise bad_request("TOPIC_ICON_COLOR_INVALID")
    icon = _icon(args.get("icon_custom_emoji_id", ""))
    topic = world.next_topic(chat, world.bot, name, color, icon)
    body: Json = {"message_thread_id": topic.id, "name": name, "icon_color": color}
    return body | ({"icon_custom_emoji_id": icon} if icon else {})


def edit_topic(world: World, args: Args) -> bool:
    """editForumTopic: without a name, or with an empty one, the name stays."""
    chat, topic = _topic(world, args)
    changed: Json = {}
    if args.get("name") and _name(args["name"]) != topic.name:
        changed["name"] = topic.name = _name(args["name"])
    if "icon_custom_emoji_id" in args and _icon(args["icon_custom_emoji_id"]) != topic.icon:
        changed["icon_custom_emoji_id"] = topic.icon = args["icon_custom_emoji_id"]
    if not changed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    _report(world, chat, topic, {"forum_topic_edited": changed})
    return True


def close_topic(world: World, args: Args) -> bool:
    """closeForumTopic."""
    return _set_closed(world, args, closed=True)


def reopen_topic(world: World, args: Args) -> bool:
    """reopenForumTopic."""
    return _set_closed(world, args, closed=False)


def delete_topic(world: World, args: Args) -> bool:
    """deleteForumTopic."""
    chat, topic = _topic(world, args)
    if not chat.member(world.bot).may("can_delete_messages"):
        raise bad_request("not enough rights to delete a topic")
    drop_topic(world, chat, topic.id)
    return True


def _set_closed(world: World, args: Args, *, closed: bool) -> bool:
    chat, topic = _topic(world, args)
    if topic.closed == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.closed = closed
    key = "forum_topic_closed" if closed else "forum_topic_reopened"
    _report(world, chat, topic, {key: {}})
    return True


def _report(world: World, chat: Chat, topic: Topic, content: Json) -> None:
    world.service(chat, world.bot, content, topic.id)
    world.tell(Happened.TOPIC, chat.id, topic.id)


def _forum(world: World, args: Args) -> Chat:
    chat = open_chat(world, args)
    if not chat.forum:
        raise bad_request("the chat is not a forum")
    return chat


def _topic(world: World, args: Args) -> tuple[Chat, Topic]:
    chat = _forum(world, args)
    topic = chat.topics.get(args.get("message_thread_id", 0))
    if topic is None or topic.deleted:
        raise bad_request("TOPIC_ID_INVALID")
    # Whoever opened a topic needs no right to manage it.
    if topic.creator != world.bot.id and not chat.member(world.bot).may("can_manage_topics"):
        raise bad_request("not enough rights to manage the topic")
    return chat, topic


def _icon(icon: str) -> str:
    if icon and icon not in ICONS:
        raise bad_request("DOCUMENT_INVALID")
    return icon


def _name(name: str) -> str:
    name = name.strip()
    if not name:
        raise bad_request("topic name must be non-empty")
    if len(name) > NAME_LIMIT:
        raise bad_request("TOPIC_TITLE_TOO_LONG")
    return name
