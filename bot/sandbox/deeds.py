"""What a page may ask for, one record a deed: read strictly, refused in plain words."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError


class Refused(Exception):
    """A deed that cannot be done, and why; `kind`: "input", "impossible", "unknown" or "early"."""

    def __init__(self, kind: str, why: str) -> None:
        super().__init__(why)
        self.kind = kind


class _Deed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: int = 0  # comes back with the answer


class _Played(_Deed):
    """Done by a person: `as` their account, `chat` the conversation, both like `telegram:101`."""

    account: str = Field(alias="as", max_length=40)
    chat: str = Field(max_length=40)


class Write(_Played):
    """Write a text, perhaps in reply to a message."""

    do: Literal["write"]
    text: str = Field(max_length=20_000)
    reply_to: int | None = None
    thread: int | None = None  # the topic of a forum; None is General


class File(BaseModel):
    """A file of a kind that the messengers know; `data` is base64."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    kind: Literal["photo", "video", "video_note", "voice", "audio", "document", "sticker"]
    data: str
    name: str = Field(default="", max_length=200)

    @property
    def bytes(self) -> bytes:
        """The file's content; Refused when `data` is no base64 or nothing."""
        try:
            content = b64decode(self.data, validate=True)
        except NotBase64 as error:
            raise Refused("input", "data: not base64") from error
        if not content:
            raise Refused("input", "data: empty")
        return content


class Attach(_Played):
    """Send a file, or several as an album."""

    do: Literal["attach"]
    files: tuple[File, ...] = Field(min_length=1, max_length=10)
    text: str = Field(default="", max_length=20_000)
    reply_to: int | None = None
    thread: int | None = None


class Press(_Played):
    """Press a button under a message."""

    do: Literal["press"]
    message: int
    data: str = Field(max_length=4096)


class TapKey(_Played):
    """Press a key of the keyboard that stands under the input line and carries a payload (VK)."""

    do: Literal["key"]
    label: str = Field(max_length=200)
    data: str = Field(max_length=4096)


class Edit(_Played):
    """Change an own message."""

    do: Literal["edit"]
    message: int
    text: str = Field(max_length=20_000)


class Remove(_Played):
    """Delete an own message."""

    do: Literal["delete"]
    message: int


class Forward(_Played):
    """Forward a message of this conversation into it."""

    do: Literal["forward"]
    message: int
    thread: int | None = None


class React(_Played):
    """Put a reaction under a message; an empty one takes it back."""

    do: Literal["react"]
    message: int
    emoji: str = Field(max_length=8)


class Start(_Played):
    """Press Start, or follow a deep link with a payload."""

    do: Literal["start"]
    payload: str = Field(default="", max_length=64)


class Simple(_Played):
    """Share one's contact or place; block the bot or allow it again."""

    do: Literal["contact", "location", "block", "unblock"]


class MoveClock(_Deed):
    """Move the clock ahead by seconds."""

    do: Literal["clock"]
    seconds: float = Field(gt=0)


class Morning(_Deed):
    """Move the clock to the next 09:00."""

    do: Literal["morning"]


class Manage(_Deed):
    """Kill the product as a power cut would, or restart it."""

    do: Literal["kill", "restart"]


class Invite(_Deed):
    """One person more: a customer on a messenger, or a manager in the team's chat."""

    do: Literal["invite"]
    phone: Literal["telegram", "vk", "team"]


class Topics(_Deed):
    """Make the team's group a forum, or a plain one again."""

    do: Literal["topics"]
    on: bool


class Trouble(_Deed):
    """Make trouble: a messenger cut off, calls refused as too many, a storm of customers."""

    do: Literal["cut", "refuse", "storm"]
    platform: Literal["telegram", "vk"] = "telegram"


Played = Write | Attach | Press | TapKey | Edit | Remove | Forward | React | Start | Simple
Deed = Played | MoveClock | Morning | Manage | Invite | Topics | Trouble

_DEEDS: TypeAdapter[Deed] = TypeAdapter(Annotated[Deed, Field(discriminator="do")])


def read(raw: str) -> Deed:
    """The deed that a page sent; Refused names each field that is wrong."""
    try:
        return _DEEDS.validate_json(raw)
    except ValidationError as error:
        wrong = [(".".join(map(str, e["loc"][1:])), e["msg"]) for e in error.errors()[:5]]
        words = [f"{where}: {what}" if where else what for where, what in wrong]
        raise Refused("input", "; ".join(words)) from error
