"""Thanks are told from requests, in the three languages."""

from __future__ import annotations

import pytest

from bot.domain.courtesy import is_courtesy


@pytest.mark.parametrize(
    "text",
    [
        "Спасибо!",
        "спасибо большое 🙏",
        "Большое спасибо за помощь!",
        "Ок, спасибо",
        "Хорошо, до свидания.",
        "👍",
        "Thanks!",
        "Thank you so much!",
        "ok, great, thanks",
        "Muchas gracias",
        "¡Gracias por todo!",
        "Vale, perfecto",
    ],
)
def test_thanks_wait_for_no_answer(text: str) -> None:
    assert is_courtesy(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Спасибо, а сколько стоит доставка?",
        "спасибо не надо звонить завтра",
        "Спасибо! Ещё нужны два окна",
        "Thanks, and the price?",
        "Gracias, ¿y el precio?",
        "ok when",
        "Пока не решили",
        "?",
        "1",
        "Спасибо " * 20,
    ],
)
def test_a_request_is_more_than_thanks(text: str) -> None:
    assert not is_courtesy(text)
