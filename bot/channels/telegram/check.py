"""What is right and wrong with a Telegram token and the team's chat, line by line."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from bot.channels.telegram.client import Client
from bot.messages import Failure, Finding, SendError


async def check(client: Client, chat: str) -> list[Finding]:
    """Findings on token and webhook, and on chat, rights and privacy where there is a chat."""
    try:
        me = await client.ask("getMe")
    except SendError as error:
        return [_unanswered(error)]
    findings = [Finding(True, "check.telegram.token", {"bot": str(me.get("username") or "")})]
    findings.append(await _webhook(client))
    if chat:
        findings += await _chat(client, chat, me)
    return findings


def _unanswered(error: SendError) -> Finding:
    refused = error.failure is Failure.TOKEN
    return Finding(
        False,
        "check.telegram.token_refused" if refused else "check.telegram.silent",
        {"reason": str(error)},
    )


async def _webhook(client: Client) -> Finding:
    """A webhook keeps updates from a bot that polls; of its address only the host is told."""
    try:
        info = await client.ask("getWebhookInfo")
    except SendError as error:
        return _unanswered(error)
    url = str(info.get("url") or "")
    if url:
        values = {"host": urlsplit(url).hostname or ""}
        return Finding(False, "check.telegram.webhook_set", values)
    return Finding(True, "check.telegram.webhook")


async def _chat(client: Client, chat: str, me: dict[str, Any]) -> list[Finding]:
    try:
        found = await client.ask("getChat", {"chat_id": chat})
    except SendError as error:
        return [_closed(error, chat)]
    title = str(found.get("title") or "")
    if found.get("type") not in ("group", "supergroup"):
        return [Finding(False, "check.telegram.chat_no_group", {"chat": title or chat})]
    admin = await _is_admin(client, chat, me)
    # An admin reads everything, whatever the privacy mode.
    reads_all = admin or me.get("can_read_all_group_messages") is True
    return [
        Finding(True, "check.telegram.chat", {"chat": title}),
        Finding(
            admin, "check.telegram.admin" if admin else "check.telegram.not_admin", {"chat": title}
        ),
        Finding(
            reads_all,
            "check.telegram.privacy" if reads_all else "check.telegram.privacy_on",
            {"chat": title},
        ),
    ]


def _closed(error: SendError, chat: str) -> Finding:
    if error.failure is Failure.MOVED:
        return Finding(False, "check.telegram.chat_moved", {"chat": error.moved_to})
    if error.failure in (Failure.TRANSIENT, Failure.PACE):
        return _unanswered(error)
    return Finding(False, "check.telegram.chat_unknown", {"chat": chat, "reason": str(error)})


async def _is_admin(client: Client, chat: str, me: dict[str, Any]) -> bool:
    try:
        found = await client.ask("getChatMember", {"chat_id": chat, "user_id": me.get("id", 0)})
    except SendError:
        return False
    return found.get("status") in ("creator", "administrator")
