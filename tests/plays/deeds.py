"""What people do in a play of any order, long by the kinds of deeds: write, press, reply …"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from bot.sandbox.telegram import Message
from bot.sandbox.vk.attachments import Photo
from bot.sandbox.vk.people import Standing
from tests.cast import ANNA, BORIS, DASHA, GLEB, PABLO, TEAM, VERA
from tests.plays.faces import lead_of
from tests.plays.play import Play

CUSTOMERS = (("telegram", ANNA), ("vk", PABLO), ("telegram", 103), ("vk", 104))
PIXEL = b"\xff\xd8\xff\xe0 a picture \xff\xd9"
COMMANDS = ("/leads", "/my", "/overdue", "/lead 1", "/digest", "/find w00", "/on", "/off", "/help")
FORGED = (
    "1:take:999",
    "1:reject:1:none",
    "1:assign:1:77",
    "1:merge:1:2",
    "1:split:1:1",
    "1:step:1:day:2020-01-01",
    "1:repeat:1:1",
    "1:nonsense:1",
    "c1:erase:yes",
    "take",
    "",
)


@dataclass(frozen=True, slots=True)
class Said:
    """A customer's words, found nowhere else: of a message, or of its edit."""

    words: str
    channel: str
    customer: int
    id: int
    edit: bool = False


@dataclass(frozen=True, slots=True)
class Replied:
    """A manager's words in reply to something of a lead; `id` is in the team's chat."""

    words: str
    who: int
    id: int
    note: bool = False


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press of a button, by anybody; `life` counts the product's lives."""

    query: str
    who: int
    data: str
    life: int


@dataclass(slots=True)
class Deeds:
    """What was done so far; numbers grow, so that every text is the only one of its kind."""

    play: Play
    chance: random.Random
    life: int = 0
    customers: tuple[tuple[str, int], ...] = CUSTOMERS
    said: list[Said] = field(default_factory=list)
    replied: list[Replied] = field(default_factory=list)
    pressed: list[Pressed] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    left: bool = False  # whether Dasha ever left the team's chat
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def open(self) -> None:
        """Let the customers come on who are not of the usual cast, and somebody write.

        A post in a chat of which no message is known could not be sought after a death.
        """
        self.play.telegram.write(BORIS, TEAM, "Good morning")
        self.play.telegram.add_user(103, "Anna")
        self.play.telegram.started(103)
        self.play.vk.add_user(104, "Pablo", "")
        self.log.append(f"writes {self.writes()}")

    def one(self) -> None:
        """Anybody does anything."""
        deed = self.chance.choices(list(_DEEDS), list(_DEEDS.values()))[0]
        self.log.append(f"{deed.__name__} {deed(self)}")

    # --- customers ---

    def writes(self) -> str:
        """A customer writes, now and then with a picture."""
        channel, customer = self.chance.choice(CUSTOMERS)
        words = f"w{next(self._numbers):04d}"
        return self._say(channel, customer, words, picture=self.chance.random() < 0.15)

    def edits(self) -> str:
        """A customer changes what they wrote."""
        messages = [one for one in self.said[-12:] if not one.edit]
        if not messages:
            return "nothing"
        one = self.chance.choice(messages)
        words = f"e{next(self._numbers):04d}"
        if one.channel == "telegram":
            self.play.telegram.edit(one.customer, one.customer, one.id, words)
        else:
            self.play.vk.edit(one.customer, one.id, words)
        self.said.append(Said(words, one.channel, one.customer, one.id, edit=True))
        return f"{one.words} to {words}"

    def blocks(self) -> str:
        """A customer blocks the bot, or lets it write again."""
        channel, customer = self.chance.choice(CUSTOMERS)
        if channel == "telegram":
            blocked = self.play.telegram.world.chat(customer).blocked
            (self.play.telegram.unblock if blocked else self.play.telegram.block)(customer)
        else:
            blocked = self.play.vk.community.people.get(customer).standing is Standing.DENIED
            (self.play.vk.allow if blocked else self.play.vk.deny)(customer)
        return f"{customer} {'no more' if blocked else ''}"

    def _say(self, channel: str, customer: int, words: str, *, picture: bool) -> str:
        if channel == "vk":
            attachments = [Photo(PIXEL)] if picture else []
            number = self.play.vk.write(customer, words, attachments=attachments)
        else:
            self.play.telegram.unblock(customer)
            photo = PIXEL if picture else None
            number = self.play.telegram.write(customer, customer, words, photo=photo)
        self.said.append(Said(words, channel, customer, number))
        return f"{channel}:{customer} {words}{' with a picture' if picture else ''}"

    # --- the team, and a stranger ---

    def presses(self) -> str:
        """Somebody of the team presses any button that is shown."""
        shown = [one for one in self._posts() if one.buttons]
        if not shown:
            return "nothing"
        message = self.chance.choice(shown[-12:])
        button = self.chance.choice([one for one in message.buttons if "callback_data" in one])
        return self._press(self._manager(), message.id, str(button["callback_data"]))

    def takes(self) -> str:
        """Two press Take of the same card in the same moment."""
        free = [one for one in self._posts() if "Take" in one.labels]
        if not free:
            return "nothing"
        card = self.chance.choice(free)
        data = next(str(b["callback_data"]) for b in card.buttons if b["text"] == "Take")
        return " and ".join(self._press(who, card.id, data) for who in (BORIS, DASHA))

    def presses_what_was(self) -> str:
        """Anybody, a stranger too, presses a button that a message has or once had."""
        known = [one for one in self.play.telegram.messages(TEAM) if one.from_bot]
        bodies = [(one.id, body) for one in known for body in (*one.edits, one.body)]
        data = [
            (number, str(button["callback_data"]))
            for number, body in bodies
            for row in body.get("reply_markup", {}).get("inline_keyboard", ())
            for button in row
            if "callback_data" in button
        ]
        if not data:
            return "nothing"
        who = self.chance.choice((BORIS, DASHA, VERA, GLEB))
        return self._press(who, *self.chance.choice(data))

    def forges(self) -> str:
        """Anybody sends what no button ever carried, under any message."""
        known = [one.id for one in self._posts()] or [1]
        who = self.chance.choice((BORIS, DASHA, VERA, GLEB))
        return self._press(who, self.chance.choice(known), self.chance.choice(FORGED))

    def replies(self) -> str:
        """A manager replies to a card, or to what stands under one."""
        posts = self._posts()
        cards = {one.id for one in posts if lead_of(one)}
        below = [one for one in posts if one.reply_to in cards or (one.thread and one.text)]
        about = [one for one in posts if one.id in cards or one in below]
        if not about:
            return "nothing"
        post = self.chance.choice(about[-12:])
        note = self.chance.random() < 0.2
        words = f"{'n' if note else 'r'}{next(self._numbers):04d}"
        who = self._manager()
        text = f"// {words}" if note else words
        number = self.play.telegram.write(who, TEAM, text, reply_to=post.id)
        self.replied.append(Replied(words, who, number, note))
        return f"{who} {words} to {post.id} {post.text[:20]!r}"

    def commands(self) -> str:
        """Somebody of the team asks for something."""
        text, who = self.chance.choice(COMMANDS), self._manager()
        self.play.telegram.write(who, TEAM, text)
        return f"{who} {text}"

    def tags(self) -> str:
        """Somebody of the team tags a lead."""
        cards = [one for one in self._posts() if lead_of(one)]
        if not cards:
            return "nothing"
        card = self.chance.choice(cards)
        text = self.chance.choice(("/tag urgent", "/tag -urgent"))
        self.play.telegram.write(self._manager(), TEAM, text, reply_to=card.id)
        return f"{text} {lead_of(card)}"

    def enters(self) -> str:
        """Somebody of the team enters a lead by hand."""
        self.play.telegram.write(self._manager(), TEAM, "/new Anna, +34 612 345 678, a gate #call")
        return ""

    def comes_or_goes(self) -> str:
        """Dasha leaves the team's chat, or comes back."""
        present = DASHA in self._present()
        self.left = True
        (self.play.telegram.leave if present else self.play.telegram.join)(TEAM, DASHA)
        return "gone" if present else "back"

    # --- time ---

    def waits(self) -> str:
        """Time passes for everybody."""
        seconds = self.chance.choice((30, 400, 3600, 30_000))
        self.play.move(seconds)
        return f"{seconds} s"

    def _press(self, who: int, message: int, data: str) -> str:
        query = self.play.telegram.press(who, TEAM, message, data, forged=True)
        self.pressed.append(Pressed(query, who, data, self.life))
        return f"{who} {data!r} under {message}"

    def _manager(self) -> int:
        return self.chance.choice(self._present())

    def _present(self) -> list[int]:
        members = self.play.telegram.world.chat(TEAM).members
        return [who for who in (BORIS, DASHA, VERA) if members[who].present]

    def _posts(self) -> list[Message]:
        return [one for one in self.play.telegram.shown(TEAM) if one.from_bot]


_DEEDS: dict[Callable[[Deeds], str], int] = {
    Deeds.writes: 6,
    Deeds.edits: 2,
    Deeds.blocks: 1,
    Deeds.presses: 10,
    Deeds.takes: 2,
    Deeds.presses_what_was: 3,
    Deeds.forges: 1,
    Deeds.replies: 5,
    Deeds.commands: 1,
    Deeds.tags: 1,
    Deeds.enters: 1,
    Deeds.comes_or_goes: 1,
    Deeds.waits: 2,
}
