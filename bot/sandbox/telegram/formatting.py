"""Text as Telegram takes it, its small HTML with it; long because the grammar is one piece."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.sandbox.telegram.chats import Json
from bot.sandbox.telegram.refusals import Refusal, bad_request

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024

_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
}
_STYLES = frozenset(_TAGS.values()) | {"expandable_blockquote", "text_mention", "custom_emoji"}
_FOUND_BY_ITSELF = frozenset(
    {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"}
)
_TOKEN = re.compile(r"""<(?:[^>"']|"[^"]*"|'[^']*')*>?|<|&(?:\#?\w*);?|[^<&]+""")
_TAG = re.compile(r"<(/?)([a-zA-Z0-9-]*)((?:\s.*)?)>", re.DOTALL)
_ATTRIBUTE = re.compile(r"""([a-zA-Z0-9-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_CHARACTERS = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_AUTOMATIC = re.compile(
    r"(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<url>https?://[^\s<>]+)"
    r"|(?<![\w/@])(?P<bot_command>/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?)(?!\w)"
    r"|(?<!\w)(?P<mention>@[A-Za-z]\w{3,31})"
    r"|(?<!\w)(?P<hashtag>#\w*[^\W\d]\w*)"
)


def units(text: str) -> int:
    """The length in UTF-16 code units, which is how Telegram counts."""
    return len(text) + sum(character > "\uffff" for character in text)


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text and what the sender marked in it; offsets and lengths in UTF-16 units."""

    text: str
    entities: tuple[Json, ...] = ()

    def body(self, text_key: str = "text", entities_key: str = "entities") -> Json:
        """Both as fields of a message, with what Telegram finds by itself (links, commands)."""
        if not self.text:
            return {}
        body: Json = {text_key: self.text}
        taken = [(e["offset"], e["offset"] + e["length"]) for e in self.entities]
        found = [
            entity
            for entity in _automatic(self.text)
            if not any(
                entity["offset"] < end and start < entity["offset"] + entity["length"]
                for start, end in taken
            )
        ]
        if entities := sorted([*self.entities, *found], key=_order):
            body[entities_key] = entities
        return body


def read_text(text: str, parse_mode: str, entities: list[Json] | None) -> Formatted:
    """What was sent, after the marks are read and the ends trimmed; refuses broken marks."""
    if not isinstance(text, str):
        raise bad_request("strings must be encoded in UTF-8")
    mode = parse_mode.lower()
    if mode == "html":
        return _trim(parse_html(text))
    if mode:
        raise bad_request("unsupported parse_mode")
    return _trim(Formatted(text, _checked(text, entities or [])))


def read_message_text(
    text: str, parse_mode: str, entities: list[Json] | None, too_long: str = "message is too long"
) -> Formatted:
    """A message's text: 1–4096 units once the marks are read."""
    formatted = read_text(text, parse_mode, entities)
    if not formatted.text:
        raise bad_request("message text is empty")
    if units(formatted.text) > TEXT_LIMIT:
        raise bad_request(too_long)
    return formatted


def read_caption(text: str, parse_mode: str, entities: list[Json] | None) -> Formatted:
    """A medium's caption: 0–1024 units once the marks are read."""
    formatted = read_text(text, parse_mode, entities)
    if units(formatted.text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    return formatted


@dataclass(frozen=True, slots=True)
class _Open:
    tag: str
    start: int  # UTF-16 units
    attributes: dict[str, str]


def parse_html(source: str) -> Formatted:
    """Telegram's small HTML; refuses unknown, unclosed and crossing tags, and a bare `<`."""
    pieces: list[str] = []
    entities: list[Json] = []
    opened: list[_Open] = []
    length = 0
    for token in _TOKEN.finditer(source):
        value = token.group()
        if value.startswith("<"):
            entity = _tag(value, _byte(source, token.start()), opened, length)
            if entity and entity["length"]:
                entities.append(entity)
            continue
        piece = _character(value) if value.startswith("&") else value
        pieces.append(piece)
        length += units(piece)
    if opened:
        raise _unparsable(f'Can\'t find end tag corresponding to start tag "{opened[-1].tag}"')
    return Formatted("".join(pieces), tuple(sorted(entities, key=_order)))


def _tag(value: str, at: int, opened: list[_Open], length: int) -> Json | None:
    match = _TAG.fullmatch(value)
    if match is None:
        raise _unparsable(_broken(value, at))
    closing, name, rest = match.group(1), match.group(2).lower(), match.group(3)
    attributes = _attributes(rest)
    if not closing:
        spoiler = name == "span" and attributes.get("class") == "tg-spoiler"
        if name not in _TAGS and not spoiler:
            raise _unparsable(f'Unsupported start tag "{name}" at byte offset {at}')
        opened.append(_Open(name, length, attributes))
        return None
    if not opened:
        raise _unparsable(f"Unexpected end tag at byte offset {at}")
    last = opened.pop()
    if name not in ("", last.tag):
        raise _unparsable(
            f'Unmatched end tag at byte offset {at}, expected "</{last.tag}>", found "</{name}>"'
        )
    return _entity(last, length)


def _entity(tag: _Open, end: int) -> Json | None:
    kind = _TAGS.get(tag.tag, "spoiler")
    if kind == "blockquote" and "expandable" in tag.attributes:
        kind = "expandable_blockquote"
    entity: Json = {"type": kind, "offset": tag.start, "length": end - tag.start}
    if kind == "text_link":
        url = tag.attributes.get("href", "")
        if not re.match(r"(https?|tg|mailto|tel):", url):
            return None
        if person := re.fullmatch(r"tg://user\?id=(\d+)", url):
            return {**entity, "type": "text_mention", "user": {"id": int(person[1])}}
        entity["url"] = url
    if kind == "code" and tag.attributes.get("class", "").startswith("language-"):
        entity["language"] = tag.attributes["class"].removeprefix("language-")
    return entity


def _broken(value: str, at: int) -> str:
    if not value.endswith(">"):
        return f"Unclosed start tag at byte offset {at}"
    name = re.match(r"</?([a-zA-Z0-9-]*)", value)
    return f'Unsupported start tag "{name.group(1) if name else ""}" at byte offset {at}'


def _attributes(rest: str) -> dict[str, str]:
    return {
        match.group(1).lower(): _unescape(next((g for g in match.groups()[1:] if g), ""))
        for match in _ATTRIBUTE.finditer(rest)
    }


def _unescape(value: str) -> str:
    return re.sub(r"&\#?\w+;?", lambda match: _character(match.group()), value)


def _character(value: str) -> str:
    name = value[1:].removesuffix(";")
    if name in _CHARACTERS:
        return _CHARACTERS[name]
    number = re.fullmatch(r"#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))", name)
    if number is None:
        return value
    code = int(number.group(1), 16) if number.group(1) else int(number.group(2))
    return chr(code) if 0 < code < 0x110000 else value


def _checked(text: str, entities: list[Json]) -> tuple[Json, ...]:
    """The sender's entities as Telegram keeps them: those it finds by itself left out."""
    length = units(text)
    kept = []
    for entity in entities:
        kind, offset, size = _entity_fields(entity)
        if offset < 0 or size < 0:
            raise bad_request(f"receive an entity with incorrect offset {offset} or length {size}")
        if offset + size > length:
            raise bad_request(
                f"entity beginning at UTF-16 offset {offset} ends after the end of the text "
                f"at UTF-16 offset {offset + size}"
            )
        _refuse_half_characters(text, offset, offset + size)
        if size and kind in _STYLES:
            kept.append({key: entity[key] for key in entity})
    return tuple(sorted(kept, key=_order))


def _entity_fields(entity: Json) -> tuple[str, int, int]:
    try:
        kind, offset, size = str(entity["type"]), int(entity["offset"]), int(entity["length"])
    except (KeyError, TypeError, ValueError) as error:
        raise bad_request("can't parse MessageEntity: Field is missing") from error
    if kind == "text_link" and not entity.get("url"):
        raise bad_request("can't parse MessageEntity: Can't find field \"url\"")
    if kind == "text_mention" and not isinstance((entity.get("user") or {}).get("id"), int):
        raise bad_request("can't parse MessageEntity: Can't find field \"user\"")
    if kind not in _STYLES | _FOUND_BY_ITSELF:
        raise bad_request("can't parse MessageEntity: Unsupported type specified")
    return kind, offset, size


def _refuse_half_characters(text: str, *borders: int) -> None:
    if text.isascii():
        return
    encoded = text.encode("utf-16-le")
    for border in borders:
        unit = encoded[2 * border : 2 * border + 2]
        if len(unit) == 2 and 0xDC <= unit[1] <= 0xDF:
            raise bad_request("entity begins in a middle of a UTF-16 symbol")


def _trim(formatted: Formatted) -> Formatted:
    """Without blanks at the end, nor in front of the first entity; entities moved along."""
    text = formatted.text.rstrip()
    first = min((entity["offset"] for entity in formatted.entities), default=len(text))
    text = text[:first].lstrip(" \n") + text[first:]
    if text == formatted.text:
        return formatted
    lead = len(formatted.text.rstrip()) - len(text)
    end = units(text)
    entities = []
    for entity in formatted.entities:
        start = max(0, entity["offset"] - lead)
        stop = min(end, entity["offset"] + entity["length"] - lead)
        if stop > start:
            entities.append({**entity, "offset": start, "length": stop - start})
    return replace(formatted, text=text, entities=tuple(entities))


def _automatic(text: str) -> list[Json]:
    if not any(mark in text for mark in "/@#:"):
        return []
    return [
        {
            "type": str(match.lastgroup),
            "offset": units(text[: match.start()]),
            "length": units(match.group()),
        }
        for match in _AUTOMATIC.finditer(text)
    ]


def _order(entity: Json) -> tuple[int, int]:
    return entity["offset"], -entity["length"]


def _byte(text: str, index: int) -> int:
    return len(text[:index].encode())


def _unparsable(what: str) -> Refusal:
    return bad_request(f"can't parse entities: {what}")
