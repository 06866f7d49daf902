"""What the Dockerfile copies is all that the product needs; the image itself is not built here."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def test_the_copied_files_suffice(tmp_path: Path) -> None:
    app, data = tmp_path / "app", tmp_path / "data"
    data.mkdir()
    for source in re.findall(r"^COPY (\S+) ", DOCKERFILE, re.MULTILINE):
        found = ROOT / source
        if found.is_dir():
            shutil.copytree(found, app / source, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            app.mkdir(exist_ok=True)
            shutil.copy(found, app / source)
    (data / "loads.py").write_text(
        f"import sys; sys.path.insert(0, {str(app)!r})\n"
        "import bot.product, bot.demo, bot.operations.check, bot.operations.importing\n"
        "print(bot.product.__file__)\n"
    )
    loaded = subprocess.run(
        [sys.executable, "-I", "loads.py"], cwd=data, capture_output=True, text=True
    )
    assert loaded.stdout.startswith(str(app)), loaded.stderr
    migrated = subprocess.run(
        [sys.executable, str(app / "main.py"), "migrate"],
        cwd=data,
        env={"DATABASE_URL": f"sqlite:///{data}/dialead.db"},
        capture_output=True,
        text=True,
    )
    assert migrated.returncode == 0, migrated.stderr


def test_nothing_else_reaches_the_image() -> None:
    """Tokens and databases lie in the same folder."""
    first, *rest = (ROOT / ".dockerignore").read_text().split()
    assert first == "*"
    let_in = {one.removeprefix("!") for one in rest if one.startswith("!")}
    assert let_in == set(re.findall(r"^COPY (\S+) ", DOCKERFILE, re.MULTILINE))


def test_it_runs_as_nobody_in_particular() -> None:
    assert re.search(r"^USER dialead$", DOCKERFILE, re.MULTILINE)


def test_everybody_is_told_to_whom_the_settings_must_belong() -> None:
    (number,) = re.findall(r"--uid (\d+)", DOCKERFILE)
    for name in ("compose.yaml", "README.md", "README.ru.md", "README.es.md"):
        told = set(re.findall(r"chown (\d+) ([\w./]+)", (ROOT / name).read_text(encoding="utf-8")))
        assert told == {(number, "settings"), (number, "settings/dialead.toml")}
    compose = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    assert "- ./settings:/settings " in compose
    assert "DIALEAD_CONFIG: /settings/dialead.toml" in compose
