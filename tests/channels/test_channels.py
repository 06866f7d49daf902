"""The table of messengers."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bot.channels import CHANNELS, open_channel
from tests.channels.adapters import ADAPTERS, TelegramSettings


def test_every_messenger_keeps_the_contract() -> None:
    assert set(ADAPTERS) == set(CHANNELS)


async def test_a_channel_is_opened_under_its_own_name() -> None:
    settings = TelegramSettings("77:sandbox", "http://127.0.0.1:9")
    channel = open_channel("telegram", "second bot", settings)
    assert channel.name == "second bot"
    await channel.close()


def test_an_unknown_messenger_is_no_channel() -> None:
    with pytest.raises(KeyError):
        open_channel("pigeon", "pigeon", None)


def test_no_messenger_is_loaded_before_it_is_used() -> None:
    code = "import sys, bot.channels; print({'aiogram', 'vk_api', 'aiohttp'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
