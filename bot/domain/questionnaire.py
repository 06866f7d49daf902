"""What the owner says and asks in own words: texts by language, questions, what answers fit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

LASTS = timedelta(hours=24)  # after its last question a questionnaire is over
_LONGEST = 1000  # characters; who writes more tells a story


@dataclass(frozen=True, slots=True)
class OwnWords:
    """A text of the owner's by language, ("", text) when it is one for all; empty: not said."""

    by_language: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.by_language)

    def __str__(self) -> str:
        return self.by_language[0][1] if self.by_language else ""

    def of(self, language: str) -> str:
        """The text in this language, else the owner's first one; "" when there is none."""
        return dict(self.by_language).get(language, str(self))


SILENCE = OwnWords()


class AnswerKind(StrEnum):
    """What a question is answered by."""

    TEXT = "text"  # any words
    CHOICE = "choice"  # one of some labels
    CONTACT = "contact"  # a phone


@dataclass(frozen=True, slots=True)
class Question:
    """One question to a new customer; `choices` only for a CHOICE."""

    ask: OwnWords
    kind: AnswerKind = AnswerKind.TEXT
    choices: tuple[OwnWords, ...] = ()


def fitting(question: Question, text: str, phones: Sequence[str], language: str) -> str:
    """The answer that a text, and the phones in it, are; "" when they are none.

    A choice is told by its label in the `language` of the team, whichever it was written in.
    """
    words = " ".join(text.split())
    match question.kind:
        case AnswerKind.TEXT:
            return text.strip() if len(words) <= _LONGEST else ""
        case AnswerKind.CHOICE:
            return next((one.of(language) for one in question.choices if _says(one, words)), "")
        case AnswerKind.CONTACT:
            return next(iter(phones), "")


def following(
    questions: Collection[Question], after: int, *, answered: Collection[str], phone: bool
) -> int | None:
    """The number of the next question worth asking: nobody is asked what they already said.

    `answered` are questions answered before, in any language; `phone` says that one is known.
    """
    for number, question in enumerate(questions):
        told = phone and question.kind is AnswerKind.CONTACT
        asked = any(text in answered for _, text in question.ask.by_language)
        if number > after and not (told or asked):
            return number
    return None


def _says(choice: OwnWords, words: str) -> bool:
    labels = (label for _, label in choice.by_language)
    return words.casefold() in {" ".join(label.split()).casefold() for label in labels}
