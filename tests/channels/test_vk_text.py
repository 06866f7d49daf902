"""Words on their way to VK: what is cut where, what is told, what travels with what."""

import pytest

from bot.channels.vk.fit import fit_post
from bot.channels.vk.text import pieces, shortened, written
from bot.messages import Attachment, AttachmentKind, Button, Post, Span, Style, plain

FAMILY = "👩‍👩‍👧‍👦"
SPAIN = "🇪🇸"
THUMB = "👍🏽"


def photo(number: int, channel: str = "telegram") -> Attachment:
    return Attachment(AttachmentKind.PHOTO, channel, ref=f"photo{number}")


def test_a_link_shows_its_address_after_its_words() -> None:
    text = (Span("See "), Span("our prices", Style.LINK, "https://example.com/p"), Span("!"))
    assert written(text) == "See our prices (https://example.com/p)!"


def test_a_link_that_is_its_own_text_is_written_once() -> None:
    url = "https://example.com"
    assert written((Span(url, Style.LINK, url),)) == url


def test_styles_leave_no_marks_in_plain_text() -> None:
    assert written((Span("<b>", Style.BOLD), Span("*", Style.CODE))) == "<b>*"


def test_a_long_letter_is_cut_after_words_and_loses_nothing() -> None:
    letter = "Hello dear manager, " * 600
    parts = list(pieces(letter))
    assert "".join(parts) == letter
    assert all(len(part) <= 4096 for part in parts)
    assert all(part.endswith(" ") for part in parts)


def test_lines_are_preferred_to_words_for_a_cut() -> None:
    text = "word " * 500 + "\n" + "word " * 500
    assert next(pieces(text)).endswith("\n")


@pytest.mark.parametrize("emoji", [FAMILY, SPAIN, THUMB, "e\u0301", "❤️"])
def test_no_emoji_is_torn_apart(emoji: str) -> None:
    for shift in range(len(emoji)):
        text = "x" * shift + emoji * 40
        for part in pieces(text, limit=20):
            rest = part.lstrip("x")
            assert rest == emoji * (len(rest) // len(emoji))


def test_a_word_longer_than_a_message_is_cut_all_the_same() -> None:
    parts = list(pieces("a" * 10_000))
    assert [len(part) for part in parts] == [4096, 4096, 1808]


def test_endless_combining_marks_do_not_stop_the_cut() -> None:
    text = "e" + "\u0301" * 9000
    assert "".join(pieces(text)) == text


def test_a_short_answer_is_shortened_with_an_ellipsis_before_a_whole_emoji() -> None:
    assert shortened("abc" + FAMILY, 6) == "abc…"
    assert shortened("abc", 3) == "abc"


def test_a_post_within_the_limits_stays_as_it_is() -> None:
    post = Post("1", plain("Hello"), ((Button("Yes", "y"),),), (photo(1),), random_id=7)
    assert fit_post(post, "vk") == (post,)


def test_a_long_post_answers_once_and_shows_its_buttons_last() -> None:
    keyboard = ((Button("Yes", "y"),),)
    post = Post("1", plain("word " * 2000), keyboard, reply_to="5", random_id=7)
    posts = fit_post(post, "vk")
    assert [len(written(one.text)) <= 4096 for one in posts] == [True] * 3
    assert "".join(written(one.text) for one in posts) == "word " * 2000
    assert [one.reply_to for one in posts] == ["5", "", ""]
    assert [one.keyboard for one in posts] == [(), (), keyboard]


def test_every_part_has_its_own_random_id_and_the_same_one_at_a_repeat() -> None:
    post = Post("1", plain("word " * 2000), random_id=7)
    ids = [one.random_id for one in fit_post(post, "vk")]
    assert ids[0] == 7
    assert len(set(ids)) == 3
    assert all(0 < one < 2**31 for one in ids)
    assert ids == [one.random_id for one in fit_post(post, "vk")]


def test_twelve_pictures_go_as_ten_and_two_with_the_words_first() -> None:
    pictures = tuple(photo(number) for number in range(12))
    posts = fit_post(Post("1", plain("Look"), (), pictures, random_id=7), "vk")
    assert [written(one.text) for one in posts] == ["Look", ""]
    assert [len(one.attachments) for one in posts] == [10, 2]
    assert posts[0].attachments + posts[1].attachments == pictures


def test_two_places_need_two_messages() -> None:
    here = Attachment(AttachmentKind.LOCATION, "telegram", latitude=1.5, longitude=2.5)
    there = Attachment(AttachmentKind.LOCATION, "telegram", latitude=3.5, longitude=4.5)
    posts = fit_post(Post("1", (), (), (here, photo(1), there)), "vk")
    assert [one.attachments for one in posts] == [(photo(1), here), (there,)]


def test_what_vk_has_no_kind_for_is_told_in_words() -> None:
    contact = Attachment(AttachmentKind.CONTACT, "telegram", title="Pablo", phone="+34000000000")
    sticker = Attachment(AttachmentKind.STICKER, "telegram", ref="s1", title="👍")
    (post,) = fit_post(Post("1", plain("Here:"), (), (contact, sticker)), "vk")
    assert written(post.text) == "Here:\nPablo +34000000000\n👍"
    assert post.attachments == ()


def test_a_video_that_vk_itself_named_is_attached_again() -> None:
    video = Attachment(
        AttachmentKind.LINK, "vk", "video1_2_key", title="Tour", url="https://vk.com/video1_2"
    )
    (again,) = fit_post(Post("1", (), (), (video,)), "vk")
    (elsewhere,) = fit_post(Post("1", (), (), (video,)), "vk2")
    assert again.attachments == (video,)
    assert written(elsewhere.text) == "Tour https://vk.com/video1_2"


def test_blank_pieces_are_not_sent() -> None:
    posts = fit_post(Post("1", plain("a" * 4096 + " " * 5000), random_id=7), "vk")
    assert [written(one.text).strip() for one in posts] == ["a" * 4096]
