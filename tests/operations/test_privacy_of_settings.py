"""`main.py check` tells when others may read the file with the tokens, and `--fix` mends it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.messages import Channel
from bot.operations.check import check, line
from bot.operations.settings_file import privacy
from config.settings import Settings
from config.texts import LANGUAGES, load
from tests.storage.making import NOW


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The settings as an editor leaves them."""
    made = tmp_path / "dialead.toml"
    made.write_text("[telegram]\ntoken = '42:invented'\n")
    made.chmod(0o644)
    return made


async def no_channels() -> dict[str, Channel]:
    return {}


async def said(file: Path, *, fix: bool = False) -> list[str]:
    """What a check says of the file, without a messenger."""
    settings = Settings(database_url=f"sqlite:///{file.parent}/dialead.db")
    found = [one async for one in check(settings, no_channels, NOW, file=file, fix=fix)]
    return [line(load("en"), one) for one in found if one.key.startswith("check.file")]


async def test_a_file_that_others_may_read_is_told_with_both_remedies(file: Path) -> None:
    assert await said(file) == [
        f"✗ Other users of this machine may read {file} and the tokens in it — run"
        f" chmod 600 {file}; or let `main.py check --fix` do it"
    ]
    assert file.stat().st_mode & 0o777 == 0o644, "nothing is changed by looking"


async def test_it_is_closed_when_asked_for(file: Path) -> None:
    assert await said(file, fix=True) == ["✓ Fixed: only its owner may read dialead.toml now"]
    assert file.stat().st_mode & 0o777 == 0o600
    assert await said(file, fix=True) == ["✓ Only its owner may read dialead.toml"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o602, 0o666])
def test_nobody_else_may_do_anything(file: Path, mode: int) -> None:
    file.chmod(mode)
    found = privacy(file, fix=False)
    assert found is not None
    assert not found.ok


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_an_owners_file_is_well(file: Path, mode: int) -> None:
    file.chmod(mode)
    assert [line(load(one), found) for one in LANGUAGES if (found := privacy(file, fix=True))] == [
        "✓ Файл dialead.toml может читать только его владелец",
        "✓ Only its owner may read dialead.toml",
        "✓ Solo su dueño puede leer dialead.toml",
    ]
    assert file.stat().st_mode & 0o777 == mode


def test_what_is_not_ours_may_have_to_be_readable(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one that is mounted into a container: closing it would shut us out."""
    monkeypatch.setattr("os.geteuid", lambda: file.stat().st_uid + 1)
    assert privacy(file, fix=True) is None
    assert file.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    "toml", ["", "[team]\nlanguage = 'es'", "[telegram]\ntoken = ''", "database_url = ' '"]
)
def test_what_holds_no_token_may_be_read(file: Path, toml: str) -> None:
    """Where the tokens are in the environment."""
    file.write_text(toml)
    assert privacy(file, fix=True) is None


@pytest.mark.parametrize("name", ["none.toml", "/dev/null", "folder"])
def test_without_a_file_there_is_nothing_to_tell(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    assert privacy(tmp_path / name, fix=True) is None


async def test_a_mode_that_cannot_be_changed_is_still_told(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "chmod", refuse)
    assert [words[0] for words in await said(file, fix=True)] == ["✗"]
