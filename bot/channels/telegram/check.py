"""What is right and wrong with a Telegram token and the team's chat, line by line."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from bot.channels import clock
from bot.channels.telegram.client import CALL_SECONDS, Client
from bot.channels.telegram.errors import RefusalError
from bot.channels.telegram.people import is_open
from bot.channels.telegram.webhook import Webhook, trouble
from bot.messages import Failure, Finding, SendError

PROBE_SECONDS = 3
"""How long is listened whether somebody else polls: longer than usual clients need to return."""


async def check(
    client: Client, name: str, chat: str, webhook: Webhook | None, *, running: bool
) -> list[Finding]:
    """Findings on token, clock, webhook and pollers, and on rights where there is a chat.

    Updates come to the `webhook`, or by polling without one.
    """
    try:
        me = await client.ask("getMe")
    except SendError as error:
        return [_unanswered(error)]
    findings = [Finding(True, "check.telegram.token", {"bot": str(me.get("username") or "")})]
    findings += clock.compared(name, *client.dated)
    findings.append(await _webhook(client, webhook))
    if webhook is None and findings[-1].ok:
        findings.append(await _poller(client, running=running))
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


async def _webhook(client: Client, ours: Webhook | None) -> Finding:
    """Whether there is one just where there should be; of an address only the host is told."""
    try:
        info = await client.ask("getWebhookInfo")
    except SendError as error:
        return _unanswered(error)
    url = str(info.get("url") or "")
    if ours is not None:
        return _posts(info, ours)
    if url:
        return Finding(False, "check.telegram.webhook_set", _host(url), mend="webhook")
    return Finding(True, "check.telegram.webhook")


def _posts(info: dict[str, Any], ours: Webhook) -> Finding:
    """How Telegram's posts fare; whether it reaches the address is known to itself alone."""
    url, here = str(info.get("url") or ""), _host(ours.url)
    if not url:
        return Finding(True, "check.telegram.posts_later", here)
    if not ours.is_at(url):
        return Finding(False, "check.telegram.posts_elsewhere", _host(url), mend="posts")
    if reason := trouble(info):
        waiting = str(info.get("pending_update_count"))
        values = {**here, "reason": reason, "waiting": waiting}
        return Finding(False, "check.telegram.posts_fail", values)
    return Finding(True, "check.telegram.posts", here)


def _host(url: str) -> dict[str, str]:
    return {"host": urlsplit(url).hostname or ""}


async def mend(client: Client, webhook: Webhook | None, what: str) -> Finding:
    """Do what a finding's `mend` asks for; KeyError for anything else."""
    if what == "posts" and webhook is not None:
        await webhook.set(client)
        return Finding(True, "check.telegram.posts_set", _host(webhook.url))
    if what != "webhook":
        raise KeyError(what)
    await client.call("deleteWebhook", {"drop_pending_updates": False})
    return Finding(True, "check.telegram.webhook_removed")


async def _poller(client: Client, *, running: bool) -> Finding:
    """Whether another program polls: of two polls the older is ended with a conflict.

    Naming no offset the probe confirms nothing, naming no kinds it changes nothing; whoever
    polls comes back, and by that ends the probe.
    """
    if running:
        return Finding(True, "check.telegram.own_poller")
    asked = {"limit": 1, "timeout": PROBE_SECONDS}
    try:
        await client.call("getUpdates", asked, seconds=PROBE_SECONDS + CALL_SECONDS)
    except SendError as error:
        if isinstance(error, RefusalError) and error.status == 409:
            return Finding(False, "check.telegram.second_poller")
        return _unanswered(error)
    return Finding(True, "check.telegram.one_poller")


async def _chat(client: Client, chat: str, me: dict[str, Any]) -> list[Finding]:
    try:
        found = await client.ask("getChat", {"chat_id": chat})
    except SendError as error:
        return [_closed(error, chat)]
    title = str(found.get("title") or "")
    if found.get("type") not in ("group", "supergroup"):
        return [Finding(False, "check.telegram.chat_no_group", {"chat": title or chat})]
    standing = await _standing(client, chat, me)
    admin = standing.get("status") in ("creator", "administrator")
    # An admin reads everything, whatever the privacy mode.
    reads_all = admin or me.get("can_read_all_group_messages") is True
    return [
        Finding(True, "check.telegram.chat", {"chat": title}),
        *_open(found),
        Finding(
            admin, "check.telegram.admin" if admin else "check.telegram.not_admin", {"chat": title}
        ),
        Finding(
            reads_all,
            "check.telegram.privacy" if reads_all else "check.telegram.privacy_on",
            {"chat": title},
        ),
        *_topics(found, standing),
    ]


def _open(found: dict[str, Any]) -> list[Finding]:
    """Where people who never joined act, what the team is told of customers is seen by all."""
    title = str(found.get("title") or "")
    return [Finding(False, "check.telegram.chat_open", {"chat": title})] if is_open(found) else []


def _topics(found: dict[str, Any], standing: dict[str, Any]) -> list[Finding]:
    """Where a group has topics, the bot must be able to open one for each lead."""
    if found.get("is_forum") is not True:
        return []
    may = standing.get("can_manage_topics") is True or standing.get("status") == "creator"
    title = str(found.get("title") or "")
    return [
        Finding(
            may,
            "check.telegram.topics" if may else "check.telegram.no_topics",
            {"chat": title},
        )
    ]


def _closed(error: SendError, chat: str) -> Finding:
    if error.failure is Failure.MOVED:
        return Finding(False, "check.telegram.chat_moved", {"chat": error.moved_to})
    if error.failure in (Failure.TRANSIENT, Failure.PACE):
        return _unanswered(error)
    return Finding(False, "check.telegram.chat_unknown", {"chat": chat, "reason": str(error)})


async def _standing(client: Client, chat: str, me: dict[str, Any]) -> dict[str, Any]:
    """What the bot is in the chat; nothing where nobody tells."""
    try:
        return await client.ask("getChatMember", {"chat_id": chat, "user_id": me.get("id", 0)})
    except SendError:
        return {}
