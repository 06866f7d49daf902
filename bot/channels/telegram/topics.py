"""A forum's topics: opened, named, closed; and the icons that Telegram has for them."""

from __future__ import annotations

from typing import Any

from bot.channels.telegram.client import Client, as_id
from bot.messages import CloseTopic, Failure, OpenTopic, RenameTopic, SendError, Sent

NAME_LIMIT = 128  # characters


class Icons:
    """The ids of the emoji that a topic may have, asked for once."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[str, str] | None = None

    async def id_of(self, emoji: str) -> str:
        """The id of an emoji, "" where there is none such or nobody tells."""
        if not emoji:
            return ""
        if self._known is None:
            try:
                found = await self._client.ask_all("getForumTopicIconStickers", {})
            except SendError:
                return ""  # a topic without its icon is better than none
            self._known = {
                _plain(str(one.get("emoji"))): str(one.get("custom_emoji_id"))
                for one in found
                if one.get("custom_emoji_id")
            }
        return self._known.get(_plain(emoji), "")


async def open_topic(client: Client, icons: Icons, outgoing: OpenTopic) -> Sent:
    """Open it; its id is that of the notice about it."""
    icon = await icons.id_of(outgoing.icon)
    named = {"name": _title(outgoing.title), "icon_custom_emoji_id": icon or None}
    found = await client.call("createForumTopic", {"chat_id": as_id(outgoing.chat), **named})
    try:
        return Sent((str(found["message_thread_id"]),))
    except (TypeError, KeyError):
        raise SendError(Failure.AMBIGUOUS, "the answer names no topic") from None


async def rename(client: Client, icons: Icons, outgoing: RenameTopic) -> None:
    """An empty icon takes the old one away."""
    named = {
        "name": _title(outgoing.title),
        "icon_custom_emoji_id": await icons.id_of(outgoing.icon),
    }
    await client.call_unless_same("editForumTopic", _where(outgoing) | named)


async def close(client: Client, outgoing: CloseTopic) -> None:
    """Close it, or open it again."""
    method = "closeForumTopic" if outgoing.closed else "reopenForumTopic"
    await client.call_unless_same(method, _where(outgoing))


def _where(outgoing: RenameTopic | CloseTopic) -> dict[str, Any]:
    return {"chat_id": as_id(outgoing.chat), "message_thread_id": as_id(outgoing.topic)}


def _title(title: str) -> str:
    """Half a surrogate pair cannot be sent."""
    return title[:NAME_LIMIT].encode("utf-8", "replace").decode()


def _plain(emoji: str) -> str:
    """Without the mark that asks for a coloured picture; Telegram has it here and there."""
    return emoji.replace("\ufe0f", "")
