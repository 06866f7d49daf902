"""What a handler is given: the event's session, the time, the policy, and how to speak."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from zlib import crc32

from bot.domain.lead import Role
from bot.messages import (
    AnswerPress,
    Attachment,
    ButtonPressed,
    Facts,
    Keyboard,
    Outgoing,
    Post,
    Priority,
    React,
    Text,
    address,
    plain,
    split_address,
)
from config.texts import Texts
from storage import outbox
from storage.accounts import Account
from storage.session import Session

DESK = "main"  # the one team; several come later
ANSWER_EXPIRES = timedelta(seconds=30)  # after that no messenger takes the answer to a press
REPLY_EXPIRES = timedelta(hours=24)

Fit = Callable[[str, Post], tuple[Post, ...]]


@dataclass(frozen=True, slots=True)
class ChannelPolicy:
    """What the owner decided for the leads of one channel."""

    lead_source: bool = True
    responsible: str = ""  # an address
    reject_reason_required: bool = True
    greeting: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the owner decided, in the terms handlers need; chats and people are addresses."""

    chat: str
    texts: Texts
    timezone: tzinfo
    currency: str
    reasons: tuple[str, ...]
    take: timedelta
    first_reply: timedelta
    supervisors: tuple[str, ...] = ()
    supervisors_chat: str = ""
    managers: tuple[str, ...] = ()
    channels: Mapping[str, ChannelPolicy] = field(default_factory=dict)

    def of(self, channel: str) -> ChannelPolicy:
        """The policy of a channel."""
        return self.channels.get(channel, ChannelPolicy())

    def reason(self, mark: str) -> str:
        """The reason a button stands for, or "" when the list has changed since."""
        return next((reason for reason in self.reasons if reason_mark(reason) == mark), "")

    @property
    def reports_to(self) -> tuple[str, ...]:
        """Where digests and alarms go: a chat of theirs, each supervisor, or the team's chat."""
        if self.supervisors_chat:
            return (self.supervisors_chat,)
        return self.supervisors or (self.chat,)


def reason_mark(reason: str) -> str:
    """A short mark for a button, which survives a change of the list's order."""
    return f"{crc32(reason.encode()):08x}"


@dataclass(frozen=True, slots=True)
class Work:
    """One event's work; writes and words are collected and flushed together."""

    session: Session
    now: datetime
    policy: Policy
    fit: Fit
    facts: Facts

    @property
    def texts(self) -> Texts:
        """The team's words."""
        return self.policy.texts

    def role(self, who: str) -> Role:
        """What somebody may do, by the settings and their standing in the team's chat."""
        if who in self.policy.supervisors:
            return Role.SUPERVISOR
        member = self.facts.member
        if member is None or not member.present:
            return Role.STRANGER
        return Role.DISPATCHER if member.admin else Role.MANAGER

    async def answer(self, press: ButtonPressed, text: str, *, alert: bool = False) -> None:
        """Tell the pressing person what happened."""
        await outbox.add(
            self.session,
            press.channel,
            AnswerPress(press.press_id, press.chat.id, press.author.id, text, alert),
            chat=press.chat.id,
            key=f"press:{press.channel}:{press.press_id}",
            priority=Priority.ANSWER,
            now=self.now,
            expires_at=self.now + ANSWER_EXPIRES,
        )

    async def react(self, channel: str, chat: str, message_id: str, emoji: str) -> None:
        """Put an emoji under somebody's message."""
        await outbox.add(
            self.session,
            channel,
            React(chat, message_id, emoji),
            chat=chat,
            key=f"react:{channel}:{chat}:{message_id}",
            priority=Priority.ANSWER,
            now=self.now,
        )

    async def under_card(
        self,
        lead: int,
        text: Text,
        *,
        attachments: tuple[Attachment, ...] = (),
        message: int | None = None,
        asks: str = "",
    ) -> None:
        """Post under the lead's card in the team's chat."""
        channel, chat = split_address(self.policy.chat)
        for post in self.fit(channel, Post(chat, text, attachments=attachments)):
            await outbox.add(
                self.session,
                channel,
                post,
                chat=chat,
                key=f"{self.policy.chat}/lead:{lead}",
                priority=Priority.CARD,
                now=self.now,
                lead=lead,
                message=message,
                under_card=True,
                asks=asks,
            )

    async def to_customer(
        self,
        account: Account,
        text: Text,
        *,
        lead: int | None = None,
        attachments: tuple[Attachment, ...] = (),
        message: int | None = None,
    ) -> None:
        """Write to a customer; handlers hear how it ended."""
        post = Post(account.platform_id, text, attachments=attachments)
        for part in self.fit(account.channel, post):
            await outbox.add(
                self.session,
                account.channel,
                part,
                chat=account.platform_id,
                key=account.address,
                priority=Priority.REPLY,
                now=self.now,
                lead=lead,
                message=message,
                told=True,
                expires_at=self.now + REPLY_EXPIRES,
            )

    async def post(
        self,
        where: str,
        text: Text,
        *,
        keyboard: Keyboard = (),
        reply_to: str = "",
        priority: Priority = Priority.CARD,
        told: bool = False,
    ) -> None:
        """Post in any chat: an answer to a command, a digest, an alarm."""
        channel, chat = split_address(where)
        for part in self.fit(channel, Post(chat, text, keyboard, reply_to=reply_to)):
            await outbox.add(
                self.session,
                channel,
                part,
                chat=chat,
                key=where,
                priority=priority,
                now=self.now,
                told=told,
            )

    async def call(self, where: str, outgoing: Outgoing) -> None:
        """Any other call to a chat, in order with what was posted there."""
        channel, chat = split_address(where)
        await outbox.add(
            self.session,
            channel,
            outgoing,
            chat=chat,
            key=where,
            priority=Priority.CARD,
            now=self.now,
        )

    async def alarm(self, text: str) -> None:
        """Tell the supervisors."""
        for recipient in self.policy.reports_to:
            await self.post(recipient, plain(text), priority=Priority.CARD, told=True)


def author_address(event: ButtonPressed) -> str:
    """The address of whoever pressed."""
    return address(event.channel, event.author.id)
