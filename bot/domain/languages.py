"""Which of our languages a customer is answered in: their profile's, else that of their words."""

from __future__ import annotations

import re

# Whose speakers are better served in Russian or Spanish than in English.
_NEAR = {
    "ru": ("ru", "be", "uk", "kk", "ky", "uz", "tg", "hy", "az", "tt", "ba", "cv", "tk", "mo"),
    "es": ("es", "ca", "gl", "eu", "an", "gn", "qu", "ay", "pt"),
}
_CODES = {code: language for language, codes in _NEAR.items() for code in codes}
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_SPANISH = re.compile(
    r"[ñ¿¡]|\b(hola|buenas|buenos|gracias|precio|cu[aá]nto|quiero|quisiera|necesito|por favor"
    r"|para|est[aá]|tienen|tiene|puedo|una?|qu[eé]|c[oó]mo|d[oó]nde|los|las|del)\b",
    re.IGNORECASE,
)
_READ = 500  # characters that suffice to tell


def spoken(profile: str, words: str, otherwise: str) -> str:
    """`ru`, `en` or `es` by a profile's language code (IETF), else by the words, else as said."""
    code = profile.replace("_", "-").partition("-")[0].lower()
    if code:
        return _CODES.get(code, "en")
    return _of_words(words[:_READ]) or otherwise


def _of_words(words: str) -> str:
    if _CYRILLIC.search(words):
        return "ru"
    if not _LATIN.search(words):
        return ""
    return "es" if _SPANISH.search(words) else "en"
