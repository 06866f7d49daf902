"""What VK's refusals mean for the caller."""

import pytest

from bot.channels.vk.errors import from_code, from_exception, from_status
from bot.messages import Failure


@pytest.mark.parametrize(
    ("code", "failure", "permanent"),
    [
        (5, Failure.TOKEN, False),
        (27, Failure.TOKEN, False),
        (28, Failure.TOKEN, False),
        (6, Failure.PACE, False),
        (9, Failure.PACE, False),
        (29, Failure.PACE, False),
        (14, Failure.PACE, False),
        (1, Failure.TRANSIENT, False),
        (10, Failure.TRANSIENT, False),
        (7, Failure.RIGHTS, True),
        (15, Failure.RIGHTS, True),
        (18, Failure.GONE, True),
        (900, Failure.BLOCKED, True),
        (901, Failure.DENIED, True),
        (902, Failure.DENIED, True),
        (909, Failure.TOO_LATE, True),
        (911, Failure.REFUSED, True),
        (914, Failure.REFUSED, True),
        (917, Failure.REFUSED, True),
        (12345, Failure.REFUSED, True),
    ],
)
def test_every_code_says_what_to_do_next(code: int, failure: Failure, permanent: bool) -> None:
    error = from_code(code, "words", "messages.send")
    assert (error.failure, error.permanent, error.code) == (failure, permanent, code)


def test_the_more_serious_the_brake_the_longer_the_wait() -> None:
    waits = [from_code(code, "", "messages.send").retry_after or 0 for code in (6, 9, 29, 14)]
    assert waits == sorted(waits)
    assert waits[0] == 1
    assert "captcha" in str(from_code(14, "", "messages.send"))


def test_a_press_that_vk_forgot_is_too_late() -> None:
    error = from_code(100, "event_id is unknown", "messages.sendMessageEventAnswer")
    assert error.failure is Failure.TOO_LATE


def test_a_reason_never_repeats_what_vk_echoes() -> None:
    error = from_code(113, "Invalid user id 123456789 vk1.a.abc9999def", "users.get")
    assert "Invalid user id" in str(error)
    assert "1234" not in str(error)
    assert "vk1" not in str(error)


def test_statuses_of_gateways() -> None:
    assert from_status(502, "x").failure is Failure.TRANSIENT
    assert from_status(408, "x").failure is Failure.TRANSIENT
    assert from_status(413, "x").failure is Failure.TOO_LARGE
    assert from_status(429, "x").failure is Failure.PACE
    assert from_status(404, "x").failure is Failure.REFUSED


def test_an_odd_answer_is_ambiguous_only_where_a_repeat_could_be_seen() -> None:
    odd = KeyError("response")
    assert from_exception(odd, "messages.send").failure is Failure.AMBIGUOUS
    assert from_exception(odd, "messages.edit").failure is Failure.TRANSIENT
