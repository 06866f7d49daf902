"""The file of settings: `main.py init` writes it, whole or not at all, for its owner's eyes."""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bot.messages import Finding
from bot.operations.talk import Talk
from config.settings import holds_secrets
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


def may_write(talk: Talk, path: Path) -> bool:
    """Whether settings can be written there and, where some are already, may be replaced."""
    texts = talk.texts
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        reason = error.strerror or type(error).__name__
        talk.say(texts("init.no_place", file=path, reason=reason))
        return False
    if not path.exists():
        return True
    question = texts("init.exists", file=path.name, kept=_former(path).name)
    if talk.agree(question, otherwise=False):
        return True
    talk.say(texts("init.kept"))
    return False


def write(talk: Talk, path: Path, answers: Answers) -> None:
    """Put the settings in place, whole or not at all, for the owner's eyes only."""
    text = settings_file(talk.texts("init.header"), answers)
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
