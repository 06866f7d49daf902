"""What people do on a working day, long by their deeds, each noted for the reckoning at its end."""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from bot.sandbox.telegram import Message
from bot.sandbox.vk.attachments import Photo
from tests.cast import BORIS, DASHA, TEAM, VERA
from tests.plays.deeds import PIXEL, Deeds, Replied, Said
from tests.plays.faces import lead_of
from tests.plays.play import Play
from tests.plays.reckoned import wrong

NINA = 203  # the third manager
MADRID = ZoneInfo("Europe/Madrid")
OVER = {
    "hours": {"week": {"mon-fri": ["09:00-18:00"]}},
    "deadlines": {"take": "PT3H", "first_reply": "PT3H"},
    "team": {"managers": [f"telegram:{who}" for who in (BORIS, DASHA, NINA)]},
}
VOICE = b"OggS a voice"
_WORDS = re.compile(r"\b[rc]\d{4}\b")


@dataclass(slots=True)
class Customer:
    """Somebody on one of the messengers; `lead` is the number of their lead of now."""

    channel: str
    id: int
    name: str
    lead: int = 0
    written: list[int] = field(default_factory=list)  # ids of their messages
    replies: list[str] = field(default_factory=list)  # words that are to arrive, in order


@dataclass(slots=True)
class Day:
    """The play, everybody in it, and the script's own tally."""

    play: Play
    deeds: Deeds = field(init=False)
    customers: list[Customer] = field(default_factory=list)
    tally: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))  # leads by kind
    reasons: dict[int, str] = field(default_factory=dict)  # of rejected leads, the last
    media: Counter[tuple[Any, ...]] = field(default_factory=Counter)  # (chat, kind) → how often
    _number: int = 0

    def __post_init__(self) -> None:
        self.deeds = Deeds(self.play, random.Random(0))

    # --- time ---

    def clock(self, hour: int, minute: int = 0, *, days: int = 0) -> None:
        """Let it be that time in Madrid, today or in some days."""
        now = datetime.fromtimestamp(self.play.now(), UTC).astimezone(MADRID)
        day = now.date() + timedelta(days=days)
        then = datetime.combine(day, time(hour, minute), MADRID)
        assert then > now, f"it is {now} already"
        self.play.move(then.timestamp() - self.play.now())

    async def start(self) -> None:
        """The product starts, and follows both messengers."""
        await self.play.start(**OVER)
        await self.play.until(lambda: self.play.vk.polling)

    async def quiet(self) -> None:
        """Wait until all is done, also what VK has not told yet."""
        await self.play.until(lambda: self.play.vk.polling)
        await self.play.quiet()

    # --- customers ---

    def come(self, count: int) -> list[Customer]:
        """So many new customers write, on either messenger in turn."""
        new = [self._newcomer() for _ in range(count)]
        for one in new:
            self.write(one)
        return new

    def write(self, one: Customer, *, photo: bool = False, edits: bool = False) -> str:
        """A customer writes words found nowhere else, or puts others in place of the last."""
        self._number += 1
        words = f"{'e' if edits else 'w'}{self._number:04d}"
        if edits:
            self._edit(one, words)
        elif one.channel == "vk":
            attachments = [Photo(PIXEL)] if photo else []
            one.written.append(self.play.vk.write(one.id, words, attachments=attachments))
        else:
            sent = self.play.telegram.write(one.id, one.id, words, photo=PIXEL if photo else None)
            one.written.append(sent)
        self.media[TEAM, "photo"] += photo
        said = Said(words, one.channel, one.id, one.written[-1], edit=edits)
        self.deeds.said.append(said)
        return words

    def thank(self, one: Customer) -> None:
        """Thanks, which join what is closed."""
        if one.channel == "vk":
            self.play.vk.write(one.id, "Thank you!")
        else:
            self.play.telegram.write(one.id, one.id, "Thank you!")

    async def leads(self, *customers: Customer) -> None:
        """Each of them has got another lead, whose card shows what they wrote last."""
        for one in customers:
            words = next(s.words for s in reversed(self.deeds.said) if s.customer == one.id)
            card = await self.play.until(partial(self._card_with, words))
            assert lead_of(card) != one.lead
            one.lead = lead_of(card)
            self.tally["received"].add(one.lead)

    # --- managers ---

    async def press(self, who: int, one: Customer, *labels: str) -> str:
        """Press one button of a lead's card after the other; what was said to the last."""
        told = ""
        for label in labels:
            told = await self.play.press(who, one.lead, label)
        return told

    async def take(self, who: int, *customers: Customer) -> None:
        """A manager takes leads."""
        for one in customers:
            assert "is yours" in await self.press(who, one, "Take")
            self.tally["taken"].add(one.lead)
            await self.shows(one, "With ")

    async def reply(self, who: int, one: Customer, **attached: Any) -> int:
        """Words to the customer, with something attached or without; the message's id."""
        self._number += 1
        words = f"r{self._number:04d}"
        sent = self._say(who, await self.card(one), words, **attached)
        self.deeds.replied.append(Replied(words, who, sent))
        one.replies.append(words)
        self.tally["answered"].add(one.lead)
        for kind, things in attached.items():
            self.media[one.id, "photo" if kind == "album" else kind] += (
                len(things) if kind == "album" else 1
            )
        return sent

    async def canned(self, who: int, one: Customer, name: str, words: str) -> None:
        """A stored answer; its words are to arrive."""
        self._say(who, await self.card(one), f"/t {name}")
        one.replies.append(words)
        self.tally["answered"].add(one.lead)

    async def correct(self, who: int, sent: int, one: Customer) -> None:
        """Change the last reply to a customer; their copy follows."""
        self._number += 1
        words = f"c{self._number:04d}"
        self.play.telegram.edit(who, TEAM, sent, words)
        self.deeds.replied = [reply for reply in self.deeds.replied if reply.id != sent]
        one.replies[-1] = words

    async def note(self, who: int, one: Customer) -> None:
        """Words that stay inside."""
        self._number += 1
        words = f"n{self._number:04d}"
        sent = self._say(who, await self.card(one), f"// {words}")
        self.deeds.replied.append(Replied(words, who, sent, note=True))

    async def command(self, who: int, one: Customer, text: str) -> None:
        """A command about a lead."""
        self._say(who, await self.card(one), text)

    async def reject(self, who: int, one: Customer, reason: str, *, own: bool = False) -> None:
        """Close with a listed reason, or in own words."""
        if own:
            await self.press(who, one, "Reject", "In my own words")
            await self.answer(who, f"Why is #{one.lead} rejected?", reason)
        else:
            assert "is rejected" in await self.press(who, one, "Reject", reason)
        await self.shows(one, f"Reason: {reason}")
        self.tally["rejected"].add(one.lead)
        self.reasons[one.lead] = "in their own words" if own else reason

    async def convert(self, who: int, one: Customer, kind: str, title: str = "") -> None:
        """Close as won, with a title and an amount or without."""
        assert "is converted" in await self.press(who, one, "Convert", kind)
        if title:
            await self.answer(who, f"Title and amount for #{one.lead}?", title)
            await self.shows(one, f"{kind} · {title.split()[0]}")
        await self.shows(one, kind)
        self.tally["converted"].add(one.lead)

    async def reopen(self, who: int, one: Customer, name: str) -> None:
        """A rejected lead lives again with whoever had it; then it did not end."""
        assert f"open again, with {name}" in await self.press(who, one, "Reopen")
        await self.shows(one, f"With {name}")
        self.tally["rejected"].remove(one.lead)
        del self.reasons[one.lead]

    async def assign(self, who: int, one: Customer, name: str) -> None:
        """Give a lead to a colleague."""
        assert f"with {name} now" in await self.press(who, one, "Assign", name)
        self.tally["taken"].add(one.lead)
        await self.shows(one, f"With {name}")

    async def answer(self, who: int, question: str, words: str) -> None:
        """Reply to what the bot asks in the team's chat."""
        asked = await self.play.shown(question)
        self.play.telegram.write(who, TEAM, words, reply_to=asked.id)

    # --- looking ---

    async def card(self, one: Customer) -> Message:
        """The card of a customer's lead, wherever it stands."""
        found: Message = await self.play.until(lambda: self._card_of(one.lead))
        return found

    async def shows(self, one: Customer, words: str) -> None:
        """Wait until the card of a customer's lead shows these words."""
        await self.play.until(lambda: words in self._shown(one.lead))

    async def wrong(self) -> list[str]:
        """Everything that must not be; what is due has a minute to be found and shown."""
        for _ in range(60):
            if not (found := await self._wrong_now()):
                break
            await asyncio.sleep(1)
        return found

    async def _wrong_now(self) -> list[str]:
        """The same, message by message, as things are."""
        self.deeds.customers = tuple((one.channel, one.id) for one in self.customers)
        found = await wrong(self.play, self.deeds)
        for one in self.customers:
            if (arrived := self._arrived(one)) != one.replies:
                found.append(f"{one} got {arrived}")
        for (chat, kind), count in self.media.items():
            if (shown := self._shown_media(chat, kind)) != count:
                found.append(f"{shown} {kind} in {chat}, not {count}")
        return found

    def _newcomer(self) -> Customer:
        number = 1001 + len(self.customers)
        channel = ("telegram", "vk")[number % 2]
        name = f"{'Pablo' if channel == 'vk' else 'Anna'} {number}"
        if channel == "vk":
            self.play.vk.add_user(number, name, "")
        else:
            self.play.telegram.add_user(number, name)
        self.customers.append(Customer(channel, number, name))
        return self.customers[-1]

    def _edit(self, one: Customer, words: str) -> None:
        if one.channel == "vk":
            self.play.vk.edit(one.id, one.written[-1], words)
        else:
            self.play.telegram.edit(one.id, one.id, one.written[-1], words)

    def _say(self, who: int, card: Message, words: str, **attached: Any) -> int:
        """A reply to a card; in a topic of its own nobody has to reply."""
        reply_to = card.id if card.thread is None else None
        where: dict[str, Any] = {"reply_to": reply_to, "thread": card.thread}
        if album := attached.pop("album", None):
            return self.play.telegram.album(who, TEAM, album, words, **where)[0]
        return self.play.telegram.write(who, TEAM, words, **where, **attached)

    def _card_with(self, words: str) -> Message | None:
        return next((one for one in self._cards() if words in one.text), None)

    def _card_of(self, lead: int) -> Message | None:
        return next((one for one in self._cards() if lead_of(one) == lead), None)

    def _shown(self, lead: int) -> str:
        card = self._card_of(lead)
        return card.text if card else ""

    def _cards(self) -> list[Message]:
        return [one for one in self.play.team() if lead_of(one) and one.labels]

    def _arrived(self, one: Customer) -> list[str]:
        """The words of managers that a customer has, in order."""
        if one.channel == "telegram":
            texts = [message.text for message in self.play.private(one.id)]
        else:
            texts = [shown.text for shown in self.play.vk.dialog(one.id) if shown.author != one.id]
        stored = [reply for reply in one.replies if not _WORDS.fullmatch(reply)]
        found = []
        for text in texts:
            found += _WORDS.findall(text) or [reply for reply in stored if reply in text]
        return found

    def _shown_media(self, chat: int, kind: str) -> int:
        """How many things of a kind the bot, or the community, has put into a chat."""
        if chat != TEAM and self._by_id(chat).channel == "vk":
            ours = [one for one in self.play.vk.dialog(chat) if one.author != chat]
            found = [thing["type"] for one in ours for thing in one.attachments]
            return found.count("audio_message" if kind == "voice" else kind)
        shown = [one for one in self.play.telegram.shown(chat) if one.from_bot]
        return sum(kind in one.body for one in shown)

    def _by_id(self, number: int) -> Customer:
        return next(one for one in self.customers if one.id == number)


async def welcome(day: Day) -> None:
    """The team comes on: three managers who say good morning, and a supervisor."""
    play = day.play
    play.telegram.add_user(NINA, "Nina")
    play.telegram.started(VERA)
    play.telegram.join(TEAM, NINA)
    await day.start()
    for who in (BORIS, DASHA, NINA):
        play.telegram.write(who, TEAM, "Good morning")
    play.telegram.write(VERA, TEAM, "/t+ price From 100 euros, {name}")
    await play.shown("Stored: /t price")
    await day.quiet()
