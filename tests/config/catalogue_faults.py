"""Finds what is wrong inside and between the text catalogues."""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import Formatter

from babel.messages.catalog import Catalog, Message

PLURAL_FORMS = {"ru": 3, "en": 2, "es": 2}

_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")


def faults(catalogues: Mapping[str, Catalog], sources: Mapping[str, str]) -> list[str]:
    """Every fault of the catalogues by language, each as `ru card.title: what`, sorted.

    `sources` are the files' texts, for what a read catalogue no longer shows.
    """
    found = _between(catalogues)
    for language, catalogue in catalogues.items():
        found += [f"{language} {key}: stands here twice" for key in _repeated(sources[language])]
        if catalogue.num_plurals != PLURAL_FORMS[language]:
            found.append(f"{language} header: wrong number of plural forms")
        for key, message in entries(catalogue).items():
            found += [f"{language} {key}: {what}" for what in _within(language, message)]
    return sorted(found)


def entries(catalogue: Catalog) -> dict[str, Message]:
    """The messages of a catalogue by key, without its header."""
    return {_key(message): message for message in catalogue if message.id}


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _between(catalogues: Mapping[str, Catalog]) -> list[str]:
    found = []
    by_language = {language: entries(catalogue) for language, catalogue in catalogues.items()}
    for key in set().union(*by_language.values()):
        with_key = {language: own[key] for language, own in by_language.items() if key in own}
        found += [f"{language} {key}: is missing" for language in by_language.keys() - with_key]
        if len({bool(message.pluralizable) for message in with_key.values()}) > 1:
            found.append(f"all {key}: plural in one language only")
        named = {frozenset(_placeholders(message)) for message in with_key.values()}
        if len(named) > 1:
            found.append(f"all {key}: placeholders differ")
    return found


def _repeated(source: str) -> list[str]:
    keys = re.findall(r'^msgid "(.+)"', source, re.MULTILINE)
    return sorted({key for key in keys if keys.count(key) > 1})


def _within(language: str, message: Message) -> list[str]:
    forms = _forms(message)
    found = []
    if message.fuzzy:
        found.append("is marked fuzzy")
    if not all(form.strip() for form in forms):
        found.append("is not translated")
    if message.pluralizable and len(forms) != PLURAL_FORMS[language]:
        found.append("wrong number of plural forms")
    if message.pluralizable and message.id[0] != message.id[1]:
        found.append("msgid_plural differs from the key")
    if "?" in _placeholders(message):
        found.append("has a broken or nameless placeholder")
    words = _PLACEHOLDER.sub(" ", " ".join(forms))
    if language != "ru" and _CYRILLIC.search(words):
        found.append("has Cyrillic letters")
    if any(_CYRILLIC.search(word) and _LATIN.search(word) for word in _WORD.findall(words)):
        found.append("mixes Latin and Cyrillic letters in a word")
    return found


def _forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def _placeholders(message: Message) -> set[str]:
    """The names in all forms together; "?" stands for one that is broken or has no plain name."""
    try:
        fields = [name for form in _forms(message) for _, name, *_ in Formatter().parse(form)]
    except ValueError:
        return {"?"}
    return {name if name.isidentifier() else "?" for name in fields if name is not None}
