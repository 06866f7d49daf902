"""Texts at the local Telegram: the small HTML, entities in UTF-16, the trimming."""

from __future__ import annotations

import pytest

from bot.sandbox.telegram.formatting import Formatted, parse_html, read_text
from bot.sandbox.telegram.refusals import Refusal


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("<b>Анна</b> пишет", "Анна пишет", [("bold", 0, 4)]),
        ("🙂<i>x</i>", "🙂x", [("italic", 2, 1)]),
        ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
        ("a &lt; b &amp; c &quot;d&quot; &gt;", 'a < b & c "d" >', []),
        ("&nbsp; &copy &#1071;&#x42F;", "&nbsp; &copy ЯЯ", []),
        ("AT&T &lt;b&gt;", "AT&T <b>", []),
        ("<s>a</s><u>b</u>", "ab", [("strikethrough", 0, 1), ("underline", 1, 1)]),
        ("<pre>x</pre><code>y</code>", "xy", [("pre", 0, 1), ("code", 1, 1)]),
        ("<tg-spoiler>x</tg-spoiler>", "x", [("spoiler", 0, 1)]),
        ('<span class="tg-spoiler">x</span>', "x", [("spoiler", 0, 1)]),
        ("<blockquote expandable>x</blockquote>", "x", [("expandable_blockquote", 0, 1)]),
        ("<B>x</b>", "x", [("bold", 0, 1)]),
        ("<b></b>x", "x", []),
    ],
)
def test_html_is_read_as_telegram_reads_it(
    source: str, text: str, entities: list[tuple[str, int, int]]
) -> None:
    formatted = parse_html(source)
    assert formatted.text == text
    found = [(e["type"], e["offset"], e["length"]) for e in formatted.entities]
    assert found == entities


def test_link_keeps_its_address_even_with_a_bracket_in_it() -> None:
    (entity,) = parse_html('<a href="https://example.org/?a=1&amp;b=>">сюда</a>').entities
    assert entity["url"] == "https://example.org/?a=1&b=>"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("Я <3 вас", "Unclosed start tag at byte offset 3"),
        ("1 < 2 > 0", 'Unsupported start tag "" at byte offset 2'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
    ],
)
def test_broken_html_is_refused(source: str, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_html(source)
    assert refused.value.description == f"Bad Request: can't parse entities: {words}"


def test_ends_are_trimmed_and_entities_move_along() -> None:
    entities = [{"type": "bold", "offset": 3, "length": 6}]
    assert read_text(" \n x 🙂 \n", "", entities) == Formatted(
        "x 🙂", ({"type": "bold", "offset": 0, "length": 4},)
    )


def test_commands_links_and_addresses_are_found_by_themselves() -> None:
    body = Formatted("/start@dialead_bot пишите a@b.ru, https://b.ru или @anna #лид").body()
    assert [entity["type"] for entity in body["entities"]] == [
        "bot_command",
        "email",
        "url",
        "mention",
        "hashtag",
    ]


def test_prices_and_order_numbers_are_no_commands_or_tags() -> None:
    assert "entities" not in Formatted("заказ #12 по 5/6 цены, a/b").body()
