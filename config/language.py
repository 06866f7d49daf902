"""The language in which the operator is spoken to: the team's where it is told, or the system's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from config.settings import file_of_settings
from config.texts import LANGUAGES

# Read without TOML: whoever forgot a quote elsewhere is told so in their language.
_WRITTEN = re.compile(r"""^[^#\n]*?\blanguage["']?\s*=\s*["'](\w+)["']""", re.MULTILINE)
_SYSTEMS = ("LC_ALL", "LC_MESSAGES", "LANG")


def operators_language(environ: Mapping[str, str], folder: Path) -> str:
    """One of LANGUAGES: that of `team.language`, of the system, or else the first.

    Nothing else in the settings need be right. Raises nothing.
    """
    said = (word.strip().lower() for word in _said(environ, folder))
    return next((word for word in said if word in LANGUAGES), LANGUAGES[0])


def _said(environ: Mapping[str, str], folder: Path) -> Iterator[str]:
    """What may be a language, the weightiest first."""
    yield from (text for name, text in environ.items() if name.upper() == "TEAM__LANGUAGE")
    try:
        written = file_of_settings(environ, folder).read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError):  # a path with a NUL in it
        written = ""
    yield from _WRITTEN.findall(written)
    # One of these variables rules the others out, whatever it says.
    yield next((environ[name] for name in _SYSTEMS if environ.get(name)), "")[:2]
