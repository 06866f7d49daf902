"""Thanks and goodbyes: words after which nobody waits for an answer."""

from __future__ import annotations

import re

_LONGEST = 60  # characters: what is longer says more than thanks
_WORDS = (
    r"спасибо|спс|благодарю|благодарим|пасиб[ао]?|мерси|до свидания|пока|всего доброго"
    r"|хорошего дня"
    r"|большое|огромное|вам|вас|за помощь|за ответ|хорошо|ок|окей|понятно|поняла?|ясно|отлично"
    r"|супер"
    r"|thanks|thank you|thx|many|a lot|so much|very much|for your help|bye|goodbye|okay|ok|great"
    r"|got it"
    r"|gracias|muchas|mil|de nada|adi[oó]s|hasta luego|vale|perfecto|genial|muy amable"
    r"|por todo|por su ayuda"
)
_COURTESY = re.compile(rf"(?:\W*(?:{_WORDS})\b)+\W*|[\W_]*[👍🙏❤😊👌🤝💐🌹][\W_]*", re.IGNORECASE)


def is_courtesy(text: str) -> bool:
    """Whether a message only says thank you, goodbye or all right."""
    return 0 < len(text) <= _LONGEST and _COURTESY.fullmatch(text) is not None
