"""Phone numbers in what people write: where digits stand that are one, and in which country.

Groups of digits that only spaces, dashes, dots and brackets part make a cluster; in it the
windows of whole groups are tried, the country of the language first. A message has a fixed
number of tries and looks: who writes more numbers is no customer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumberType

from bot.domain.phone_regions import e164, fits, lengths, likely, valid
from bot.domain.phone_words import REACH, Word, before, denies, mentions_phone

TRIES = 64  # numbers put to the library for one message
LOOKS = 800  # windows looked at in one message
_SPAN = 6  # groups among which the likeliest beginning of a number is sought
_OWN_SHAPE = {"CL": (1, 4, 4)}  # groups written nowhere else: 9 8765 4321
_SEPARATORS = re.compile(r"[ \t\n()\[\].+*/-]{1,5}")
_GROUP = re.compile(r"\d+")
_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
_INVENTED = re.compile(r"(\d)\1{7}|1234567890|0123456789|0987654321|9876543210")
_NEXT = re.compile(r"[\s,;/&]*(?:и|или|y|o|and|or)?[\s,;/]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """A number in E.164, and where it stands."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Window:
    """Neighbouring groups that may be one number."""

    start: int
    end: int
    digits: str
    groups: tuple[int, ...]  # digits in each
    plus: bool
    brackets: bool
    whole: bool  # nothing else is in the cluster


class Finder:
    """Reads one message; other things made of digits are already blanked out by ¦."""

    def __init__(self, text: str, language: str) -> None:
        self._text = text
        self._words = len(re.findall(r"\w+", text))
        self._tries = TRIES
        self._looks = LOOKS
        self._regions, self._home = likely(text, language)
        self._refused = -1  # where the last number ended that is an order's or the like

    def numbers(self) -> Iterator[Found]:
        """All numbers, in order."""
        for cluster in _clusters(self._text):
            yield from self._in_cluster(cluster)

    def _in_cluster(self, groups: list[re.Match[str]]) -> Iterator[Found]:
        begin = 0
        while begin < len(groups) and self._tries > 0 and self._looks > 0:
            taken = self._best(groups, begin)
            if taken is None:
                begin += _SPAN
                continue
            window, value, begin = taken
            if value:
                yield Found(value, window.start, window.end)
            else:
                self._refused = window.end

    def _best(self, groups: list[re.Match[str]], begin: int) -> tuple[_Window, str, int] | None:
        """The window near `begin` that is a number, "" if refused, and the group after it."""
        windows = list(_windows(self._text, groups, begin))
        self._looks -= len(windows)
        for region in ("", *self._regions):
            for window, stop in windows:
                number = self._number(window, region)
                if number is not None:
                    good = self._trusted(window, number, region)
                    return window, e164(number) if good else "", stop
        return None

    def _number(self, window: _Window, region: str) -> phonenumbers.PhoneNumber | None:
        if self._tries <= 0:
            return None
        if not region:
            written = _international(window)
        else:
            written = window.digits if fits(window.digits, region) else ""
            if _OWN_SHAPE.get(region) != window.groups in _OWN_SHAPE.values():
                return None
            if window.plus and window.digits[0] not in "089":
                return None  # what follows a plus is a country, unless people err as they do
        if not written:
            return None
        self._tries -= 1
        return valid(written, region or None)

    def _trusted(self, window: _Window, number: phonenumbers.PhoneNumber, region: str) -> bool:
        """Whether the words around and the way of writing allow it to be a phone."""
        ahead, behind = self._text[: window.start], self._text[window.end :][:REACH]
        if not _stands_free(ahead, behind):
            return False
        if window.plus:
            return True
        word = before(ahead)
        if denies(behind) or _INVENTED.search(window.digits):
            return False
        if word is Word.PHONE:
            return True
        if word is Word.PAPER or (word is Word.ORDER and not window.brackets):
            return False
        if self._refused >= 0 and _NEXT.fullmatch(ahead, self._refused):
            return False
        return self._likely(window, number, region)

    def _likely(self, window: _Window, number: phonenumbers.PhoneNumber, region: str) -> bool:
        if window.brackets or not region:
            return True
        if _is_sum(window, region):
            return False
        around = self._text[: window.start][-REACH:] + " ¦ " + self._text[window.end :][:REACH]
        if mentions_phone(around):
            return True
        mobile = phonenumbers.number_type(number) in _MOBILE
        if mobile and (region in self._home or len(window.digits) > 10):
            return True
        alone = self._words - len(window.groups) <= 2
        own = region in self._home or window.groups == _OWN_SHAPE.get(region)
        known = own or len(window.digits) > 9
        begun = own or mobile or window.digits.startswith(lengths(region)[:2])
        shown = (alone and begun) or _is_phone_shape(window.groups)
        return window.whole and known and shown


def _clusters(text: str) -> Iterator[list[re.Match[str]]]:
    cluster: list[re.Match[str]] = []
    for group in _GROUP.finditer(text):
        if cluster and not _joins(text[cluster[-1].end() : group.start()]):
            yield cluster
            cluster = []
        cluster.append(group)
    if cluster:
        yield cluster


def _joins(gap: str) -> bool:
    return _SEPARATORS.fullmatch(gap) is not None and ". " not in gap and ".\n" not in gap


def _windows(text: str, groups: list[re.Match[str]], begin: int) -> Iterator[tuple[_Window, int]]:
    """Each with the index of the group after it; from the left, the longest first."""
    for first in range(begin, min(len(groups), begin + _SPAN)):
        if first > begin and not _open(text, groups, first):
            continue
        for stop in range(min(len(groups), first + 15), first, -1):
            if stop < len(groups) and not _open(text, groups, stop):
                continue
            parts = [one.group() for one in groups[first:stop]]
            if 7 <= sum(map(len, parts)) <= 17:
                yield _window(text, groups, first, stop), stop


def _open(text: str, groups: list[re.Match[str]], index: int) -> bool:
    """Whether a number may end before this group: never at a lone dash or dot."""
    gap = text[groups[index - 1].end() : groups[index].start()]
    return any(mark in gap for mark in " \n\t(+/")


def _window(text: str, groups: list[re.Match[str]], first: int, stop: int) -> _Window:
    start, end = groups[first].start(), groups[stop - 1].end()
    lead = re.search(r"[+(\[ ]{0,4}\Z", text[max(0, start - 4) : start])
    plus = lead is not None and "+" in lead.group()
    if lead is not None and (plus or "(" in lead.group()):
        opening = "+" if plus else "("
        start = text.rindex(opening, 0, start)
    written = text[start:end]
    return _Window(
        start,
        end,
        "".join(one.group() for one in groups[first:stop]),
        tuple(len(one.group()) for one in groups[first:stop]),
        plus and "+" not in written[1:],
        "(" in written and ")" in written,
        first == 0 and stop == len(groups),
    )


def _international(window: _Window) -> str:
    """+… or 00…, as the library reads it; "" for what is neither."""
    if window.plus:
        return "+" + window.digits
    return "+" + window.digits[2:] if window.digits.startswith("00") else ""


def _stands_free(ahead: str, behind: str) -> bool:
    """Whether no letter, sign or decimal makes the digits part of something else."""
    if re.search(r"@[^\W\d_]+\Z", ahead[-REACH:]) or re.search(
        r"(?:[_@=&%$€£₽]\s?|\d[.,:])\Z", ahead[-3:]
    ):
        return False
    glued = re.search(r"([^\W\d_]+)[-/]?\Z", ahead[-REACH:])
    if glued and (len(glued[1]) < 3 or glued[1].isupper()) and not mentions_phone(glued[1]):
        return False
    if re.match(r"[_@%=]|\.[a-z]{3,4}(?!\w)|[.,:]\d{1,3}(?!\d)", behind):
        return False
    tail = re.match(r"-?([^\W\d_]+)", behind)
    return tail is None or len(tail[1]) > 2 or re.match(r"x ?\d", behind) is not None


def _is_sum(window: _Window, region: str) -> bool:
    """9 031 234 567: thousands, unless the first group is the country's code."""
    code, _, possible = lengths(region)
    groups = window.groups
    coded = window.digits.startswith(code) and len(window.digits) - len(code) in possible
    return len(groups) > 2 and groups[0] < 3 and set(groups[1:]) == {3} and not coded


def _is_phone_shape(groups: tuple[int, ...]) -> bool:
    return len(groups) > 2 and max(groups) <= 4 and groups != (4,) * len(groups)
