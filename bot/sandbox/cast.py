"""Who plays in the sandbox: invented people, their accounts, and the phones they hold."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox.telegram import TelegramServer
from bot.sandbox.vk import VkServer
from config.texts import load

ANNA, PABLO, BORIS, DASHA, VERA = 101, 102, 201, 202, 301
VK_ANNA, VK_GLEB = 1101, 1401
TEAM = -1001000000001

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
        self.phones = (
            Phone("telegram", "telegram", tuple(self._private(one) for one in (ANNA, PABLO))),
            Phone("vk", "vk", tuple(self._vk(one) for one in self._vk_names)),
            Phone("team", "telegram", tuple(self._in_team(one) for one in (BORIS, DASHA, VERA))),
            Phone("supervisor", "telegram", (self._private(VERA),)),
        )

    def seat(self, account: str, chat: str) -> Seat | None:
        """The seat of an account in a conversation, if somebody has it."""
        seats = (seat for phone in self.phones for seat in phone.seats)
        return next((one for one in seats if (one.account, one.chat) == (account, chat)), None)

    @property
    def chats(self) -> tuple[str, ...]:
        """Every conversation on a phone, once."""
        return tuple(dict.fromkeys(seat.chat for phone in self.phones for seat in phone.seats))

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

    def _private(self, user_id: int) -> Seat:
        own = f"telegram:{user_id}"
        return Seat(own, own, self.names[user_id], _PHONE_NUMBERS.get(user_id, ""))

    def _vk(self, user_id: int) -> Seat:
        return Seat(f"vk:{user_id}", f"vk:{user_id}", self._vk_names[user_id])

    def _in_team(self, user_id: int) -> Seat:
        return Seat(f"telegram:{user_id}", f"telegram:{TEAM}", self.names[user_id])
