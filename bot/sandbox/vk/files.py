"""The files of the sandbox: what was uploaded or attached, and the shapes VK shows it in."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

SIZES = {"s": 75, "m": 130, "x": 604, "o": 130, "y": 807, "z": 1080, "w": 2560}
_UNDATED = ("audio_message", "graffiti")
_DOC_TYPES = {
    1: ("txt", "doc", "docx", "xls", "xlsx", "pdf"),
    2: ("zip", "rar", "7z"),
    3: ("gif",),
    4: ("jpg", "jpeg", "png", "webp"),
    5: ("mp3", "ogg", "wav"),
    6: ("mp4", "avi", "mkv", "mov"),
    7: ("epub", "fb2"),
}


@dataclass(frozen=True, slots=True)
class File:
    """Stored bytes under a name that cannot be guessed."""

    path: str
    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Media:
    """Something that can be attached: its kind in a message and its shape there."""

    kind: str
    shape: dict[str, Any]

    @property
    def attachment(self) -> dict[str, Any]:
        """As it stands among a message's attachments."""
        return {"type": self.kind, self.kind: self.shape}


class Files:
    """Keeps files and media; `base` is the server's address once it runs."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.base = ""
        self._clock = clock
        self._ids = itertools.count(457_239_017)
        self._files: dict[str, File] = {}
        self._media: dict[tuple[int, int], Media] = {}

    def store(self, name: str, data: bytes) -> File:
        """Keep some bytes."""
        file = File(secrets.token_urlsafe(12), name, data)
        self._files[file.path] = file
        return file

    def open(self, path: str) -> File | None:
        """The file that `url` points to."""
        return self._files.get(path)

    def url(self, file: File) -> str:
        """Where the file can be fetched; RuntimeError before the server has an address."""
        if not self.base:
            raise RuntimeError("start the VK server before attaching files")
        return f"{self.base}/file/{file.path}/{quote(file.name, safe='')}"

    def find(self, kind: str, owner_id: int, media_id: int, key: str) -> Media | None:
        """What `kind{owner}_{id}_{key}` means; foreign private media need their access key."""
        media = self._media.get((owner_id, media_id))
        if media is None or not _names(kind, media.kind):
            return None
        wanted = media.shape.get("access_key", "")
        return media if owner_id < 0 or not wanted or secrets.compare_digest(key, wanted) else None

    def photo(self, owner_id: int, data: bytes, width: int, height: int) -> Media:
        """A photo with its usual sizes, none larger than itself."""
        url = self.url(self.store("photo.jpg", data))
        shape = {
            "album_id": -3,
            "has_tags": False,
            "sizes": photo_sizes(url, width, height),
            "orig_photo": {"height": height, "type": "base", "url": url, "width": width},
            "text": "",
            "web_view_token": secrets.token_hex(9),
        }
        return self.register("photo", owner_id, shape)

    def document(self, owner_id: int, name: str, data: bytes) -> Media:
        """A document of any type."""
        ext = name.rpartition(".")[2].lower() if "." in name else ""
        kind = next((n for n, exts in _DOC_TYPES.items() if ext in exts), 8)
        shape = {"title": name, "size": len(data), "ext": ext, "type": kind, "is_unsafe": 0}
        url = self.url(self.store(name, data))
        return self.register("doc", owner_id, {**shape, "url": url})

    def audio_message(self, owner_id: int, data: bytes, seconds: int) -> Media:
        """A voice message, offered as ogg and (with the same bytes here) as mp3."""
        shape = {
            "duration": seconds,
            "link_mp3": self.url(self.store("voice.mp3", data)),
            "link_ogg": self.url(self.store("voice.ogg", data)),
            "waveform": [0, 4, 9, 16, 9, 4, 0],
            "transcript_state": "in_progress",
        }
        return self.register("audio_message", owner_id, shape)

    def graffiti(self, owner_id: int, data: bytes) -> Media:
        """A drawing."""
        url = self.url(self.store("graffiti.png", data))
        return self.register("graffiti", owner_id, {"url": url, "width": 600, "height": 300})

    def register(self, kind: str, owner_id: int, shape: dict[str, Any]) -> Media:
        """Give a shape an id, an owner and an access key, so that it can be attached."""
        media_id = next(self._ids)
        given = {"id": media_id, "owner_id": owner_id, "access_key": secrets.token_hex(9)}
        dated = {} if kind in _UNDATED else {"date": int(self._clock())}
        media = Media(kind, given | dated | shape)
        self._media[owner_id, media_id] = media
        return media


def photo_sizes(url: str, width: int, height: int) -> list[dict[str, Any]]:
    """The sizes of a photo in VK's order, which is not by size."""
    sizes = []
    for letter, most in SIZES.items():
        scale = min(1.0, most / max(width, height))
        size = {"height": round(height * scale), "width": round(width * scale)}
        sizes.append({**size, "type": letter, "url": f"{url}?size={letter}"})
    return sizes


def _names(asked: str, kind: str) -> bool:
    return asked == kind or (asked == "doc" and kind in ("audio_message", "graffiti"))
