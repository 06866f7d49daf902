"""What a person can attach to a message in the sandbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.sandbox.vk.files import Files, photo_sizes


class Attachable(Protocol):
    """Anything that becomes one attachment of a message."""

    def attach(self, files: Files, owner_id: int) -> dict[str, Any]:
        """The attachment as VK shows it, owned by `owner_id`."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture; width and height are what VK would tell of it, in pixels."""

    data: bytes
    width: int = 1280
    height: int = 960

    def attach(self, files: Files, owner_id: int) -> dict[str, Any]:
        return files.photo(owner_id, self.data, self.width, self.height).attachment


@dataclass(frozen=True, slots=True)
class Document:
    """A file with its name."""

    data: bytes
    name: str = "document.pdf"

    def attach(self, files: Files, owner_id: int) -> dict[str, Any]:
        return files.document(owner_id, self.name, self.data).attachment


@dataclass(frozen=True, slots=True)
class AudioMessage:
    """A voice message in ogg, with its length in seconds."""

    data: bytes
    seconds: int = 3

    def attach(self, files: Files, owner_id: int) -> dict[str, Any]:
        return files.audio_message(owner_id, self.data, self.seconds).attachment


@dataclass(frozen=True, slots=True)
class Graffiti:
    """A drawing in png."""

    data: bytes

    def attach(self, files: Files, owner_id: int) -> dict[str, Any]:
        return files.graffiti(owner_id, self.data).attachment


@dataclass(frozen=True, slots=True)
class Sticker:
    """A sticker of VK's shop."""

    sticker_id: int = 9014
    data: bytes = b"sticker"

    def attach(self, files: Files, owner_id: int) -> dict[str, Any]:
        url = files.url(files.store("sticker.png", self.data))
        images = [{"url": url, "width": side, "height": side} for side in (64, 128, 256, 512)]
        sticker = {"inner_type": "base_sticker_new", "sticker_id": self.sticker_id}
        sticker |= {"product_id": 279, "is_allowed": True}
        shown = {"images": images, "images_with_background": images}
        return {"type": "sticker", "sticker": sticker | shown}


@dataclass(frozen=True, slots=True)
class Video:
    """A video: a community's token learns of its title and picture, never of its file."""

    title: str = "Video"
    seconds: int = 12

    def attach(self, files: Files, owner_id: int) -> dict[str, Any]:
        image = files.url(files.store("frame.jpg", b"frame"))
        shape = {
            "title": self.title,
            "description": "",
            "duration": self.seconds,
            "image": [{"height": 180, "width": 320, "url": image, "with_padding": 1}],
            "type": "video",
            "views": 0,
            "can_add": 0,
        }
        return files.register("video", owner_id, shape).attachment


@dataclass(frozen=True, slots=True)
class Wall:
    """A post on somebody's wall."""

    text: str = ""

    def attach(self, files: Files, owner_id: int) -> dict[str, Any]:
        shape: dict[str, Any] = {"from_id": owner_id, "to_id": owner_id, "text": self.text}
        shape |= {"inner_type": "wall_wallpost", "post_type": "post"}
        return files.register("wall", owner_id, shape).attachment


@dataclass(frozen=True, slots=True)
class Market:
    """A product of a community's shop; the price in minor units of roubles."""

    title: str = "Product"
    price: int = 100_00

    def attach(self, files: Files, owner_id: int) -> dict[str, Any]:
        photo = files.url(files.store("product.jpg", b"product"))
        shape = {
            "title": self.title,
            "description": self.title,
            "price": roubles(self.price),
            "category": {"id": 1, "name": ""},
            "availability": 0,
            "thumb_photo": photo_sizes(photo, 400, 400)[2]["url"],
        }
        return files.register("market", owner_id, shape).attachment


@dataclass(frozen=True, slots=True)
class Link:
    """The snippet of a link."""

    url: str
    title: str = ""

    def attach(self, files: Files, owner_id: int) -> dict[str, Any]:
        link = {"url": self.url, "title": self.title, "caption": "", "description": ""}
        return {"type": "link", "link": link}


@dataclass(frozen=True, slots=True)
class Geo:
    """A place; VK shows it beside the attachments, not among them."""

    latitude: float
    longitude: float
    title: str = ""

    @property
    def shape(self) -> dict[str, Any]:
        """As it stands in a message."""
        point = {"latitude": self.latitude, "longitude": self.longitude}
        geo: dict[str, Any] = {"type": "point", "coordinates": point}
        if self.title:
            geo["place"] = {"title": self.title, "country": "", "city": self.title, **point}
        return geo


@dataclass(frozen=True, slots=True)
class Other:
    """An attachment of any other type (poll, story, call …) with the body given."""

    kind: str
    body: dict[str, Any] = field(default_factory=dict)

    def attach(self, files: Files, owner_id: int) -> dict[str, Any]:
        return {"type": self.kind, self.kind: self.body}


def attach_all(
    given: Sequence[Attachable | Geo | bytes], files: Files, owner_id: int
) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """The attachments and the place of a message; plain bytes are a photo."""
    things = [Photo(one) if isinstance(one, bytes) else one for one in given]
    places = [one.shape for one in things if isinstance(one, Geo)]
    shown = [one.attach(files, owner_id) for one in things if not isinstance(one, Geo)]
    return shown, places[0] if places else None


def roubles(minor: int) -> dict[str, Any]:
    """A price as VK shows it; `minor` is in kopecks."""
    currency = {"id": 643, "name": "RUB", "title": "₽"}
    return {"amount": str(minor), "currency": currency, "text": f"{minor // 100} ₽"}
