"""The file that `main.py init` writes: whole or not at all, for its owner's eyes only."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bot.operations.talk import Talk


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
            shutil.copyfile(path, _former(path))
            _former(path).chmod(0o600)
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


def _former(path: Path) -> Path:
    return path.with_name(f"{path.name}.old")


def _quoted(text: str) -> str:
    """A TOML string: JSON's escapes are TOML's, which wants one more."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
