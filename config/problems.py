"""What is wrong with the settings, in words that name the setting and the remedy, never a value."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic_core import ErrorDetails

SettingPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One setting and what is wrong with it."""

    path: SettingPath
    words: str

    def __str__(self) -> str:
        return f"{dotted(self.path)} ({env_name(self.path)}): {self.words}"


class SettingsError(Exception):
    """The settings cannot be used; `str()` has a line for each problem and repeats no value."""

    def __init__(self, problems: Sequence[Problem | str]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def dotted(path: SettingPath) -> str:
    """`team.managers[0]`: the name in the file and in the documentation."""
    name = ""
    for part in path:
        name += f"[{part}]" if isinstance(part, int) else f".{part}"
    return name.removeprefix(".")


def env_name(path: SettingPath) -> str:
    """`TEAM__MANAGERS`: the name in the environment."""
    return "__".join(part for part in path if isinstance(part, str)).upper()


def unknown(path: SettingPath, known: Collection[tuple[str, ...]]) -> Problem:
    """The problem of a name that no setting and no group has."""
    tables = {name[:depth] for name in known for depth in range(1, len(name))}
    if path in tables:
        return Problem(path, f"is a table; set {', '.join(_inside(path, known))}")
    names = [dotted(name) for name in [*known, *tables] if path[: len(name)] != name]
    if near := get_close_matches(dotted(path), names, 1):
        return Problem(path, f"is unknown; did you mean {near[0]}?")
    siblings = _inside(path[:-1], known)
    return Problem(path, f"is unknown; remove it, or choose {', '.join(siblings)}")


def in_words(error: ErrorDetails, known: Collection[tuple[str, ...]]) -> Problem:
    """What the validation found, in our words; `known` are the paths of all settings."""
    path = error["loc"]
    if error["type"] == "extra_forbidden":
        return unknown(path, known)
    context: dict[str, Any] = error.get("ctx", {})
    if error["type"] == "value_error":
        return Problem(path, str(context["error"]))
    words = next((w for start, w in _WORDS.items() if error["type"].startswith(start)), "")
    return Problem(path, words.format(**context, path=dotted(path)) or error["msg"])


_WORDS = {
    "model": "must be a table, [{path}]",
    "too_long": "must have at most {max_length} entries",
    "bool": "must be true or false",
    "int": "must be a whole number",
    "string_too_long": "must be at most {max_length} characters long",
    "string_too_short": "must not be empty",
    "string": "must be text",
    "tuple": 'must be a list, like ["…", "…"]',
    "dict": "must be a table",
    "path": "must be the path of a file",
    "time_delta": "must be a duration like PT15M, or a number of seconds",
    "literal": "must be {expected}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
}


def _inside(path: SettingPath, known: Collection[tuple[str, ...]]) -> list[str]:
    depth = len(path) + 1
    return list(dict.fromkeys(dotted(name[:depth]) for name in known if name[: depth - 1] == path))
