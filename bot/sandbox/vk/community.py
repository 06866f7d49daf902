"""The whole state of the sandbox's VK: one community, its people, dialogs, events and files."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.vk.dialogs import CHATS, Dialog, Dialogs, Message
from bot.sandbox.vk.errors import ACCESS_DENIED, NO_CHAT_ACCESS, VkError
from bot.sandbox.vk.events import API_VERSION, OFF_AT_FIRST, ON_AT_FIRST, Events
from bot.sandbox.vk.files import Files
from bot.sandbox.vk.limits import Limits, Pace
from bot.sandbox.vk.people import People

PERMISSIONS = {"messages": 4096, "manage": 262144, "photos": 4, "docs": 131072}

Hook = Callable[[int], None]


@dataclass(slots=True)
class Press:
    """A press of a callback button that waits for its answer."""

    user_id: int
    peer_id: int
    at: float
    answered: bool = False


@dataclass(slots=True)
class Upload:
    """An upload address, good for one file."""

    kind: str  # "photo", "doc", "audio_message" or "graffiti"
    files: list[tuple[str, bytes]] = field(default_factory=list)


@dataclass(slots=True)
class CallbackServer:
    """An address, in the community's settings, to which events are posted."""

    id: int
    title: str
    url: str
    secret_key: str
    settings: dict[str, bool]
    api_version: str = API_VERSION
    status: str = "unconfigured"  # wait, then ok or failed


class Community:
    """What every method and every person's act reads and changes."""

    def __init__(self, group_id: int, limits: Limits, clock: Callable[[], float]) -> None:
        self.group_id = group_id
        self.name = "Sandbox"
        self.limits = limits
        self.clock = clock
        self.pace = Pace(limits)
        self.people = People()
        self.dialogs = Dialogs()
        self.events = Events(group_id)
        self.files = Files(clock)
        self.presses: dict[str, Press] = {}
        self.answers: dict[str, dict[str, Any]] = {}
        self.uploads: dict[str, Upload] = {}
        self.permissions = set(PERMISSIONS)
        self.bot_features = True
        self.messages_on = True
        self.base = ""
        self.out = False  # during an outage every connection is cut
        self.key = secrets.token_hex(20)
        self.lost_keys: set[str] = set()
        self.callbacks: dict[int, CallbackServer] = {}
        self.confirmation = secrets.token_hex(4)
        self.confirm: Callable[[CallbackServer], None] = lambda _: None  # asks the address
        self._hooks: list[Hook] = []

    @property
    def now(self) -> int:
        """Unix time in whole seconds, as VK gives it."""
        return int(self.clock())

    def subscribe(self, hook: Hook) -> Callable[[], None]:
        """Call `hook(peer_id)` at each visible change; returns what ends that."""
        self._hooks.append(hook)
        return lambda: self._hooks.remove(hook)

    def changed(self, peer_id: int) -> None:
        """Tell the subscribers that a conversation looks different now."""
        for hook in tuple(self._hooks):
            hook(peer_id)

    def happen(self, kind: str, message: Message) -> None:
        """An event about a message, and the visible change it means."""
        self.events.happen(kind, message.shape())
        self.changed(message.peer_id)

    def check_peer(self, peer_id: int) -> None:
        """Raises VkError when the community may not write there."""
        if peer_id > CHATS:
            self.chat(peer_id)
        else:
            self.people.check_open(peer_id)

    def chat(self, peer_id: int) -> Dialog:
        """A chat that the community is in, else VkError."""
        dialog = self.dialogs.find(peer_id)
        if dialog is None or not dialog.present:
            raise VkError(NO_CHAT_ACCESS)
        return dialog

    def add_callback(self, title: str, url: str, secret_key: str) -> CallbackServer:
        """An address to be posted to; nothing is reported to it yet."""
        number = max(self.callbacks, default=0) + 1
        none = dict.fromkeys(sorted(ON_AT_FIRST | OFF_AT_FIRST), False)
        self.callbacks[number] = CallbackServer(number, title, url, secret_key, none)
        return self.callbacks[number]

    def new_key(self) -> None:
        """Another key for the long poll; whoever waits with the old one is told."""
        self.key = secrets.token_hex(20)
        self.events.wake()

    def check_group(self, group_id: int | None) -> None:
        """Raises VkError when a method is asked about another community."""
        if group_id is not None and group_id != self.group_id:
            raise VkError(ACCESS_DENIED, "the token belongs to another community")
