"""Files that people and the bot sent; their ids mean something on this server only."""

from __future__ import annotations

import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.telegram.chats import Json
from bot.sandbox.telegram.refusals import bad_request

_FOLDERS = {
    "photo": ("photos", ".jpg", "image/jpeg"),
    "video": ("videos", ".mp4", "video/mp4"),
    "video_note": ("video_notes", ".mp4", "video/mp4"),
    "animation": ("animations", ".mp4", "video/mp4"),
    "voice": ("voice", ".oga", "audio/ogg"),
    "audio": ("music", ".mp3", "audio/mpeg"),
    "document": ("documents", ".bin", "application/octet-stream"),
    "sticker": ("stickers", ".webp", "image/webp"),
}
MEDIA = tuple(_FOLDERS)
_NAMED = ("video", "animation", "audio", "document")
_THUMBNAIL_BYTES = 64
_PHOTO_BYTES = 10 * 1024 * 1024
_DOTS, _LONGER = 10_000, 20
_PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


@dataclass(frozen=True, slots=True)
class Media:
    """A file as a person picks it or the bot uploads it.

    `size` in bytes overrides the length of `data`, so that huge files need not be
    made; `fields` add to what the API tells (duration, emoji, title …).
    """

    data: bytes = b"\x89invented bytes"
    name: str = ""
    mime: str = ""
    size: int | None = None
    fields: Json = field(default_factory=dict)

    @property
    def bytes(self) -> int:
        """The size in bytes."""
        return len(self.data) if self.size is None else self.size

    def __str__(self) -> str:
        return f"<{self.name or 'file'}, {self.bytes} bytes>"


@dataclass(frozen=True, slots=True)
class File:
    """A stored file; `body` is what the API tells of it inside a message."""

    id: str
    unique: str
    kind: str
    path: str
    media: Media
    body: Json


class Files:
    """Every file by its id and by its path."""

    def __init__(self) -> None:
        self._prefix = secrets.token_hex(6)
        self._by_id: dict[str, File] = {}
        self._by_path: dict[str, File] = {}

    def store(self, kind: str, media: Media) -> File:
        """Keep a new file."""
        folder, extension, mime = _FOLDERS[kind]
        number = len(self._by_id) + 1
        dot = media.name.rfind(".")
        ending = media.name[dot:] if dot > 0 else extension
        body: Json = {
            "file_id": f"{kind.upper()}-{self._prefix}-{number}-{secrets.token_hex(8)}",
            "file_unique_id": f"U{self._prefix}{number}",
            "file_size": media.bytes,
            **_appearance(kind),
        }
        if kind in _NAMED:
            body["file_name"] = media.name or f"file_{number}{ending}"
        if kind not in ("photo", "sticker", "video_note"):
            body["mime_type"] = media.mime or mime
        path = f"{folder}/file_{number}{ending}"
        return self._keep(kind, path, media, body | media.fields)

    def find(self, file_id: str) -> File | None:
        """A file by its id."""
        return self._by_id.get(file_id)

    def at(self, path: str) -> File | None:
        """A file by the path that getFile told."""
        return self._by_path.get(path)

    def _keep(self, kind: str, path: str, media: Media, body: Json) -> File:
        file = File(body["file_id"], body["file_unique_id"], kind, path, media, body)
        self._by_id[file.id] = file
        self._by_path[path] = file
        return file


def _appearance(kind: str) -> Json:
    shapes: dict[str, Json] = {
        "photo": {"width": 1280, "height": 960},
        "video": {"width": 1280, "height": 720, "duration": 5},
        "animation": {"width": 320, "height": 240, "duration": 3},
        "video_note": {"length": 240, "duration": 5},
        "voice": {"duration": 4},
        "audio": {"duration": 180},
        "sticker": {
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
        },
    }
    return shapes.get(kind, {})


def refuse_as_photo(media: Media) -> None:
    """Raise what Telegram answers to a picture too large to be shown as one; PNGs alone are read.

    Ten megabytes; ten thousand dots, width and height together; twenty times as long as wide.
    """
    if media.bytes > _PHOTO_BYTES:
        raise bad_request(f"file of size {media.bytes} bytes is too big for a photo")
    if not media.data.startswith(_PNG) or len(media.data) < len(_PNG) + 8:
        return
    width, height = struct.unpack_from(">II", media.data, len(_PNG))
    if width + height > _DOTS or max(width, height) > _LONGER * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")


def content(files: Files, kind: str, source: Any, extra: Json | None = None) -> Json:
    """The part of a message that shows a medium: `{"photo": [...]}`, `{"voice": {...}}`.

    `source` is Media, or the id of a file of the same kind; anything else is refused.
    """
    if isinstance(source, Media):
        if not source.bytes:
            raise bad_request("file must be non-empty")
        file = files.store(kind, source)
    else:
        file = _known(files, kind, source)
    told = file.body | (extra or {})
    if kind == "photo":
        return {"photo": [_thumbnail(files, file), told]}
    if kind == "animation":
        keys = ("file_id", "file_unique_id", "file_size", "file_name", "mime_type")
        return {"animation": told, "document": {key: told[key] for key in keys}}
    return {kind: told}


def _known(files: Files, kind: str, source: Any) -> File:
    if not source or not isinstance(source, str):
        raise bad_request(f"there is no {kind} in the request")
    if source.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    file = files.find(source)
    if file is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if file.kind != kind:
        raise bad_request(f"can't use file of type {file.kind} as {kind}")
    return file


def _thumbnail(files: Files, file: File) -> Json:
    """The small size that stands first among a photo's sizes."""
    name = f"thumb_{file.unique}"
    small = files.at(f"photos/{name}.jpg")
    if small is None:
        body = file.body | {
            "file_id": f"{file.id}s",
            "file_unique_id": f"{file.unique}s",
            "file_size": min(file.media.bytes, _THUMBNAIL_BYTES),
            "width": 90,
            "height": 67,
        }
        media = Media(file.media.data[:_THUMBNAIL_BYTES])
        small = files._keep("photo", f"photos/{name}.jpg", media, body)
    return small.body
