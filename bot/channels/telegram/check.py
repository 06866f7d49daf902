"""What is right and wrong with a Telegram token and the team's chat, line by line."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from aiogram.methods import GetChat, GetChatMember, GetMe, GetWebhookInfo

from bot.channels.telegram.client import Client
from bot.messages import Finding, SendError


async def check(client: Client, chat: str) -> list[Finding]:
    """Findings on token and webhook, and on chat, rights and privacy where there is a chat."""
    try:
        me = await client.ask(GetMe())
    except SendError as error:
        return [Finding(False, "check.telegram.token", {"reason": str(error)})]
    findings = [Finding(True, "check.telegram.token", {"bot": str(me.get("username") or "")})]
    findings.append(await _webhook(client))
    if chat:
        findings += await _chat(client, chat, me)
    return findings


async def _webhook(client: Client) -> Finding:
    """A webhook keeps updates from a bot that polls; of its address only the host is told."""
    try:
        info = await client.ask(GetWebhookInfo())
    except SendError as error:
        return Finding(False, "check.telegram.webhook", {"reason": str(error)})
    url = str(info.get("url") or "")
    return Finding(not url, "check.telegram.webhook", {"host": urlsplit(url).hostname or ""})


async def _chat(client: Client, chat: str, me: dict[str, Any]) -> list[Finding]:
    try:
        found = await client.ask(GetChat(chat_id=chat))
    except SendError as error:
        return [Finding(False, "check.telegram.chat", {"chat": chat, "reason": str(error)})]
    title = str(found.get("title") or "")
    admin = await _is_admin(client, chat, me)
    # An admin reads everything, whatever the privacy mode.
    reads_all = admin or me.get("can_read_all_group_messages") is True
    return [
        Finding(True, "check.telegram.chat", {"chat": title}),
        Finding(admin, "check.telegram.admin", {"chat": title}),
        Finding(reads_all, "check.telegram.privacy", {"chat": title}),
    ]


async def _is_admin(client: Client, chat: str, me: dict[str, Any]) -> bool:
    try:
        found = await client.ask(GetChatMember(chat_id=chat, user_id=me.get("id", 0)))
    except SendError:
        return False
    return found.get("status") in ("creator", "administrator")
