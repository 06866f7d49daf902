"""The demo: the sandbox, and the product beside it as a child process, exactly as `run` would."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import os
import signal
import sys
import tempfile
import webbrowser
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from bot.operations.errors import Failed
from bot.sandbox import leash
from bot.sandbox.stage import Stage
from config.settings import Settings
from config.texts import Texts

_ZONES = {"ru": "Europe/Moscow", "en": "Europe/London", "es": "Europe/Madrid"}


async def run_demo(
    main: Path,
    port: int,
    language: str,
    texts: Texts,
    *,
    browser: bool,
    say: Callable[[str], None],
) -> None:
    """Serve the page until Ctrl-C; `main` is the command line that the product is started by.

    `language` is the team's, `texts` are in that of whoever started it. Raises Failed when
    another program listens where the page should be.
    """
    stopping = _stopping(lambda: say(texts("demo.stopping")))
    with tempfile.TemporaryDirectory(prefix="dialead-") as folder:
        stage = Stage(language, port, timezone=_ZONES.get(language, _ZONES["ru"]))
        await _start(stage, port)
        try:
            say(texts("demo.starting"))
            await stage.run(
                [sys.executable, leash.__file__, str(main), "run"],
                settings_for(stage, language, folder),
            )
            await _either(stage.settled(), stopping.wait())
            if not stopping.is_set():
                say(texts("demo.playing", url=stage.url))
                if browser:
                    await asyncio.to_thread(_open_page, stage.url)
            await stopping.wait()
        finally:
            await stage.stop()


def settings_for(stage: Stage, language: str, folder: str) -> dict[str, str]:
    """What `run` is told by its environment; nothing of the owner's real settings counts."""
    telegram, vk = stage.telegram, stage.vk
    foreign = {name: "" for name in os.environ if _is_setting(name)}
    return foreign | {
        "DIALEAD_CONFIG": os.devnull,
        "DATABASE_URL": f"sqlite:///{folder}/dialead.db",
        "TELEGRAM__TOKEN": telegram.token,
        "TELEGRAM__API_URL": telegram.url,
        "VK__TOKEN": vk.token,
        "VK__GROUP_ID": str(vk.community.group_id),
        "VK__API_URL": vk.url,
        "TEAM__CHAT": stage.team_chat,
        "TEAM__LANGUAGE": language,
        "TEAM__TIMEZONE": stage.timezone,
        "TEAM__MANAGERS": json.dumps(stage.managers),
        "TEAM__SUPERVISORS": json.dumps([stage.supervisor]),
        "HTTP__PORT": "0",
        "REHEARSAL__CLOCK_FILE": str(stage.clock_file),
        "LOG__LEVEL": "warning",
    }


def _stopping(tell: Callable[[], None]) -> asyncio.Event:
    """Set, and told once, when the process is asked to end."""
    stopping = asyncio.Event()

    def stop() -> None:
        if not stopping.is_set():
            stopping.set()
            with contextlib.suppress(OSError):  # with the terminal closed nobody hears it
                tell()

    ends = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup has it
        ends.append(signal.SIGHUP)
    for number in ends:
        asyncio.get_running_loop().add_signal_handler(number, stop)
    return stopping


async def _start(stage: Stage, port: int) -> None:
    try:
        await stage.start()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise Failed("demo.port_taken", port=port, other=port % 65535 + 1) from None


def _is_setting(name: str) -> bool:
    group, mark, _ = name.lower().partition("__")
    return bool(mark) and group in Settings.model_fields


async def _either(*waits: Coroutine[Any, Any, Any]) -> None:
    tasks = [asyncio.create_task(wait) for wait in waits]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()


def _open_page(url: str) -> None:
    with contextlib.suppress(webbrowser.Error):
        webbrowser.open(url)
