"""The file of settings: `main.py init` writes it, whole or not at all, for its owner's eyes."""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.messages import Finding
from bot.operations.talk import Talk
from config.settings import holds_secrets, load_settings
from storage.file import keep_private

_OTHERS = 0o077  # what a mode lets others than the owner do


@dataclass(frozen=True, slots=True)
class Answers:
    """What the settings will say; `vk` is a token and a community's number."""

    token: str
    vk: tuple[str, int] | None
    language: str
    timezone: str
    chat: str
    supervisor: str


@dataclass(frozen=True, slots=True)
class More:
    """One more bot, or the community of this number; with a `chat` a team has it for its own."""

    name: str
    token: str
    group_id: int = 0
    chat: str = ""


def can_write(talk: Talk, path: Path) -> bool:
    """Whether settings can be written there."""
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            return True
    except OSError as error:
        reason = error.strerror or type(error).__name__
        talk.say(talk.texts("init.no_place", file=path, reason=reason))
        return False


def may_replace(talk: Talk, path: Path) -> bool:
    """Whether settings that are there already, if any, may be replaced."""
    texts = talk.texts
    if not path.exists():
        return True
    question = texts("init.exists", file=path.name, kept=_former(path).name)
    if talk.agree(question, otherwise=False):
        return True
    talk.say(texts("init.kept"))
    return False


def write(talk: Talk, path: Path, answers: Answers) -> None:
    """Put the settings in place, whole or not at all, for the owner's eyes only."""
    _put(talk, path, settings_file(talk.texts("init.header"), answers))


def add(talk: Talk, path: Path, more: More, environ: Mapping[str, str]) -> None:
    """Put one more bot behind what is there, once all of it together can be used.

    Raises SettingsError, and writes nothing, when it cannot.
    """
    text = f"{path.read_text(encoding='utf-8-sig').rstrip()}\n\n{further(more)}"
    with tempfile.TemporaryDirectory() as folder:  # for its owner's eyes only
        (Path(folder) / path.name).write_text(text, encoding="utf-8")
        load_settings({**environ, "DIALEAD_CONFIG": path.name}, Path(folder))
    _put(talk, path, text)


def _put(talk: Talk, path: Path, text: str) -> None:
    # mkstemp makes a file that nobody else may read.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(handle)
        if path.exists():
            _former(path).unlink(missing_ok=True)
            keep_private(str(_former(path)))
            shutil.copyfile(path, _former(path))
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
    talk.say(talk.texts("init.written", file=path.name))


def settings_file(header: str, answers: Answers) -> str:
    """The answers as TOML."""
    lines = [f"# {header}", "", "[telegram]", f"token = {_quoted(answers.token)}"]
    if answers.vk:
        token, number = answers.vk
        lines += ["", "[vk]", f"token = {_quoted(token)}", f"group_id = {number}"]
    supervisors = f"[{_quoted(f'telegram:{answers.supervisor}')}]" if answers.supervisor else "[]"
    lines += [
        "",
        "[team]",
        f"language = {_quoted(answers.language)}",
        f"timezone = {_quoted(answers.timezone)}",
        f"chat = {_quoted(f'telegram:{answers.chat}')}",
        f"supervisors = {supervisors}",
    ]
    return "\n".join(lines) + "\n"


def further(more: More) -> str:
    """One more bot as TOML."""
    kind = "vk" if more.group_id else "telegram"
    lines = [f"[bots.{more.name}]", f"kind = {_quoted(kind)}", f"token = {_quoted(more.token)}"]
    if more.group_id:
        lines.append(f"group_id = {more.group_id}")
    if more.chat:
        lines += [f"desk = {_quoted(more.name)}", "", f"[desks.{more.name}]"]
        lines.append(f"chat = {_quoted(f'telegram:{more.chat}')}")
    return "\n".join(lines) + "\n"


def privacy(file: Path, *, fix: bool) -> Finding | None:
    """Whether others may read the tokens in it; nothing where there are none.

    Nor where the file is not of who asks: one that is handed in, as to a container, may
    have to be readable.
    """
    try:
        found = file.stat()
    except OSError:
        return None
    ours = found.st_uid == os.geteuid() and stat.S_ISREG(found.st_mode)
    if not (ours and holds_secrets(file)):
        return None
    if not found.st_mode & _OTHERS:
        return Finding(True, "check.file", {"file": file.name})
    if fix and _closed(file, stat.S_IMODE(found.st_mode) & ~_OTHERS):
        return Finding(True, "check.file_closed", {"file": file.name})
    return Finding(False, "check.file_open", {"file": str(file)}, mend="mode")


def _closed(file: Path, mode: int) -> bool:
    try:
        file.chmod(mode)
    except OSError:  # as on a disk that is only read
        return False
    return True


def _former(path: Path) -> Path:
    return path.with_name(f"{path.name}.old")


def _quoted(text: str) -> str:
    """A TOML string: JSON's escapes are TOML's, which wants one more."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
