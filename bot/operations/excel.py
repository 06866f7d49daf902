"""Reads an Excel table in a process of its own: a hostile one can spend no more than that has.

The reader lays a sheet out whole, so that one cell far below and to the right, a file of
some kilobytes, takes any amount of memory. It is run as a script with the file as its
standard input; each row goes out as a line of JSON, a list, and a string tells what is wrong.
"""

from __future__ import annotations

import io
import json
import sys

from python_calamine import CalamineError, load_workbook

_MEMORY = 2**30  # bytes of addresses, about a fifth of which is for the programs themselves
_TIME = 120  # seconds of processor time
_CELL = 1000  # characters


def tell_rows() -> None:
    """Write the first sheet's rows, as the operator's program counts them."""
    _bound()
    try:
        with load_workbook(io.BytesIO(sys.stdin.buffer.read())) as book:
            for row in book.get_sheet_by_index(0).iter_rows():
                _tell([_cell(value) for value in row])
    except (CalamineError, OSError) as error:
        _tell(str(error))


def _bound() -> None:
    if sys.platform == "win32":
        return  # has no such limits: what the zip says of its sizes is all there is
    import resource

    for limit, most in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, _TIME),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))


def _cell(value: object) -> str:
    """A phone typed into a table as a number comes as 79031234567.0."""
    whole = isinstance(value, float) and value.is_integer() and abs(value) < 10**17
    return str(int(value) if whole and isinstance(value, float) else value)[:_CELL]


def _tell(what: list[str] | str) -> None:
    if isinstance(what, list):
        while what and not what[-1].strip():
            what.pop()
    sys.stdout.write(json.dumps(what) + "\n")


if __name__ == "__main__":
    tell_rows()
