"""What is wrong with the settings: which one, and the key of the words that name the remedy.

Nothing here repeats a value: a token may have been pasted in the wrong place.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Protocol

from pydantic_core import ErrorDetails

NAMED = ("bots", "desks")  # tables of tables, each under a name that the owner gives
NAME = "NAME"  # stands for any such name

SettingPath = tuple[str | int, ...]


class Words(Protocol):
    """The words of one language: the text of a key, its placeholders filled."""

    def __call__(self, key: str, /, **values: object) -> str: ...


class WrongValue(ValueError):
    """A value that a setting cannot have; a key of the texts says what it must be."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True)
class Problem:
    """One setting, or the file with an empty path, and what is wrong with it."""

    path: SettingPath
    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    def told(self, texts: Words) -> str:
        """Both names of the setting, and what to do."""
        words = texts(self.key, **self.values)
        return f"{dotted(self.path)} ({env_name(self.path)}): {words}" if self.path else words


class SettingsError(Exception):
    """The settings cannot be used; `str()` has a line for each problem and repeats no value."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(f"{dotted(one.path)}: {one.key}" for one in problems))
        self.problems = tuple(problems)

    def told(self, texts: Words) -> str:
        """Each problem on a line, in the language of the texts."""
        return "\n".join(problem.told(texts) for problem in self.problems)


def dotted(path: SettingPath) -> str:
    """`team.managers[0]`: the name in the file and in the documentation."""
    name = ""
    for part in path:
        name += f"[{part}]" if isinstance(part, int) else f".{part}"
    return name.removeprefix(".")


def env_name(path: SettingPath) -> str:
    """`TEAM__MANAGERS`: the name in the environment."""
    return "__".join(part for part in path if isinstance(part, str)).upper()


def plain_path(path: SettingPath) -> tuple[str, ...]:
    """The path as the list of settings has it: with NAME where the owner gave a name."""
    names = tuple(part for part in path if isinstance(part, str))
    own = len(names) > 2 and names[0] in NAMED
    return (names[0], NAME, *names[2:]) if own else names


def unknown(path: SettingPath, known: Collection[tuple[str, ...]]) -> Problem:
    """The problem of a name that no setting and no group has."""
    plain = plain_path(path)
    if plain != path:
        told, given = unknown(plain, known), (f"{path[0]}.{NAME}", dotted(path[:2]))
        return Problem(path, told.key, {k: str(v).replace(*given) for k, v in told.values.items()})
    tables = {name[:depth] for name in known for depth in range(1, len(name))}
    if path in tables:
        return Problem(path, "setting.is_table", {"names": ", ".join(_inside(path, known))})
    if len(path) > 1 and path[-1:] in known:
        return Problem(path, "setting.belongs_on_top", {"name": path[-1]})
    names = [dotted(name) for name in [*known, *tables] if path[: len(name)] != name]
    if near := get_close_matches(dotted(path), names, 1):
        return Problem(path, "setting.unknown_near", {"near": near[0]})
    siblings = _inside(path[:-1], known)
    return Problem(path, "setting.unknown", {"names": ", ".join(siblings)})


def in_words(error: ErrorDetails, known: Collection[tuple[str, ...]]) -> Problem:
    """What the validation found, by the key of our words; `known` are the paths of all settings."""
    path, kind = error["loc"], error["type"]
    if kind == "extra_forbidden":
        return unknown(path, known)
    context = dict(error.get("ctx", {}))
    if isinstance(refused := context.get("error"), WrongValue):
        return Problem(path, refused.key, refused.values)
    if kind == "literal_error":
        context["choices"] = ", ".join(re.findall(r"'([^']*)'", context["expected"]))
    keys = (key for start, key in _KINDS_KEYS.items() if kind.startswith(start))
    return Problem(path, next(keys, "setting.wrong"), {**context, "path": dotted(path)})


# By the beginning of pydantic's name for the error; the first that fits.
_KINDS_KEYS = {
    "missing": "setting.required",
    "model": "setting.table_named",
    "too_long": "setting.too_many",
    "bool": "setting.bool",
    "int": "setting.whole",
    "finite_number": "setting.whole",
    "string_too_long": "setting.too_long",
    "string_too_short": "setting.empty",
    "string": "setting.text",
    "tuple": "setting.list",
    "dict": "setting.table",
    "path": "setting.path",
    "time_delta": "setting.duration",
    "literal": "setting.choice",
    "greater_than_equal": "setting.at_least",
    "less_than_equal": "setting.at_most",
}


def _inside(path: SettingPath, known: Collection[tuple[str, ...]]) -> list[str]:
    depth = len(path) + 1
    return list(dict.fromkeys(dotted(name[:depth]) for name in known if name[: depth - 1] == path))
