"""Finds which text keys the code asks for, by reading its syntax trees.

A key is a literal: the first argument of a call named `texts`, `t`, `plural` or
`under`, or the `key` of a record or an error that carries one. An f-string
whose literal beginning ends in a dot uses every key of that prefix. Keys chosen
elsewhere stand in a constant called KEYS or …_KEYS (a tuple, or the values of a
dict) in the same module; a record's own `.key` may be passed on.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ASKING = {"texts", "t", "plural", "under"}
# Which argument of what carries a key is that key.
CARRYING = {
    "Finding": 1,
    "Problem": 1,
    "WrongValue": 0,
    "DatabaseUnfit": 0,
    "Failed": 0,
    "Wrong": 0,
    "Unreadable": 0,
    "WrongPeriod": 0,
}


@dataclass
class Used:
    """What the code uses: `asked` keys must exist, `mentioned` ones may be texts.

    `unclear` names the places where a key cannot be told from the code.
    """

    asked: set[str] = field(default_factory=set)
    prefixes: set[str] = field(default_factory=set)
    mentioned: set[str] = field(default_factory=set)
    unclear: list[str] = field(default_factory=list)


def missing_keys(used: Used, keys: set[str]) -> list[str]:
    """Keys and prefixes that the code asks for and the catalogue has not."""
    without = {f"{prefix}*" for prefix in used.prefixes if not _under(prefix, keys)}
    return sorted((used.asked - keys) | without)


def unused_keys(used: Used, keys: set[str]) -> list[str]:
    """Keys of the catalogue that no line of code names, whole or by prefix."""
    prefixed = {key for prefix in used.prefixes for key in _under(prefix, keys)}
    return sorted(keys - used.mentioned - prefixed)


def used_in_files(paths: Iterable[Path]) -> Used:
    """What all these Python files use together."""
    used = Used()
    for path in paths:
        read_module(path.read_text(encoding="utf-8"), path.name, used)
    return used


def read_module(code: str, name: str, used: Used) -> None:
    """Add what one module uses; `name` is for naming unclear places."""
    tree = ast.parse(code)
    tables = list(_tables(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            used.mentioned.add(node.value)
    for table in tables:
        used.asked |= {item for item in table if "." in item}
    for line, expression, prefix in _asked(tree):
        if not _take(expression, used, prefix=prefix) and not tables:
            used.unclear.append(f"{name}:{line}")


def _under(prefix: str, keys: set[str]) -> set[str]:
    return {key for key in keys if key.startswith(prefix)}


def _tables(tree: ast.Module) -> Iterator[set[str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                pass
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                pass
            case _:
                continue
        if name == "KEYS" or name.endswith("_KEYS"):
            shown = value.values if isinstance(value, ast.Dict) else [value]
            strings = (leaf for part in shown for leaf in ast.walk(part))
            yield {
                s.value for s in strings if isinstance(s, ast.Constant) and isinstance(s.value, str)
            }


def _asked(tree: ast.Module) -> Iterator[tuple[int, ast.expr, bool]]:
    """Each place that names a key: its line, the naming expression, whether it is a prefix."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = _name(node.func)
        if called in ASKING and node.args:
            yield node.lineno, node.args[0], called == "under"
        elif called in CARRYING:
            at = CARRYING[called]
            named = [word.value for word in node.keywords if word.arg == "key"]
            for expression in [*node.args[at : at + 1], *named]:
                yield node.lineno, expression, False


def _name(function: ast.expr) -> str:
    match function:
        case ast.Attribute(value=ast.Attribute(attr="_database")):
            return ""  # which is asked for no text: its `under` is about a lease
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _take(expression: ast.expr, used: Used, *, prefix: bool) -> bool:
    """Note the key that an expression names; False when it cannot be told."""
    match expression:
        case ast.Constant(value=str() as key):
            (used.prefixes if prefix else used.asked).add(key)
        case ast.JoinedStr(values=[ast.Constant(value=str() as start), *_]) if start.endswith("."):
            used.prefixes.add(start)
        case ast.IfExp(body=body, orelse=orelse):
            taken = [_take(part, used, prefix=prefix) for part in (body, orelse)]
            return all(taken)
        case ast.Attribute(attr="key"):
            pass
        case _:
            return False
    return True
