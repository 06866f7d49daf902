"""Canned answers: `/t name` under a lead sends one, `/t+` and `/t-` keep the list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from bot.domain.lead import Role
from bot.messages import Span, Style, Text, plain
from handlers import conversation, recognition
from handlers.command import Command
from handlers.managers import Act
from handlers.work import Work, cut
from storage import messages, templates
from storage.templates import Template

_LIKE_IT = 3  # names that are suggested
_SHOWN = 60  # characters of an answer in the list
_NAME = re.compile(r"[^\W_][\w-]{0,31}")
_CUSTOMER = re.compile(r",?\s*\{name\}")


async def used(work: Work, command: Command) -> Text | None:
    """Send one to the lead's customer, as a reply of who asked; or show them all."""
    every = await templates.every(work.session, work.policy.desk)
    if not every:
        return plain(work.texts("template.none"))
    if not command.rest:
        return _listed(work, every)
    name = command.rest.casefold()
    found = next((one for one in every if one.name == name), None)
    if found is None:
        return _unknown(work, command.rest, every)
    if command.lead is None:
        return plain(f"{work.texts('template.where')}\n\n{found.text}")
    account = await recognition.account_to_answer(work.session, command.lead)
    event = command.event
    if await messages.written(work.session, command.where, event.message_id) is None:
        words = replace(event, text=filled(found.text, account.name))
        act = Act(command.who, work.role(command.author), command.lead)
        await conversation.write(work, words, act)
    return None  # whatever there is to say is said as of any reply


async def kept(work: Work, command: Command) -> Text:
    """Store an answer, or another text for it: what follows, or what is replied to."""
    if work.role(command.author) < Role.DISPATCHER:
        return plain(work.texts("template.not_yours"))
    name, text = (*command.rest.split(maxsplit=1), "", "")[:2]
    text = text.strip() or await _replied_to(work, command)
    if not (_NAME.fullmatch(name) and text):
        return plain(work.texts("template.how"))
    name, desk = name.casefold(), work.policy.desk
    known = await templates.named(work.session, desk, name)
    templates.keep(work.session, desk, name, text, by=command.who.id, at=work.now)
    return plain(work.texts("template.changed" if known else "template.kept", answer=name))


async def removed(work: Work, command: Command) -> Text:
    """Remove an answer."""
    if work.role(command.author) < Role.DISPATCHER:
        return plain(work.texts("template.not_yours"))
    name, desk = command.rest.casefold(), work.policy.desk
    if await templates.named(work.session, desk, name) is None:
        return _unknown(work, command.rest, await templates.every(work.session, desk))
    templates.remove(work.session, desk, name)
    return plain(work.texts("template.removed", answer=name))


def filled(text: str, name: str) -> str:
    """The answer with the customer's name put in; of one without a name it says nothing."""
    name = name.strip("/ ")  # or it would make a note of the answer
    return text.replace("{name}", name) if name else _CUSTOMER.sub("", text).lstrip(" ,!")


def _listed(work: Work, every: Sequence[Template]) -> Text:
    lines = [Span(work.texts.plural("template.list", len(every)), Style.BOLD)]
    for one in every:
        lines += [Span("\n"), Span(f"/t {one.name}", Style.CODE), Span(f" {cut(one.text, _SHOWN)}")]
    return tuple(lines)


def _unknown(work: Work, name: str, every: Sequence[Template]) -> Text:
    """No such name, and the closest that there are."""
    names = [one.name for one in every]
    name = name.casefold()
    begun = [one for one in names if name and one.startswith(name)]
    like = list(dict.fromkeys([*begun, *get_close_matches(name, names, _LIKE_IT, 0.5)]))[:_LIKE_IT]
    if not like:
        return plain(work.texts("template.unknown"))
    close = ", ".join(f"/t {one}" for one in like)
    return plain(work.texts("template.perhaps", answers=close))


async def _replied_to(work: Work, command: Command) -> str:
    """The words of the message that the command replies to."""
    written = await messages.written(work.session, command.where, command.event.reply_to)
    if written is None and command.place is not None and command.place.message:
        written = await messages.by_id(work.session, command.place.message)
    return written.text if written else ""
