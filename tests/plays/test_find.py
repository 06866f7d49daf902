"""`/find`: whatever a manager remembers of a lead leads to it."""

from __future__ import annotations

import pytest

from bot.messages import Span, Style
from handlers.find import read, snippet
from storage.search import Wanted
from tests.cast import ANNA, BORIS, DASHA, GLEB, PABLO, TEAM, VERA
from tests.plays.play import Play
from tests.plays.test_commands import ask

PHONE = "+34 612 345 678"


async def two_leads(play: Play) -> None:
    """Anna wants windows and gave her phone, Pablo a door; both wrote in Russian too."""
    await play.start()
    play.telegram.write(ANNA, ANNA, f"How much are two windows? Нужны ОКНА, {PHONE}")
    await play.press(BORIS, 1, "Take")
    play.telegram.write(PABLO, PABLO, "And a door? pablo@example.com Окно не нужно")
    await play.card(2)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("anna", 1),
        ("612345678", 1),
        ("+34 (612) 345-678", 1),
        ("PABLO@EXAMPLE.COM", 2),
        ("#2", 2),
        ("№1", 1),
        ("2", 2),
        ("windows", 1),
        ("pablo door", 2),
        ("окна", 1),
        ("не нужно", 2),
    ],
)
async def test_anything_known_of_a_lead_finds_it(play: Play, words: str, number: int) -> None:
    await two_leads(play)
    lines = (await ask(play, DASHA, f"/find {words}", "1 lead found")).splitlines()
    assert f"#{number} " in lines[1]
    assert all(f"#{3 - number} " not in line for line in lines)


async def test_words_are_shown_where_they_stood(play: Play) -> None:
    await two_leads(play)
    play.telegram.write(DASHA, TEAM, "/find окн")
    answer = await play.shown("2 leads found")
    lines = answer.text.splitlines()
    assert lines[1].startswith("🆕 #2 Pablo · new · ")
    assert lines[2].strip() == "…pablo@example.com Окно не нужно"
    assert lines[3].startswith("💬 #1 Anna → Boris · ")
    assert lines[4].strip() == "…are two windows? Нужны ОКНА, +34 612 345 678"
    bold = [
        answer.text.encode("utf-16-le")[2 * one["offset"] : 2 * (one["offset"] + one["length"])]
        for one in answer.entities
        if one["type"] == "bold"
    ]
    assert {"Окно", "ОКНА"} <= {one.decode("utf-16-le") for one in bold}


async def test_a_reply_of_a_manager_is_found_and_its_edit_too(play: Play) -> None:
    await two_leads(play)
    await play.reply(BORIS, 1, "A hundred euros with delivery")
    await play.heard(ANNA, "hundred")
    await ask(play, DASHA, "/find delivery", "1 lead found")
    first = play.telegram.write(ANNA, ANNA, "in vermilion")
    await play.shown("in vermilion")
    play.telegram.edit(ANNA, ANNA, first, "in turquoise")
    await play.shown("turquoise")
    await ask(play, DASHA, "/find turquoise", "1 lead found")
    await ask(play, DASHA, "/find vermilion", "Nothing found")


async def test_old_words_are_forgotten_but_names_are_not(play: Play) -> None:
    await play.start(leads={"find_days": 1})
    play.telegram.write(ANNA, ANNA, "windows")
    await play.card(1)
    play.move(2 * 86400)
    await ask(play, DASHA, "/find windows", "Nothing found")
    await ask(play, DASHA, "/find Anna", "1 lead found")


async def test_nothing_to_look_for_and_nobody_to_ask(play: Play) -> None:
    await two_leads(play)
    await ask(play, DASHA, "/find", "What to find?")
    play.telegram.write(VERA, VERA, "/find anna")
    await play.heard(VERA, "1 lead found")
    play.telegram.started(GLEB)
    play.telegram.write(GLEB, GLEB, "/find anna")
    await play.quiet()
    assert not [one for one in play.private(GLEB) if "found" in one.text]


async def test_without_fts5_numbers_and_contacts_are_found_and_it_says_why(play: Play) -> None:
    await two_leads(play)
    await play.quiet()
    assert play.product is not None
    if not play.product.database.sqlite:
        pytest.skip("PostgreSQL always has its index")
    async with play.product.database.write() as connection:
        for index in ("message_words", "account_words"):
            for trigger in ("in", "out", "edited"):
                await connection.exec_driver_sql(f"drop trigger {index}_{trigger}")
            await connection.exec_driver_sql(f"drop table {index}")
    assert "FTS5" in await ask(play, DASHA, "/find door", "Nothing found")
    assert "#1 " in await ask(play, DASHA, f"/find {PHONE}", "1 lead found")


def test_what_is_looked_for_is_read_from_the_words() -> None:
    assert read("#12") == Wanted(number=12)
    assert read("#vip Anna") == Wanted(
        contacts=(("username", "anna"),), words=("anna",), tags=("vip",)
    )
    assert read("8 903 123-45-67").contacts == (("phone", "+79031234567"),)
    assert read("Пётр, Пётр").words == ("петр",)


def test_a_snippet_begins_at_a_word_and_says_that_there_is_more() -> None:
    text = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    assert snippet(text, ["eight"]) == (
        Span("…"),
        Span("four five six seven "),
        Span("eight", Style.BOLD),
        Span(" nine ten eleven twelve thirteen fourtee…"),
    )
    assert snippet("Ёлки и\nпалки", ["палк", "елк"]) == (
        Span("Ёлки", Style.BOLD),
        Span(" и "),
        Span("палки", Style.BOLD),
    )
    assert snippet("nothing of it", ["eight"]) == ()
