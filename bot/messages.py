"""The neutral vocabulary between the product and every messenger, one long list of records.

Events come from a channel, outgoing calls go to one; both are frozen records
that survive a trip through JSON, because they are kept in the inbox and the
outbox. Text is a tuple of spans, never a markup language, so nothing is ever
escaped here: each channel renders spans in its own safe way.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Annotated, Any, Literal, Protocol
from unicodedata import category

from pydantic import Field, TypeAdapter

# --- addresses -----------------------------------------------------------


def address(channel: str, platform_id: str | int) -> str:
    """`telegram:-100123`: a chat or an account, with the channel that reaches it."""
    return f"{channel}:{platform_id}"


def split_address(value: str) -> tuple[str, str]:
    """The channel's name and the platform's own id; ValueError when it is no address."""
    channel, colon, platform_id = value.partition(":")
    if not (channel and colon and platform_id):
        raise ValueError(f"not an address: {value!r} (expected channel:id)")
    return channel, platform_id


def kind_of(channel: str) -> str:
    """Of which messenger a channel is: `telegram` of `telegram`, and of `telegram.service`."""
    return channel.partition(".")[0]


def person_address(channel: str, platform_id: str | int) -> str:
    """`telegram:123`: somebody of the team, who is the same in every bot of a messenger."""
    return address(kind_of(channel), platform_id)


# --- text ----------------------------------------------------------------


class Style(StrEnum):
    """How a span looks, where the messenger can show it."""

    PLAIN = "plain"
    BOLD = "bold"
    ITALIC = "italic"
    STRIKE = "strike"
    CODE = "code"
    QUOTE = "quote"
    FOLDED = "folded"  # a quote of which a few rows are seen until it is tapped
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style; `url` only with LINK."""

    text: str
    style: Style = Style.PLAIN
    url: str = ""


Text = tuple[Span, ...]


def plain(text: str) -> Text:
    """A text without any style."""
    return (Span(text),) if text else ()


def characters(text: Text) -> str:
    """What the spans say, without their styles."""
    return "".join(span.text for span in text)


# What turns the direction of writing, or begins another line.
_FORGING = {
    **dict.fromkeys((0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))),
    **dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029), " "),
    # What nobody sees: nothing, or blanks that count as letters.
    **dict.fromkeys((0xAD, 0x34F, 0x17B4, 0x17B5, *range(0x180B, 0x1810), 0x200B)),
    **dict.fromkeys((*range(0x2060, 0x2066), *range(0x206A, 0x2070), 0xFEFF)),
    **dict.fromkeys((*range(0xFFF0, 0xFFFC), *range(0x1BCA0, 0x1BCA4), 0x1D159)),
    **dict.fromkeys((*range(0x1D173, 0x1D17B), *range(0xE0000, 0xE1000))),
    **dict.fromkeys((0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0), " "),
}
_MARKS = 4  # above and below one letter, as many as any language writes; more reach other lines
_JOINERS = "\u200c\u200d"  # unseen as well, but languages and emoji need them inside a word
_VARIANTS = frozenset(map(chr, range(0xFE00, 0xFE10)))  # as they need these after a sign


def legible(name: str) -> str:
    """A name that cannot forge, or hide, what stands beside it: a number, a state, words.

    Of what nobody sees it has only what adorns a sign that is seen: it may be empty.
    """
    kept, marks, before = [], 0, " "
    for sign in name.translate(_FORGING):
        if (sign in _JOINERS or sign in _VARIANTS) and (before.isspace() or before in _JOINERS):
            continue
        if sign not in _JOINERS:
            marks = marks + 1 if category(sign) in ("Mn", "Me") else 0
        if marks <= _MARKS:
            kept.append(sign)
            before = sign
    return "".join(kept).strip().rstrip(_JOINERS)


# --- attachments ---------------------------------------------------------


class AttachmentKind(StrEnum):
    """What a customer or a manager can attach."""

    PHOTO = "photo"
    VIDEO = "video"
    VIDEO_NOTE = "video_note"
    ANIMATION = "animation"
    VOICE = "voice"
    AUDIO = "audio"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"
    LINK = "link"
    POLL = "poll"
    DICE = "dice"
    GAME = "game"
    STORY = "story"
    POST = "post"  # on somebody's wall
    PRODUCT = "product"
    GIFT = "gift"
    CALL = "call"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attached thing: `ref` is what `channel` needs to open or resend it.

    `title` says in plain words what it is where it cannot be shown in kind (a
    sticker's emoji, a place's name, a contact's name, a link's title); a place's
    address is its `name`.
    """

    kind: AttachmentKind
    channel: str = ""
    ref: str = ""
    name: str = ""
    size: int | None = None  # bytes
    mime: str = ""
    title: str = ""
    phone: str = ""
    latitude: float | None = None
    longitude: float | None = None
    url: str = ""
    page: bool = False  # `url` leads to a page about it, the file itself cannot be had


@dataclass(frozen=True, slots=True)
class Download:
    """An opened file: its name, size in bytes where known, and its bytes as they come."""

    name: str
    size: int | None
    chunks: AsyncIterator[bytes]


OpenFile = Callable[[Attachment], AbstractAsyncContextManager[Download]]

# --- what comes in -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Author:
    """Who acted. `name` is empty where the platform does not tell it (VK)."""

    id: str
    name: str = ""
    username: str = ""
    language: str = ""
    bot: bool = False
    anonymous: bool = False  # an admin writing as the group, or a channel


@dataclass(frozen=True, slots=True)
class Chat:
    """Where it happened."""

    id: str
    private: bool
    title: str = ""
    forum: bool = False
    broadcast: bool = False  # a channel, where nobody converses


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A message, or with `edited` its new text; `source` is a start payload or VK's ref.

    `opened_as` is the title that the bot gave to the topic in which it stands; "" where
    somebody else opened that, or the message replies to another one in it. `to_bot`: the
    platform tells that what it replies to is the bot's own. `quote` is the part of that which
    the author chose, as the platform tells it.
    """

    channel: str
    chat: Chat
    author: Author
    message_id: str
    at: datetime
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    reply_to: str = ""
    quote: str = ""
    thread: str = ""
    opened_as: str = ""
    album: str = ""
    source: str = ""
    forwarded_from: str = ""
    edited: bool = False
    to_bot: bool = False
    kind: Literal["message"] = "message"


@dataclass(frozen=True, slots=True)
class ButtonPressed:
    """A press of an inline button; must be answered by `press_id` within seconds."""

    channel: str
    chat: Chat
    author: Author
    press_id: str
    message_id: str
    data: str
    shown: bool = False  # the platform tells that the message has this button: data can be forged
    thread: str = ""
    kind: Literal["press"] = "press"


class Reach(StrEnum):
    """Whether the product may write to an account."""

    OPEN = "open"
    BLOCKED = "blocked"  # the customer blocked the bot
    DENIED = "denied"  # the customer forbade or never allowed messages
    GONE = "gone"  # deactivated or deleted
    OFFLINE = "offline"  # entered by hand or imported: no messenger leads to them


@dataclass(frozen=True, slots=True)
class ReachChanged:
    """A customer blocked, unblocked, allowed or forbade messages."""

    channel: str
    author: Author
    reach: Reach
    kind: Literal["reach"] = "reach"


@dataclass(frozen=True, slots=True)
class MemberChanged:
    """Somebody (`self` for the bot) came to a chat, left it, or changed rank.

    `others` came together with them. `again` looks for what they were given in the moment in
    which they left.
    """

    channel: str
    chat: Chat
    member: Author
    present: bool
    admin: bool = False
    self: bool = False
    again: bool = False
    others: tuple[Author, ...] = ()
    kind: Literal["member"] = "member"


@dataclass(frozen=True, slots=True)
class ChatMoved:
    """A group became a supergroup: the same chat under a new id."""

    channel: str
    old: str
    new: str
    kind: Literal["moved"] = "moved"


@dataclass(frozen=True, slots=True)
class AdminWrote:
    """A community admin answered a customer in the messenger's own inbox, or changed that."""

    channel: str
    account: str  # the customer's platform id
    admin: str  # the admin's platform id
    message_id: str
    at: datetime
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    edited: bool = False
    kind: Literal["admin_wrote"] = "admin_wrote"


@dataclass(frozen=True, slots=True)
class DeadlineDue:
    """A sweep found this deadline's step due."""

    deadline: int
    step: int
    at: datetime | None = None  # when it was due
    kind: Literal["deadline_due"] = "deadline_due"


@dataclass(frozen=True, slots=True)
class LeadsOverdue:
    """A sweep found more steps due than people should get a message each for, at one desk."""

    desk: str = ""
    kind: Literal["leads_overdue"] = "leads_overdue"


@dataclass(frozen=True, slots=True)
class DigestDue:
    """It is time for this recipient's digest; `recipient` is an address, `day` an ISO date."""

    period: str  # "daily" or "weekly"
    day: str
    recipient: str
    desk: str = ""
    kind: Literal["digest_due"] = "digest_due"


@dataclass(frozen=True, slots=True)
class PauseOver:
    """The time is over in which what a customer wrote too fast was only kept.

    `again` comes in its turn, after all that they wrote until then.
    """

    account: int
    until: datetime
    again: bool = False
    kind: Literal["pause_over"] = "pause_over"


@dataclass(frozen=True, slots=True)
class DayFull:
    """Of what a customer writes today no more is kept."""

    account: int
    kind: Literal["day_full"] = "day_full"


@dataclass(frozen=True, slots=True)
class LeadWaits:
    """A lead is to be offered to somebody, if anybody is there."""

    lead: int
    kind: Literal["lead_waits"] = "lead_waits"


@dataclass(frozen=True, slots=True)
class OfferOver:
    """The time is over in which somebody was to take a lead."""

    lead: int
    offer: int
    kind: Literal["offer_over"] = "offer_over"


@dataclass(frozen=True, slots=True)
class StepDue:
    """A sweep found a next step to be looked at: its day gets another name, or it is due."""

    step: int
    at: datetime
    kind: Literal["step_due"] = "step_due"


@dataclass(frozen=True, slots=True)
class FeedbackDue:
    """A lead was closed a moment ago: its customer may be asked something, if it still is."""

    lead: int
    closed_at: datetime
    kind: Literal["feedback_due"] = "feedback_due"


@dataclass(frozen=True, slots=True)
class ErasureWanted:
    """Everything known of an account's person is to be erased; `receipt` proves it to them.

    `asked_by` is customer, staff or age. `again` looks for what came while it was done.
    """

    account: int
    asked_by: str
    receipt: str
    again: bool = False
    kind: Literal["erasure_wanted"] = "erasure_wanted"


@dataclass(frozen=True, slots=True)
class ErasureEnded:
    """Every copy of an erased person's words was emptied, or could not be."""

    erasure: int
    kind: Literal["erasure_ended"] = "erasure_ended"


@dataclass(frozen=True, slots=True)
class DeliveryEnded:
    """An outgoing call that somebody waits to hear of came to an end."""

    delivery: int
    outcome: str  # "sent", "failed", "unknown" or "expired"
    reason: str = ""
    kind: Literal["delivery_ended"] = "delivery_ended"


@dataclass(frozen=True, slots=True)
class TroubleSeen:
    """Something that only a person can mend began, or is `over`; see storage.incidents.

    A gap, in what a messenger tells of what was missed, is told and is no lasting thing.
    `subject` is a channel, the address of a chat, a desk, or "" for the product as a whole.
    """

    trouble: Literal[
        "refused", "silent", "unreached", "gap", "shut_out", "members", "topics", "disk", "desk"
    ]
    subject: str
    at: datetime
    over: bool = False
    # Of a disk the megabytes that are free, of topics what lacks: forum, rights; of a desk that
    # the settings do not have, how many leads are open there.
    detail: str = ""
    kind: Literal["trouble"] = "trouble"


@dataclass(frozen=True, slots=True)
class EventSetAside:
    """An event, a call or a card of a channel failed for good; a supervisor must hear of it."""

    number: int
    reason: str
    what: Literal["event", "call", "card"] = "event"
    channel: str = ""
    kind: Literal["set_aside"] = "set_aside"


Event = (
    MessageReceived
    | ButtonPressed
    | ReachChanged
    | MemberChanged
    | ChatMoved
    | AdminWrote
    | DeadlineDue
    | LeadsOverdue
    | TroubleSeen
    | DigestDue
    | PauseOver
    | DayFull
    | LeadWaits
    | OfferOver
    | StepDue
    | FeedbackDue
    | ErasureWanted
    | ErasureEnded
    | DeliveryEnded
    | EventSetAside
)

EVENTS: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])

# --- what goes out -------------------------------------------------------


Look = Literal["", "primary", "success", "danger"]


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button: `data` (at most 64 bytes) comes back in a press, or `url` opens."""

    label: str
    data: str = ""
    url: str = ""
    look: Look = ""


Keyboard = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Post:
    """A new message. `random_id` (non-zero int32) makes a repeat harmless where that is known.

    `asks_phone` labels a key that shares the reader's own phone, where the messenger has
    such keys; it stays until a post `takes_keys`, and goes with no `keyboard`. `asks_reply`
    opens the reply to it for whoever it names or replies to, where the messenger can; such
    a post has no `keyboard` either, and cannot be edited later.
    """

    chat: str  # the platform's own id
    text: Text = ()
    keyboard: Keyboard = ()
    attachments: tuple[Attachment, ...] = ()
    reply_to: str = ""
    thread: str = ""
    silent: bool = False
    asks_phone: str = ""
    takes_keys: bool = False
    asks_reply: bool = False
    random_id: int = 0
    kind: Literal["post"] = "post"


@dataclass(frozen=True, slots=True)
class Edit:
    """A new text and keyboard for a message that the bot posted."""

    chat: str
    message_id: str
    text: Text = ()
    keyboard: Keyboard = ()
    kind: Literal["edit"] = "edit"


@dataclass(frozen=True, slots=True)
class Delete:
    """Take back a message that the bot posted."""

    chat: str
    message_id: str
    kind: Literal["delete"] = "delete"


@dataclass(frozen=True, slots=True)
class AnswerPress:
    """The short answer a pressing person sees; `alert` shows it until closed."""

    press_id: str
    chat: str
    author: str
    text: str = ""
    alert: bool = False
    kind: Literal["answer"] = "answer"


@dataclass(frozen=True, slots=True)
class React:
    """An emoji under somebody's message."""

    chat: str
    message_id: str
    emoji: str
    kind: Literal["react"] = "react"


@dataclass(frozen=True, slots=True)
class OpenTopic:
    """A new topic in a forum; what is sent answers with its id. `icon` is an emoji, or "".

    An icon that the messenger does not have is left out.
    """

    chat: str
    title: str
    icon: str = ""
    kind: Literal["open_topic"] = "open_topic"


@dataclass(frozen=True, slots=True)
class RenameTopic:
    """A topic's new title and icon; an icon that the messenger does not have is taken away."""

    chat: str
    topic: str
    title: str
    icon: str = ""
    kind: Literal["rename_topic"] = "rename_topic"


@dataclass(frozen=True, slots=True)
class CloseTopic:
    """Close a topic, so that members write there no more, or open it again."""

    chat: str
    topic: str
    closed: bool = True
    kind: Literal["close_topic"] = "close_topic"


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave a chat where the bot has no business."""

    chat: str
    kind: Literal["leave"] = "leave"


class Priority(IntEnum):
    """Who goes first when the pace does not suffice for all."""

    ANSWER = 0  # to presses
    REPLY = 1  # to customers
    CARD = 2  # new cards, and customers' words under them
    CHANGE = 3  # of cards
    DIGEST = 4
    OTHERS = 5  # answers to presses by whoever is not of the team

    @property
    def patience(self) -> timedelta:
        """How long it yields to the first: people at a button see an answer at once or never.

        Nobody is starved: once it has waited that much longer, it goes first.
        """
        return _PATIENCE[self]

    @property
    def counts(self) -> bool:
        """Whether the platform counts it in its chat: answers and reactions are free."""
        return self not in FREE


_PATIENCE = {
    Priority.ANSWER: timedelta(0),
    Priority.REPLY: timedelta(minutes=10),
    Priority.CARD: timedelta(minutes=10, seconds=30),
    Priority.CHANGE: timedelta(minutes=11),
    Priority.DIGEST: timedelta(minutes=12),
    Priority.OTHERS: timedelta(minutes=12, seconds=30),
}
FREE = (Priority.ANSWER, Priority.OTHERS)


Outgoing = Post | Edit | Delete | AnswerPress | React | OpenTopic | RenameTopic | CloseTopic | Leave

OUTGOING: TypeAdapter[Outgoing] = TypeAdapter(Annotated[Outgoing, Field(discriminator="kind")])


@dataclass(frozen=True, slots=True)
class Sent:
    """What the platform called the messages it accepted (none for answers and edits)."""

    message_ids: tuple[str, ...] = ()


class Failure(StrEnum):
    """Why a call failed, in the terms that decide what to do next."""

    PACE = "pace"  # the platform asks to wait: `retry_after` seconds, this chat alone
    TRANSIENT = "transient"  # certainly not done; try again later
    AMBIGUOUS = "ambiguous"  # may be done: the answer never came
    BLOCKED = "blocked"  # the person blocked the bot
    DENIED = "denied"  # the person never allowed or forbade messages
    GONE = "gone"  # the person or chat no longer exists
    LOST = "lost"  # the message to edit, reply to or delete no longer exists
    RIGHTS = "rights"  # the bot may not do this here, or was removed from the chat
    MOVED = "moved"  # the chat has a new id: `moved_to`
    TOO_LARGE = "too_large"  # the file is over the platform's limit
    TOO_LATE = "too_late"  # the press or message is too old to be answered or edited
    TOKEN = "token"  # noqa: S105 - the platform refuses the token itself
    REFUSED = "refused"  # any other permanent refusal


_RETRYABLE = frozenset({Failure.PACE, Failure.TRANSIENT, Failure.AMBIGUOUS, Failure.TOKEN})


class SendError(Exception):
    """A call that a channel could not make; `str()` is a reason without any personal data."""

    def __init__(
        self,
        failure: Failure,
        reason: str,
        *,
        retry_after: float | None = None,
        moved_to: str = "",
    ) -> None:
        super().__init__(reason)
        self.failure = failure
        self.retry_after = retry_after
        self.moved_to = moved_to

    @property
    def permanent(self) -> bool:
        """Whether trying the same call again can never help."""
        return self.failure not in _RETRYABLE


class FileError(SendError):
    """What failed is a file that was to go along, or its way here, not the call or its chat."""


class ChannelRefused(Exception):
    """The platform refuses the channel itself (token, rights); `str()` says the remedy."""


@dataclass(frozen=True, slots=True)
class Raw:
    """One event exactly as the platform gave it; `id` is unique within the channel."""

    id: str
    body: dict[str, Any]


def in_history(chat: str | int, number: str | int = "") -> str:
    """`history:123:45`: the id of a message that its chat's history may tell again.

    An erasure seeks such ids, as they name whose chat it is; without a number it is how all
    of a chat begin.
    """
    return f"history:{chat}:{number}"


def followed_to(cursor: str) -> int | None:
    """Up to when events are known to have come (Unix time), of a cursor `ts@time`.

    A gap is looked for in the messenger's history from there on. Other cursors tell no time:
    what follows them is all that there will be.
    """
    _, sign, seen = cursor.rpartition("@")
    return int(seen) if sign and seen.isdecimal() else None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody's standing in a chat as the platform tells it.

    `untold`: they were there, and the platform has not told for too long whether they still are.
    """

    present: bool
    admin: bool = False
    name: str = ""
    username: str = ""
    untold: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """What a platform tells of an account."""

    name: str
    username: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What platforms told before an event is handled; None where nothing was asked or told."""

    desk: str = ""  # of which desk the author is, where they wrote in private
    member: Member | None = None  # the author's standing in that team's chat
    profile: Profile | None = None  # the author's, where the event does not tell it
    colleagues: dict[str, Member] = field(
        default_factory=dict
    )  # by address: admins and named managers
    for_another: bool = False  # it is a command that names a bot which is none of ours


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a check: `key` names the text, `values` fill it; `ok` or what to mend.

    `mend` is what the channel's `mend` can do about it, "" where only a person can.
    """

    ok: bool
    key: str
    values: dict[str, str] = field(default_factory=dict)
    mend: str = ""


Accept = Callable[[Sequence[Raw], str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Posted:
    """What a messenger posted, and the body that it is answered with once `raws` are kept."""

    raws: tuple[Raw, ...] = ()
    answer: str = ""


class PostRefused(Exception):
    """A post that is not taken: `status` is the answer's, `str()` the reason without its words."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Hook(Protocol):
    """Where a messenger posts its events, instead of being asked for them."""

    path: str  # of the address, from its slash on

    def admit(self, headers: Mapping[str, str]) -> None:
        """Raise PostRefused when a post's head tells already that it is not the messenger's."""

    def read(self, body: bytes) -> Posted:
        """What an admitted post brings; raises PostRefused unless it is the messenger's own."""


class Channel(Protocol):
    """One messenger under one token. Every method may raise SendError unless it says otherwise."""

    name: str
    repeatable: float  # seconds for which a post with the same random_id is posted only once

    @property
    def hook(self) -> Hook | None:
        """Where events are posted; None where they are asked for."""

    async def receive(self, accept: Accept, cursor: str) -> None:
        """Take events in until cancelled: `accept(raws, cursor)` commits, then it is told.

        `cursor` is what the last `accept` was given ("" at the first start). That a poll
        brought nothing is told as well, with no events. Survives every network fault
        by backing off; raises ChannelRefused when only a person can help. With a `hook` it
        sees to it that the messenger posts there, and tells as long as that gets through.
        """

    def parse(self, body: dict[str, Any]) -> Event | None:
        """One raw event in neutral words; None when it is of no interest.

        Raises ValueError (with no personal data in it) when it cannot be understood.
        """

    def fit(self, post: Post) -> tuple[Post, ...]:
        """The same words as posts within the platform's limits, each of them one call."""

    async def send(self, outgoing: Outgoing, open_file: OpenFile) -> Sent:
        """Make the call. "Nothing changed" is success."""

    def open_file(self, attachment: Attachment) -> AbstractAsyncContextManager[Download]:
        """Open a file of this channel for streaming."""

    async def member(self, chat: str, user: str) -> Member:
        """A person's standing in a chat; absent ones are `present=False`, not an error."""

    async def admins(self, chat: str) -> dict[str, Member]:
        """The people (no bots) who administer a chat, by their platform ids."""

    async def profiles(self, users: Sequence[str]) -> dict[str, Profile]:
        """Names of accounts; unknown ones are missing."""

    async def has_topics(self, chat: str) -> bool:
        """Whether a chat is a forum, in which messages stand in topics."""

    async def is_open(self, chat: str) -> bool:
        """Whether people who never came to a group can act there, as in a public one."""

    async def username(self) -> str:
        """By which name commands in a group may call the bot; "" where they never do."""

    async def reaches(self, user: str) -> bool:
        """Whether the bot may write to somebody in private; nothing is posted to find out."""

    async def check(self, chat: str, *, running: bool = False) -> list[Finding]:
        """What is right and wrong with token, rights and the team `chat` ("" if not here).

        `running`: the product itself takes events in meanwhile. Changes nothing.
        """

    async def mend(self, what: str) -> Finding:
        """Do what a finding's `mend` asks for and say so; KeyError for anything else."""

    async def close(self) -> None:
        """Give connections and threads back."""
