"""The methods around uploads: where to upload, and how to keep what was uploaded."""

from __future__ import annotations

import json
import re
import secrets
from typing import Any

from bot.sandbox.vk.community import Community, Upload
from bot.sandbox.vk.errors import bad
from bot.sandbox.vk.files import Media
from bot.sandbox.vk.parameters import Parameters

_DOCUMENTS = ("doc", "audio_message", "graffiti")
_NOT_DOCUMENTS = ("mp3", "exe", "apk")  # "any formats but mp3 and executable files"
_FIELDS = dict.fromkeys(_DOCUMENTS, re.compile("file$")) | {"photo": re.compile(r"photo$|file\d?$")}


def photo_upload_server(community: Community, given: Parameters) -> dict[str, Any]:
    """photos.getMessagesUploadServer."""
    if given.get("peer_id"):
        community.check_peer(given["peer_id"])
    url = _upload_url(community, "photo")
    return {"upload_url": url, "album_id": -64, "user_id": 0, "group_id": community.group_id}


def save_photo(community: Community, given: Parameters) -> list[dict[str, Any]]:
    """photos.saveMessagesPhoto: what the upload answered, once."""
    saved = [_keep(community, "photo", given.get("hash", ""), "") for _ in _photos(given)]
    if not saved:
        raise bad("photo", "is empty")
    return [media.shape for media in saved]


def document_upload_server(community: Community, given: Parameters) -> dict[str, str]:
    """docs.getMessagesUploadServer for a document, a voice message or a graffiti."""
    kind = given.get("type", "doc")
    if kind not in _DOCUMENTS:
        raise bad("type", "is unknown")
    if "peer_id" not in given:
        raise bad("peer_id", "is undefined")
    community.check_peer(given["peer_id"])
    return {"upload_url": _upload_url(community, kind)}


def save_document(community: Community, given: Parameters) -> dict[str, Any]:
    """docs.save: what the upload answered, once."""
    kind, _, token = given["file"].partition("|")
    if kind not in _DOCUMENTS:
        raise bad("file", "is invalid")
    media = _keep(community, kind, token, given.get("title", ""))
    return {"type": media.kind, media.kind: media.shape}


def uploaded(
    community: Community, token: str, files: list[tuple[str, str, bytes]]
) -> dict[str, Any]:
    """What the upload address answers to files given as (form field, name, data)."""
    upload = community.uploads.get(token)
    if upload is None:
        return {"error": "unknown_address", "error_descr": "unknown upload address"}
    if upload.kind == "doc" and any(_refused(name) for _, name, _ in files):
        return {"error": "wrong_file", "error_descr": "this kind of file is not taken"}
    taken = [(name, data) for field, name, data in files if _FIELDS[upload.kind].match(field)]
    upload.files += taken
    if upload.kind == "photo":
        photos = [{"photo": secrets.token_hex(5), "sizes": []} for _ in taken]
        return {"server": 1, "photo": json.dumps(photos), "hash": token}
    if not taken:
        return {"error": "no_file", "error_descr": "no file in the field `file`"}
    return {"file": f"{upload.kind}|{token}"}


def _refused(name: str) -> bool:
    return name.rpartition(".")[2].lower() in _NOT_DOCUMENTS


def _upload_url(community: Community, kind: str) -> str:
    token = secrets.token_urlsafe(16)
    community.uploads[token] = Upload(kind)
    return f"{community.base}/upload/{token}"


def _photos(given: Parameters) -> list[Any]:
    try:
        photos = json.loads(given["photo"])
    except ValueError as error:
        raise bad("photo", "is invalid") from error
    return photos if isinstance(photos, list) else []


def _keep(community: Community, kind: str, token: str, title: str) -> Media:
    upload = community.uploads.get(token)
    if upload is None or upload.kind != kind or not upload.files:
        raise bad("photo" if kind == "photo" else "file", "was not uploaded or is saved already")
    name, data = upload.files.pop(0)
    owner = -community.group_id
    if kind == "photo":
        return community.files.photo(owner, data, 1280, 960)
    if kind == "audio_message":
        return community.files.audio_message(owner, data, 3)
    if kind == "graffiti":
        return community.files.graffiti(owner, data)
    return community.files.document(owner, title or name, data)
