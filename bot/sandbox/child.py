"""The program that plays against the sandbox: a child process to run, kill and restart."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from enum import StrEnum

PATIENCE = 5.0  # seconds from SIGTERM to SIGKILL


class Condition(StrEnum):
    """How the child is."""

    ABSENT = "absent"  # nobody named a program
    STARTING = "starting"  # not every messenger has heard from it
    RUNNING = "running"
    STOPPED = "stopped"


class Child:
    """At most one process at a time; `changed()` is called whenever its condition changes.

    Its standard input is a pipe that says nothing, and is closed when we are gone.
    It runs once it was heard by each of `messengers`: a process alone takes nothing in.
    """

    def __init__(self, changed: Callable[[], None], messengers: Collection[str]) -> None:
        self._changed = changed
        self._messengers = frozenset(messengers)
        self._deaf = set(messengers)  # those that have not heard from this process
        self._settled = asyncio.Event()
        self._argv: tuple[str, ...] = ()
        self._env: dict[str, str] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()
        self.was_heard = False  # by all messengers at once, in any of its lives

    @property
    def condition(self) -> Condition:
        """How it is now."""
        if not self._argv:
            return Condition.ABSENT
        if not self._alive:
            return Condition.STOPPED
        return Condition.STARTING if self._deaf else Condition.RUNNING

    @property
    def code(self) -> int | None:
        """What it ended with (negative: by which signal); None while it runs or never ran."""
        return None if self._process is None else self._process.returncode

    @property
    def pid(self) -> int | None:
        """Its process id while there is one."""
        return self._process.pid if self._process and self._alive else None

    async def run(self, argv: Sequence[str], env: Mapping[str, str]) -> None:
        """Start a program, `env` added to our own environment; another one is ended first.

        OSError when it cannot be started.
        """
        async with self._lock:
            await self._end()
            self._argv, self._env = tuple(argv), dict(env)
            await self._start()

    def heard(self, messenger: str) -> None:
        """A messenger was asked for what is new."""
        if messenger not in self._deaf:
            return
        self._deaf.remove(messenger)
        if not self._deaf:
            self.was_heard = True
            self._settled.set()
            self._changed()

    async def settled(self) -> None:
        """Returns once it runs, or has ended before that."""
        await self._settled.wait()

    async def restart(self) -> None:
        """End it gently if it runs, and start it again; ValueError when there is none."""
        if not self._argv:
            raise ValueError("no program to restart")
        async with self._lock:
            await self._end()
            await self._start()

    async def kill(self) -> None:
        """SIGKILL, as a power cut would; nothing when it does not run."""
        async with self._lock:
            if self._process is not None and self._alive:
                self._process.kill()
                await self._process.wait()

    async def stop(self) -> None:
        """SIGTERM, after `PATIENCE` SIGKILL."""
        async with self._lock:
            await self._end()

    @property
    def _alive(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def _start(self) -> None:
        self._deaf = set(self._messengers)
        self._settled.clear()
        env = {**os.environ, **self._env}
        self._process = await asyncio.create_subprocess_exec(
            *self._argv, env=env, stdin=asyncio.subprocess.PIPE
        )
        self._watch = asyncio.create_task(self._tell(self._process))
        self._changed()

    async def _tell(self, process: asyncio.subprocess.Process) -> None:
        await process.wait()
        self._settled.set()
        self._changed()

    async def _end(self) -> None:
        process, watch = self._process, self._watch
        if process is None or watch is None:
            return
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), PATIENCE)
            except TimeoutError:
                with suppress(ProcessLookupError):
                    process.kill()
        await watch
