"""Phones and e-mails in what customers write, normalised and checked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from email_validator import EmailNotValidError, validate_email

from bot.domain.phone_regions import REGIONS, e164, fits, valid
from bot.domain.phones import Finder

LIMIT = 4096  # characters of a message that are read: Telegram's longest
_FORM = 64  # characters of a number typed into a form
_ADDRESSES = 64  # "@" looked at in one message
_KNOWN = str.maketrans(  # one character for one: places stay where they are
    dict.fromkeys(
        "\u00a0\u1680\u2007\u2009\u200a\u200b\u200c\u200d\u200e\u200f\u202a\u202c"
        "\u202d\u202f\u2060\u2066\u2068\u2069\u3000\ufe0f\u20e3\ufeff",
        " ",
    )
    | dict.fromkeys("\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d", "-")
    | {"＋": "+", "（": "(", "）": ")", "＠": "@", "\r": "\n"}
    | {chr(0xFF10 + digit): str(digit) for digit in range(10)}
)
_DIGITS = re.compile(r"(?:\d\D*+){7}")  # fewer are no phone: most messages end here
_LINKED = re.compile(
    r"(?:wa\.me/|api\.whatsapp\.com/send/?\?phone=|t\.me/(?=\+)|viber://\w{1,8}\?number=)"
    r"(?:\+|%2B)?(\d{8,15})(?!\d)",
    re.IGNORECASE,
)
_OTHERS = re.compile(  # things made of digits that are no phones; each bounded, none nested
    r"(?:https?://|ftp://|www\.)\S+"
    r"|(?<=\w)\.[a-zа-я]{2,10}/\S+"
    r"|(?<![\w])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)"
    r"|(?<![\d+])(?<![\d+][ -])\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}(?!\d)"
    r"|(?<![\d./-])(?:\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d\d)|\d{1,2}-\d{1,2}-[12]\d{3}"
    r"|(?:19|20)\d\d([-./])\d\d\2\d\d)(?![\d]|[./-]\d)"
    r"|(?<![\d:])\d{1,2}:\d\d(?::\d\d)?(?![\d:])"
    r"|(?<![\d.])-?\d{1,3}\.\d{4,7}(?!\.?\d)"
    r"|(?<![\d.])(?!\d\d\.\d{3}\.\d\d\.\d\d(?!\d))(?:(?:1?\d?\d|2[0-5]\d)\.){3}"
    r"(?:2[0-5]\d|1?\d?\d)(?![\d.])"
    r"|(?<!\d)\d{16,}"
)
_LOCAL = re.compile(r"[\w.+'&%-]{1,64}\Z")
_DOMAIN = re.compile(r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,6}", re.IGNORECASE)
_OTHER_DOMAIN = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_AT = re.compile(
    r"(?P<spelt>\s?[(\[](?:at|собака|arroba|a)[)\]]\s?|\s(?:собака|arroba)\s)"
    r"|(?P<apart>\s@\s?|@\s)|@",
    re.IGNORECASE,
)
_EVERYBODYS = re.compile(
    r"(?:gmail|googlemail|mail|inbox|list|bk|internet|ya|yandex|rambler|hotmail|outlook|live|yahoo"
    r"|icloud|me|proton|protonmail|gmx)\.[a-z.]{2,6}",
    re.IGNORECASE,
)
_GLUED = re.compile(r"[а-яё]{3,}-?(?=[a-z0-9])", re.IGNORECASE)
_FILES = frozenset(
    [
        "png",
        "jpg",
        "jpeg",
        "gif",
        "svg",
        "webp",
        "bmp",
        "ico",
        "pdf",
        "heic",
        "mp4",
        "mov",
        "css",
        "js",
        "json",
        "ts",
    ]
)


@dataclass(frozen=True, slots=True)
class Contact:
    """A phone in E.164 or an e-mail's normalised address; `start` and `end` index the text."""

    kind: Literal["phone", "email"]
    value: str
    start: int
    end: int


def read(text: str, language: str) -> tuple[Contact, ...]:
    """The contacts in a message, in order, each value once.

    Of a text longer than LIMIT characters, the words before are read. `language`
    (ru, en, es) says which countries' numbers come without a plus.
    """
    plain = _clipped(text).translate(_KNOWN)
    found = list(_emails(plain))
    plain = _blanked(plain, found)
    if _DIGITS.search(plain):
        found += _phones(plain, language)
    first: dict[tuple[str, str], Contact] = {}
    for one in sorted(found, key=lambda one: one.start):
        first.setdefault((one.kind, one.value), one)
    return tuple(first.values())


def normalised_phone(raw: str, language: str, region: str | None = None) -> str:
    """E.164 of a number that stands alone, with a plus or without; "" when it is none.

    The language's countries come first, then any: cards of contacts omit the plus. With a
    `region` (ISO 3166, "" if unknown) a number without + or 00 is of that country or of the
    language's first, and of no other: a list typed by hand would find some country for any.
    """
    plain = re.split(r"[^\W\d_]|[,;#]", raw[:_FORM].translate(_KNOWN).strip(), maxsplit=1)[0]
    digits = "".join(filter(str.isdecimal, plain))
    if plain.lstrip("( ").startswith("+") or digits.startswith("00"):
        number = valid("+" + digits.removeprefix("00"), None)
        if number or digits[:1] not in ("0", "8", "9"):
            return e164(number) if number else ""
    usual = REGIONS.get(language, REGIONS["en"])
    for one in usual if region is None else (region, usual[0]):
        if fits(digits, one) and (number := valid(digits, one)):
            return e164(number)
    number = valid("+" + digits, None) if digits and region is None else None
    return e164(number) if number else ""


def normalised_email(raw: str) -> str:
    """The address with its domain in lower case; "" when it is none."""
    address = raw.strip().removeprefix("mailto:").strip("<>")
    ending = address.rpartition(".")[2].lower()
    if len(address) > 254 or len(ending) < 2 or ending in _FILES:
        return ""
    try:
        return validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError:
        return ""


def _clipped(text: str) -> str:
    if len(text) <= LIMIT:
        return text
    return text[: max(text.rfind(mark, 0, LIMIT + 1) for mark in " \n\t,;") + 1]


def _emails(text: str) -> Iterator[Contact]:
    end = 0
    for count, at in enumerate(_AT.finditer(text)):
        if count == _ADDRESSES:
            return
        local = _LOCAL.search(text[max(end, at.start() - 64) : at.start()])
        domain = _domain(text[at.end() : at.end() + 255])
        name = _name(local.group() if local else "", domain)
        start = at.start() - len(name)
        if not (name and domain) or _in_link(text, start) or not _meant(at, name, domain):
            continue
        if value := normalised_email(f"{name}@{domain}"):
            end = at.end() + len(domain)
            yield Contact("email", value, start, end)


def _name(local: str, domain: str) -> str:
    """The part before the @, without a word or a mark glued to its beginning."""
    name = local.lstrip(".'-&%")
    return _GLUED.sub("", name, count=1) if domain.isascii() else name


def _meant(at: re.Match[str], name: str, domain: str) -> bool:
    """Whether an @ in words or apart is one: dogs and prices have such signs too."""
    if at["apart"]:
        return name.isascii() and _EVERYBODYS.fullmatch(domain) is not None
    return not at["spelt"] or (name + domain).isascii()


def _domain(text: str) -> str:
    """The domain at the beginning, without the sentence glued to its end."""
    found = _DOMAIN.match(text) or _OTHER_DOMAIN.match(text)
    if found is None:
        return ""
    whole = found.group().rstrip("-_")
    rest, _, last = whole.rpartition(".")
    glued = last[:1].isupper() and last[1:].islower() and rest.islower() and "." in rest
    return rest if glued else whole


def _in_link(text: str, start: int) -> bool:
    word = max(text.rfind(mark, max(0, start - 255), start) for mark in " \n\t<(,;") + 1
    return "://" in text[word:start] or text[start - 1 : start] == "@"


def _phones(text: str, language: str) -> Iterator[Contact]:
    linked = list(_linked(text))
    plain = _OTHERS.sub(lambda other: "¦" * len(other.group()), _blanked(text, linked))
    yield from linked
    for one in Finder(plain, language).numbers():
        yield Contact("phone", one.value, one.start, one.end)


def _linked(text: str) -> Iterator[Contact]:
    for link in _LINKED.finditer(text):
        if number := valid("+" + link[1], None):
            yield Contact("phone", e164(number), link.start(1), link.end(1))


def _blanked(text: str, found: list[Contact]) -> str:
    parts, end = [], 0
    for one in sorted(found, key=lambda one: one.start):
        parts += [text[end : one.start], "¦" * (one.end - one.start)]
        end = one.end
    return "".join([*parts, text[end:]])
