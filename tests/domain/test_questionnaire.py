"""What fits a question, what is worth asking, in which language the owner's words are said."""

from __future__ import annotations

import pytest

from bot.domain.questionnaire import (
    SILENCE,
    AnswerKind,
    OwnWords,
    Question,
    fitting,
    following,
)

NAME = Question(OwnWords((("ru", "Как вас зовут?"), ("en", "Your name?"))))
WANTED = Question(
    OwnWords((("", "What?"),)),
    AnswerKind.CHOICE,
    (OwnWords((("ru", "Окна"), ("en", "Windows"))), OwnWords((("", "Doors"),))),
)
PHONE = Question(OwnWords((("", "Phone?"),)), AnswerKind.CONTACT)
ALL = (NAME, WANTED, PHONE)


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        (NAME, " Anna ", "Anna"),
        (NAME, "  ", ""),
        (NAME, "word " * 300, ""),
        (WANTED, "windows", "Windows"),
        (WANTED, " окна ", "Windows"),
        (WANTED, "DOORS", "Doors"),
        (WANTED, "windows and doors", ""),
        (PHONE, "600 111 222, after six", "+34600111222"),
        (PHONE, "order 12345", ""),
    ],
)
def test_a_text_is_an_answer_only_where_it_fits(question: Question, text: str, answer: str) -> None:
    phones = ["+34600111222"] if "600 111 222" in text else []
    assert fitting(question, text, phones, "en") == answer


@pytest.mark.parametrize(
    ("after", "answered", "phone", "following_one"),
    [
        (-1, set(), False, 0),
        (-1, {"Your name?"}, False, 1),
        (-1, {"Как вас зовут?"}, False, 1),
        (0, set(), False, 1),
        (1, set(), False, 2),
        (1, set(), True, None),
        (2, set(), False, None),
        (-1, {"Your name?", "What?"}, True, None),
    ],
)
def test_nobody_is_asked_what_they_already_said(
    after: int, answered: set[str], phone: bool, following_one: int | None
) -> None:
    assert following(ALL, after, answered=answered, phone=phone) == following_one


def test_words_are_said_in_the_customers_language_else_in_the_first() -> None:
    words = OwnWords((("es", "Hola"), ("en", "Hello")))
    assert [words.of(language) for language in ("en", "es", "ru")] == ["Hello", "Hola", "Hola"]
    assert OwnWords((("", "Hi"),)).of("ru") == "Hi"
    assert (SILENCE.of("ru"), bool(SILENCE)) == ("", False)
