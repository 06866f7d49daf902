"""What is attached to a VK message, in neutral words: one reader a kind, in a table."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.messages import Attachment, AttachmentKind, legible

_SITE = "https://vk.com"
_TITLE = 200  # characters of a foreign title that are worth keeping

_ODD = (KeyError, TypeError, AttributeError, ValueError, OverflowError)

Thing = dict[str, Any]
_Reader = Callable[[Thing, str], Attachment]


def read_attachments(message: Thing, channel: str) -> tuple[Attachment, ...]:
    """Everything attached to the message, a place on the map included.

    What is of no known kind or shape counts as OTHER: the words beside it must not be lost.
    """
    found = [_read(item, channel) for item in message.get("attachments") or ()]
    if message.get("geo"):
        found.append(_attached("", message["geo"], channel, _place))
    if message.get("is_cropped"):  # VK leaves out for bots what it finds too much
        found.append(Attachment(AttachmentKind.OTHER, channel, title="…"))
    return tuple(found)


def reference(kind: str, thing: Thing) -> str:
    """VK's name of an object, `photo1_2_key`, by which it is attached again."""
    key = thing.get("access_key")
    return f"{kind}{thing['owner_id']}_{thing['id']}" + (f"_{key}" if key else "")


def _read(item: Thing, channel: str) -> Attachment:
    kind = item.get("type") if isinstance(item, dict) else None
    if not isinstance(kind, str):
        return Attachment(AttachmentKind.OTHER, channel)
    reader = _READERS.get(kind)
    if reader is None:
        return Attachment(AttachmentKind.OTHER, channel, title=kind)
    return _attached(kind, item.get(kind), channel, reader)


def _attached(kind: str, thing: Any, channel: str, reader: _Reader) -> Attachment:
    try:
        return reader(thing, channel)
    except _ODD:
        return Attachment(AttachmentKind.OTHER, channel, title=kind)


def _photo(photo: Thing, channel: str) -> Attachment:
    original = photo.get("orig_photo")
    best = original or _biggest(photo.get("sizes") or ())
    ref = reference("photo", photo)
    return Attachment(
        AttachmentKind.PHOTO, channel, ref, mime="image/jpeg", url=str(best.get("url", ""))
    )


def _video(video: Thing, channel: str) -> Attachment:
    # The file itself needs a user's token: a link is all that a community can pass on.
    found = _page("video", video, channel, str(video.get("title", "")))
    return replace(found, kind=AttachmentKind.VIDEO)


def _audio(audio: Thing, channel: str) -> Attachment:
    title = f"{audio.get('artist', '')} – {audio.get('title', '')}".strip(" –")[:_TITLE]
    found = replace(_page("audio", audio, channel, title), kind=AttachmentKind.AUDIO)
    if url := str(audio.get("url") or ""):
        name = f"{title}.mp3"
        return replace(found, name=name, mime="audio/mpeg", url=url, page=False)
    return found  # only the players of VK's own get the file


def _voice(voice: Thing, channel: str) -> Attachment:
    return Attachment(
        AttachmentKind.VOICE,
        channel,
        reference("audio_message", voice),
        name="voice.ogg",
        mime="audio/ogg",
        url=str(voice["link_ogg"]),
    )


def _document(doc: Thing, channel: str) -> Attachment:
    name = legible(str(doc.get("title", "")))
    extension = str(doc.get("ext", ""))
    if extension and not name.lower().endswith(f".{extension.lower()}"):
        name = f"{name}.{extension}"
    size = doc.get("size")
    mime = mimetypes.guess_type(name)[0] or mimetypes.guess_type(f"file.{extension}")[0]
    return Attachment(
        AttachmentKind.DOCUMENT,
        channel,
        reference("doc", doc),
        name=name,
        size=size if isinstance(size, int) else None,
        mime=mime or "",
        url=str(doc.get("url", "")),
    )


def _sticker(sticker: Thing, channel: str) -> Attachment:
    url = str(_biggest(sticker.get("images") or ()).get("url", ""))
    return Attachment(AttachmentKind.STICKER, channel, mime="image/png", url=url)


def _graffiti(graffiti: Thing, channel: str) -> Attachment:
    ref = reference("graffiti", graffiti)
    url = str(graffiti["url"])
    return Attachment(AttachmentKind.PHOTO, channel, ref, mime="image/png", url=url)


def _link(link: Thing, channel: str) -> Attachment:
    title = str(link.get("title") or "")[:_TITLE]
    return Attachment(AttachmentKind.LINK, channel, title=title, url=str(link["url"]))


def _wall(post: Thing, channel: str) -> Attachment:
    owner = post.get("owner_id", post.get("to_id", post.get("from_id")))
    first_line = str(post.get("text", "")).partition("\n")[0]
    found = _page("wall", {**post, "owner_id": owner}, channel, first_line)
    return replace(found, kind=AttachmentKind.POST)


def _wall_reply(comment: Thing, channel: str) -> Attachment:
    first_line = str(comment.get("text", "")).partition("\n")[0][:_TITLE]
    url = f"{_SITE}/wall{comment['owner_id']}_{comment['post_id']}?reply={comment['id']}"
    return Attachment(AttachmentKind.POST, channel, title=first_line, url=url, page=True)


def _market(item: Thing, channel: str) -> Attachment:
    price = str((item.get("price") or {}).get("text", ""))
    title = ", ".join(filter(None, (str(item.get("title", "")), price)))
    found = _page("market", item, channel, title)
    url = f"{_SITE}/product{item['owner_id']}_{item['id']}"
    return replace(found, kind=AttachmentKind.PRODUCT, url=url)


def _gift(gift: Thing, channel: str) -> Attachment:
    return Attachment(AttachmentKind.GIFT, channel)


def _call(call: Thing, channel: str) -> Attachment:
    return Attachment(AttachmentKind.CALL, channel)


def _video_message(video: Thing, channel: str) -> Attachment:
    return replace(_page("video", video, channel, ""), kind=AttachmentKind.VIDEO_NOTE)


def _story(story: Thing, channel: str) -> Attachment:
    return replace(_page("story", story, channel, ""), kind=AttachmentKind.STORY)


def _article(article: Thing, channel: str) -> Attachment:
    url = str(article.get("url") or article.get("view_url") or "")
    title = str(article.get("title", ""))[:_TITLE]
    return Attachment(AttachmentKind.LINK, channel, title=title, url=url, page=True)


def _podcast(podcast: Thing, channel: str) -> Attachment:
    found = _page("podcast", podcast, channel, str(podcast.get("title", "")))
    return replace(found, kind=AttachmentKind.AUDIO)


def _poll(poll: Thing, channel: str) -> Attachment:
    options = " / ".join(str(one.get("text", "")) for one in poll.get("answers") or ())
    title = f"{poll.get('question', '')} {options}".strip()
    return replace(_page("poll", poll, channel, title), kind=AttachmentKind.POLL)


def _place(geo: Thing, channel: str) -> Attachment:
    point, place = geo["coordinates"], geo.get("place") or {}
    return Attachment(
        AttachmentKind.LOCATION,
        channel,
        name=str(place.get("address") or place.get("city") or ""),
        title=str(place.get("title", "")),
        latitude=float(point["latitude"]),
        longitude=float(point["longitude"]),
    )


def _page(kind: str, thing: Thing, channel: str, title: str) -> Attachment:
    """What community tokens see of it: its page."""
    url = f"{_SITE}/{kind}{thing['owner_id']}_{thing['id']}"
    ref = reference(kind, thing)
    return Attachment(AttachmentKind.LINK, channel, ref, title=title[:_TITLE], url=url, page=True)


def _biggest(images: Any) -> Thing:
    return max(images, key=lambda image: image["width"] * image["height"], default={})


_READERS: dict[str, _Reader] = {
    "photo": _photo,
    "video": _video,
    "audio": _audio,
    "audio_message": _voice,
    "doc": _document,
    "sticker": _sticker,
    "graffiti": _graffiti,
    "link": _link,
    "wall": _wall,
    "wall_reply": _wall_reply,
    "market": _market,
    "gift": _gift,
    "call": _call,
    "video_message": _video_message,
    "article": _article,
    "podcast": _podcast,
    "story": _story,
    "poll": _poll,
}
