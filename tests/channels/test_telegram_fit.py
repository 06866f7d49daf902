"""Posts within Telegram's limits, and spans as entities."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.fit import ALBUM_SIZE, CAPTION_UNITS, TEXT_UNITS, fit, split
from bot.channels.telegram.spans import cut, render, shortened, units
from bot.messages import (
    Attachment,
    AttachmentKind,
    Button,
    Post,
    Span,
    Style,
    Text,
    characters,
    plain,
)

KEYBOARD = ((Button("Take", "take:1"),),)


def of(kind: AttachmentKind, ref: str = "F", channel: str = "telegram") -> Attachment:
    return Attachment(kind, channel, ref=ref)


def photos(count: int) -> tuple[Attachment, ...]:
    return tuple(of(AttachmentKind.PHOTO, f"F{number}") for number in range(count))


def fitted(text: str = "", *attachments: Attachment, **more: object) -> tuple[Post, ...]:
    post = Post("101", plain(text), attachments=attachments, **more)  # type: ignore[arg-type]
    return fit("telegram", post)


def test_short_words_stay_one_post() -> None:
    assert fitted("hello", keyboard=KEYBOARD, reply_to="3") == (
        Post("101", plain("hello"), keyboard=KEYBOARD, reply_to="3"),
    )


def test_long_words_are_cut_between_paragraphs() -> None:
    first, second = "a" * 3000, "b" * 3000
    posts = fitted(f"{first}\n\n{second}", keyboard=KEYBOARD, reply_to="3", thread="7", silent=True)
    assert [characters(post.text).strip() for post in posts] == [first, second]
    assert [post.keyboard for post in posts] == [(), KEYBOARD]
    assert [post.reply_to for post in posts] == ["3", ""]
    assert all(post.thread == "7" and post.silent for post in posts)


def test_a_single_endless_word_is_cut_where_it_must() -> None:
    posts = fitted("😀" * 5000)
    assert "".join(characters(post.text) for post in posts) == "😀" * 5000
    assert max(units(characters(post.text)) for post in posts) == TEXT_UNITS


def test_a_word_is_not_cut_when_there_is_a_space() -> None:
    words = [f"word{number}" for number in range(1500)]
    posts = fitted(" ".join(words))
    assert [word for post in posts for word in characters(post.text).split()] == words


def test_styles_go_on_after_a_cut() -> None:
    text = (Span("a" * 4000, Style.BOLD), Span("b" * 1000, Style.LINK, "https://example.com"))
    first, second = split(text, TEXT_UNITS)
    assert first[-1] == Span("b" * 96, Style.LINK, "https://example.com")
    assert second == (Span("b" * 904, Style.LINK, "https://example.com"),)


def test_a_short_text_is_the_caption() -> None:
    assert fitted("look", *photos(1), keyboard=KEYBOARD) == (
        Post("101", plain("look"), attachments=photos(1), keyboard=KEYBOARD),
    )


def test_a_long_text_follows_its_photo() -> None:
    media, words = fitted("x" * (CAPTION_UNITS + 1), *photos(1), keyboard=KEYBOARD)
    assert (media.text, media.keyboard) == ((), ())
    assert (words.attachments, words.keyboard) == ((), KEYBOARD)


def test_an_album_has_at_most_ten() -> None:
    posts = fitted("", *photos(23))
    assert [len(post.attachments) for post in posts] == [ALBUM_SIZE, ALBUM_SIZE, 3]
    assert tuple(one for post in posts for one in post.attachments) == photos(23)


def test_kinds_that_share_no_album_go_apart() -> None:
    attachments = (
        of(AttachmentKind.PHOTO),
        of(AttachmentKind.VIDEO),
        of(AttachmentKind.DOCUMENT),
        of(AttachmentKind.DOCUMENT),
        of(AttachmentKind.VOICE),
        of(AttachmentKind.VOICE),
    )
    posts = fitted("all of it", *attachments)
    assert [len(post.attachments) for post in posts] == [2, 2, 1, 1]
    assert [post.text for post in posts] == [plain("all of it"), (), (), ()]


def test_kinds_that_share_an_album_meet_in_it_whatever_stands_between_them() -> None:
    photo, plan = of(AttachmentKind.PHOTO), of(AttachmentKind.DOCUMENT)
    place = of(AttachmentKind.LOCATION)
    posts = fitted("words", place, photo, plan, photo, plan)
    assert [post.attachments for post in posts] == [(photo, photo), (plan, plan), (place,)]
    assert posts[0].text == plain("words")


def test_an_album_bears_no_keyboard() -> None:
    media, words = fitted("choose", *photos(2), keyboard=KEYBOARD)
    assert (len(media.attachments), media.keyboard, words.keyboard) == (2, (), KEYBOARD)
    first, last = fitted("", *photos(3), keyboard=KEYBOARD)
    assert (len(first.attachments), first.keyboard) == (2, ())
    assert (len(last.attachments), last.keyboard) == (1, KEYBOARD)


def test_a_sticker_takes_no_caption_with_it() -> None:
    sticker, words = fitted("ha", of(AttachmentKind.STICKER))
    assert (sticker.text, words.text) == ((), plain("ha"))


def test_a_sticker_from_elsewhere_goes_as_a_picture() -> None:
    (only,) = fitted("ha", of(AttachmentKind.STICKER, channel="vk"))
    assert only.text == plain("ha")


def test_white_space_alone_is_never_a_post() -> None:
    assert len(fitted("x" + " " * 9000)) == 1


any_text = st.lists(
    st.builds(Span, st.text("ab \n😀", max_size=60), st.sampled_from(list(Style))), max_size=8
).map(tuple)


@given(any_text, st.integers(2, 40))
def test_parts_are_within_the_limit_and_lose_only_white_space(text: Text, limit: int) -> None:
    parts = split(text, limit)
    assert all(0 < units(characters(part)) <= limit for part in parts)
    said = "".join(characters(part) for part in parts)
    assert "".join(said.split()) == "".join(characters(text).split())


@given(any_text, st.integers(2, 40))
def test_a_cut_text_is_the_same_text_in_two(text: Text, limit: int) -> None:
    head, rest = cut(text, limit)
    assert characters(head) + characters(rest) == characters(text)
    assert units(characters(head)) <= limit
    assert units(characters(shortened(text, limit))) <= limit


@given(any_text)
def test_entities_cover_their_words_and_never_overlap(text: Text) -> None:
    words, entities = render(text)
    coded = words.encode("utf-16-le")
    covered = [
        coded[2 * one["offset"] : 2 * (one["offset"] + one["length"])].decode("utf-16-le")
        for one in entities
    ]
    unstyled = (Style.PLAIN, Style.LINK)  # these links lead nowhere
    assert covered == [span.text for span in text if span.style not in unstyled and span.text]
    assert all(a["offset"] + a["length"] <= b["offset"] for a, b in pairwise(entities))


@pytest.mark.parametrize("text", ["<b>&\"'_*[`", "a < b && c > d"])
def test_nothing_is_ever_escaped(text: str) -> None:
    assert render(plain(text)) == (text, [])


def test_half_a_character_cannot_stop_a_message() -> None:
    words, (entity,) = render((Span("\ud83d"), Span("bold", Style.BOLD)))
    assert (words, entity["offset"]) == ("?bold", 1)


def test_the_reply_opens_to_the_last_part_alone() -> None:
    whole = Post("-1", plain("word " * 1500), asks_reply=True)
    assert [one.asks_reply for one in fit("telegram", whole)] == [False, True]
