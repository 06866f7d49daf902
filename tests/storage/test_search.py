"""Leads are found by a long list of ways to write, and what is erased is in no index."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from storage import accounts, erasure, leads, messages, migrate, search, tags
from storage.accounts import Account
from storage.database import Database
from storage.schema import erasures
from storage.schema import messages as messages_table
from storage.search import Wanted
from storage.session import Session
from storage.words import fold, holding, said, words_in
from tests.cast import ANNA, PABLO
from tests.storage.making import NOW, a_customer, a_lead, asking, saving

LONG_AGO = NOW - timedelta(days=90)
_numbers = iter(range(1, 1_000_000))


async def wrote(session: Session, account: Account, lead: int | None, text: str) -> int:
    """A message of the customer's."""
    return await messages.add(
        session,
        account=account.id,
        lead=lead,
        direction="in",
        author="customer",
        chat=account.address,
        message_id=str(next(_numbers)),
        at=NOW,
        text=text,
    )


async def told(database: Database, text: str, who: int = ANNA, **over: Any) -> int:
    """A customer of the cast with a lead and these words; the lead's number."""
    async with saving(database) as session:
        customer = await a_customer(session, who)
        lead = await a_lead(session, customer, **over)
        await wrote(session, customer, lead.id, text)
    return lead.id


async def found(database: Database, words: str, **wanted: Any) -> Sequence[int]:
    """The numbers of the leads that have the words, best first."""
    looked_for = Wanted(words=tuple(word for word, *_ in words_in(words)), **wanted)
    hits, _ = await search.find(asking(database), looked_for, LONG_AGO, 20)
    return [hit.lead.id for hit in hits]


@pytest.mark.parametrize(
    "words",
    ["ОКНА", "окн", "ёлку", "елку", "Ели", "nandu", "ÑANDÚ", "12", "anna example", "дверь", "Йод"],
)
async def test_words_are_found_whatever_their_case_and_accents(
    database: Database, words: str
) -> None:
    text = "Окна и ёлку, ЕЛИ — «дверь»/Ñandú №12, йод; anna_petrova@example.com"
    lead = await told(database, text)
    assert await found(database, words) == [lead]


@pytest.mark.parametrize("words", ["кна", "ок", "1", "окна стол", "' OR 1", '"', "*", "окна & !"])
async def test_what_was_not_written_is_not_found(database: Database, words: str) -> None:
    await told(database, "окна и двери, 12 штук")
    expected = [1] if words == "окна & !" else []
    assert await found(database, words) == expected


async def test_both_databases_fold_as_we_do(database: Database) -> None:
    letters = [chr(code) for code in (*range(0xC0, 0x100), *range(0x400, 0x460))]
    known = [one for one in letters if one.isalpha() and one != fold(one)]
    text = " ".join(f"qq{one}qq" for one in known)
    lead = await told(database, text)
    for one in known:
        assert await found(database, f"qq{fold(one)}qq") == [lead], one


async def test_all_words_must_be_there_and_the_name_counts(database: Database) -> None:
    annas = await told(database, "two windows please")
    await told(database, "two doors please", PABLO)
    assert await found(database, "two please windows") == [annas]
    assert await found(database, "anna windows") == [annas]
    assert await found(database, "pablo windows") == []
    assert await found(database, "ann") == [annas]


async def test_a_username_and_another_name_find_the_lead(database: Database) -> None:
    lead = await told(database, "")
    async with saving(database) as session:
        account = await accounts.by_id(session, 1)
        accounts.change(session, account, name="Мария Ёлкина", username="masha_2000")
    assert await found(database, "елкина") == [lead]
    assert await found(database, "masha") == [lead]
    assert await found(database, "anna") == []


async def test_an_edit_changes_what_is_found(database: Database) -> None:
    lead = await told(database, "a window")
    async with saving(database) as session:
        message = await messages.by_id(session, 1)
        messages.edit(session, message, "a door", at=NOW)
    assert await found(database, "window") == []
    assert await found(database, "door") == [lead]


async def test_open_leads_come_first_then_newer_ones_and_the_number_before_all(
    database: Database,
) -> None:
    for who in range(1, 5):
        await told(database, f"window {who}", 1000 + who)
    async with saving(database) as session:
        for number in (1, 4):
            lead = await leads.by_id(session, number)
            assert lead is not None
            leads.change(session, lead, state="rejected")
    assert await found(database, "window") == [3, 2, 4, 1]
    assert await found(database, "1", number=1) == [1]
    assert await found(database, "window", number=1) == [1, 3, 2, 4]


async def test_old_words_are_not_looked_at(database: Database) -> None:
    await told(database, "window")
    wanted = Wanted(words=("window",))
    hits, _ = await search.find(asking(database), wanted, NOW + timedelta(seconds=1), 20)
    assert list(hits) == []


async def test_no_more_than_asked_for_and_it_says_so(database: Database) -> None:
    for who in range(3):
        await told(database, "window", 1000 + who)
    wanted = Wanted(words=("window",))
    hits, more = await search.find(asking(database), wanted, LONG_AGO, 2)
    assert ([hit.lead.id for hit in hits], more) == ([3, 2], True)
    assert [hit.said for hit in hits] == ["window", "window"]


async def test_contacts_and_tags(database: Database) -> None:
    annas = await told(database, "window")
    pablos = await told(database, "window", PABLO)
    async with saving(database) as session:
        account = await accounts.by_id(session, 1)
        accounts.add_contact(session, account, "phone", "+34612345678")
        tags.add(session, annas, "vip")
        for lead in (annas, pablos):
            tags.add(session, lead, "срочно")
    assert await found(database, "", contacts=(("phone", "+34612345678"),)) == [annas]
    assert await found(database, "", tags=("срочно",)) == [pablos, annas]
    assert await found(database, "", tags=("срочно", "vip")) == [annas]
    assert await found(database, "pablo", tags=("vip",)) == []
    async with saving(database) as session:
        tags.remove(session, annas, "vip")
    assert await found(database, "", tags=("vip",)) == []


async def test_the_index_is_used(database: Database) -> None:
    async with saving(database) as session:
        for who in range(300):
            customer = await a_customer(session, 1000 + who)
            await wrote(session, customer, None, f"word{who} and more")
    plan = await the_plan(database)
    used = ["VIRTUAL TABLE INDEX", "SEARCH messages USING INTEGER PRIMARY KEY"]
    for one in used if database.sqlite else ["ix_messages_words", "pk_messages"]:
        assert one in plan
    assert "SCAN messages" not in plan


async def the_plan(database: Database) -> str:
    """How the database would look for a rare word."""
    query = sa.select(messages_table.c.id).where(holding(said, ["word17"]))
    async with database.write() as connection:
        if not database.sqlite:
            await connection.execute(sa.text("analyze messages"))
            # In a table so small, bloated by earlier tests perhaps, it might read all in order.
            for way in ("seqscan", "indexscan", "indexonlyscan"):
                await connection.execute(sa.text(f"set local enable_{way} = off"))
        sql = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        explain = "explain query plan" if database.sqlite else "explain"
        lines = await connection.exec_driver_sql(f"{explain} {sql}")
        return "\n".join(str(tuple(line)) for line in lines)


async def test_erased_words_are_in_no_index_nor_in_the_file(
    database: Database, database_url: str
) -> None:
    await told(database, "an aquamarine umbrella")
    kept = await told(database, "a turquoise kettle", PABLO)
    async with saving(database) as session:
        anna = await accounts.by_id(session, 1)
        session.execute(messages_table.delete().where(messages_table.c.account == anna.id))
        accounts.change(session, anna, name="", username="")
        await session.insert(erasures, receipt="X", asked_by="age", at=NOW, counts={})
    assert await erasure.tidy(database, NOW)
    assert await found(database, "umbrella") == []
    assert await found(database, "anna") == []
    assert await found(database, "turquoise") == [kept]
    if database.sqlite:
        path = Path(sa.make_url(database_url).database or "")
        there = b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))
        assert b"turquoise" in there
        assert [one for one in (b"aquamarine", b"umbrella", b"anna") if one in there] == []


async def test_a_text_of_more_words_than_an_index_takes_is_kept_and_found(
    database: Database,
) -> None:
    """One-letter words, no two alike, of the letters that take most room."""
    letters = [chr(code) for code in range(0x800, 0x32000) if chr(code).isalpha()]
    words = ["aquamarine", *letters, *(2 * one for one in letters)]
    lead = await told(database, " ".join(words))
    assert await found(database, "aquamarine") == [lead]
    assert await found(database, words[100_000]) == [lead]


async def test_messages_of_before_are_indexed_by_the_step(empty_url: str) -> None:
    database = Database(empty_url)
    try:
        await database.open()
        async with database.write() as connection:
            await connection.run_sync(_first_steps)
            for statement in _BEFORE:
                await connection.execute(sa.text(statement))
        await migrate.upgrade(database)
        assert await found(database, "aquamarine") == [1]
        assert await found(database, "anna") == [1]
    finally:
        await database.close()


def _first_steps(connection: sa.Connection) -> None:
    """The schema as it was before there was an index."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "0003")


_BEFORE = (
    f"insert into persons (id, created_at) values (1, '{NOW:%Y-%m-%d}')",
    "insert into accounts (id, person, channel, platform_id, name, created_at)"
    f" values (1, 1, 'telegram', '101', 'Anna', '{NOW:%Y-%m-%d}')",
    "insert into leads (id, account, person, state, created_at)"
    f" values (1, 1, 1, 'new', '{NOW:%Y-%m-%d}')",
    "insert into messages (id, account, lead, chat, message_id, text, at)"
    f" values (1, 1, 1, 'telegram:101', '1', 'Aquamarine', '{NOW:%Y-%m-%d %H:%M:%S}.000000')",
)


async def test_without_an_index_it_is_known(database: Database) -> None:
    assert await search.has_index(asking(database))
    if not database.sqlite:
        return
    async with database.write() as connection:
        await connection.execute(sa.text("drop table message_words"))
    assert not await search.has_index(asking(database))
