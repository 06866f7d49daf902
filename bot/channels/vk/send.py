"""Neutral calls as calls of VK's methods."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from typing import Any

import aiohttp

from bot.channels.vk.api import Api
from bot.channels.vk.attachments import read_attachments
from bot.channels.vk.errors import VkError, from_code, usual_form
from bot.channels.vk.files import upload
from bot.channels.vk.fit import is_carried
from bot.channels.vk.keyboard import inline
from bot.channels.vk.text import TEXT_LIMIT, shortened, told, written
from bot.messages import (
    AnswerPress,
    Attachment,
    AttachmentKind,
    Delete,
    Edit,
    Failure,
    OpenFile,
    Outgoing,
    Post,
    SendError,
    Sent,
)

ANSWER = 90  # characters of a snackbar


class Sender:
    """Makes the calls of one channel; every failure is a SendError."""

    def __init__(self, api: Api, http: aiohttp.ClientSession, channel: str) -> None:
        self._api = api
        self._http = http
        self._channel = channel

    async def send(self, outgoing: Outgoing, open_file: OpenFile) -> Sent:
        """One outgoing call; for a post its number in the conversation."""
        match outgoing:
            case Post():
                return Sent((await self._post(outgoing, open_file),))
            case Edit():
                await self._edit(outgoing)
            case Delete():
                await self._delete(outgoing)
            case AnswerPress():
                await self._answer(outgoing)
            case _:
                raise VkError(Failure.REFUSED, f"VK has no call for {outgoing.kind}")
        return Sent()

    async def _post(self, post: Post, open_file: OpenFile) -> str:
        answer = await self._api.call(
            "messages.send",
            {
                "peer_ids": [post.chat],  # with peer_id VK would not tell the number
                "random_id": post.random_id or secrets.randbelow(2**31 - 1) + 1,
                "message": _message(post, self._channel),
                "attachment": await self._attached(post, open_file),
                "keyboard": inline(post.keyboard) if post.keyboard else None,
                "forward": _reply(post) if post.reply_to else None,
                "disable_mentions": True,
                **_place(post.attachments),
            },
        )
        return _number(answer)

    async def _attached(self, post: Post, open_file: OpenFile) -> list[str]:
        refs: list[str] = []
        for item in post.attachments:
            if item.kind is AttachmentKind.LOCATION or not is_carried(item, self._channel):
                continue
            if item.channel == self._channel and item.ref:
                refs.append(item.ref)
            else:
                refs.append(await upload(self._api, self._http, post.chat, item, open_file))
        return refs

    async def _edit(self, edit: Edit) -> None:
        await self._api.call(
            "messages.edit",
            {
                "peer_id": edit.chat,
                "conversation_message_id": edit.message_id,
                "message": shortened(written(edit.text), TEXT_LIMIT),
                "keyboard": inline(edit.keyboard),
                "keep_forward_messages": True,
                "keep_snippets": True,
                "disable_mentions": True,
                **await self._carried(edit),
            },
        )

    async def _carried(self, edit: Edit) -> dict[str, Any]:
        """What the message carries now: VK takes away everything that is not named anew."""
        method = "messages.getByConversationMessageId"
        ids = {"peer_id": edit.chat, "conversation_message_ids": [edit.message_id]}
        try:
            found = await self._api.call(method, ids)
        except VkError as error:
            if not error.permanent:
                raise
            return {}  # the edit itself may still be allowed
        with usual_form(method):
            items = found["items"]
            carried = read_attachments(items[0], self._channel) if items else ()
        if not items:
            raise VkError(Failure.LOST, "the message to edit is no longer there")
        return {"attachment": [item.ref for item in carried if item.ref], **_place(carried)}

    async def _delete(self, delete: Delete) -> None:
        method = "messages.delete"
        params = {"peer_id": delete.chat, "cmids": [delete.message_id], "delete_for_all": True}
        answer = await self._api.call(method, params)
        for item in answer if isinstance(answer, list) else ():
            _check(item, method)
            if not item.get("response", 1):
                raise VkError(Failure.LOST, "the message to delete is no longer there")

    async def _answer(self, answer: AnswerPress) -> None:
        await self._api.call(
            "messages.sendMessageEventAnswer",
            {
                "event_id": answer.press_id,
                "user_id": answer.author,
                "peer_id": answer.chat,
                "event_data": _snackbar(answer.text) if answer.text else None,
            },
        )


def _message(post: Post, channel: str) -> str:
    untold = (told(item) for item in post.attachments if not is_carried(item, channel))
    return "\n".join(filter(None, (written(post.text), *untold)))


def _reply(post: Post) -> str:
    number = _integer(post.reply_to)
    reply = {"peer_id": _integer(post.chat), "conversation_message_ids": [number], "is_reply": True}
    return json.dumps(reply)


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise VkError(Failure.REFUSED, "VK's ids are numbers") from None


def _place(attachments: Sequence[Attachment]) -> dict[str, float | None]:
    places = [item for item in attachments if item.kind is AttachmentKind.LOCATION]
    return {"lat": places[0].latitude, "long": places[0].longitude} if places else {}


def _number(answer: Any) -> str:
    """The sent message's number out of the answer for our only recipient."""
    try:
        item = answer[0]
        _check(item, "messages.send")
        return str(int(item["conversation_message_id"]))
    except (LookupError, TypeError, ValueError):
        raise SendError(Failure.AMBIGUOUS, "VK's answer names no message") from None


def _check(item: Any, method: str) -> None:
    """One recipient's refusal travels inside an answer that is otherwise a success."""
    error = item.get("error") if isinstance(item, dict) else None
    if isinstance(error, dict):
        raise from_code(int(error.get("code", 0)), str(error.get("description", "")), method)


def _snackbar(text: str) -> str:
    return json.dumps({"type": "show_snackbar", "text": shortened(text, ANSWER)})
