"""VK: one community under one token."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

import aiohttp

from bot.channels.vk import callback, callback_checks, checks
from bot.channels.vk.api import Api
from bot.channels.vk.connections import file_session, stream_session
from bot.channels.vk.files import open_file
from bot.channels.vk.fit import fit_post
from bot.channels.vk.parse import parse_event
from bot.channels.vk.people import fetch_profiles, reaches
from bot.channels.vk.receive import Receiver, Sleep
from bot.channels.vk.send import Sender
from bot.messages import (
    Accept,
    Attachment,
    Channel,
    Download,
    Event,
    Finding,
    Member,
    OpenFile,
    Outgoing,
    Post,
    Profile,
    Sent,
)


class VkSettings(Protocol):
    """What the channel reads of its settings; the last three where `mode` is "callback"."""

    @property
    def token(self) -> str: ...
    @property
    def group_id(self) -> int: ...
    @property
    def api_url(self) -> str: ...
    @property
    def proxy(self) -> str: ...
    @property
    def per_second(self) -> float: ...  # calls of the community's token
    @property
    def mode(self) -> str: ...
    @property
    def callback_url(self) -> str: ...
    @property
    def secret(self) -> str: ...
    @property
    def confirmation(self) -> str: ...


def open_channel(name: str, settings: VkSettings) -> Channel:
    """The community of these settings, as the channel `name`. Nothing is connected yet."""
    return VkChannel(name, settings)


class VkChannel:
    """Everything the product asks of VK; see `bot.messages.Channel`."""

    repeatable = 3000.0  # VK remembers a random_id for about an hour, or a hundred messages

    def __init__(self, name: str, settings: VkSettings, sleep: Sleep = asyncio.sleep) -> None:
        self.name = name
        self._sleep = sleep
        self._group_id = settings.group_id
        self._api_url = settings.api_url
        self._proxy = settings.proxy
        self._api = Api(settings.token, settings.api_url, settings.proxy, settings.per_second)
        self._opened: aiohttp.ClientSession | None = None
        self._opened_for_files: aiohttp.ClientSession | None = None
        self.hook: callback.Callback | None = None
        if settings.mode == "callback":
            self.hook = callback.Callback(
                settings.group_id, settings.callback_url, settings.secret, settings.confirmation
            )

    async def receive(self, accept: Accept, cursor: str) -> None:
        """Poll, or look after the posts; the cursor is how far events have come in."""
        if self.hook is not None:
            await callback.receive(self._api, self.hook, accept, cursor, self._sleep)
            return
        receiver = Receiver(self._api, self._http, self._group_id, self._sleep)
        await receiver.receive(accept, cursor)

    def parse(self, body: dict[str, Any]) -> Event | None:
        """One event in neutral words; none where it is another community's."""
        if body.get("group_id") not in (None, self._group_id):
            return None
        return parse_event(body, self.name)

    def fit(self, post: Post) -> tuple[Post, ...]:
        """The post as messages that VK takes."""
        return fit_post(post, self.name)

    async def send(self, outgoing: Outgoing, open_file: OpenFile) -> Sent:
        """Make the call; a post's uploads are calls of their own."""
        return await Sender(self._api, self._http, self.name).send(outgoing, open_file)

    def open_file(self, attachment: Attachment) -> AbstractAsyncContextManager[Download]:
        """Open an attachment of VK's for streaming."""
        if self._opened_for_files is None:
            self._opened_for_files = file_session(self._api_url, self._proxy)
        return open_file(self._opened_for_files, attachment)

    async def member(self, chat: str, user: str) -> Member:
        """Nobody: a community answers in private, and its chats are no team's place yet."""
        return Member(present=False)

    async def admins(self, chat: str) -> dict[str, Member]:
        """Nobody, for the same reason."""
        return {}

    async def profiles(self, users: Sequence[str]) -> dict[str, Profile]:
        """Names of accounts, a thousand a call."""
        return await fetch_profiles(self._api, users)

    async def has_topics(self, chat: str) -> bool:
        """VK's chats have none."""
        return False

    async def is_open(self, chat: str) -> bool:
        """Only members act in a chat of VK's."""
        return False

    async def username(self) -> str:
        """Nothing calls a community by its name."""
        return ""

    async def reaches(self, user: str) -> bool:
        """Whether somebody has written to the community, or allowed its messages."""
        return await reaches(self._api, self._group_id, user)

    async def check(self, chat: str, *, running: bool = False) -> list[Finding]:
        """What is right and wrong with token, community and intake; several may poll."""
        return await checks.find(self._api, self.name, self._group_id, self.hook)

    async def mend(self, what: str) -> Finding:
        """Change a setting of the community."""
        if what == callback_checks.MEND and self.hook is not None:
            return await callback_checks.mend(self._api, self.hook)
        return await checks.MENDS[what](self._api, self._group_id)

    async def close(self) -> None:
        """Close the connections; calls still under way are not waited for."""
        self._api.close()
        for session in filter(None, (self._opened, self._opened_for_files)):
            await session.close()
        self._opened = self._opened_for_files = None

    @property
    def _http(self) -> aiohttp.ClientSession:
        """Opened at the first use, because aiohttp wants a running loop."""
        if self._opened is None:
            self._opened = stream_session(self._proxy)
        return self._opened
