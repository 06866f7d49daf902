"""What an HTTP request carries: parameters and files, in any of the three encodings."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from bot.sandbox.telegram.files import Media
from bot.sandbox.telegram.refusals import Refusal, bad_request


async def read_body(
    request: web.BaseRequest, largest: int
) -> tuple[dict[str, Any], dict[str, Media]]:
    """The parameters as they came, and the uploads by field name; `largest` in bytes."""
    request._client_max_size = largest  # a bare web.Server has no other way to say so
    raw: dict[str, Any] = dict(request.query)
    kind = request.content_type
    if kind == "multipart/form-data":
        return await _multipart(request, raw)
    body = await request.read()
    if not body:
        return raw, {}
    if kind == "application/json":
        return raw | _object(body), {}
    return raw | dict(parse_qsl(body.decode(), keep_blank_values=True)), {}


async def _multipart(
    request: web.BaseRequest, raw: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Media]]:
    uploads: dict[str, Media] = {}
    try:
        form = await request.post()
    except web.HTTPRequestEntityTooLarge as error:
        raise Refusal(413, "Request Entity Too Large") from error
    for name, value in form.items():
        if isinstance(value, web.FileField):
            uploads[name] = Media(value.file.read(), value.filename, value.content_type)
            raw.setdefault(name, uploads[name])
            value.file.close()
        else:
            raw[name] = value
    return raw, uploads


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError as error:
        raise bad_request("can't parse request JSON object") from error
    if not isinstance(value, dict):
        raise bad_request("expected a JSON object")
    return value
