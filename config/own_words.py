"""What the owner has the product say to customers: texts by language, questions."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from bot.domain.questionnaire import AnswerKind, OwnWords, Question
from config.problems import WrongValue

LANGUAGES = ("ru", "en", "es")
QUESTIONS = 10
CHOICES = 9  # beside them a VK message has room for one more button
LABEL = 40  # characters that fit a button of every messenger
_TEXT, _ASK = 4096, 1000  # characters
_KINDS = ", ".join(AnswerKind)
_PLACEHOLDER = re.compile(r"\{(\w{1,40})\}")


def own_words(value: Any, longest: int = _TEXT) -> OwnWords:
    """A text, or a table of texts by language; WrongValue with the remedy."""
    if isinstance(value, OwnWords):
        return value
    found = {"": value} if isinstance(value, str) else value
    if not isinstance(found, dict):
        raise WrongValue("setting.words")
    if set(found) - {*LANGUAGES, ""}:
        raise WrongValue("setting.words_language", languages=", ".join(LANGUAGES))
    if not all(isinstance(text, str) for text in found.values()):
        raise WrongValue("setting.words")
    kept = tuple((name, text.strip()) for name, text in found.items() if text.strip())
    if any(len(text) > longest for _, text in kept):
        raise WrongValue("setting.too_long", max_length=longest)
    return OwnWords(kept)


def _from_environment(value: Any) -> Any:
    """There a table is JSON."""
    if not isinstance(value, str) or not value.lstrip().startswith("{"):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value  # a text that begins like this


def _or_ours(value: Any) -> OwnWords | bool:
    """Own words, or True for ours."""
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        value = value.strip().lower() == "true"
    if isinstance(value, bool):
        return value or OwnWords()
    return own_words(value)


def _farewell(value: Any) -> OwnWords | bool:
    words = _or_ours(value)
    if isinstance(words, OwnWords) and any(len(text) > _ASK for _, text in words.by_language):
        raise WrongValue("setting.too_long", max_length=_ASK)
    return words


def _out_of_hours(value: Any) -> OwnWords | bool:
    words = _or_ours(value)
    if isinstance(words, bool):
        return words
    named = {name for _, text in words.by_language for name in _PLACEHOLDER.findall(text)}
    if named - {"opens"}:
        raise WrongValue("setting.placeholder")
    return words


def _question(value: Any) -> Question:
    if isinstance(value, Question):
        return value
    if not isinstance(value, dict):
        raise WrongValue("setting.question")
    if set(value) - {"ask", "kind", "choices"}:
        raise WrongValue("setting.question_parts")
    ask = own_words(value.get("ask", ""), _ASK)
    if not ask:
        raise WrongValue("setting.question_empty")
    kind = value.get("kind", "choice" if "choices" in value else "text")
    if kind not in list(AnswerKind):
        raise WrongValue("setting.question_kind", kinds=_KINDS)
    return Question(ask, AnswerKind(kind), _choices(AnswerKind(kind), value.get("choices", [])))


def _choices(kind: AnswerKind, value: Any) -> tuple[OwnWords, ...]:
    if kind is not AnswerKind.CHOICE:
        if value:
            raise WrongValue("setting.no_choices")
        return ()
    if not isinstance(value, list | tuple) or not 2 <= len(value) <= CHOICES:
        raise WrongValue("setting.choices", most=CHOICES)
    found = tuple(own_words(one, LABEL) for one in value)
    labels = [label.casefold() for one in found for label in {text for _, text in one.by_language}]
    if not all(found) or len(set(labels)) < len(labels):
        raise WrongValue("setting.choice_twice")
    return found


def _all_differ(value: tuple[Question, ...]) -> tuple[Question, ...]:
    if len({str(one.ask) for one in value}) < len(value):
        raise WrongValue("setting.question_twice")
    return value


OwnText = Annotated[OwnWords, BeforeValidator(own_words), BeforeValidator(_from_environment)]
OutOfHours = Annotated[
    OwnWords | bool, BeforeValidator(_out_of_hours), BeforeValidator(_from_environment)
]
Farewell = Annotated[
    OwnWords | bool, BeforeValidator(_farewell), BeforeValidator(_from_environment)
]
Questions = Annotated[
    tuple[Annotated[Question, BeforeValidator(_question)], ...],
    Field(max_length=QUESTIONS),
    AfterValidator(_all_differ),
]
