"""Countries of phone numbers: which are likely in a message, and what is a number in each."""

from __future__ import annotations

import re
from functools import cache

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberFormat

REGIONS = {
    "ru": ("RU", "BY", "UA", "UZ", "AM", "KG", "GE", "AZ", "MD", "TJ", "TM", "IL"),
    "es": (
        *("ES", "MX", "AR", "CO", "CL", "PE", "EC", "VE", "UY", "BO", "PY", "DO", "CR", "PA"),
        *("GT", "SV", "HN", "NI", "CU", "US", "RU"),
    ),
    "en": ("US", "GB", "AU", "IE", "IN", "NZ", "ZA", "RU"),
}
_PLACES = {
    "BY": r"беларус\w*|минск\w*|брест\w*|гомел\w*|гродно",
    "UA": r"украин\w*|киев\w*|одесс\w*|харьков\w*|львов\w*",
    "UZ": r"узбекистан\w*|ташкент\w*|самарканд\w*",
    "AM": r"армени\w*|ереван\w*",
    "KG": r"киргизи\w*|кыргызстан\w*|бишкек\w*",
    "GE": r"грузи[яию]|тбилиси|батуми",
    "AZ": r"азербайджан\w*|баку",
    "MD": r"молдов\w*|кишин[её]в\w*",
    "MX": r"m[eé]xico|cdmx|monterrey|guadalajara|puebla|tijuana|canc[uú]n|quer[eé]taro",
    "AR": r"argentina|buenos aires|rosario|mendoza|caba",
    "CO": r"colombia|bogot[aá]|medell[ií]n|barranquilla",
    "CL": r"chile|valpara[ií]so|concepci[oó]n",
    "PE": r"per[uú]|lima|arequipa|cusco|trujillo",
    "EC": r"ecuador|quito|guayaquil",
    "UY": r"uruguay|montevideo",
    "VE": r"venezuela|caracas|maracaibo",
    "GB": r"uk|london|england|scotland|wales|manchester|leeds|glasgow|edinburgh|liverpool|bristol",
    "AU": r"australia|sydney|melbourne|brisbane|perth",
    "IE": r"ireland|dublin|cork",
    "IN": r"india|mumbai|delhi|bangalore|pune",
}
_PLACE = re.compile(
    r"(?<!\w)(?:"
    + "|".join(rf"(?P<{region}>{words})" for region, words in _PLACES.items())
    + r")(?!\w)",
    re.IGNORECASE,
)
_LONGER = {"AR": (12, 13), "BY": (11,), "MX": (13,)}  # ways of writing that the metadata omit


def likely(text: str, language: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """Countries named in the message first, then the language's; and which of them are likely."""
    usual = REGIONS.get(language, REGIONS["en"])
    named = [str(place.lastgroup) for place in _PLACE.finditer(text)]
    return tuple(dict.fromkeys((*named, *usual))), frozenset((*named, usual[0]))


def valid(written: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    """The number, if it is one; of a region, if one is given."""
    if old := re.fullmatch(r"(\+?52)1(\d{10})", written):
        written = old[1] + old[2]  # Mexico's mobile prefix until 2019, still on many cards
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    if region and number.country_code != phonenumbers.country_code_for_region(region):
        return None
    return number if phonenumbers.is_valid_number(number) else None


def e164(number: phonenumbers.PhoneNumber) -> str:
    """+79161234567"""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def fits(digits: str, region: str) -> bool:
    """Whether as many digits are written in this country, before the library is asked."""
    code, trunk, possible = lengths(region)
    if len(digits) < 9:
        return False
    starts = {"", trunk, code, code + trunk}
    return len(digits) in _LONGER.get(region, ()) or any(
        digits.startswith(start) and len(digits) - len(start) in possible for start in starts
    )


@cache
def lengths(region: str) -> tuple[str, str, tuple[int, ...]]:
    """Country code, trunk prefix and lengths of national numbers."""
    about = PhoneMetadata.metadata_for_region(region)
    if about is None or about.general_desc is None:
        return "", "", ()
    return str(about.country_code), about.national_prefix or "", about.general_desc.possible_length
