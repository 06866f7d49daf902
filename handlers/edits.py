"""What customers change after they sent it: shown as a difference, with the original kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.domain.lead import Lead
from bot.messages import Attachment, AttachmentKind, MessageReceived, Span, Style, Text
from handlers import cards as faces
from handlers import quoting, recognition, slowing
from handlers.relay import bounded, in_kind, in_words, summed_up
from handlers.work import Work
from storage import cards, leads, messages
from storage.accounts import Account
from storage.messages import Message

# Messengers add these by themselves when a text has an address in it.
_ADDED = frozenset({AttachmentKind.LINK})


async def edited(
    work: Work, account: Account, event: MessageReceived, known: Message, *, silent: bool = False
) -> None:
    """Show what was changed under the card, and on the card where its first words are meant.

    `silent` keeps it, and shows it on the card alone.
    """
    swapped = carried(event.attachments) != carried(known.attachments)
    if known.lead is None or (known.text == event.text and not swapped):
        work.session.keeps_event = False  # it counts for nothing, so it must fill no disk
        return
    lead = await leads.by_id(work.session, known.lead)
    if lead is None or await _overtaken(work, event, known, known.lead):
        return
    lead = await recognition.lead_by_now(work.session, lead, account)
    at = slowing.kept_at(work, account)
    messages.edit(work.session, known, event.text, at=at, attachments=event.attachments)
    await recognition.read(work, account, event, known.id)
    told: dict[str, Any] = {"message": known.id, "told": event.at.isoformat()}
    leads.touch(work.session, known.lead, at=work.now, kind="edited", actor="customer", **told)
    _on_card(work, lead, known, summed_up(event.text, event.attachments, work.texts))
    if silent:
        return
    head, *changes = _difference(work, account, event, known, swapped)
    await work.under_card(
        lead.id,
        (head, *await quoting.line(work, event), *changes),
        attachments=in_kind(event.attachments) if swapped else (),
        message=known.id,
    )


def carried(attachments: Sequence[Attachment]) -> list[tuple[object, ...]]:
    """What tells files apart; a platform may name the same file in another way each time."""
    return [
        (one.kind, one.name, one.title, one.latitude, one.longitude, one.size or one.ref)
        for one in attachments
        if one.kind not in _ADDED
    ]


async def original(work: Work, event: MessageReceived, known: Message) -> None:
    """A message that came twice, or after its own edit: then it is what was said before."""
    if known.edited_at is None or event.text == known.text:
        return
    if event.text not in await messages.versions_of(work.session, known.id):
        messages.came_late(work.session, known, event.text)


async def captioned(work: Work, account: Account, event: MessageReceived, lead: Lead) -> None:
    """The words of an album came with a later part than the one that the card shows."""
    if not (event.album and event.text):
        return
    parts = await messages.of_album(work.session, lead.id, account.address, event.album)
    if any(part.text for part in parts if part.message_id != event.message_id):
        return
    for part in parts[:1]:
        _on_card(work, lead, part, summed_up(event.text, part.attachments, work.texts))


async def _overtaken(work: Work, event: MessageReceived, known: Message, lead: int) -> bool:
    """Whether a newer edit came before this one, which then is only what was said before."""
    changed_at = await leads.changed_at(work.session, lead, known.id) or known.edited_at
    if changed_at is None or event.at >= changed_at:
        return False
    await original(work, event, known)
    return True


def _on_card(work: Work, lead: Lead, before: Message, words: str) -> None:
    old = summed_up(before.text, before.attachments, work.texts)
    length = faces.FIRST_WORDS + 1
    if old and lead.first_words == old[:length]:
        leads.change(work.session, lead, first_words=words[:length])
        cards.refresh(work.session, lead.id, work.now)


def _difference(
    work: Work, account: Account, event: MessageReceived, known: Message, swapped: bool
) -> Text:
    head = work.texts("relay.edited", name=faces.person(account, work.policy))
    parts = [Span(head, Style.ITALIC)]
    if known.text and known.text != event.text:
        parts.append(Span(bounded(known.text, work.texts), Style.STRIKE))
    if event.text:
        parts.append(Span(bounded(event.text, work.texts)))
    if swapped:
        parts += [Span(line) for line in in_words(event.attachments, work.texts)]
    between = [Span("\n")] * len(parts)
    return tuple(span for pair in zip(between, parts, strict=True) for span in pair)[1:]
