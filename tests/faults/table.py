"""The one table, long by its rows: which call, which fault, what people see in the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox.telegram.faults import Fault as Telegram
from bot.sandbox.vk.faults import Fault as Vk
from tests.cast import TEAM
from tests.faults import calls
from tests.faults.calls import Call, Scene

LASTING = -1


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    call: str
    fault: str
    outcome: str
    act: Call
    plan: calls.Plan

    @property
    def name(self) -> str:
        """To select it by."""
        return f"{self.call} - {self.fault}"


def rows() -> Iterator[Row]:
    """Every line, in order."""
    for (call, act, method, where), outcomes in _ON_TELEGRAM.items():
        for outcome, faults in outcomes.items():
            for fault in faults:
                yield Row(call, fault, outcome, act, _on_telegram(method, where, fault))
    for (call, act, method), told in _ON_VK.items():
        for outcome, faults in told.items():
            for fault in faults:
                yield Row(call, fault, outcome, act, _on_vk(method, fault))


# --- the faults: which, of how many calls, and more ---

_CUT: Mapping[str, tuple[Telegram, int, dict[str, Any]]] = {
    "dropped before": (Telegram.DROP_BEFORE, 1, {}),
    "dropped after": (Telegram.DROP_AFTER, 1, {}),
    "hangs, not done": (Telegram.HANG, 1, {}),
    "hangs, done": (Telegram.HANG, 1, {"applied": True}),
    "truncated JSON": (Telegram.TRUNCATED_JSON, 1, {}),
}
_AWAY: Mapping[str, tuple[Telegram, int, dict[str, Any]]] = {
    "slow": (Telegram.SLOW, 1, {"seconds": 8.0}),
    "502 in HTML": (Telegram.HTML_502, 3, {}),
    "500 without description": (Telegram.SERVER_ERROR, 3, {}),
    "429, 30 s": (Telegram.TOO_MANY, 1, {"retry_after": 30}),
    "429 without parameters": (Telegram.TOO_MANY, 2, {}),
    "401": (Telegram.UNAUTHORIZED, 2, {}),
    "404": (Telegram.NOT_FOUND, 2, {}),
    "409": (Telegram.CONFLICT, 2, {}),
}
_REFUSED: Mapping[str, tuple[Telegram, str]] = {
    "413": (Telegram.TOO_LARGE, "Request Entity Too Large"),
    "not modified": (Telegram.BAD_REQUEST, "Bad Request: message is not modified"),
    "to edit not found": (Telegram.BAD_REQUEST, "Bad Request: message to edit not found"),
    "can't be edited": (Telegram.BAD_REQUEST, "Bad Request: message can't be edited"),
    "replied not found": (Telegram.BAD_REQUEST, "Bad Request: message to be replied not found"),
    "topic not found": (Telegram.BAD_REQUEST, "Bad Request: message thread not found"),
    "topic closed": (Telegram.BAD_REQUEST, "Bad Request: TOPIC_CLOSED"),
    "chat not found": (Telegram.BAD_REQUEST, "Bad Request: chat not found"),
    "too long": (Telegram.BAD_REQUEST, "Bad Request: message is too long"),
    "button data invalid": (Telegram.BAD_REQUEST, "Bad Request: BUTTON_DATA_INVALID"),
    "query too old": (
        Telegram.BAD_REQUEST,
        "Bad Request: query is too old and response timeout expired or query ID is invalid",
    ),
    "reaction invalid": (Telegram.BAD_REQUEST, "Bad Request: REACTION_INVALID"),
    "no rights": (
        Telegram.BAD_REQUEST,
        "Bad Request: not enough rights to send text messages to the chat",
    ),
    "file too big": (Telegram.BAD_REQUEST, "Bad Request: file is too big"),
    "wrong file": (Telegram.BAD_REQUEST, "Bad Request: wrong file identifier/HTTP URL specified"),
    "unheard of": (Telegram.BAD_REQUEST, "Bad Request: something new"),
    "blocked": (Telegram.FORBIDDEN, "Forbidden: bot was blocked by the user"),
    "deactivated": (Telegram.FORBIDDEN, "Forbidden: user is deactivated"),
    "can't initiate": (
        Telegram.FORBIDDEN,
        "Forbidden: bot can't initiate conversation with a user",
    ),
    "kicked": (Telegram.FORBIDDEN, "Forbidden: bot was kicked from the supergroup chat"),
}
_VK_CUT: Mapping[str, tuple[Vk, int]] = {
    "dropped before": (Vk.DROP_BEFORE, 1),
    "dropped after": (Vk.DROP_AFTER, 1),
    "hangs": (Vk.HANG, 1),
    "slow": (Vk.slow(0.5), 1),
    "truncated JSON": (Vk.TRUNCATED_JSON, 1),
    "200 in HTML": (Vk.HTML_200, 2),
    "502 in HTML": (Vk.HTML_502, 3),
}
_VK_PASSING = {1: 2, 6: 2, 9: 1, 10: 2, 29: 1}
_VK_TOKEN = {5: 2, 27: 2, 28: 2}


def _on_telegram(method: str, where: str, fault: str) -> calls.Plan:
    found = _CUT.get(fault) or _AWAY.get(fault)
    if found is None:
        kind, description = _REFUSED[fault]
        found = kind, LASTING, {"description": description}

    def plan(scene: Scene) -> None:
        chat = {"team": TEAM, "customer": scene.customer}.get(where)
        scene.lasting = found[1] == LASTING
        scene.stage.telegram.fail(method, found[0], times=found[1], chat=chat, **found[2])

    return plan


def _on_vk(method: str, fault: str) -> calls.Plan:
    kind, _, number = fault.partition(" ")
    if fault == "captcha":
        found = Vk.CAPTCHA, 1
    elif kind == "code":
        times = _VK_PASSING.get(int(number)) or _VK_TOKEN.get(int(number)) or LASTING
        found = Vk.code(int(number)), times
    elif kind == "failed":
        found = Vk.failed(int(number)), 1
    else:
        found = _VK_CUT[fault]

    def plan(scene: Scene) -> None:
        scene.lasting = found[1] == LASTING
        scene.stage.vk.fail(method, found[0], times=found[1])

    return plan


def _codes(*numbers: int) -> tuple[str, ...]:
    return tuple(f"code {number}" for number in numbers)


# --- the outcomes ---

_TOLD = "; supervisor told once"
_BOTH = "; supervisor told 2 times"  # that it began, and that it is over
_TOKEN = ("401", "404")  # Telegram as a whole: who hears of it there hears when it is over
_AWAY_ALONE = tuple(one for one in _AWAY if one not in _TOKEN)
_LATER = "shown once when it is over"
_DELIVERED = "reply shown once, manager sees 👍"

_ON_TELEGRAM: Mapping[tuple[str, Call, str, str], Mapping[str, tuple[str, ...]]] = {
    ("getUpdates", calls.poll, "getUpdates", ""): {
        "both cards shown once": (*_CUT, *_AWAY),
    },
    ("sendMessage, card", calls.card, "sendMessage", "team"): {
        "card shown once": (*_CUT, *_AWAY_ALONE),
        f"card shown once{_TOLD}": _TOKEN,
        f"card {_LATER}{_BOTH}": ("topic closed", "chat not found", "no rights", "kicked"),
        f"card not shown{_TOLD}": (
            "413",
            "topic not found",
            "too long",
            "button data invalid",
            "unheard of",
        ),
    },
    ("sendMessage, words under a card", calls.relay, "sendMessage", "team"): {
        "words shown once": (*_CUT, *_AWAY_ALONE),
        f"words shown once{_TOLD}": _TOKEN,
        f"words {_LATER}{_BOTH}": ("topic closed", "chat not found", "no rights", "kicked"),
        f"words not shown{_TOLD}": ("replied not found", "topic not found", "too long"),
    },
    ("sendMessage, reply", calls.reply, "sendMessage", "customer"): {
        _DELIVERED: _AWAY_ALONE,
        f"{_DELIVERED}{_TOLD}": _TOKEN,
        "reply shown once, manager sees not sure, may repeat": (
            "dropped after",
            "hangs, done",
            "truncated JSON",
        ),
        "reply not shown, manager sees not sure, may repeat": (
            "dropped before",
            "hangs, not done",
        ),
        "reply not shown, manager sees blocked": ("blocked",),
        "reply not shown, manager sees gone": ("deactivated", "chat not found"),
        "reply not shown, manager sees not allowed": ("can't initiate",),
        "reply not shown, manager sees no rights": ("no rights",),
        "reply not shown, manager sees too large": ("413",),
        "reply not shown, manager sees refused": ("too long", "replied not found", "unheard of"),
    },
    ("sendPhoto, under a card", calls.photo, "sendPhoto", "team"): {
        "picture shown once": (*_CUT, *_AWAY_ALONE),
        f"picture shown once{_TOLD}": _TOKEN,
        f"picture {_LATER}{_BOTH}": ("no rights", "kicked"),
        "words without the picture shown once": ("413", "file too big", "wrong file"),
    },
    ("getFile, for VK", calls.carried, "getFile", ""): {
        "picture shown once, manager sees 👍": (*_CUT, *_AWAY),
        "reply not shown, manager sees too large": ("413", "file too big"),
        "reply not shown, manager sees refused": ("wrong file",),
    },
    ("editMessageText, card", calls.change, "editMessageText", "team"): {
        "card right": (*_CUT, *_AWAY_ALONE),
        f"card right{_TOLD}": _TOKEN,
        f"card right when it is over{_BOTH}": ("chat not found", "no rights", "kicked"),
        "card posted anew, 1 right": ("to edit not found", "can't be edited"),
        "card taken for right": ("not modified",),
        f"card not changed{_TOLD}": ("too long", "button data invalid", "unheard of"),
    },
    ("answerCallbackQuery", calls.answer, "answerCallbackQuery", ""): {
        "press counts, presser told": tuple(
            one for one in (*_CUT, *_AWAY_ALONE) if not one.startswith(("429, 30", "hangs, not"))
        ),
        f"press counts, presser told{_TOLD}": _TOKEN,
        "press counts, presser not told": ("429, 30 s", "hangs, not done", "query too old"),
    },
    ("setMessageReaction", calls.react, "setMessageReaction", "team"): {
        _DELIVERED: (*_CUT, *_AWAY_ALONE),
        f"{_DELIVERED}{_TOLD}": ("401",),
        "reply shown once, manager sees nothing": ("404", "reaction invalid", "no rights"),
    },
    ("getChatMember", calls.member, "getChatMember", "team"): {
        _DELIVERED: (*_CUT, *_AWAY, "no rights", "chat not found"),
    },
}

_ON_VK: Mapping[tuple[str, Call, str], Mapping[str, tuple[str, ...]]] = {
    ("a_check", calls.vk_poll, "longpoll"): {
        "both cards shown once": (*_VK_CUT, "failed 1", "failed 2", "failed 3", "failed 7"),
    },
    ("groups.getLongPollServer", calls.vk_server, "groups.getLongPollServer"): {
        # A refusal to be polled that is over at once is nobody's business.
        "both cards shown once": (*_VK_CUT, "captcha", *_codes(*_VK_PASSING, *_VK_TOKEN)),
        f"both cards {_LATER}": _codes(7, 15, 100),  # who is told is the alarms' own play
    },
    ("users.get", calls.name, "users.get"): {
        "card shown once, named": ("slow",),
        "card shown once, named at the next words": (
            *(one for one in _VK_CUT if one != "slow"),
            "captcha",
            *_codes(*_VK_PASSING, *_VK_TOKEN, 7, 15, 18, 100),
        ),
    },
    ("messages.send, reply", calls.vk_reply, "messages.send"): {
        _DELIVERED: (*_VK_CUT, *_codes(*_VK_PASSING)),
        f"{_DELIVERED}{_BOTH}": ("captcha", *_codes(*_VK_TOKEN)),
        "reply not shown, manager sees blocked": _codes(900),
        "reply not shown, manager sees not allowed": _codes(901, 902),
        "reply not shown, manager sees gone": _codes(18),
        "reply not shown, manager sees no rights": _codes(7, 15),
        "reply not shown, manager sees refused": _codes(100, 909, 911, 914, 917),
    },
    ("upload server, for a picture", calls.carried, "photos.getMessagesUploadServer"): {
        "picture shown once, manager sees 👍": (*_VK_CUT, *_codes(*_VK_PASSING)),
        "reply not shown, manager sees refused": _codes(100),
        "reply not shown, manager sees no rights": _codes(15),
    },
    ("upload", calls.carried, "upload"): {
        "picture shown once, manager sees 👍": tuple(_VK_CUT),
    },
    ("sendMessageEventAnswer", calls.vk_press, "messages.sendMessageEventAnswer"): {
        "presser told, the rest goes on": (*_VK_CUT, *_codes(1, 6, 10)),
        "presser not told, the rest goes on": _codes(9, 15, 29, 100),
    },
}
