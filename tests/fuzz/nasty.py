"""What nobody would write in good faith: texts and numbers that have broken programs before."""

from __future__ import annotations

from typing import Any

MARK = "QX7fuzz"
"""Stands in every text that no log may repeat."""

_WORDS = (
    *("", " ", "\n", "\t\r\n\x0b\x0c", "\u2028\u2029", "\u0000", "a\u0000b", "\u0001\u001b[31m"),
    *(
        "\u202eevol\u202c",
        "\u2066\u2067\u2068",
        "\u200b\u200d\ufeff",
        "👩\u200d👩\u200d👧\u200d👦🏿",
    ),
    *("Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L", "ﷺ" * 40, "İıſßẞ", "\U0010ffff", "\ud800", "\udfff\ud83d", "\uffff"),
    *(
        "<script>alert(1)</script>",
        "<b>&amp;\"'`",
        "]]>",
        "--",
        "'; drop table leads; --",
        "\\",
        "\\u0000",
    ),
    *("=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1+1", '=HYPERLINK("http://e")'),
    *(
        "%s%n%d",
        "{0}",
        "{name}",
        "{number.__class__}",
        "${jndi:ldap://e/a}",
        "$(id)",
        "`id`",
        "%00",
    ),
    *(
        "*_`[](x)",
        "[a](tg://user?id=1)",
        "||spoiler||",
        "||",
        "\\*",
        "> quote",
        "@all",
        "@everyone",
    ),
    *(
        "/start",
        "/start " + "a" * 65,
        "/lead 1",
        "/lead 99999999999999999999",
        "/lead ١٢",
        "/t+ a b",
    ),
    *(
        "/delete",
        "/privacy",
        "/del",
        "/tag " + "x" * 300,
        "/find " + "% _ * \" ' NEAR(",
        "/report leads x",
    ),
    *(
        "/handover",
        "/reasons + {0}",
        "/new =1+1, +34 600 111 222",
        "/dead drop all",
        "//",
        "// note",
    ),
    *(
        "1:take:1",
        "1:reject:1:none",
        "1:assign:1:2",
        "c1:erase:1",
        "c1::",
        "1:merge:1:1",
        "1:hand:0",
    ),
    *(
        "1:take:-1",
        "1:take:" + "9" * 18,
        "1:take:" + "9" * 40,
        "1:step:1:day:9999-99-99",
        "2:take:1",
    ),
    *('{"command":"start"}', '{"button":"1:take:1"}', "[1,2", "null", "true", "NaN", "{}" * 20),
    *("telegram:201", "../../etc/passwd", "file:///etc/passwd", "javascript:alert(1)", "C:\\CON"),
    *(
        "2026-02-30",
        "1e400",
        "0x10",
        "١٢٣٤٥",
        "½",
        "+34 600 111 222",
        "anna@example.org",
        "#1",
        "#" * 70,
    ),
    *("a" * 65, "x" * 4097, "😀" * 3000, "Ω" * 40_000, "\n" * 5000),
)

TEXTS = tuple(f"{one}{MARK}" if one and one[0] not in "/1c{[" else one for one in _WORDS)

HUGE = "🜃" + "й" * 1_000_000
"""A million letters: one in many cases."""

NUMBERS = (
    *(
        0,
        1,
        -1,
        2,
        7,
        63,
        101,
        201,
        301,
        401,
        255,
        2**31 - 1,
        2**31,
        -(2**31) - 1,
        2**53,
        2**63 - 1,
    ),
    *(2**63, -(2**63), -(2**63) - 1, 2**64, 10**30, -1001000000001, -1001000000009, 2_000_000_001),
    *(0.5, -0.0, 1e308, 1.7e9, float("nan"), float("inf")),
)

OTHERS: tuple[Any, ...] = (
    None,
    True,
    False,
    [],
    {},
    [[]],
    [None],
    {"": ""},
    {"id": None},
    [{}],
    [[[[]]]],
)


def nested(depth: int) -> object:
    """A thing within a thing, so many times."""
    found: object = {"text": MARK}
    for level in range(depth):
        found = [found] if level % 2 else {"message": found}
    return found
