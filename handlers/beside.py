"""Answers stand beside what asked for them."""

from __future__ import annotations

from typing import TypedDict

from bot.messages import ButtonPressed, MessageReceived


class Beside(TypedDict):
    """Where in a chat somebody is answered; see Work.post."""

    reply_to: str
    thread: str


def beside(event: MessageReceived | ButtonPressed) -> Beside:
    """In the topic where it was asked, and below it; in private nothing comes between."""
    reply_to = "" if event.chat.private else event.message_id
    return Beside(reply_to=reply_to, thread=event.thread)
