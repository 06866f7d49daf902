"""All that the page shows and moves: two messengers with their people, one clock, the product."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.sandbox import telegram_screen, vk_screen
from bot.sandbox.cast import TEAM, Cast
from bot.sandbox.child import Child, Condition
from bot.sandbox.clock import Clock
from bot.sandbox.deeds import (
    Deed,
    Invite,
    Manage,
    Morning,
    MoveClock,
    Refused,
    Topics,
    Trouble,
)
from bot.sandbox.players import Answered, Player, TelegramPlayer, VkPlayer
from bot.sandbox.tally import Tally
from bot.sandbox.telegram import Change, Message, TelegramServer
from bot.sandbox.troubles import Troubles
from bot.sandbox.vk import VkServer

Json = dict[str, Any]
Listener = Callable[[str], None]

_MOST = 200  # messages of a conversation that a phone shows


class Scene:
    """The stage without its page; lives in one event loop."""

    def __init__(self, language: str, zone: ZoneInfo) -> None:
        self.language = language
        self._folder = Path(tempfile.mkdtemp(prefix="sandbox-"))
        self.clock = Clock(self._folder / "clock", zone)
        self.began = self.clock()
        self.telegram = TelegramServer(clock=self.clock)
        self.vk = VkServer(clock=self.clock)
        self.vk.community.name = self.telegram.world.bot.first_name
        self.cast = Cast(language, self.telegram, self.vk)
        self.tally = Tally()
        self.troubles = Troubles(
            self.telegram, self.vk, self.cast, self.clock, lambda: self._tell("")
        )
        self._players: dict[str, Player] = {
            "telegram": TelegramPlayer(self.telegram),
            "vk": VkPlayer(self.vk),
        }
        self.child = Child(lambda: self._tell(""), self._players)
        self._listeners: list[Listener] = []
        self.telegram.world.updates.on_poll = lambda: self.child.heard("telegram")
        self.vk.community.events.on_poll = lambda: self.child.heard("vk")
        self.telegram.subscribe(self._telegram_changed)
        self.vk.subscribe(lambda peer_id: self._tell(f"vk:{peer_id}"))

    async def start(self) -> None:
        """Open both messengers on 127.0.0.1."""
        await self.telegram.start()
        await self.vk.start()

    async def stop(self) -> None:
        """End the product, then the messengers."""
        await self.troubles.stop()
        await self.child.stop()
        await self.telegram.stop()
        await self.vk.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener(chat)` at every change, with "" for all but conversations."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    # --- looking -----------------------------------------------------------

    def head(self) -> Json:
        """The clock, the product and the count."""
        child = self.child
        return {
            "ahead": self.clock.ahead,
            "product": {"condition": child.condition, "code": child.code},
            "troubles": dict(self.troubles.lasting),
            "written": self.tally.words.written,
            "shown": self.tally.words.shown,
            "replied": self.tally.replies.written,
            "arrived": self.tally.replies.shown,
        }

    def chat(self, chat: str) -> tuple[Json, dict[int, Json]]:
        """A conversation of the cast: its head, and its newest messages by id."""
        platform, _, number = chat.partition(":")
        if platform == "telegram":
            messages = telegram_screen.messages(self.telegram, int(number), _MOST)
            return telegram_screen.head(self.telegram, int(number)), messages
        messages = vk_screen.messages(self.vk, int(number), _MOST)
        return vk_screen.head(self.vk, int(number)), messages

    def answer(self, platform: str, press: str) -> Answered | None:
        """What became of a press."""
        return self._players[platform].answer(press)

    # --- acting ------------------------------------------------------------

    async def do(self, deed: Deed) -> str:
        """Carry out what a page asks; returns a press's id, else "". Raises Refused."""
        try:
            match deed:
                case MoveClock():
                    self.clock.move(deed.seconds)
                    self.troubles.moved()
                case Morning():
                    self.clock.move_to(9, 0)
                    self.troubles.moved()
                case Manage(do="kill"):
                    await self.child.kill()
                case Manage():
                    await self.child.restart()
                case Invite():
                    self.cast.invite(deed.phone)
                case Topics():
                    self.telegram.make_forum(TEAM, forum=deed.on)
                case Trouble():
                    self._trouble(deed)
                case _:
                    return self._play(deed)
        except (OSError, ValueError) as error:
            raise Refused("impossible", str(error)) from error
        self._tell("")
        return ""

    def _trouble(self, deed: Trouble) -> None:
        if deed.do == "storm":
            self._refuse_early()
            self.troubles.storm()
        elif deed.do == "refuse":
            self.troubles.refuse()
        else:
            self.troubles.cut(deed.platform)

    def _play(self, deed: Any) -> str:
        seat = self.cast.seat(deed.account, deed.chat)
        if seat is None:
            raise Refused("unknown", f"{deed.account} has no phone with {deed.chat} on it")
        self._refuse_early()
        return self._players[seat.platform].do(seat, deed)

    def _refuse_early(self) -> None:
        if self.child.condition is not Condition.ABSENT and not self.child.was_heard:
            raise Refused("early", "")  # VK keeps messages only from the first poll on

    # --- telling -----------------------------------------------------------

    def _telegram_changed(self, change: Change) -> None:
        self._tell(f"telegram:{change.chat_id}")

    def _tell(self, chat: str) -> None:
        self._count(chat)
        for listener in tuple(self._listeners):
            listener(chat)

    def _count(self, chat: str) -> None:
        if self.cast.customer(chat):
            written, read = self._customers_words(chat)
            self.tally.words.wrote(chat, written)
            self.tally.replies.appeared(read)
        elif chat == f"telegram:{TEAM}":
            shown = self.telegram.shown(TEAM)[-_MOST:]
            self.tally.words.appeared(message.text for message in shown)
            self.tally.replies.wrote(chat, [(m.id, m.text) for m in shown if self._replies(m)])
            self.tally.replies.declined(
                chat, [m.reply_to for m in shown if m.from_bot and m.reply_to is not None]
            )

    def _customers_words(self, chat: str) -> tuple[list[tuple[int, str]], list[str]]:
        """What a customer wrote lately, and what they were answered."""
        platform, _, number = chat.partition(":")
        name = self.cast.crowd.get(chat)  # one of a storm is found again by the name
        if platform == "telegram":
            found = self.telegram.shown(int(number))[-20:]
            own = [(m.id, name or m.text) for m in found if not m.from_bot]
            return own, [m.text for m in found if m.from_bot]
        shown = self.vk.dialog(int(number))[-20:]
        own = [(m.id, name or m.text) for m in shown if m.author > 0]
        return own, [m.text for m in shown if m.author <= 0]

    def _replies(self, message: Message) -> bool:
        """Whether a manager wrote it to a customer: under what the bot showed, or in a topic."""
        if message.from_bot or message.service:
            return False
        if message.reply_to is None:
            return message.thread is not None
        replied = self.telegram.message(TEAM, message.reply_to)
        asked = (replied.reply_keyboard or {}).get("force_reply", False)
        return replied.from_bot and not asked
