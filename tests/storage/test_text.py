"""No text that anybody sends can get stuck at a database, and none is changed needlessly."""

from __future__ import annotations

import json
import math

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import Raw
from storage import accounts, inbox
from storage.database import Database
from storage.schema import accounts as accounts_table
from storage.text import clean, dump_json
from tests.cast import ANNA
from tests.storage.making import NOW, asking, rows, saving

_ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Добрый день 😀", "Добрый день 😀"),
        ("a\0b", "a\N{REPLACEMENT CHARACTER}b"),
        ("half \ud83d of one", "half \N{REPLACEMENT CHARACTER} of one"),
        ("\udc00 first", "\N{REPLACEMENT CHARACTER} first"),
        ("both \ud83d\ude00 halves", "both 😀 halves"),
        ("a written \\u0000", "a written \\u0000"),
    ],
)
async def test_text_of_any_origin_is_kept_in_columns_and_in_json(
    database: Database, sent: str, kept: str
) -> None:
    raws = [Raw("1", {"text": sent, "deep": [{sent: sent}]})]
    await inbox.accept(database, "telegram", raws, "cursor", NOW)
    async with saving(database) as session:
        await accounts.create(session, "telegram", str(ANNA), now=NOW, name=sent)
    (arrival,) = await inbox.unrouted(database, 10)
    assert arrival.body == {"text": kept, "deep": [{kept: kept}]}
    anna = await accounts.at(asking(database), f"telegram:{ANNA}")
    assert anna is not None
    assert anna.name == kept


async def test_a_column_is_found_by_the_text_it_was_given(database: Database) -> None:
    async with saving(database) as session:
        await accounts.create(session, "telegram", str(ANNA), now=NOW, username="an\0na")
    found = await rows(
        database, sa.select(accounts_table.c.id).where(accounts_table.c.username == "an\0na")
    )
    assert len(found) == 1


async def test_numbers_that_are_no_json_become_null(database: Database) -> None:
    body = {"width": math.nan, "list": [math.inf, -math.inf, 1.5]}
    await inbox.accept(database, "telegram", [Raw("1", body)], "", NOW)
    (arrival,) = await inbox.unrouted(database, 10)
    assert arrival.body == {"width": None, "list": [None, None, 1.5]}


@given(_ANY_TEXT)
def test_cleaned_text_can_be_encoded_and_stays_as_it_is(text: str) -> None:
    cleaned = clean(text)
    assert "\0" not in cleaned.encode().decode()
    assert clean(cleaned) == cleaned


@given(st.text())
def test_whole_text_without_nul_is_never_changed(text: str) -> None:
    assert clean(text) == text.replace("\0", "\N{REPLACEMENT CHARACTER}")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | _ANY_TEXT,
        lambda inner: st.lists(inner) | st.dictionaries(_ANY_TEXT, inner),
        max_leaves=8,
    )
)
def test_json_reads_back_as_clean_text(value: object) -> None:
    dumped = dump_json(value)
    dumped.encode()
    assert dump_json(json.loads(dumped)) == dumped
    assert "\0" not in json.dumps(json.loads(dumped), ensure_ascii=False)
