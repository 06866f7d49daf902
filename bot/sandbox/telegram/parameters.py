"""Which parameters each method takes, and how their values are read."""

from __future__ import annotations

import json
from typing import Any

from bot.sandbox.telegram.files import Media
from bot.sandbox.telegram.refusals import bad_request

# A bare name is a string; after a colon: int, float, bool, json, chat (a number or
# @name) or file (an upload, a file id or an address).
_REPLY = "reply_parameters:json reply_markup:json"
_QUIET = "disable_notification:bool protect_content:bool"
_PAID = f"{_QUIET} allow_paid_broadcast:bool message_effect_id"
_WHERE = "chat_id:chat message_thread_id:int direct_messages_topic_id:int"
_SEND = (
    f"business_connection_id {_WHERE} receiver_user_id:int callback_query_id "
    f"{_PAID} suggested_post_parameters:json {_REPLY}"
)
_CAPTION = "caption parse_mode caption_entities:json"
_ABOVE = "show_caption_above_media:bool"
_SHOWN = f"{_ABOVE} has_spoiler:bool"
_EDIT = "business_connection_id chat_id:chat message_id:int inline_message_id reply_markup:json"
_TOPIC = "chat_id:chat message_thread_id:int"
_FRAME = "duration:int width:int height:int thumbnail:file"

_TABLE = {
    "getMe": "",
    "logOut": "",
    "close": "",
    "getUpdates": "offset:int limit:int timeout:int allowed_updates:json",
    "setWebhook": "url certificate:file ip_address max_connections:int allowed_updates:json "
    "drop_pending_updates:bool secret_token",
    "deleteWebhook": "drop_pending_updates:bool",
    "getWebhookInfo": "",
    "sendMessage": f"{_SEND} text parse_mode entities:json link_preview_options:json",
    "sendPhoto": f"{_SEND} photo:file {_CAPTION} {_SHOWN}",
    "sendVideo": f"{_SEND} video:file {_FRAME} cover:file start_timestamp:int {_CAPTION} "
    f"{_SHOWN} supports_streaming:bool",
    "sendAnimation": f"{_SEND} animation:file {_FRAME} {_CAPTION} {_SHOWN}",
    "sendVoice": f"{_SEND} voice:file {_CAPTION} duration:int",
    "sendAudio": f"{_SEND} audio:file {_CAPTION} duration:int performer title thumbnail:file",
    "sendDocument": f"{_SEND} document:file thumbnail:file {_CAPTION} "
    "disable_content_type_detection:bool",
    "sendVideoNote": f"{_SEND} video_note:file duration:int length:int thumbnail:file",
    "sendSticker": f"{_SEND} sticker:file emoji",
    "sendLocation": f"{_SEND} latitude:float longitude:float horizontal_accuracy:float "
    "live_period:int heading:int proximity_alert_radius:int",
    "sendVenue": f"{_SEND} latitude:float longitude:float title address foursquare_id "
    "foursquare_type google_place_id google_place_type",
    "sendContact": f"{_SEND} phone_number first_name last_name vcard",
    "sendMediaGroup": f"business_connection_id {_WHERE} media:json {_PAID} reply_parameters:json",
    "copyMessage": f"{_WHERE} from_chat_id:chat message_id:int video_start_timestamp:int "
    f"{_CAPTION} {_ABOVE} {_PAID} suggested_post_parameters:json {_REPLY}",
    "copyMessages": f"{_WHERE} from_chat_id:chat message_ids:json {_QUIET} remove_caption:bool",
    "forwardMessage": f"{_WHERE} from_chat_id:chat message_id:int video_start_timestamp:int "
    f"{_QUIET} message_effect_id suggested_post_parameters:json",
    "editMessageText": f"{_EDIT} text parse_mode entities:json link_preview_options:json "
    "rich_message:json",
    "editMessageCaption": f"{_EDIT} {_CAPTION} {_ABOVE}",
    "editMessageReplyMarkup": _EDIT,
    "deleteMessage": "chat_id:chat message_id:int",
    "deleteMessages": "chat_id:chat message_ids:json",
    "answerCallbackQuery": "callback_query_id text show_alert:bool url cache_time:int",
    "setMessageReaction": "chat_id:chat message_id:int reaction:json is_big:bool",
    "sendChatAction": "business_connection_id chat_id:chat message_thread_id:int action",
    "getChat": "chat_id:chat",
    "getChatMember": "chat_id:chat user_id:int",
    "getChatAdministrators": "chat_id:chat return_bots:bool",
    "getChatMemberCount": "chat_id:chat",
    "leaveChat": "chat_id:chat",
    "pinChatMessage": "business_connection_id chat_id:chat message_id:int "
    "disable_notification:bool",
    "getFile": "file_id",
    "getForumTopicIconStickers": "",
    "createForumTopic": "chat_id:chat name icon_color:int icon_custom_emoji_id",
    "editForumTopic": f"{_TOPIC} name icon_custom_emoji_id",
    "closeForumTopic": _TOPIC,
    "reopenForumTopic": _TOPIC,
    "deleteForumTopic": _TOPIC,
    "setMyCommands": "commands:json scope:json language_code",
}
_SAID = {
    "reply_markup": "reply keyboard markup",
    "reply_parameters": "reply parameters",
    "link_preview_options": "link preview options",
    "reaction": "reaction types",
    "message_ids": "message identifiers",
}


def _kinds(row: str) -> dict[str, str]:
    pairs = (word.partition(":") for word in row.split())
    return {name: kind or "str" for name, _, kind in pairs}


PARAMETERS: dict[str, dict[str, str]] = {name: _kinds(row) for name, row in _TABLE.items()}


def read(method: str, raw: dict[str, Any], uploads: dict[str, Media]) -> dict[str, Any]:
    """The values in their types; unknown names are left out. Refuses what cannot be read."""
    kinds = PARAMETERS[method]
    return {
        name: _value(name, kinds[name], value, uploads)
        for name, value in raw.items()
        if name in kinds and value is not None
    }


def _value(name: str, kind: str, value: Any, uploads: dict[str, Media]) -> Any:
    if kind == "str":
        return value if isinstance(value, str) else _refuse_type(name)
    if kind == "json":
        return _json(name, value)
    if kind == "bool":
        return value if isinstance(value, bool) else str(value).lower() in ("true", "1", "yes")
    if kind == "file":
        return attached(value, uploads)
    if kind == "chat":
        return _chat(value)
    try:
        return int(value) if kind == "int" else float(value)
    except (TypeError, ValueError) as error:
        raise bad_request(f'parameter "{name}" is not a number') from error


def attached(value: Any, uploads: dict[str, Media]) -> Any:
    """An upload under its `attach://` name; ids and addresses stay as they are."""
    if isinstance(value, Media):
        return value
    name = str(value).removeprefix("attach://")
    if name == value:
        return value
    if name not in uploads:
        raise bad_request(f'can\'t find file "{name}" among the attached ones')
    return uploads[name]


def _json(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value else None
    except ValueError as error:
        raise bad_request(f"can't parse {_SAID.get(name, name)} JSON object") from error


def _chat(value: Any) -> int | str:
    try:
        return int(value)
    except (TypeError, ValueError):
        return str(value)


def _refuse_type(name: str) -> Any:
    raise bad_request(f'parameter "{name}" must be a string')
