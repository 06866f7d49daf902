"""A strict local VK API server, to try and test the product against."""

from bot.sandbox.vk.attachments import (
    AudioMessage,
    Document,
    Geo,
    Graffiti,
    Link,
    Market,
    Other,
    Photo,
    Sticker,
    Video,
    Wall,
)
from bot.sandbox.vk.calls import Call
from bot.sandbox.vk.faults import Fault
from bot.sandbox.vk.limits import Limits
from bot.sandbox.vk.people import Standing
from bot.sandbox.vk.server import VkServer
from bot.sandbox.vk.shown import Shown

__all__ = [
    "AudioMessage",
    "Call",
    "Document",
    "Fault",
    "Geo",
    "Graffiti",
    "Limits",
    "Link",
    "Market",
    "Other",
    "Photo",
    "Shown",
    "Standing",
    "Sticker",
    "Video",
    "VkServer",
    "Wall",
]
