"""Small made-up catalogues for the tests."""

from __future__ import annotations

import io

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from config.texts import Texts

HEADERS = {
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4"
    " && (n%100<10 || n%100>=20) ? 1 : 2);",
    "en": "nplurals=2; plural=(n != 1);",
    "es": "nplurals=2; plural=(n != 1);",
}


def source(language: str, body: str) -> str:
    return (
        f'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Plural-Forms: {HEADERS[language]}\\n"\n\n{body}\n'
    )


def catalogue(language: str, body: str) -> Catalog:
    return read_po(io.BytesIO(source(language, body).encode()), locale=language)


def texts(language: str, body: str) -> Texts:
    return Texts(catalogue(language, body))


def entry(text: str, key: str = "card.title") -> str:
    return f'msgid "{key}"\nmsgstr "{text}"\n'


def counted(*forms: str) -> str:
    head = 'msgid "leads.count"\nmsgid_plural "leads.count"\n'
    return head + "".join(f'msgstr[{i}] "{form}"\n' for i, form in enumerate(forms))
