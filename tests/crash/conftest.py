"""A database for what is the same on both."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def file(tmp_path: Path, migrated_file: Path) -> str:
    """The URL of a fresh SQLite file."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'dialead.db')}"
