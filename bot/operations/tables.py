"""Rows of a CSV or Excel file as people save them, within bounds, or a word why there are none."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.operations.errors import Wrong
from storage.failures import in_words

BYTES = 50 * 2**20
UNPACKED = 500 * 2**20  # bytes in the parts of an Excel file, characters in its rows
ROWS, COLUMNS = 200_000, 200
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_CODEPAGES = {"ru": "cp1251"}  # in which Excel saves CSV when not asked for UTF-8
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Unreadable(Wrong):
    """The file is no table."""


def read_rows(path: Path, language: str) -> Iterator[tuple[int, Sequence[str]]]:
    """The rows that hold anything, numbered from 1 as the operator's program shows them.

    What kind of file it is shows in its contents. `language` tells the encoding of a CSV
    file that is not in UTF-8. Raises Unreadable, also later than at the first row.
    """
    count = 0
    try:
        for number, row in enumerate(_rows(path, language), 1):
            if not any(map(str.strip, row)):
                continue
            count += 1
            if count > ROWS + 1:
                raise Unreadable("import.rows", limit=ROWS)
            if len(row) > COLUMNS and any(map(str.strip, row[COLUMNS:])):
                raise Unreadable("import.wide", line=number, limit=COLUMNS)
            yield number, row
    except FileNotFoundError:
        raise Unreadable("import.missing", name=str(path)) from None
    except UnicodeError:
        raise Unreadable("import.no_table", name=path.name) from None
    except (OSError, csv.Error, zipfile.BadZipFile, _Refused) as error:
        raise Unreadable("import.unreadable", name=path.name, reason=in_words(error)) from error
    if not count:
        raise Unreadable("import.empty", name=path.name)


class _Refused(Exception):
    """The reader of Excel's files cannot read this one; the message is its own."""


def _rows(path: Path, language: str) -> Iterator[Sequence[str]]:
    with path.open("rb") as file:
        body = file.read(BYTES + 1)
    if len(body) > BYTES:
        raise Unreadable("import.bytes", name=path.name, limit=BYTES >> 20)
    if not body.startswith((_ZIP, _OLD_EXCEL)):
        return _csv(body, language)
    if body.startswith(_ZIP):
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            if sum(part.file_size for part in parts.infolist()) > UNPACKED:
                raise Unreadable("import.unpacked", name=path.name)
    return _excel(path)


def _csv(body: bytes, language: str) -> Iterator[Sequence[str]]:
    text = _decoded(body, language)
    head = text.lstrip()[:10_000].partition("\n")[0]
    return csv.reader(io.StringIO(text), delimiter=max(",;\t", key=head.count))


def _decoded(body: bytes, language: str) -> str:
    if body.startswith(_UTF16):
        return body.decode("utf-16")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode(_CODEPAGES.get(language, "cp1252"))


def _excel(path: Path) -> Iterator[Sequence[str]]:
    left = UNPACKED
    words = (sys.executable, "-P", str(Path(__file__).with_name("excel.py")))
    with (
        path.open("rb") as file,
        subprocess.Popen(  # noqa: S603 - our own script
            words, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as reader,
    ):
        try:
            for line in reader.stdout or ():
                left -= len(line)
                if left < 0:
                    reader.kill()
                    break
                row = json.loads(line)
                if isinstance(row, str):
                    raise _Refused(row)
                yield row
        except BaseException:
            reader.kill()  # or it would read on for nobody
            raise
        if reader.wait():
            raise Unreadable("import.unpacked", name=path.name)
