"""What a handler is given, long by the ways to speak: session, time and policy beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.hours import Term
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
    legible,
    person_address,
    plain,
    split_address,
)
from config.texts import Texts
from handlers.policy import Policy
from storage import accounts, dead, outbox
from storage.accounts import Account
from storage.session import Session

ANSWER_EXPIRES = timedelta(seconds=15)  # after that Telegram takes no answer to a press
REPLY_EXPIRES = timedelta(hours=24)
_SEEN = 10  # characters looked at for each that a line has room for

Fit = Callable[[str, Post], tuple[Post, ...]]


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

    def words_for(self, account: Account) -> Texts:
        """The words in a customer's language."""
        return self.policy.words_for(account)

    def role(self, who: str) -> Role:
        """What somebody may do, by the settings and their standing in the team's chat."""
        if who in self.policy.supervisors:
            return Role.SUPERVISOR
        named = Role.DISPATCHER if who in self.policy.dispatchers else Role.MANAGER
        if who.partition(":")[0] != self.policy.messenger:
            # Nobody can look them up in the team's chat.
            known = who in self.policy.dispatchers or who in self.policy.managers
            return named if known else Role.STRANGER
        member = self.facts.member
        if member is None or not member.present:
            return Role.STRANGER
        return Role.DISPATCHER if member.admin else named

    def due(self, term: Term) -> datetime:
        """When so much working time will have passed from now."""
        return self.policy.hours.add(self.now, term)

    async def answer(self, press: ButtonPressed, text: str, *, alert: bool = False) -> None:
        """Tell the pressing person what happened; others than the team one thing at a time.

        Anybody may press as fast as they like, and each answer takes a call from the others'.
        """
        ours = self.role(person_address(press.channel, press.author.id)) >= Role.MANAGER
        key = f"press:{press.channel}:{press.press_id}"
        if not ours:
            key = f"presses:{press.channel}:{press.author.id}"
            if await self._unanswered(press, key):
                return
        await outbox.add(
            self.session,
            press.channel,
            AnswerPress(press.press_id, press.chat.id, press.author.id, text, alert),
            chat=press.chat.id,
            key=key,
            priority=Priority.ANSWER if ours else Priority.OTHERS,
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
        album: str = "",
        keyboard: Keyboard = (),
        asks_reply: bool = False,
    ) -> None:
        """Post under the lead's card in the team's chat, as one with the rest of its album."""
        channel, chat = split_address(self.policy.chat)
        whole = Post(chat, text, keyboard, attachments, asks_reply=asks_reply)
        await self._queue(
            channel,
            whole,
            key=f"{self.policy.chat}/lead:{lead}",
            lead=lead,
            message=message,
            under_card=True,
            asks=asks,
            album=album,
        )

    def stands_apart(self, words: Text, attachments: tuple[Attachment, ...]) -> bool:
        """Whether in the team's chat words would be a message of their own beside these."""
        channel, chat = split_address(self.policy.chat)
        things = Post(chat, attachments=attachments)
        both = replace(things, text=words)
        return bool(attachments) and len(self.fit(channel, both)) > len(self.fit(channel, things))

    async def to_customer(
        self,
        account: Account,
        text: Text,
        *,
        lead: int | None = None,
        attachments: tuple[Attachment, ...] = (),
        message: int | None = None,
        album: str = "",
        keyboard: Keyboard = (),
        asks: str = "",
        asks_phone: str = "",
        takes_keys: bool = False,
    ) -> None:
        """Write to a customer, as one with the rest of its album; handlers hear how it ended."""
        whole = Post(
            account.platform_id,
            text,
            keyboard,
            attachments,
            asks_phone=asks_phone,
            takes_keys=takes_keys,
        )
        await self._queue(
            account.channel,
            whole,
            key=account.address,
            priority=Priority.REPLY,
            lead=lead,
            message=message,
            asks=asks,
            told=True,
            expires_at=self.now + REPLY_EXPIRES,
            album=album,
        )

    async def post(
        self,
        where: str,
        text: Text,
        *,
        keyboard: Keyboard = (),
        attachments: tuple[Attachment, ...] = (),
        reply_to: str = "",
        thread: str = "",
        priority: Priority = Priority.CARD,
        told: bool = False,
        lead: int | None = None,
        message: int | None = None,
        asks: str = "",
        asks_reply: bool = False,
        alarm: bool = False,
    ) -> None:
        """Post in any chat: an answer to a command, a digest, an alarm.

        `thread` is the topic in which it was asked. With `lead` a reply to it goes to that
        lead's customer, with `asks` it is an answer; it stands for that `message`. An
        `alarm` that fails raises no other.
        """
        where = self.policy.reach(where)
        channel, chat = split_address(where)
        whole = Post(chat, text, keyboard, attachments, reply_to, thread, asks_reply=asks_reply)
        await self._queue(
            channel,
            whole,
            key=dead.alarm_key(where) if alarm else where,
            priority=priority,
            lead=lead,
            message=message,
            asks=asks,
            told=told,
        )

    async def call(
        self, where: str, outgoing: Outgoing, *, priority: Priority = Priority.CARD
    ) -> None:
        """Any other call to a chat, in order with what was posted there."""
        where = self.policy.reach(where)
        channel, chat = split_address(where)
        await outbox.add(
            self.session,
            channel,
            outgoing,
            chat=chat,
            key=where,
            priority=priority,
            now=self.now,
        )

    async def alarm(self, text: str, also: str = "", lead: int | None = None) -> None:
        """Tell the supervisors, and whoever else is named by an address."""
        for recipient in dict.fromkeys((*self.policy.reports_to, *filter(None, (also,)))):
            await self.post(recipient, plain(text), priority=Priority.DIGEST, alarm=True, lead=lead)

    async def _unanswered(self, press: ButtonPressed, key: str) -> bool:
        """Whether somebody not of the team is told nothing now: they are shut out, or one waits."""
        account = await accounts.at(self.session, address(press.channel, press.author.id))
        if account is not None and (
            account.slowed(self.now) or await accounts.banned(self.session, account)
        ):
            return True
        return await outbox.queued(self.session, key)

    async def _queue(
        self, channel: str, whole: Post, *, priority: Priority = Priority.CARD, **known: Any
    ) -> None:
        """As many posts as the messenger needs for it."""
        for part in self.fit(channel, whole):
            await outbox.add(
                self.session,
                channel,
                part,
                chat=whole.chat,
                priority=priority,
                now=self.now,
                **known,
            )


def cut(text: str, limit: int) -> str:
    """The text in one line of at most so many characters."""
    text = legible(" ".join(text.split())[: _SEEN * limit])
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"
