"""One command checks all: the linters, and the house's own rules, run as tests."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINES = 250  # of a file without a reason for more
FUNCTION_LINES = 40
LONG = re.compile(r"\blong\b|\bover 250 lines\b", re.IGNORECASE)
GENERATED = "storage/migrations/versions/"  # written once by alembic, never changed
# Not in one piece: the files that are searched for them include this one.
HOSTS = [".".join(host) for host in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"))]
MACHINE_PATH = re.compile(r"(?<![\w.}])/(?:work|root|home)/\w")


def committed() -> list[str]:
    """Every file that is in the repository, or would be by the next commit."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        pytest.skip("this is no clone: git cannot list the files")
    return [name for name in sorted(set(listed.stdout.splitlines())) if (ROOT / name).is_file()]


def modules() -> Iterator[tuple[str, str, ast.Module]]:
    """Each Python file: its name, text and syntax tree."""
    for name in committed():
        if name.endswith(".py") and not name.startswith(GENERATED):
            text = (ROOT / name).read_text(encoding="utf-8")
            yield name, text, ast.parse(text)


@pytest.mark.parametrize(
    "check",
    [
        [sys.executable, "-m", "ruff", "check", "."],
        [sys.executable, "-m", "ruff", "format", "--check", "."],
        [sys.executable, "-m", "mypy"],
        [str(Path(sys.executable).with_name("lint-imports"))],
    ],
    ids=["ruff check", "ruff format", "mypy", "lint-imports"],
)
def test_the_code_passes(check: list[str]) -> None:
    done = subprocess.run(check, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def test_every_module_opens_with_what_it_is() -> None:
    assert [name for name, text, tree in modules() if text.strip() and not _opening(tree)] == []


def test_a_long_file_says_why_in_its_first_sentence() -> None:
    """The convention: a first paragraph with the word "long", or "over 250 lines"."""
    long = [
        f"{name}: {len(text.splitlines())} lines"
        for name, text, tree in modules()
        if len(text.splitlines()) > LINES and not LONG.search(_opening(tree))
    ]
    assert long == []


def test_no_function_is_too_long() -> None:
    long = [
        f"{name}:{node.lineno} {node.name}: {length} lines"
        for name, _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    ]
    assert long == []


def test_no_file_names_a_package_registry_or_a_place_on_somebodys_machine() -> None:
    found = []
    for name in committed():
        text = (ROOT / name).read_text(encoding="utf-8", errors="ignore")
        found += [f"{name}: {host}" for host in HOSTS if host in text]
        found += [f"{name}: {place}" for place in MACHINE_PATH.findall(text)]
        if name.endswith(".lock"):
            found += [f"{name}: {one}" for one in re.findall(r"^\s*-(?!-hash).*", text, re.M)]
    assert found == []


def test_the_locks_agree_with_each_other_and_pin_every_dependency() -> None:
    runtime, tests = (_pinned(name) for name in ("requirements.lock", "tests/requirements.lock"))
    assert {name: tests[name] for name in runtime.keys() & tests.keys()} == {
        name: runtime[name] for name in runtime.keys() & tests.keys()
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for asked, pinned in (
        (project["project"]["dependencies"], runtime),
        (project["dependency-groups"]["test"], tests),
    ):
        assert [one for one in asked if _bare(one) not in pinned] == []


def test_the_version_is_one() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    told = subprocess.run(
        [sys.executable, "main.py", "--version"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    version = project["project"]["version"]
    assert told.stdout == f"Dialead {version}\n"
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def _opening(tree: ast.Module) -> str:
    """The docstring's first paragraph on one line; "" without one."""
    return " ".join((ast.get_docstring(tree) or "").partition("\n\n")[0].split())


def _pinned(name: str) -> dict[str, str]:
    """The version of each package in a lock, by its bare name."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9.-]+)==([^ ;\\]+)", text, re.MULTILINE))


def _bare(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9_.-]", requirement, maxsplit=1)[0].lower().replace("_", "-")
