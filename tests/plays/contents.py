"""Every kind of content and what becomes of it, one long table: played, and shown in the README.

`python -m tests.plays.contents` prints it as the README has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.telegram.files import Media
from bot.sandbox.vk.attachments import (
    AudioMessage,
    Document,
    Geo,
    Graffiti,
    Link,
    Other,
    Photo,
    Sticker,
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the other side sees: things by the platform's own names, in order, and words.

    `together` says that they are one album or one message; `told` is what the sender
    hears instead.
    """

    things: tuple[str, ...] = ()
    words: str = ""
    together: bool = False
    told: str = ""

    def __str__(self) -> str:
        if self.told:
            return f"does not go; the manager is told: “{self.told}”"
        names = [_NAMES.get(thing, thing.replace("_", " ")) for thing in self.things]
        things = ", ".join(names) + (", together" if self.together else "")
        return " + ".join(filter(None, (things, self.words and f"“{_one_line(self.words)}”")))


@dataclass(frozen=True, slots=True)
class FromTelegram:
    """What a customer or a manager writes on Telegram, and how it arrives at each place."""

    name: str
    sent: dict[str, Any]
    team: Seen
    telegram: Seen
    vk: Seen


@dataclass(frozen=True, slots=True)
class FromVk:
    """What a customer writes on VK, and how it arrives in the team's chat."""

    name: str
    attachments: Sequence[Any]
    team: Seen
    text: str = ""
    bytes: tuple[bytes, ...] = field(default=(), kw_only=True)


PICTURE = b"\xff\xd8\xff" + bytes(range(256)) * 40
OTHER_PICTURE = PICTURE[::-1]
CLIP = b"\x00\x00\x00\x18ftypmp42" + bytes(4000)
VOICE = b"OggS" + bytes(3000)
PLAN = b"%PDF-1.7 " + bytes(2000)
PRICES = b"PK\x03\x04" + bytes(1000)
SONG = b"ID3" + bytes(5000)
CAT = b"RIFF....WEBP" + bytes(500)
_PLACE = {"latitude": 40.4, "longitude": -3.7}
_MOVING = Media(CAT, fields={"is_animated": True, "emoji": "🔥"})


def _alike(thing: str, words: str = "", together: bool = False) -> dict[str, Seen]:
    """The same on both sides of Telegram."""
    seen = Seen(tuple(thing.split()), words, together)
    return {"team": seen, "telegram": seen}


def _in_words(english: str, russian: str) -> dict[str, Seen]:
    """The team reads its language, the customer theirs."""
    return {"team": Seen(words=english), "telegram": Seen(words=russian), "vk": Seen(words=russian)}


TELEGRAM = (
    FromTelegram("text", {"text": "Look"}, **_alike("", "Look"), vk=Seen(words="Look")),
    FromTelegram(
        "photo",
        {"photo": PICTURE, "text": "Look"},
        **_alike("photo", "Look"),
        vk=Seen(("photo",), "Look"),
    ),
    FromTelegram(
        "album",
        {
            "media_group": [{"photo": PICTURE}, {"photo": OTHER_PICTURE}, {"video": CLIP}],
            "caption": "Look",
        },
        **_alike("photo photo video", "Look", together=True),
        vk=Seen(("photo", "photo", "doc"), "Look", together=True),
    ),
    FromTelegram(
        "several files",
        {
            "media_group": [
                {"document": Media(PLAN, "plan.pdf")},
                {"document": Media(PRICES, "prices.xlsx")},
            ]
        },
        **_alike("document document", together=True),
        vk=Seen(("doc", "doc"), together=True),
    ),
    FromTelegram("voice message", {"voice": VOICE}, **_alike("voice"), vk=Seen(("audio_message",))),
    FromTelegram(
        "audio, mp3",
        {"audio": Media(SONG, "song.mp3")},
        **_alike("audio"),
        vk=Seen(told="Not delivered: the messenger refused this message."),
    ),
    FromTelegram(
        "audio, other", {"audio": Media(VOICE, "song.ogg")}, **_alike("audio"), vk=Seen(("doc",))
    ),
    FromTelegram(
        "video",
        {"video": CLIP, "text": "Look"},
        **_alike("video", "Look"),
        vk=Seen(("doc",), "Look"),
    ),
    FromTelegram("video message", {"video_note": CLIP}, **_alike("video_note"), vk=Seen(("doc",))),
    FromTelegram("animation", {"animation": CLIP}, **_alike("animation"), vk=Seen(("doc",))),
    FromTelegram(
        "file",
        {"document": Media(PLAN, "plan.pdf"), "text": "Look"},
        **_alike("document", "Look"),
        vk=Seen(("doc",), "Look"),
    ),
    FromTelegram(
        "sticker",
        {"sticker": Media(CAT, fields={"emoji": "🐱"})},
        **_alike("sticker"),
        vk=Seen(("doc",)),
    ),
    FromTelegram(
        "sticker that moves", {"sticker": _MOVING}, **_alike("sticker"), vk=Seen(words="🔥")
    ),
    FromTelegram("place", {"location": (40.4, -3.7)}, **_alike("location"), vk=Seen(("geo",))),
    FromTelegram(
        "place with an address",
        {
            "location": _PLACE,
            "venue": {"location": _PLACE, "title": "Office", "address": "Main street 1"},
        },
        **_alike("venue"),
        vk=Seen(("geo",), "Office, Main street 1"),
    ),
    FromTelegram(
        "contact",
        {"contact": {"phone_number": "+34911234567", "first_name": "Pablo"}},
        **_alike("contact"),
        vk=Seen(words="Pablo +34911234567"),
    ),
    FromTelegram(
        "forwarded message",
        {"text": "Best windows in town", "forward_from": "Somebody"},
        team=Seen(words="Forwarded from Somebody\nBest windows in town"),
        telegram=Seen(words="Best windows in town"),
        vk=Seen(words="Best windows in town"),
    ),
    FromTelegram(
        "poll",
        {"poll": "Which colour?"},
        **_in_words("[Poll] Which colour? Да / Нет", "[Опрос] Which colour? Да / Нет"),
    ),
    FromTelegram("dice", {"dice": 4}, **_in_words("[Dice] 🎲 4", "[Кубик] 🎲 4")),
    FromTelegram(
        "game",
        {"game": {"title": "Chess", "description": "", "photo": []}},
        **_in_words("[Game] Chess", "[Игра] Chess"),
    ),
    FromTelegram(
        "story",
        {"story": {"chat": {"id": 1, "type": "channel", "username": "windows"}, "id": 7}},
        **_in_words("[Story] https://t.me/windows/s/7", "[История] https://t.me/windows/s/7"),
    ),
    FromTelegram(
        "checklist",
        {"checklist": {"title": "To do", "tasks": [{"id": 1, "text": "Measure"}]}},
        **_in_words("[Attachment] To do\n• Measure", "[Вложение] To do\n• Measure"),
    ),
    FromTelegram(
        "what is newer than this program",
        {"hologram": {"id": 1}},
        **_in_words("[Attachment]", "[Вложение]"),
    ),
)

_SOMEWHERE = {"id": 5, "owner_id": -3}

VK = (
    FromVk("text", (), Seen(words="Look"), "Look"),
    FromVk("photo", [Photo(PICTURE)], Seen(("photo",), "Look"), "Look", bytes=(PICTURE,)),
    FromVk(
        "several photos",
        [Photo(PICTURE), Photo(OTHER_PICTURE)],
        Seen(("photo", "photo"), "Look", together=True),
        "Look",
        bytes=(PICTURE, OTHER_PICTURE),
    ),
    FromVk(
        "photos and files mixed",
        [Photo(PICTURE), Document(PLAN, "plan.pdf"), Photo(OTHER_PICTURE)],
        Seen(("photo", "photo", "document"), "Look"),
        "Look",
        bytes=(PICTURE, OTHER_PICTURE, PLAN),
    ),
    FromVk("voice message", [AudioMessage(VOICE)], Seen(("voice",)), bytes=(VOICE,)),
    FromVk("file", [Document(PLAN, "plan.pdf")], Seen(("document",)), bytes=(PLAN,)),
    FromVk("sticker", [Sticker(data=CAT)], Seen(("photo",)), bytes=(CAT,)),
    FromVk("graffiti", [Graffiti(PICTURE)], Seen(("photo",)), bytes=(PICTURE,)),
    FromVk(
        "video",
        [Other("video", {**_SOMEWHERE, "title": "Our house"})],
        Seen(words="[Video] Our house https://vk.com/video-3_5"),
    ),
    FromVk(
        "audio track",
        [Other("audio", {**_SOMEWHERE, "artist": "Pablo", "title": "Rain", "url": ""})],
        Seen(words="[Audio] Pablo – Rain https://vk.com/audio-3_5"),
    ),
    FromVk("place", [Geo(40.4, -3.7)], Seen(("location",))),
    FromVk("place with an address", [Geo(40.4, -3.7, "Madrid")], Seen(("venue",))),
    FromVk(
        "link",
        [Link("https://example.com/windows", "Windows")],
        Seen(words="[Link] Windows https://example.com/windows"),
    ),
    FromVk(
        "wall post",
        [Other("wall", {**_SOMEWHERE, "text": "Sale\nUntil Sunday"})],
        Seen(words="[Post] Sale https://vk.com/wall-3_5"),
    ),
    FromVk(
        "comment",
        [Other("wall_reply", {**_SOMEWHERE, "post_id": 4, "text": "How much?"})],
        Seen(words="[Post] How much? https://vk.com/wall-3_4?reply=5"),
    ),
    FromVk(
        "market item",
        [Other("market", {**_SOMEWHERE, "title": "Window", "price": {"text": "100 ₽"}})],
        Seen(words="[Product] Window, 100 ₽ https://vk.com/product-3_5"),
    ),
    FromVk(
        "call",
        [Other("call", {"initiator_id": 101, "receiver_id": -7, "state": "reached", "time": 1})],
        Seen(words="[Call]"),
    ),
    FromVk(
        "video message",
        [Other("video_message", _SOMEWHERE)],
        Seen(words="[Video message] https://vk.com/video-3_5"),
    ),
    FromVk("gift", [Other("gift", {"id": 1, "thumb_256": ""})], Seen(words="[Gift]")),
    FromVk(
        "poll",
        [Other("poll", {**_SOMEWHERE, "question": "Colour?", "answers": [{"text": "Red"}]})],
        Seen(words="[Poll] Colour? Red https://vk.com/poll-3_5"),
    ),
    FromVk(
        "story",
        [Other("story", dict(_SOMEWHERE))],
        Seen(words="[Story] https://vk.com/story-3_5"),
    ),
    FromVk(
        "article",
        [Other("article", {"title": "How to choose", "url": "https://vk.com/@windows-choose"})],
        Seen(words="[Link] How to choose https://vk.com/@windows-choose"),
    ),
    FromVk(
        "podcast",
        [Other("podcast", {**_SOMEWHERE, "title": "About glass"})],
        Seen(words="[Audio] About glass https://vk.com/podcast-3_5"),
    ),
    FromVk(
        "what is newer than this program",
        [Other("hologram", {"id": 1})],
        Seen(words="[Attachment] hologram"),
    ),
)

_NAMES = {
    "audio_message": "voice message",
    "voice": "voice message",
    "video_note": "video message",
    "doc": "file",
    "document": "file",
    "geo": "place",
    "location": "place",
    "venue": "place with its address",
}


def table() -> str:
    """The whole as the README shows it."""
    telegram = ("Telegram", "to the team", "back to Telegram", "back to VK")
    return "\n\n".join(
        (
            _markdown(telegram, ((one.name, one.team, one.telegram, one.vk) for one in TELEGRAM)),
            _markdown(("VK", "to the team"), ((one.name, one.team) for one in VK)),
        )
    )


def _markdown(head: Sequence[str], rows: Iterator[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def _one_line(words: str) -> str:
    return words.replace("\n", " ⏎ ")


if __name__ == "__main__":
    print(table())
