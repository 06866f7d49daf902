"""The table of protections keeps pace with the code: what it removes is there, once."""

from __future__ import annotations

import ast
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.bench.protections_table import ROWS, Row

ROOT = Path(__file__).parents[2]


@cache
def functions_of(file: str) -> frozenset[str]:
    """The names of a file's functions."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in tree.body if isinstance(node, functions))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_is_removed_stands_there_once_and_is_still_code_without_it(row: Row) -> None:
    whole = (ROOT / row.file).read_text(encoding="utf-8")
    assert whole.count(row.old) == 1
    assert row.new != row.old
    ast.parse(whole.replace(row.old, row.new))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_test_of_a_protection_exists(row: Row) -> None:
    file, _, name = row.test.partition("::")
    assert name.partition("[")[0] in functions_of(file)


def test_every_protection_has_a_name_of_its_own() -> None:
    assert [name for name, times in Counter(row.name for row in ROWS).items() if times > 1] == []
