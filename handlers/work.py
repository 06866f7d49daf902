"""What a handler is given, in one long list of ways to speak: session, time, policy, words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo
from zlib import crc32

from bot.domain.distribution import Scheme
from bot.domain.hours import Hours, Term
from bot.domain.languages import spoken
from bot.domain.lead import Role
from bot.domain.questionnaire import SILENCE, OwnWords, Question
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
    plain,
    split_address,
)
from config.texts import Texts, load
from storage import dead, outbox
from storage.accounts import Account
from storage.session import Session

DESK = "main"  # the one team; several come later
ANSWER_EXPIRES = timedelta(seconds=30)  # after that no messenger takes the answer to a press
REPLY_EXPIRES = timedelta(hours=24)
_OFFER_FOR = Term(time=timedelta(minutes=3))

Fit = Callable[[str, Post], tuple[Post, ...]]


@dataclass(frozen=True, slots=True)
class ChannelPolicy:
    """What the owner decided for the leads of one channel."""

    lead_source: bool = True
    responsible: str = ""  # an address
    distribution: Scheme = Scheme.CLAIM
    reject_reason_required: bool = True
    greeting: OwnWords = SILENCE
    out_of_hours: OwnWords | bool = SILENCE  # True: in our words
    questions: tuple[Question, ...] = ()
    consent: tuple[str, str] | None = None  # the policy's address and version


@dataclass(frozen=True, slots=True)
class Policy:
    """What the owner decided, in the terms handlers need; chats and people are addresses."""

    chat: str
    texts: Texts
    timezone: tzinfo
    hours: Hours
    currency: str
    reasons: tuple[str, ...]
    take: Term
    first_reply: Term
    former_chats: frozenset[str] = frozenset()  # the team's chat before it got a new id
    max_open: int = 0  # leads, after which nobody is offered more; 0: no limit
    offer_for: Term = _OFFER_FOR
    offers: int = 3  # of one lead, before it is anybody's
    messages_per_minute: int = 0  # of one customer; whoever writes faster is slowed, 0: nobody
    customers_kept: timedelta = timedelta(0)  # after their last sign; 0: for ever
    find_days: int = 90  # how old the words may be that /find looks at
    supervisors: tuple[str, ...] = ()
    supervisors_chat: str = ""
    managers: tuple[str, ...] = ()
    channels: Mapping[str, ChannelPolicy] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)  # names of payloads and refs
    daily_at: time = time(9)  # local; when the day that a digest tells of ends
    weekly_at: time = time(9)

    def is_team(self, where: str) -> bool:
        """Whether this is the team's chat, by its address of now or by one of before."""
        return where == self.chat or where in self.former_chats

    def of(self, channel: str) -> ChannelPolicy:
        """The policy of a channel."""
        return self.channels.get(channel, ChannelPolicy())

    @property
    def offers_leads(self) -> bool:
        """Whether the leads of any channel are offered to somebody."""
        return any(one.distribution is not Scheme.CLAIM for one in self.channels.values())

    def words_for(self, account: Account) -> Texts:
        """The words in a customer's language."""
        return load(spoken(account.language, "", self.texts.language))

    def source(self, source: str) -> str:
        """What the owner calls a source, VK's `ref (place)` by its ref; others as they are."""
        return self.sources.get(source) or self.sources.get(source.partition(" (")[0], source)

    def reason(self, mark: str) -> str:
        """The reason a button stands for, or "" when the list has changed since."""
        return next((reason for reason in self.reasons if reason_mark(reason) == mark), "")

    @property
    def messenger(self) -> str:
        """The name of the channel on which the team has its chat."""
        return self.chat.partition(":")[0]

    @property
    def recipients(self) -> frozenset[str]:
        """Everybody who is told things beside the team's chat."""
        responsible = (channel.responsible for channel in self.channels.values())
        return frozenset((*self.reports_to, *filter(None, responsible))) - {self.chat}

    @property
    def reports_to(self) -> tuple[str, ...]:
        """Where digests and alarms go: a chat of theirs, each supervisor, or the team's chat."""
        if self.supervisors_chat:
            return (self.supervisors_chat,)
        return self.supervisors or (self.chat,)


def reason_mark(reason: str) -> str:
    """A short mark for a button, which survives a change of the list's order."""
    return f"{crc32(reason.encode()):08x}"


class TooEarly(Exception):
    """Something that must be known first is just being written down; handle the event again."""


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
        if who in self.policy.managers and who.partition(":")[0] != self.policy.messenger:
            return Role.MANAGER  # nobody can look them up in the team's chat
        member = self.facts.member
        if member is None or not member.present:
            return Role.STRANGER
        return Role.DISPATCHER if member.admin else Role.MANAGER

    def due(self, term: Term) -> datetime:
        """When so much working time will have passed from now."""
        return self.policy.hours.add(self.now, term)

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
        album: str = "",
        keyboard: Keyboard = (),
    ) -> None:
        """Post under the lead's card in the team's chat, as one with the rest of its album."""
        channel, chat = split_address(self.policy.chat)
        whole = Post(chat, text, keyboard, attachments)
        for post in self.fit(channel, whole):
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
                album=album,
            )

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
        post = Post(
            account.platform_id,
            text,
            keyboard,
            attachments,
            asks_phone=asks_phone,
            takes_keys=takes_keys,
        )
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
        reply_to: str = "",
        priority: Priority = Priority.CARD,
        told: bool = False,
        lead: int | None = None,
        asks: str = "",
        alarm: bool = False,
    ) -> None:
        """Post in any chat: an answer to a command, a digest, an alarm.

        With `lead` a reply to it goes to that lead's customer, with `asks` it is an
        answer. An `alarm` that fails raises no other.
        """
        channel, chat = split_address(where)
        for part in self.fit(channel, Post(chat, text, keyboard, reply_to=reply_to)):
            await outbox.add(
                self.session,
                channel,
                part,
                chat=chat,
                key=dead.alarm_key(where) if alarm else where,
                priority=priority,
                now=self.now,
                lead=lead,
                asks=asks,
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

    async def alarm(self, text: str, also: str = "", lead: int | None = None) -> None:
        """Tell the supervisors, and whoever else is named by an address."""
        for recipient in dict.fromkeys((*self.policy.reports_to, *filter(None, (also,)))):
            await self.post(recipient, plain(text), priority=Priority.DIGEST, alarm=True, lead=lead)


def cut(text: str, limit: int) -> str:
    """The text in one line of at most so many characters."""
    text = " ".join(text.split())
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"
