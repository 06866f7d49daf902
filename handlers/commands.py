"""Commands of the team, in tables: those that only tell, and those about a message."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from functools import partial

from bot.domain.lead import Lead, Role
from bot.messages import MessageReceived, Text, address, legible, person_address, plain
from handlers import (
    by_hand,
    client,
    dead,
    find,
    handing_over,
    history,
    listing,
    reasons,
    recognition,
    reports,
    retracting,
    shifts,
    tags,
    templates,
)
from handlers.beside import beside
from handlers.command import Command
from handlers.digests import Shown, digest_post
from handlers.people import author_of, tell_anonymous
from handlers.work import Work
from storage import messages
from storage.erasure import LIST
from storage.staff import Staff

_LIKE_A_COMMAND = re.compile(r"\s*/[^\W\d]\w*(@\w+)?(\s|$)")


async def commanded(
    work: Work, event: MessageReceived, place: messages.Place | None = None
) -> None:
    """A command in the team's chat, or in private by somebody of the team."""
    who = None
    if not event.author.anonymous:
        if work.role(person_address(event.channel, event.author.id)) < Role.MANAGER:
            return
        who = await author_of(work, event.channel, event.author)
    elif event.author.id != event.chat.id:  # a channel's voice, and nobody knows whose
        await tell_anonymous(work, event)
        return
    name, rest = _split(event.text)
    if name in _REPLYING:
        await _replying(work, event, who, place)
        return
    if name in _OFFERING:
        await _reply_shown(work, event, await _OFFERING[name](work))
        return
    if name == "/lead" and not rest and place is not None and place.lead:
        rest = str(place.lead)
    text = await _COMMANDS.get(name, _help)(work, who, rest)
    about = await history.named(work, rest) if name == "/lead" else None
    await _reply(work, event, text, about)


def asked(place: messages.Place) -> bool:
    """Whether a reply to this message answers what a command asked."""
    return place.asks in _ASKED


async def entered(work: Work, event: MessageReceived, place: messages.Place) -> None:
    """The answer to what a command asked."""
    if event.author.anonymous:
        await tell_anonymous(work, event)
    elif work.role(person_address(event.channel, event.author.id)) >= Role.MANAGER:
        who = await author_of(work, event.channel, event.author)
        await _ASKED[place.asks](work, event, who)


async def unknown(work: Work, event: MessageReceived) -> None:
    """What looks like a command is never words for a customer; one for another bot is theirs."""
    if work.role(person_address(event.channel, event.author.id)) < Role.MANAGER:
        return
    if "@" not in event.text.split()[0]:
        await _reply(work, event, plain(work.texts("command.unknown")))


def is_command(text: str) -> bool:
    """Whether a text is one of ours, wherever it is written."""
    name = _split(text)[0]
    return name in _COMMANDS or name in _REPLYING or name in _OFFERING


def looks_like_one(text: str) -> bool:
    """Whether a text begins as commands do, ours or not, whatever nobody sees before."""
    return _LIKE_A_COMMAND.match(legible(text)) is not None


def _split(text: str) -> tuple[str, str]:
    """A command's name without the bot's, and what follows it."""
    name, rest = (*text.split(maxsplit=1), "", "")[:2]
    return name.partition("@")[0].lower(), rest.strip()


async def _replying(
    work: Work, event: MessageReceived, who: Staff | None, place: messages.Place | None
) -> None:
    """A command about the lead, or the message, that it replies to."""
    if who is None:
        await tell_anonymous(work, event)
        return
    name, rest = _split(event.text)
    lead = await recognition.lead_replied_to(work.session, place) if place else None
    role = work.role(who.address)
    text = await _REPLYING[name](work, Command(event, who, role, rest, place, lead))
    if text is not None:
        await _reply(work, event, text, lead)


async def _help(work: Work, who: Staff | None, rest: str) -> Text:
    del who, rest
    return plain(work.texts("help.team"))


async def _reply(
    work: Work,
    event: MessageReceived,
    text: Text,
    about: Lead | None = None,
) -> None:
    """Answer where it was asked; a reply to what tells of one lead goes to its customer."""
    where = address(event.channel, event.chat.id)
    lead, asks = (about.id, "") if about else (None, LIST)
    await work.post(where, text, lead=lead, asks=asks, **beside(event))


async def _reply_shown(work: Work, event: MessageReceived, shown: Shown) -> None:
    where = address(event.channel, event.chat.id)
    await shown.post(work, where, asks=LIST, **beside(event))


_COMMANDS: dict[str, Callable[[Work, Staff | None, str], Awaitable[Text]]] = {
    "/leads": listing.leads,
    "/my": listing.my,
    "/overdue": listing.overdue,
    "/find": find.found,
    "/lead": history.told,
    "/on": shifts.on,
    "/off": shifts.off,
    "/dead": dead.commanded,
    "/help": _help,
}

# Those that offer more by buttons.
_OFFERING: dict[str, Callable[[Work], Awaitable[Shown]]] = {
    "/digest": partial(digest_post, period="so_far"),
}

# Those that look at the message itself, or at what it replies to; without a text all is said.
_REPLYING: dict[str, Callable[[Work, Command], Awaitable[Text | None]]] = {
    "/new": by_hand.asked,
    "/t": templates.used,
    "/t+": templates.kept,
    "/t-": templates.removed,
    "/tag": tags.tagged,
    "/del": retracting.retracted,
    "/client": client.told,
    "/reasons": reasons.commanded,
    "/reasons+": reasons.added,
    "/reasons-": reasons.removed,
    "/handover": handing_over.commanded,
    "/report": reports.commanded,
}

# By what a message asks, who hears the reply to it.
_ASKED: dict[str, Callable[[Work, MessageReceived, Staff], Awaitable[None]]] = {
    by_hand.ASKS: by_hand.answered,
    reasons.ASKS: reasons.answered,
    **reports.ASKED,
}
