"""Methods that ask about the bot, chats and files, or concern the bot's own standing."""

from __future__ import annotations

from bot.sandbox.telegram.chats import Chat, Json, Kind, Member, Rank
from bot.sandbox.telegram.refusals import bad_request
from bot.sandbox.telegram.sending import Args, open_chat
from bot.sandbox.telegram.world import World

_ACTION_WORDS = (
    "typing upload_photo record_video upload_video record_voice upload_voice upload_document "
    "choose_sticker find_location record_video_note upload_video_note"
)
_ACTIONS = frozenset(_ACTION_WORDS.split())


def get_me(world: World, args: Args) -> Json:
    """getMe."""
    return world.bot.body() | {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def get_chat(world: World, args: Args) -> Json:
    """getChat."""
    chat = world.known(args.get("chat_id"))
    if chat.private and not chat.started:
        raise bad_request("chat not found")
    if not chat.private:
        world.entered(chat.id)
    body = chat.body() | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }
    if not chat.private:
        body["permissions"] = {"can_send_messages": True}
    if chat.username:
        body["active_usernames"] = [chat.username]
    if chat.linked is not None:
        body["linked_chat_id"] = chat.linked
    pinned = None if chat.pinned is None else chat.shown(chat.pinned)
    return body if pinned is None else body | {"pinned_message": pinned.body}


def get_member(world: World, args: Args) -> Json:
    """getChatMember: of others in supergroups only while the bot is an admin."""
    chat = _group(world, args)
    if args.get("user_id", 0) <= 0:
        raise bad_request("invalid user_id specified")
    user = world.users.get(args["user_id"])
    if user is None:
        raise bad_request("user not found")
    me = chat.member(world.bot)
    if chat.kind is not Kind.GROUP and not me.admin and user.id != world.bot.id:
        raise bad_request("CHAT_ADMIN_REQUIRED")
    return chat.member(user).body()


def get_admins(world: World, args: Args) -> list[Json]:
    """getChatAdministrators: bots only when asked for."""
    chat = world.entered(args.get("chat_id"))
    if chat.private:
        raise bad_request("there are no administrators in the private chat")
    return [
        member.body()
        for member in chat.members.values()
        if member.admin and (not member.user.is_bot or args.get("return_bots"))
    ]


def count_members(world: World, args: Args) -> int:
    """getChatMemberCount."""
    chat = world.entered(args.get("chat_id"))
    return 2 if chat.private else sum(member.present for member in chat.members.values())


def leave_chat(world: World, args: Args) -> bool:
    """leaveChat."""
    chat = _group(world, args)
    if chat.kind is not Kind.CHANNEL:
        world.service(chat, world.bot, {"left_chat_member": world.bot.body()})
    world.set_member(chat, Member(world.bot, Rank.LEFT), world.bot)
    return True


def get_file(world: World, args: Args) -> Json:
    """getFile: up to 20 MB."""
    file = world.files.find(args.get("file_id", ""))
    if file is None:
        raise bad_request("invalid file_id")
    if file.media.bytes > world.limits.download:
        raise bad_request("file is too big")
    keys = ("file_id", "file_unique_id", "file_size")
    return {key: file.body[key] for key in keys} | {"file_path": file.path}


def chat_action(world: World, args: Args) -> bool:
    """sendChatAction."""
    open_chat(world, args)
    if args.get("action") not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    return True


def set_commands(world: World, args: Args) -> bool:
    """setMyCommands."""
    commands = args.get("commands")
    if not isinstance(commands, list):
        raise bad_request("expected an Array of BotCommand")
    for command in commands:
        name = str(command.get("command", "")).removeprefix("/")
        plain = name.replace("_", "a")
        if not (name.isascii() and plain.isalnum() and plain.islower() and len(name) <= 32):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands[args.get("language_code", "")] = commands
    return True


def log_out(world: World, args: Args) -> bool:
    """logOut and close: agreed to, nothing more."""
    return True


def _group(world: World, args: Args) -> Chat:
    chat = world.entered(args.get("chat_id"))
    if chat.private:
        raise bad_request("chat type is private")
    return chat
