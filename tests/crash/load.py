"""What people do while the product is killed and restarted: they write, press and reply."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from itertools import count

from bot.sandbox.telegram.chats import Message
from tests.cast import BORIS, DASHA, TEAM
from tests.crash.ward import Ward

_CARD = re.compile(r"^\S+ #(\d+) ")
_WORDS = re.compile(r"w\d{6}")
_PIXEL = b"\xff\xd8\xff\xe0 a picture \xff\xd9"


@dataclass(frozen=True, slots=True)
class Written:
    """A customer's message: which words are found in it and nowhere else."""

    words: str
    channel: str
    customer: int
    picture: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """A manager's reply to something that the bot posted: its id in the team's chat."""

    words: str
    id: int
    to: int


@dataclass(slots=True)
class Load:
    """What was done so far; numbers grow, so that every text is the only one of its kind."""

    ward: Ward
    chance: random.Random
    written: list[Written] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    pressed: set[int] = field(default_factory=set)  # leads on which Take was pressed
    customers: list[tuple[str, int]] = field(default_factory=list)
    numbers: count[int] = field(default_factory=lambda: count(1))

    def act(self, times: int = 1) -> None:
        """Let so many things happen, of all kinds and by all kinds of people."""
        deeds = (self.newcomer, self.writes, self.writes, self.takes, self.answers, self.answers)
        for _ in range(times):
            self.chance.choice(deeds)()

    def newcomer(self) -> None:
        """A customer who never wrote before, on either messenger."""
        number = next(self.numbers)
        if self.chance.random() < 0.5:
            self.ward.telegram.add_user(1000 + number, f"Anna {number}")
            self.customers.append(("telegram", 1000 + number))
        else:
            self.ward.vk.add_user(1000 + number, f"Pablo {number}", "")
            self.customers.append(("vk", 1000 + number))
        self._write(*self.customers[-1])

    def writes(self) -> None:
        """A customer who wrote before writes again, now and then with a picture."""
        if self.customers:
            self._write(*self.chance.choice(self.customers[-40:]))

    def takes(self) -> None:
        """A manager presses Take on some card that offers it."""
        free = [one for one in self._posts() if "Take" in one.labels and _CARD.match(one.text)]
        if free:
            card = self.chance.choice(free)
            self.ward.telegram.press(self._manager(card), TEAM, card.id, label="Take")
            self.pressed.add(lead_of(card))

    def answers(self) -> None:
        """A manager replies to some card, or to words under one."""
        posts = [one for one in self._posts() if "w00" in one.text]
        if posts:
            post = self.chance.choice(posts)
            words = f"r{next(self.numbers):06d}"
            told = self.ward.telegram.write(self._manager(post), TEAM, words, reply_to=post.id)
            self.replies.append(Reply(words, told, post.id))

    def _write(self, channel: str, customer: int) -> None:
        words = f"w{next(self.numbers):06d}"
        picture = channel == "telegram" and self.chance.random() < 0.05
        self.written.append(Written(words, channel, customer, picture))
        if channel == "vk":
            self.ward.vk.write(customer, words)
        elif picture:
            self.ward.telegram.write(customer, customer, caption=words, photo=_PIXEL)
        else:
            self.ward.telegram.write(customer, customer, words)

    def _manager(self, post: Message) -> int:
        """Whose customers' words it shows: who answers a colleague's is asked first."""
        words = _WORDS.findall(post.text)
        customers = {one.words: one.customer for one in self.written}
        return (BORIS, DASHA)[customers[words[0]] % 2] if words else BORIS

    def _posts(self) -> list[Message]:
        return [one for one in self.ward.telegram.shown(TEAM)[-60:] if one.from_bot]


def lead_of(card: Message) -> int:
    """The number of the lead whose card this is, 0 when it is none."""
    found = _CARD.match(card.text)
    return int(found[1]) if found and card.buttons else 0
