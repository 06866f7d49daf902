"""The table of methods: what each takes, which right it needs, and what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.sandbox.vk.community import Community
from bot.sandbox.vk.events import OFF_AT_FIRST, ON_AT_FIRST
from bot.sandbox.vk.methods import (
    amending,
    callbacks,
    groups,
    media,
    reacting,
    reading,
    sending,
    users,
)
from bot.sandbox.vk.parameters import Parameters, Signature

# the schema knows no switches for these, though communities have them
_SWITCHES = " ".join(f"{name}:bool" for name in sorted(ON_AT_FIRST | OFF_AT_FIRST))
_PAGE = "offset:int count:int extended:bool fields:strs group_id:int"


@dataclass(frozen=True, slots=True)
class Method:
    """One method; `permission` is the token's right that it needs, "" for none."""

    signature: Signature
    permission: str
    run: Callable[[Community, Parameters], Any]


def _method(permission: str, run: Callable[[Community, Parameters], Any], takes: str) -> Method:
    return Method(Signature(takes), permission, run)


EXECUTE = Signature("code:str!")

METHODS: dict[str, Method] = {
    "messages.send": _method(
        "messages",
        sending.send,
        "user_id:int random_id:int peer_id:int peer_ids:ints/100 chat_id:int domain:str"
        " message:str lat:float long:float attachment:str reply_to:int forward_messages:ints"
        " forward:str sticker_id:int group_id:int keyboard:str payload:str content_source:str"
        " dont_parse_links:bool disable_mentions:bool intent:str subscribe_id:int",
    ),
    "messages.edit": _method(
        "messages",
        amending.edit,
        "peer_id:int! message:str lat:float long:float attachment:str keep_forward_messages:bool"
        " keep_snippets:bool group_id:int dont_parse_links:bool disable_mentions:bool"
        " message_id:int conversation_message_id:int cmid:int keyboard:str",
    ),
    "messages.delete": _method(
        "messages",
        amending.delete,
        "message_ids:ints/1000 spam:bool reason:int group_id:int delete_for_all:bool peer_id:int"
        " cmids:ints/100",
    ),
    "messages.sendMessageEventAnswer": _method(
        "messages",
        reacting.answer_press,
        "event_id:str! user_id:int! peer_id:int! event_data:str",
    ),
    "messages.setActivity": _method(
        "messages", reacting.set_activity, "user_id:int type:str peer_id:int group_id:int"
    ),
    "messages.markAsRead": _method(
        "messages",
        reacting.mark_as_read,
        "message_ids:ints peer_id:int start_message_id:int group_id:int"
        " mark_conversation_as_read:bool up_to_cmid:int",
    ),
    "messages.removeChatUser": _method(
        "messages", reacting.remove_chat_user, "chat_id:int! user_id:int member_id:int"
    ),
    "messages.getConversations": _method(
        "messages", reading.get_conversations, f"{_PAGE} filter:str start_message_id:int"
    ),
    "messages.getConversationsById": _method(
        "messages",
        reading.get_conversations_by_id,
        "peer_ids:ints/100! extended:bool fields:strs group_id:int",
    ),
    "messages.getConversationMembers": _method(
        "messages",
        reading.get_conversation_members,
        f"{_PAGE} peer_id:int! member_ids:ints",
    ),
    "messages.getHistory": _method(
        "messages",
        reading.get_history,
        f"{_PAGE} user_id:int peer_id:int start_message_id:int rev:bool",
    ),
    "messages.getById": _method(
        "messages",
        reading.get_by_id,
        "message_ids:ints/100 preview_length:int extended:bool fields:strs group_id:int"
        " cmids:ints/100 peer_id:int",
    ),
    "messages.getByConversationMessageId": _method(
        "messages",
        reading.get_by_conversation_message_id,
        "peer_id:int! conversation_message_ids:ints/100! extended:bool fields:strs group_id:int",
    ),
    "messages.isMessagesFromGroupAllowed": _method(
        "messages", reading.is_allowed, "group_id:int! user_id:int!"
    ),
    "groups.getById": _method("", groups.get_by_id, "group_ids:strs group_id:str fields:strs"),
    "groups.getLongPollServer": _method("manage", groups.get_long_poll_server, "group_id:int!"),
    "groups.getLongPollSettings": _method("manage", groups.get_long_poll_settings, "group_id:int!"),
    "groups.setLongPollSettings": _method(
        "manage",
        groups.set_long_poll_settings,
        f"group_id:int! enabled:bool api_version:str {_SWITCHES}",
    ),
    "groups.setSettings": _method(
        "manage",
        groups.set_settings,
        "group_id:int! messages:bool bots_capabilities:bool bots_start_button:bool"
        " bots_add_to_chat:bool bot_online_booking_enabled:bool",
    ),
    "groups.getCallbackConfirmationCode": _method("manage", callbacks.get_code, "group_id:int!"),
    "groups.getCallbackServers": _method(
        "manage", callbacks.get_servers, "group_id:int! server_ids:ints"
    ),
    "groups.addCallbackServer": _method(
        "manage", callbacks.add_server, "group_id:int! url:str! title:str! secret_key:str"
    ),
    "groups.editCallbackServer": _method(
        "manage",
        callbacks.edit_server,
        "group_id:int! server_id:int! url:str! title:str! secret_key:str",
    ),
    "groups.getCallbackSettings": _method(
        "manage", callbacks.get_settings, "group_id:int! server_id:int"
    ),
    "groups.setCallbackSettings": _method(
        "manage",
        callbacks.set_settings,
        f"group_id:int! server_id:int api_version:str {_SWITCHES}",
    ),
    "groups.getTokenPermissions": _method("", groups.get_token_permissions, ""),
    "groups.getMembers": _method(
        "manage",
        groups.get_members,
        "group_id:str sort:str offset:int count:int fields:strs filter:str",
    ),
    "users.get": _method(
        "", users.get, "user_ids:strs/1000 fields:strs name_case:str from_group_id:int"
    ),
    "utils.getServerTime": _method("", users.get_server_time, ""),
    "photos.getMessagesUploadServer": _method("photos", media.photo_upload_server, "peer_id:int"),
    "photos.saveMessagesPhoto": _method(
        "photos", media.save_photo, "photo:str! server:int hash:str"
    ),
    "docs.getMessagesUploadServer": _method(
        "docs", media.document_upload_server, "type:str peer_id:int"
    ),
    "docs.save": _method(
        "docs", media.save_document, "file:str! title:str tags:str return_tags:bool"
    ),
}
