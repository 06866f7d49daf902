"""A folder like that of whoever follows the README, and both messengers within its reach."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.sandbox.telegram import Limits as TelegramLimits
from bot.sandbox.telegram import TelegramServer
from bot.sandbox.vk import Limits as VkLimits
from bot.sandbox.vk import VkServer
from tests.cast import NAMES, TEAM, VERA
from tests.operations.sitting import Sitting

ROOT = Path(__file__).parents[2]
PYTHON = ".venv/bin/python main.py "


@dataclass
class Machine:
    """A folder with the program and both messengers within reach; `ran` are main.py's commands."""

    folder: Path
    environ: Mapping[str, str]
    ran: set[str] = field(default_factory=set)

    async def types(self, line: str) -> None:
        """Types a line as it stands; `run` is stopped once it has started."""
        command = line.removeprefix(PYTHON).split()[0] if line.startswith(PYTHON) else ""
        process = await asyncio.create_subprocess_exec(
            "bash",
            *("-euo", "pipefail", "-c", f"exec {line}" if command else line),
            cwd=self.folder,
            env=self.environ,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        sitting = Sitting(process)
        try:
            if command == "run":
                await sitting.hears('"started"')
                process.send_signal(signal.SIGTERM)
            code = await sitting.end()
        finally:
            if process.returncode is None:
                process.kill()
        assert code == 0, f"{line} ended with {code}:\n{sitting.said}"
        self.ran.add(command)


@asynccontextmanager
async def a_machine(folder: Path, settings: str) -> AsyncIterator[Machine]:
    """The program and its environment in a folder, with these words as its dialead.toml."""
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "main.py").symlink_to(ROOT / "main.py")
    (folder / "dialead.toml").write_text(settings, encoding="utf-8")
    (folder / "dialead.toml").chmod(0o600)  # as the README asks for beside it
    async with messengers() as (telegram, vk):
        environ = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "PYTHONUTF8": "1",
            "HTTP__PORT": "0",
            "TELEGRAM__API_URL": telegram.url,
            "TELEGRAM__TOKEN": telegram.token,
            "VK__API_URL": vk.url,
            "VK__TOKEN": vk.token,
            "VK__GROUP_ID": "7",
            "TEAM__CHAT": f"telegram:{TEAM}",
            "TEAM__SUPERVISORS": f'["telegram:{VERA}"]',
        }
        yield Machine(folder, environ)


@asynccontextmanager
async def messengers() -> AsyncIterator[tuple[TelegramServer, VkServer]]:
    """Vera's group with the bot as its admin, and a community; both set up well."""
    telegram = TelegramServer("42:sandbox", limits=TelegramLimits.none())
    vk = VkServer("vk1.sandbox", limits=VkLimits.none())
    async with AsyncExitStack() as stack:
        for server in (telegram, vk):
            await server.start()
            stack.push_async_callback(server.stop)
        for number, name in NAMES.items():
            telegram.add_user(number, name)
        telegram.add_group(TEAM, "Sales", admins=[VERA])
        telegram.promote(TEAM, telegram.bot_id, by=VERA)
        telegram.press_start(VERA)  # it waits, so no `check` has to listen for long
        yield telegram, vk
