"""A conversation on the terminal: what is said and asked, in one language."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import typer

from config.texts import LANGUAGES, Texts, load

T = TypeVar("T")


class Talk:
    """Says and asks; Ctrl-C or the end of the input raises typer.Abort from any question."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts

    def say(self, words: str) -> None:
        """A line, or several."""
        typer.echo(words)

    def ask(self, question: str, default: str = "") -> str:
        """An answer in one line, without the blanks around it; Enter alone means the default."""
        answer = typer.prompt(question, default=default, show_default=bool(default))
        return str(answer).strip()

    def agree(self, question: str, *, otherwise: bool = True) -> bool:
        """Yes or no, in the language's own words or letters; Enter alone means `otherwise`."""
        yes, no = self.texts("init.yes"), self.texts("init.no")
        usual = yes if otherwise else no
        while True:
            answer = self.ask(f"{question} ({yes}/{no})", usual).lower()
            for words, meaning in ((_YES, True), (_NO, False)):
                if answer in words:
                    return meaning
            self.say(self.texts("init.say_yes_or_no", yes=yes, no=no))

    def until(self, question: str, read: Callable[[str], T | None], default: str = "") -> T:
        """The first answer of which `read` makes something; it says itself what is wrong."""
        while True:
            if (found := read(self.ask(question, default))) is not None:
                return found


def choose_language(usual: str) -> str:
    """The language to talk in, asked in all of them; Enter alone means `usual`."""
    question = " / ".join(load(language)("init.language") for language in LANGUAGES)
    while True:
        answer = typer.prompt(f"{question} ({', '.join(LANGUAGES)})", default=usual)
        if (language := str(answer).strip().lower()) in LANGUAGES:
            return language


# Whatever the language: who set the program up may type as they are used to.
_YES = frozenset({"y", "yes", "д", "да", "s", "si", "sí"})
_NO = frozenset({"n", "no", "н", "нет"})
