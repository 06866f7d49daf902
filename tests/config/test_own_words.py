"""The owner's texts and questions: what is read from them, and what is said of a mistake."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.domain.questionnaire import SILENCE, AnswerKind, OwnWords
from config.groups import ChannelPolicy
from config.settings import SettingsError, load_settings
from config.texts import load

NINE = ", ".join(f'"{number}"' for number in range(9))


def read(folder: Path, toml: str) -> ChannelPolicy:
    """What stands in the table of a channel, as the product gets it."""
    closed = '[hours]\nholidays = "2026-12-31"\n'
    (folder / "dialead.toml").write_text(f"{closed}[channels.vk]\n{toml}", encoding="utf-8")
    return load_settings({}, folder, connected=False).channels.vk


def test_a_text_is_one_for_all_or_one_per_language(tmp_path: Path) -> None:
    assert read(tmp_path, 'greeting = " Hi "').greeting == OwnWords((("", "Hi"),))
    both = read(tmp_path, 'greeting = {es = "Hola", ru = ""}').greeting
    assert both == OwnWords((("es", "Hola"),))
    assert read(tmp_path, 'greeting = ""').greeting == SILENCE


def test_the_environment_gives_languages_as_json(tmp_path: Path) -> None:
    environ = {
        "CHANNELS__VK__GREETING": '{"es": "Hola"}',
        "CHANNELS__VK__OUT_OF_HOURS": "true",
        "HOURS__HOLIDAYS": "2026-12-31",
        "CHANNELS__VK__QUESTIONS": '[{"ask": "Name?"}]',
        "CHANNELS__TELEGRAM__GREETING": "{ smile }",
    }
    channels = load_settings(environ, tmp_path, connected=False).channels
    assert channels.vk.greeting.of("es") == "Hola"
    assert channels.vk.out_of_hours is True
    assert [str(one.ask) for one in channels.vk.questions] == ["Name?"]
    assert str(channels.telegram.greeting) == "{ smile }"


@pytest.mark.parametrize(
    ("toml", "expected"), [("true", True), ("false", SILENCE), ('"{opens}"', "{opens}")]
)
def test_closed_hours_are_told_in_our_words_in_theirs_or_not(
    tmp_path: Path, toml: str, expected: Any
) -> None:
    found = read(tmp_path, f"out_of_hours = {toml}").out_of_hours
    assert found == expected or str(found) == expected


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        ("true", True),
        ("false", SILENCE),
        ('""', SILENCE),
        ('{es = "Adiós {opens}"}', "Adiós {opens}"),
    ],
)
def test_a_farewell_is_ours_theirs_or_none(tmp_path: Path, toml: str, expected: Any) -> None:
    found = read(tmp_path, f"farewell = {toml}").farewell
    assert found == expected or str(found) == expected


def test_questions_say_what_answers_them(tmp_path: Path) -> None:
    toml = """
    [[channels.vk.questions]]
    ask = {ru = "Имя?", en = "Name?"}
    [[channels.vk.questions]]
    ask = "What?"
    choices = ["Windows", {en = "Doors", ru = "Двери"}]
    [[channels.vk.questions]]
    ask = "Phone?"
    kind = "contact"
    """
    found = read(tmp_path, toml).questions
    assert [one.kind for one in found] == list(AnswerKind)
    assert [one.of("ru") for one in found[1].choices] == ["Windows", "Двери"]


REFUSED = [
    ("greeting = 5", "channels.vk.greeting", "write a text, or one per language"),
    ('greeting = {de = "Hallo"}', "channels.vk.greeting", "choose ru, en, es"),
    ("greeting = {ru = 1}", "channels.vk.greeting", "write a text, or one per language"),
    ('out_of_hours = "Back {opnes}"', "channels.vk.out_of_hours", "nothing in braces but {opens}"),
    ('out_of_hours = {es = "a", ru = "{open}"}', "out_of_hours", "nothing in braces but {opens}"),
    ('greeting = "Hi\\u0000"', "channels.vk.greeting", "such as NUL"),
    ('questions = [{ask = "a\\u0000"}]', "channels.vk.questions[0].ask", "such as NUL"),
    ("out_of_hours = 9", "channels.vk.out_of_hours", "write a text, or one per language"),
    ("farewell = 9", "channels.vk.farewell", "write a text, or one per language"),
    (f'farewell = "{"a" * 1001}"', "channels.vk.farewell", "at most 1000 characters"),
    ("rating = 5", "channels.vk.rating", "true or false"),
    ('questions = "Name?"', "channels.vk.questions", "must be a list"),
    ("questions = [{}]", "channels.vk.questions[0]", "asks nothing; set ask"),
    ('questions = ["Name?"]', "channels.vk.questions[0]", "must be a table with ask"),
    ('questions = [{ask = "?", of = 1}]', "channels.vk.questions[0]", "take out what else"),
    ('questions = [{ask = "?", kind = "date"}]', "questions[0]", "choose text, choice, contact"),
    ('questions = [{ask = "?", kind = []}]', "questions[0]", "choose text, choice, contact"),
    ('questions = [{ask = "?", kind = "choice"}]', "questions[0]", "needs 2 to 9 choices"),
    (f'questions = [{{ask = "?", choices = [{NINE}, "9"]}}]', "[0]", "needs 2 to 9 choices"),
    ('questions = [{ask = "?", choices = ["a", "A"]}]', "questions[0]", "the same one twice"),
    ('questions = [{ask = "?", choices = ["a", ""]}]', "questions[0]", "has an empty choice"),
    (f'questions = [{{ask = "?", choices = ["a", "{"b" * 41}"]}}]', "[0]", "at most 40"),
    ('questions = [{ask = "?", kind = "text", choices = ["a"]}]', "[0]", 'set kind = "choice"'),
    ('questions = [{ask = "?"}, {ask = "?"}]', "channels.vk.questions", "stands here twice"),
    (f"questions = [{', '.join(['{}'] * 11)}]", "channels.vk.questions", "asks nothing"),
    ('consent = "https://a.b"', "channels.vk.consent", "must be a table"),
    ('consent = {url = "https://a.b"}', "channels.vk.consent", "set both, or neither"),
    ('consent = {url = "a.b", version = "1"}', "channels.vk.consent.url", "with its host"),
    ('consent = {url = "javascript:a", version = "1"}', "consent.url", "with its host"),
    ('consent = {url = "https://a b.c/", version = "1"}', "consent.url", "with its host"),
    ('consent = {url = "https://a.b/\\u0000", version = "1"}', "consent.url", "with its host"),
]


@pytest.mark.parametrize(("toml", "name", "remedy"), REFUSED)
def test_a_mistake_is_named_with_its_remedy(
    tmp_path: Path, toml: str, name: str, remedy: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, toml)
    told = caught.value.told(load("en"))
    assert name in told
    assert remedy in told


def test_at_most_ten_questions_are_asked(tmp_path: Path) -> None:
    asked = [f'{{ask = "{number}?"}}' for number in range(11)]
    assert len(read(tmp_path, f"questions = [{', '.join(asked[:10])}]").questions) == 10
    with pytest.raises(SettingsError, match=r"questions: setting\.too_many"):
        read(tmp_path, f"questions = [{', '.join(asked)}]")


@pytest.mark.parametrize("words", ["true", '"We are away"'])
def test_nothing_is_said_of_closed_hours_where_there_are_none(tmp_path: Path, words: str) -> None:
    toml = f"[channels.telegram]\nout_of_hours = {words}"
    (tmp_path / "dialead.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"telegram\.out_of_hours: setting\.never_closed"):
        load_settings({}, tmp_path, connected=False)


@pytest.mark.parametrize("name", ["events", "customers"])
@pytest.mark.parametrize("value", ["P999999D", "-P1D", "PT9999999999999H", "36526000000"])
def test_nothing_is_kept_for_longer_than_the_calendar_goes(
    tmp_path: Path, name: str, value: str
) -> None:
    environ = {f"RETENTION__{name.upper()}": value}
    with pytest.raises(SettingsError, match=f"retention.{name}"):
        load_settings(environ, tmp_path, connected=False)


def test_a_hundred_years_are_not_too_long(tmp_path: Path) -> None:
    environ = {"RETENTION__EVENTS": "P36525D", "LEADS__FIND_DAYS": "36525"}
    found = load_settings(environ, tmp_path, connected=False)
    assert (found.retention.events.days, found.leads.find_days) == (36525, 36525)
    with pytest.raises(SettingsError, match=r"leads\.find_days"):
        load_settings({"LEADS__FIND_DAYS": "36526"}, tmp_path, connected=False)
