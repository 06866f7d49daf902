"""`main.py report`: the same numbers for who works at a terminal, and clear answers to mistakes."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.operations.errors import Wrong
from bot.operations.report import Wanted, deliver
from config.settings import Settings
from config.texts import load
from storage.database import Database
from tests.house.test_command_line import ROOT, commanded
from tests.storage.making import NOW, annas_lead


@pytest.fixture
async def folder(tmp_path: Path, migrated_file: Path) -> Path:
    """With a database in which Anna has a lead of 2 March 2026."""
    shutil.copy(migrated_file, tmp_path / "dialead.db")
    database = Database(f"sqlite:///{tmp_path}/dialead.db")
    try:
        await annas_lead(database)
    finally:
        await database.close()
    return tmp_path


DAY = ("--from", "2026-03-02", "--to", "2026-03-02")


def test_it_tells_in_words_and_in_json(folder: Path) -> None:
    told = commanded(folder, "report", "leads", *DAY, TEAM__LANGUAGE="en")
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.startswith("Leads · Mar 2, 2026\n#1 · ")
    typed = commanded(folder, "report", "leads", *DAY, "--format", "json", TEAM__LANGUAGE="ru")
    (row,) = json.loads(typed.stdout)["rows"]
    assert (row["lead"], row["result"]) == (1, "New")
    assert row["received_at"] == "2026-03-02T09:30:15.123456+00:00"


def test_a_reader_who_has_seen_enough_is_told_nothing(folder: Path) -> None:
    """As in `main.py report leads | head`, once `head` has gone."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as gone:
        done = subprocess.run(
            [sys.executable, str(ROOT / "main.py"), "report", "leads", *DAY],
            cwd=folder,
            stdout=gone,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert (done.returncode, done.stderr) == (141, "")


def test_a_digest_goes_to_a_file_whole(folder: Path) -> None:
    arguments = ("report", "digest", *DAY, "--format", "json", "--output", "digest.json")
    done = commanded(folder, *arguments)
    assert (done.returncode, done.stdout) == (0, "")
    assert json.loads((folder / "digest.json").read_text())["counts"]["received"] == 1
    assert not (folder / "digest.json.part").exists()


def test_no_file_is_put_in_the_place_of_a_pipe_or_a_folder(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    (folder / "a folder").mkdir()
    reader = os.open(folder / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    done = commanded(folder, "report", "leads", *DAY, "--output", "pipe")
    with os.fdopen(reader) as told:
        assert (done.returncode, done.stderr) == (0, "")
        assert "#1 · " in told.read()
    assert (folder / "pipe").is_fifo()
    refused = commanded(folder, "report", "leads", *DAY, "--output", "a folder")
    assert refused.returncode == 1
    assert "a folder" in refused.stderr


def test_no_file_is_put_in_the_place_of_a_link(folder: Path) -> None:
    """As /dev/stdout is one, to a file where the shell was told so."""
    (folder / "made").write_text("an older one")
    (folder / "link").symlink_to("made")
    done = commanded(folder, "report", "leads", *DAY, "--output", "link")
    assert (done.returncode, done.stderr) == (0, "")
    assert (folder / "link").is_symlink()
    assert "#1 · " in (folder / "made").read_text()


@pytest.mark.parametrize("form", ["text", "xlsx"])
def test_a_reports_file_is_for_its_owner_only(folder: Path, form: str) -> None:
    (folder / "made").write_text("an older one, for everybody")
    (folder / "secret").write_text("somebody else's")
    (folder / "made.part").symlink_to(folder / "secret")
    arguments = ("report", "leads", *DAY, "--format", form, "--output", "made")
    assert commanded(folder, *arguments).returncode == 0
    assert (folder / "made").stat().st_mode & 0o777 == 0o600
    assert (folder / "secret").read_text() == "somebody else's"


@pytest.mark.parametrize("name", ["digest", "leads", "days"])
def test_any_report_is_a_picture_and_a_workbook(folder: Path, name: str) -> None:
    for form, begins in (("png", b"\x89PNG"), ("xlsx", b"PK")):
        arguments = ("report", name, *DAY, "--format", form, "--output", f"made.{form}")
        done = commanded(folder, *arguments)
        assert (done.returncode, done.stderr) == (0, "")
        assert (folder / f"made.{form}").read_bytes().startswith(begins)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nonsense",), "No report nonsense. There are: digest, leads"),
        (("leads", "--from", "2026-02-30"), "2026-02-30 is not a day"),
        (("leads", "--to", "yesterday"), "yesterday is not a day"),
        (("leads", "--from", "2026-03-02", "--to", "2026-03-01"), "is after the last one"),
        (("leads", "--from", "2999-01-01"), "is still to come"),
        (("leads", "--format", "nonsense"), "No format nonsense. There are: text, json, png, xlsx"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    done = commanded(tmp_path, "report", *arguments, TEAM__LANGUAGE="en")
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("since", ["2026-03-02", "2999-01-01"])
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ru", "Первый день, {since}, позже последнего, 2026-03-01"),
        ("en", "The first day, {since}, is after the last one, 2026-03-01"),
        ("es", "El primer día, {since}, es posterior al último, 2026-03-01"),
    ],
)
def test_days_the_wrong_way_round_are_named(
    tmp_path: Path, since: str, language: str, words: str
) -> None:
    days = ("--from", since, "--to", "2026-03-01")
    done = commanded(tmp_path, "report", "leads", *days, TEAM__LANGUAGE=language)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == words.format(since=since) + "\n"


@pytest.mark.parametrize("form", ["png", "xlsx"])
async def test_what_is_no_text_is_not_written_to_a_terminal(
    monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    ours, theirs = pty.openpty()
    with open(theirs, "w") as terminal:  # noqa: PTH123 - a descriptor, no path
        monkeypatch.setattr(sys, "stdout", terminal)
        with pytest.raises(Wrong, match=r"report\.for_a_file") as caught:
            await deliver(Settings(), Wanted("digest", form=form), NOW, None)
    os.close(ours)
    told = load("en")(caught.value.key, **caught.value.values)
    assert told.endswith(f"add --output digest.{form}")


def test_what_is_no_text_goes_through_a_pipe(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "report", "leads", *DAY, "--format", "xlsx"],
        cwd=folder,
        capture_output=True,
        check=True,
    )
    assert done.stdout.startswith(b"PK")


def test_without_a_database_it_says_so_and_makes_none(tmp_path: Path) -> None:
    done = commanded(tmp_path, "report", "leads", TEAM__LANGUAGE="en")
    assert done.returncode == 1
    assert "There is no database" in done.stderr
    assert list(tmp_path.iterdir()) == []
