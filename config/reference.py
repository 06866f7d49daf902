"""The settings as a table for people, made from the model so that the two cannot differ."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import time, timedelta

from pydantic import TypeAdapter
from pydantic_core import PydanticUndefinedType

from bot.domain.hours import Term
from bot.domain.questionnaire import OwnWords
from config.problems import dotted, env_name
from config.settings import Settings
from config.values import WeeklyTime


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting: both names, the default as one would write it ("" for none), what it means."""

    name: str
    env: str
    default: str
    meaning: str


def settings_table() -> list[SettingRow]:
    """A row for each setting, in the order of the model."""
    return [
        SettingRow(dotted(path), env_name(path), _written(info.default), info.description or "")
        for path, info in Settings.leaves().items()
    ]


def settings_markdown() -> str:
    """The table as Markdown, without a final line break."""
    lines = ["| setting | in the environment | default | meaning |", "|---|---|---|---|"]
    for row in settings_table():
        default = f"`{row.default}`" if row.default else "none"
        lines.append(f"| `{row.name}` | `{row.env}` | {default} | {row.meaning} |")
    return "\n".join(lines)


def _written(default: object) -> str:
    match default:
        case None | PydanticUndefinedType():
            return ""
        case timedelta():
            return str(TypeAdapter(timedelta).dump_python(default, mode="json"))
        case Term(days=0, time=time_of_work):
            return _written(time_of_work)
        case Term(days=days):
            return f"P{days}D"
        case time():
            return f"{default:%H:%M}"
        case str() | WeeklyTime() | OwnWords():
            return str(default)
        case _:
            return json.dumps(default)
