"""What the owner decided, in the terms handlers need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo
from zlib import crc32

from bot.domain import sources
from bot.domain.deadlines import Kind
from bot.domain.distribution import Scheme
from bot.domain.hours import Hours, Term
from bot.domain.languages import spoken
from bot.domain.lead import MAIN
from bot.domain.questionnaire import SILENCE, OwnWords, Question
from bot.messages import kind_of
from bot.reports.basis import Basis
from config.texts import Texts, load
from storage.accounts import Account

_OFFER_FOR = Term(time=timedelta(minutes=3))


@dataclass(frozen=True, slots=True)
class ChannelPolicy:
    """What the owner decided for the leads of one channel."""

    lead_source: bool = True
    responsible: str = ""  # an address
    distribution: Scheme = Scheme.CLAIM
    reject_reason_required: bool = True
    greeting: OwnWords = SILENCE
    out_of_hours: OwnWords | bool = SILENCE  # True: in our words
    farewell: OwnWords | bool = SILENCE  # True: in our words
    rating: bool = False  # whether a customer is asked how it was
    questions: tuple[Question, ...] = ()
    consent: tuple[str, str] | None = None  # the policy's address and version
    deadlines: Mapping[Kind, Term] = field(default_factory=dict)  # where they are others


@dataclass(frozen=True, slots=True)
class Policy:
    """What the owner decided for one desk, in the terms handlers need.

    Chats and people are addresses. A chat's names the channel that serves it; a person's
    names their messenger, because they are the same in every bot of it: see `reach`.
    """

    chat: str
    texts: Texts
    timezone: tzinfo
    hours: Hours
    currency: str
    reasons: tuple[str, ...]  # to reject, until the team changes them: see handlers.reasons
    deadlines: Mapping[Kind, Term]
    reasons_anywhere: frozenset[str] = frozenset()  # to reject, of all desks' settings
    desk: str = MAIN
    bots: Mapping[str, str] = field(default_factory=dict)  # by messenger: what speaks to people
    own: frozenset[str] = frozenset()  # channels of this desk and of no other
    connected: frozenset[str] = frozenset()  # every desk's channels that can be sent by
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
    dispatchers: tuple[str, ...] = ()
    channels: Mapping[str, ChannelPolicy] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)  # names of payloads and refs
    conversation: str = "auto"  # by topics in a forum; replies: never; topics: the chat must be one
    daily_at: time = time(9)  # local; when the day that a digest tells of ends
    weekly_at: time = time(9)
    weekly_on: int = 0  # the weekday, from Monday

    def reach(self, where: str) -> str:
        """The address by which this desk reaches somebody, or a chat."""
        channel, _, number = where.partition(":")
        return f"{self.bots.get(channel, channel)}:{number}"

    def is_team(self, where: str) -> bool:
        """Whether this is the team's chat, by its address of now or by one of before."""
        return where == self.chat or where in self.former_chats

    def may_become(self, where: str) -> bool:
        """Whether it may be what a basic group of ours has just become, before we are told so."""
        return any(_successor(where, one) for one in (self.chat, self.supervisors_chat))

    def of(self, channel: str) -> ChannelPolicy:
        """The policy of a channel."""
        return self.channels.get(channel, ChannelPolicy())

    def is_cut_off(self, channel: str) -> bool:
        """Whether nothing is sent by a channel: its bot is not in the settings by this name."""
        return bool(self.connected) and channel not in self.connected

    @property
    def offers_leads(self) -> bool:
        """Whether the leads of any channel are offered to somebody."""
        return any(one.distribution is not Scheme.CLAIM for one in self.channels.values())

    def words_for(self, account: Account) -> Texts:
        """The words in a customer's language."""
        return load(spoken(account.language, "", self.texts.language))

    def basis(self, now: datetime) -> Basis:
        """What reports are made on."""
        return Basis(
            self.texts, self.timezone, self.hours, self.chat, self.source, now, self.reasons
        )

    def source(self, source: str) -> str:
        """What the owner calls a source, VK's `ref (place)` by its ref; others as they are."""
        return sources.named(source, self.sources)

    @property
    def has_topics(self) -> bool:
        """Whether leads have topics where the chat is a forum."""
        return self.conversation != "replies"

    @property
    def needs_topics(self) -> bool:
        """Whether the chat ought to be a forum."""
        return self.conversation == "topics"

    @property
    def messenger(self) -> str:
        """The messenger on which the team has its chat."""
        return kind_of(self.chat.partition(":")[0])

    @property
    def named(self) -> frozenset[str]:
        """Everybody who belongs to the team by its settings."""
        return frozenset((*self.managers, *self.dispatchers, *self.supervisors))

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
        theirs = (one for one in self.supervisors if self._speaks_for_us(one))
        return tuple(theirs) or (self.chat,)

    def _speaks_for_us(self, where: str) -> bool:
        """Whether what somebody answers in private is known to be meant for this desk."""
        channel = kind_of(where.partition(":")[0])
        return not self.bots or self.bots.get(channel) in self.own


def _successor(where: str, group: str) -> bool:
    channel, _, number = group.partition(":")
    basic = number.startswith("-") and not number.startswith("-100")
    possible = kind_of(channel) == "telegram" and where.startswith(f"{channel}:-100")
    return possible and basic


def reason_mark(reason: str) -> str:
    """A short mark for a button, which survives a change of the list's order."""
    return f"{crc32(reason.encode()):08x}"
