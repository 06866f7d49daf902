"""Who plays in the sandbox: invented people, their accounts, and the phones they hold."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

from bot.sandbox.telegram import TelegramServer
from bot.sandbox.vk import VkServer
from config.texts import load

ANNA, PABLO, BORIS, DASHA, VERA = 101, 102, 201, 202, 301
VK_ANNA, VK_GLEB = 1101, 1401
TEAM = -1001000000001

_MOST_ON_PHONE = 8
_CROWD = 101  # the number in the name of the first of a crowd: three digits tell each apart
_MOST_IN_CROWD = 900
_PHONE_NUMBERS = {ANNA: "+34600000101", PABLO: "+34600000102"}


@dataclass(frozen=True, slots=True)
class Seat:
    """A person in a conversation; `account` and `chat` are written `telegram:101`."""

    account: str
    chat: str
    name: str
    number: str = ""  # the phone number that the person can share

    @property
    def platform(self) -> str:
        """The messenger."""
        return self.chat.partition(":")[0]

    @property
    def user_id(self) -> int:
        """The person's id there."""
        return int(self.account.partition(":")[2])

    @property
    def chat_id(self) -> int:
        """The conversation's id there."""
        return int(self.chat.partition(":")[2])


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone on the page: who can be switched to, and what it is for."""

    id: str  # "telegram", "vk", "team" or "supervisor"
    platform: str
    seats: tuple[Seat, ...]


class Cast:
    """The people of one language, put onto both servers, and their phones."""

    def __init__(self, language: str, telegram: TelegramServer, vk: VkServer) -> None:
        texts = load(language)
        self._telegram, self._vk_server = telegram, vk
        self._spare = tuple(texts("sandbox.names").split(", "))
        self.language = language
        self._newcomers = itertools.count()
        self.crowd: dict[str, str] = {}
        """Customers of storms, on no phone: their names by their conversation."""
        self.names = {
            ANNA: texts("sandbox.name.anna"),
            PABLO: texts("sandbox.name.pablo"),
            BORIS: texts("sandbox.name.boris"),
            DASHA: texts("sandbox.name.dasha"),
            VERA: texts("sandbox.name.vera"),
        }
        self._vk_names = {VK_ANNA: self.names[ANNA], VK_GLEB: texts("sandbox.name.gleb")}
        self._settle_telegram(telegram, texts("sandbox.team.title"), language)
        for user_id, name in self._vk_names.items():
            vk.add_user(user_id, name)
        self.phones: tuple[Phone, ...] = (
            Phone("telegram", "telegram", tuple(self._private(one) for one in (ANNA, PABLO))),
            Phone("vk", "vk", tuple(self._vk(one) for one in self._vk_names)),
            Phone("team", "telegram", tuple(self._in_team(one) for one in (BORIS, DASHA, VERA))),
            Phone("supervisor", "telegram", (self._private(VERA),)),
        )

    def invite(self, phone_id: str) -> None:
        """One person more on a phone; ValueError when it is full."""
        phone = next(one for one in self.phones if one.id == phone_id)
        if len(phone.seats) >= _MOST_ON_PHONE:
            raise ValueError(f"{_MOST_ON_PHONE} people share this phone already")
        number = next(self._newcomers)
        name = self._spare[number % len(self._spare)]
        seat = self._settle(phone_id, number, name)
        grown = replace(phone, seats=(*phone.seats, seat))
        self.phones = tuple(grown if one is phone else one for one in self.phones)

    def gather(self, count: int) -> list[tuple[str, int]]:
        """So many customers more, on both messengers by turns; ValueError beyond 900.

        Returns (messenger, id) of each.
        """
        first = len(self.crowd)
        if first + count > _MOST_IN_CROWD:
            raise ValueError("the crowd is as large as it can be")
        found = []
        for number in range(first, first + count):
            name = f"{self._spare[number % len(self._spare)]} {_CROWD + number}"
            platform = ("telegram", "vk")[number % 2]
            user_id = 5000 + number
            if platform == "telegram":
                self._telegram.add_user(user_id, name, language=self.language)
            else:
                self._vk_server.add_user(user_id, name)
            self.crowd[f"{platform}:{user_id}"] = name
            found.append((platform, user_id))
        return found

    def seat(self, account: str, chat: str) -> Seat | None:
        """The seat of an account in a conversation, if somebody has it."""
        seats = (seat for phone in self.phones for seat in phone.seats)
        return next((one for one in seats if (one.account, one.chat) == (account, chat)), None)

    @property
    def chats(self) -> tuple[str, ...]:
        """Every conversation on a phone, once."""
        return tuple(dict.fromkeys(seat.chat for phone in self.phones for seat in phone.seats))

    def customer(self, chat: str) -> bool:
        """Whether it is a customer's conversation."""
        return chat in self.crowd or chat in self.customers

    @property
    def customers(self) -> tuple[str, ...]:
        """The conversations in which customers write."""
        phones = (phone for phone in self.phones if phone.id in ("telegram", "vk"))
        return tuple(seat.chat for phone in phones for seat in phone.seats)

    def _settle_telegram(self, server: TelegramServer, title: str, language: str) -> None:
        for user_id, name in self.names.items():
            spoken = "es" if user_id == PABLO else language
            server.add_user(user_id, name, language=spoken)
        server.started(VERA)
        server.add_group(TEAM, title, admins=[VERA], members=[BORIS, DASHA])

    def _settle(self, phone_id: str, number: int, name: str) -> Seat:
        """Put a newcomer where the phone belongs."""
        if phone_id == "vk":
            user_id = 1500 + number
            self._vk_names[user_id] = name
            self._vk_server.add_user(user_id, name)
            return self._vk(user_id)
        user_id = 500 + number
        self.names[user_id] = name
        self._telegram.add_user(user_id, name, language=self.language)
        if phone_id == "team":
            self._telegram.join(TEAM, user_id, by=VERA)
            return self._in_team(user_id)
        return replace(self._private(user_id), number=f"+346000005{number:02}")

    def _private(self, user_id: int) -> Seat:
        own = f"telegram:{user_id}"
        return Seat(own, own, self.names[user_id], _PHONE_NUMBERS.get(user_id, ""))

    def _vk(self, user_id: int) -> Seat:
        return Seat(f"vk:{user_id}", f"vk:{user_id}", self._vk_names[user_id])

    def _in_team(self, user_id: int) -> Seat:
        return Seat(f"telegram:{user_id}", f"telegram:{TEAM}", self.names[user_id])
