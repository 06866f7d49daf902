"""What a card says as time passes, and how it stays short when much is known."""

from __future__ import annotations

from tests.cast import ANNA, BORIS
from tests.plays.play import Play

MINUTE = 60  # seconds


async def test_a_card_says_since_when_it_is_overdue_until_somebody_takes_it(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "Windows?")
    assert "⏰" not in (await play.card(1)).text
    play.move(6 * MINUTE)
    late = await play.card(1, "⏰ Overdue since 12:05")
    assert late.text.startswith("⏰ #1 Anna · new\n")
    await play.press(BORIS, 1, "Take")
    taken = await play.card(1, "With Boris")
    assert taken.text.startswith("💬 #1 Anna · in progress\n")
    assert "⏰" not in taken.text


async def test_a_card_of_whom_everything_is_known_has_seven_lines(play: Play) -> None:
    questions = [{"ask": "What do you need?"}, {"ask": "Where?"}]
    await play.start(channels={"telegram": {"questions": questions}})
    name = "Anna " * 8
    play.telegram.add_user(ANNA, name, username="anna_test_of_a_very_long_name")
    play.telegram.write(ANNA, ANNA, "Windows? +34 612 345 678, anna.petrova@example.org " * 3)
    await play.card(1)
    await play.press(BORIS, 1, "Reject")
    await play.press(BORIS, 1, "Too expensive")
    await play.card(1, "rejected")
    play.telegram.write(ANNA, ANNA, "And doors? Many of them, and soon. " * 5)
    await play.card(2)
    await play.press(BORIS, 2, "Take")
    await play.press(BORIS, 2, "More")
    await play.press(BORIS, 2, "Hot")
    play.vk.write(BORIS, "The same windows, +34 612 345 678")
    card = await play.card(2, "Looks like")
    lines = card.text.splitlines()
    assert len(lines) <= 7
    assert len(lines[0]) <= 40
    assert lines[0].startswith("💬 #2 🔥 Anna")
    assert lines[0].endswith("… · in progress")
    assert lines[2].startswith("+34 612 34 56 78")
    assert "With Boris" in card.text
