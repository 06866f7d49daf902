"""Settings, from `dialead.toml` and the environment, which wins; long by what may be missing."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, get_origin

from pydantic import AfterValidator, Field, ValidationError

from bot.domain.questionnaire import OwnWords
from config.groups import (
    Bot,
    Channels,
    Deadlines,
    Desk,
    Digest,
    Group,
    Hours,
    Http,
    Leads,
    Log,
    Rehearsal,
    Retention,
    Team,
    Telegram,
    Vk,
)
from config.hooks import unposted
from config.problems import Problem, SettingPath, SettingsError, in_words, plain_path, unknown
from config.teams import KINDS
from config.together import wrong_together
from config.values import DatabaseUrl, names

__all__ = ["Settings", "SettingsError", "file_of_settings", "holds_secrets", "load_settings"]

Values = dict[str, Any]

_TEXTS = (str, OwnWords, OwnWords | bool)  # what an empty variable sets to nothing


class Settings(Group):
    """Everything that the owner decides; a field's path is the setting's name."""

    database_url: DatabaseUrl = Field(
        default="sqlite:///dialead.db", repr=False, description="`sqlite:///…` or `postgresql://…`"
    )
    telegram: Telegram = Telegram()
    vk: Vk = Vk()
    team: Team = Team()
    channels: Channels = Channels()
    bots: Annotated[dict[str, Bot], AfterValidator(names)] = Field(
        default={}, description="more bots and communities, each under a name of its own"
    )
    desks: Annotated[dict[str, Desk], AfterValidator(names)] = Field(
        default={}, description="more teams, each under a name of its own"
    )
    leads: Leads = Leads()
    deadlines: Deadlines = Deadlines()
    hours: Hours = Hours()
    digest: Digest = Digest()
    http: Http = Http()
    retention: Retention = Retention()
    rehearsal: Rehearsal = Rehearsal()
    log: Log = Log()


def load_settings(environ: Mapping[str, str], folder: Path, *, connected: bool = True) -> Settings:
    """The settings found for a process working in `folder`.

    `connected=False` is for commands that only need the database: missing tokens
    and a missing team chat are then no error. Raises SettingsError with everything
    that is wrong at once.
    """
    found, problems = _from_environment(environ)
    values = _merged(_from_file(environ, folder), found)
    settings, refused = _validated(values)
    problems += refused + _unstorable(values)
    problems += wrong_together(settings, connected=connected) if settings else []
    if connected:
        problems += _unconnected(values)
        problems += unposted(settings) if settings else []
    if problems or settings is None:
        raise SettingsError(problems)
    return settings


def file_of_settings(environ: Mapping[str, str], folder: Path) -> Path:
    """Where the file of settings is, or would be."""
    return folder / (_named(environ) or "dialead.toml")


def holds_secrets(file: Path) -> bool:
    """Whether a file of settings that can be used gives any that is shown to nobody."""
    values = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    return any(_given(values, path) for path, info in Settings.leaves().items() if not info.repr)


def _from_environment(environ: Mapping[str, str]) -> tuple[Values, list[Problem]]:
    """What the environment sets; an empty value sets only a text, or nothing at all."""
    leaves = Settings.leaves()
    values: Values = {}
    problems = []
    for path, text in sorted(_ours(environ).items()):
        known = leaves.get(plain_path(path))
        if known is None:
            problems.append(unknown(path, leaves))
            continue
        annotation = known.annotation
        if text.strip() or annotation in _TEXTS:
            try:
                _put(values, path, _decoded(text, annotation))
            except ValueError:
                table = get_origin(annotation) is dict
                problems.append(
                    Problem(path, "setting.json_table" if table else "setting.json_list")
                )
    return values, problems


def _ours(environ: Mapping[str, str]) -> dict[tuple[str, ...], str]:
    """The variables under our prefixes; a bare TEAM or LOG belongs to somebody else."""
    paths = {name: tuple(name.lower().split("__")) for name in environ}
    return {
        path: environ[name]
        for name, path in paths.items()
        if path == ("database_url",) or (len(path) > 1 and path[0] in Settings.model_fields)
    }


def _decoded(text: str, annotation: Any) -> Any:
    return json.loads(text) if get_origin(annotation) in (tuple, dict) else text


def _put(values: Values, path: tuple[str, ...], value: Any) -> None:
    for name in path[:-1]:
        values = values.setdefault(name, {})
    values[path[-1]] = value


def _from_file(environ: Mapping[str, str], folder: Path) -> Values:
    path = file_of_settings(environ, folder)
    if not _named(environ) and not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        problem = Problem((), "settings.missing", {"file": path})
    except OSError as error:
        problem = Problem((), "settings.unreadable", {"file": path, "reason": error.strerror})
    except UnicodeDecodeError:
        problem = Problem((), "settings.encoding", {"file": path.name})
    except ValueError as error:
        problem = _no_toml(path.name, str(error))
    raise SettingsError([problem])


def _named(environ: Mapping[str, str]) -> str:
    return environ.get("DIALEAD_CONFIG", "").strip()


def _no_toml(name: str, said: str) -> Problem:
    """Where tomllib stumbled, which tells it in English and may repeat what stands there."""
    if found := _PLACE.search(said):
        return Problem((), "settings.toml", {"file": name, "line": found[1], "column": found[2]})
    return Problem((), "settings.toml_end", {"file": name})


def _merged(base: Values, over: Values) -> Values:
    """Both, `over` winning; where a table should be and is not, `base` is left to be refused."""
    merged = dict(base)
    for name, value in over.items():
        if not isinstance(value, dict) or name not in merged:
            merged[name] = value
        elif isinstance(merged[name], dict):
            merged[name] = _merged(merged[name], value)
    return merged


def _validated(values: Values) -> tuple[Settings | None, list[Problem]]:
    try:
        return Settings.model_validate(values), []
    except ValidationError as error:
        return None, [in_words(item, Settings.leaves()) for item in error.errors()]


def _unstorable(values: Any, path: SettingPath = ()) -> list[Problem]:
    """Texts with what no database keeps, wherever they stand."""
    if isinstance(values, str):
        return [Problem(path, "setting.unstorable")] if _NO_TEXT.search(values) else []
    if not isinstance(values, dict | list):
        return []
    inside = values.items() if isinstance(values, dict) else enumerate(values)
    return [one for name, value in inside for one in _unstorable(value, (*path, name))]


def _unconnected(values: Values) -> list[Problem]:
    """What is missing to serve anybody, judged by what is given even where that is wrong."""
    telegram, vk = ("telegram", "token"), ("vk", "token")
    chat, group = ("team", "chat"), ("vk", "group_id")
    problems = []
    if not _given(values, telegram):
        with_vk = _given(values, vk)
        problems.append(
            Problem(telegram, "setting.no_telegram" if with_vk else "setting.no_messenger")
        )
    if (_given(values, telegram) or _given(values, vk)) and not _given(values, chat):
        problems.append(Problem(chat, "setting.no_chat"))
    if _given(values, vk) and not _given(values, group):
        problems.append(Problem(group, "setting.no_group"))
    return problems + _out_of_reach(values)


def _out_of_reach(values: Values) -> list[Problem]:
    """Whoever should be written to on a messenger that is off; without any, that is told alone."""
    off = [name for name in KINDS if not _given(values, (name, "token"))]
    return [
        Problem(path, "setting.off", {"token": f"{name}.token"})
        for path in _RECIPIENTS
        for address in _listed(_found(values, path))
        for name in off
        if len(off) == 1 and address.strip().startswith(f"{name}:")
    ]


def _listed(value: Any) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


def _given(values: Values, path: tuple[str, ...]) -> bool:
    return str(_found(values, path) or "").strip() not in ("", "0")


def _found(values: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        values = values.get(name) if isinstance(values, dict) else None
    return values


_RECIPIENTS = (
    ("team", "supervisors"),
    ("team", "supervisors_chat"),
    *(("channels", kind, "responsible") for kind in KINDS),
)
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_PLACE = re.compile(r"line (\d+), column (\d+)")
