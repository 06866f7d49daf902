"""What others of a person wrote in a lead that is erased: it goes on in a lead of their own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bot.domain.lead import Lead, State
from bot.messages import Span, Style, Text
from handlers import cards as faces
from handlers import offers, terms
from handlers.managers import active
from handlers.relay import summed_up
from handlers.work import Work
from storage import cards, leads, messages, people
from storage.accounts import Account
from storage.messages import Message
from storage.staff import Staff


async def go_on(work: Work, gone: Sequence[Account], known: Sequence[Account]) -> None:
    """Some of a person's `known` accounts are about to be erased; the others are answered still.

    The open lead of those `gone` is closed with them. What is written there by the others
    goes back to the lead of theirs that went up in it, else to a new one.
    """
    lead = await leads.open_of(work.session, gone[0].person, work.policy.desk)
    left = {one.id: one for one in known if one not in gone and not one.erased}
    if lead is None or lead.account in left:
        return
    said = await _said(work, lead, left)
    theirs = [await leads.by_id(work.session, n) for n in await _absorbed(work, lead)]
    own = [one for one in theirs if one is not None and one.account in left]
    if not own and not any(map(_by_customer, said)):
        return
    leads.change(work.session, lead)  # nobody closes it in the same moment
    manager = await active(work, lead.responsible)
    if own:
        back = await _restored(work, lead, own, manager, said)
    else:
        back = await _begun(work, lead, left, manager, said)
    messages.move(work.session, left, lead.id, back.id)
    await _shown(work, lead, back, manager, said)


async def _said(work: Work, lead: Lead, left: Collection[int]) -> list[Message]:
    """Their part of a conversation, and of those that it took up; oldest first."""
    numbers = (lead.id, *await _absorbed(work, lead))
    said = [one for n in numbers for one in await messages.of_lead(work.session, n)]
    return sorted((one for one in said if one.account in left), key=lambda one: (one.at, one.id))


async def _absorbed(work: Work, lead: Lead) -> Sequence[int]:
    return await leads.absorbed_by(work.session, lead.id)


async def _restored(
    work: Work, lead: Lead, own: Sequence[Lead], manager: Staff | None, said: Sequence[Message]
) -> Lead:
    """Theirs that went up in the lead last is open again; what else did went up in this one."""
    *others, last = own
    back = leads.change(
        work.session, last, absorbed_into=None, **_held(work, last, lead, manager, said)
    )
    people.keep_restored(work.session, last.id)
    for one in others:
        leads.change(work.session, one, absorbed_into=last.id)
        cards.refresh(work.session, one.id, work.now)
    cards.refresh(work.session, last.id, work.now)
    return back


async def _begun(
    work: Work,
    lead: Lead,
    left: Mapping[int, Account],
    manager: Staff | None,
    said: Sequence[Message],
) -> Lead:
    """They never had one of their own: they wrote when there was the other's already."""
    written = [one for one in said if _by_customer(one)]
    first, writer = written[0], left[written[-1].account]
    words = summed_up(first.text, first.attachments, work.texts)
    begun = await leads.create(
        work.session,
        account=writer.id,
        person=lead.person,
        desk=work.policy.desk,
        channel=writer.channel,
        source="",
        first_words=words[: faces.FIRST_WORDS + 1],
        created_at=work.now,
    )
    leads.touch(work.session, begun.id, at=work.now, kind="created", actor="customer")
    await cards.create(work.session, begun.id, work.policy.chat, work.now)
    return leads.change(work.session, begun, **_held(work, begun, lead, manager, said))


def _held(
    work: Work, lead: Lead, gone: Lead, manager: Staff | None, said: Sequence[Message]
) -> dict[str, object]:
    """Whoever talks to them goes on, and what was answered is."""
    answers = (one.at for one in said if one.direction == "out")
    taken_at = lead.taken_at or gone.taken_at or work.now
    return {
        "state": (State.TAKEN if manager else State.NEW).value,
        "responsible": manager.id if manager else None,
        "taken_at": taken_at if manager else lead.taken_at,
        "answered_at": lead.answered_at or next(answers, None),
    }


async def _shown(
    work: Work, lead: Lead, back: Lead, manager: Staff | None, said: Sequence[Message]
) -> None:
    """Its manager hears where the conversation goes on; without one it is in the queue."""
    leads.touch(work.session, back.id, at=work.now, kind="outlived", into=lead.id)
    await terms.outlived(work, back, said)
    words: Text = (Span(f"🔗 {work.texts('merge.outlived', number=back.id)}", Style.ITALIC),)
    if manager is None:
        offers.came_back(work, back)
    else:
        leads.assign(work.session, back.id, manager.id, kind="give", by=None, at=work.now)
        words = (*words, Span("\n→ "), faces.mention(manager))
    await work.under_card(back.id, words)


def _by_customer(message: Message) -> bool:
    return message.author == "customer"
