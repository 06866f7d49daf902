"""What a new customer hears of itself: the greeting, and when a closed team is back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from config.texts import load
from handlers.welcome import when
from tests.cast import ANNA, BORIS, PABLO, TEAM
from tests.plays.play import Play

MADRID = ZoneInfo("Europe/Madrid")
SUNDAY = datetime(2026, 11, 22, 20, 30, tzinfo=MADRID)


@pytest.mark.parametrize(
    ("ahead", "ru", "en", "es"),
    [
        (timedelta(minutes=20), "сегодня в 20:50", "today at 20:50", "hoy a las 20:50"),
        (timedelta(hours=12, minutes=30), "завтра в 9:00", "tomorrow at 9:00", "mañana a las 9:00"),
        (timedelta(days=2), "во вторник в 20:30", "on Tuesday at 20:30", "el martes a las 20:30"),
        (timedelta(days=6), "в субботу в 20:30", "on Saturday at 20:30", "el sábado a las 20:30"),
        (
            timedelta(days=48),
            "9 января в 20:30",
            "on January 9 at 20:30",
            "el 9 de enero a las 20:30",
        ),
    ],
)
def test_a_moment_ahead_is_told_as_people_say_it(
    ahead: timedelta, ru: str, en: str, es: str
) -> None:
    told = [when(load(language), SUNDAY, SUNDAY + ahead) for language in ("ru", "en", "es")]
    assert told == [ru, en, es]


async def test_a_greeting_is_in_the_customers_language(play: Play) -> None:
    greeting = {"ru": "Здравствуйте", "es": "Bienvenida"}
    play.telegram.add_user(PABLO, "Pablo", language="es")
    await play.start(channels={"telegram": {"greeting": greeting}})
    play.telegram.press_start(PABLO)
    await play.heard(PABLO, "Bienvenida")
    play.telegram.add_user(ANNA, "Anna", language="en")
    play.telegram.press_start(ANNA)
    await play.heard(ANNA, "Здравствуйте")


async def test_a_campaign_has_the_name_that_the_owner_gave_it(play: Play) -> None:
    await play.start(leads={"sources": {"spring": "Spring sale", "ad_7": "Banner"}})
    play.telegram.press_start(ANNA, "spring")
    play.telegram.write(ANNA, ANNA, "Hello")
    assert "Telegram · Spring sale · " in (await play.card(1)).text
    await play.until(lambda: play.vk.polling)
    play.vk.write(PABLO, "Hello", ref="ad_7", ref_source="market")
    assert "VK · Banner · " in (await play.card(2)).text
    play.telegram.write(BORIS, TEAM, "/lead 1")
    assert "Spring sale" in (await play.shown("came in")).text


async def closed(play: Play, words: Any) -> None:
    """Today and tomorrow are days off."""
    today = datetime.fromtimestamp(play.now(), UTC).astimezone(MADRID).date()
    days_off = [today + timedelta(days=number) for number in range(2)]
    play.telegram.add_user(ANNA, "Anna", language="en")
    await play.start(hours={"holidays": days_off}, channels={"telegram": {"out_of_hours": words}})


async def test_whoever_writes_out_of_hours_hears_once_when_the_team_is_back(play: Play) -> None:
    await closed(play, {"en": "We are back {opens}. { Sic }", "ru": "Вернёмся {opens}"})
    play.telegram.write(ANNA, ANNA, "Hello")
    back = datetime.fromtimestamp(play.now(), UTC).astimezone(MADRID) + timedelta(days=2)
    heard = await play.heard(ANNA, "We are back")
    assert heard.text == f"We are back on {back:%A} at 0:00. {{ Sic }}"
    play.telegram.write(ANNA, ANNA, "Anybody?")
    await play.shown("Anybody?")
    await play.quiet()
    assert len(play.private(ANNA)) == 1
    play.move(3 * 24 * 3600)
    play.telegram.write(ANNA, ANNA, "And now?")
    await play.shown("And now?")
    await play.quiet()
    assert len(play.private(ANNA)) == 1


async def test_our_own_words_out_of_hours_come_to_messages_only(play: Play) -> None:
    await closed(play, True)
    play.telegram.write(PABLO, PABLO, "Hello")
    await play.heard(PABLO, "Сейчас у нас закрыто, вернёмся в")
    play.telegram.write(ANNA, ANNA, "/start")
    await play.quiet()
    assert play.private(ANNA) == []


async def test_a_manager_at_work_says_more_than_any_hours(play: Play) -> None:
    await play.start()
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.reply(BORIS, 1, "Good evening")
    await play.heard(ANNA, "Good evening")
    await play.quiet()
    await play.stop()
    await closed(play, True)
    play.telegram.write(ANNA, ANNA, "Thank you, and a door?")
    await play.shown("and a door?")
    await play.quiet()
    assert len(play.private(ANNA)) == 1
