"""A lead's card as its chat shows it: what is known of the lead, line by line."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from bot.domain.lead import Lead, State
from bot.messages import Keyboard, Span, Style, Text
from handlers import buttons, cards, contacts, feedback, lists, recognition, step_menus, warmth
from handlers.layout import WIDTH, Line, Part, Place, arranged, columns, part, quoted, trimmed
from handlers.policy import Policy
from handlers.work import cut
from storage import accounts, deadlines, dialogues, leads, staff, steps, tags
from storage.cards import Card
from storage.session import Session

_HEADLINE = 40  # characters
_NAME = 18
_TAGS = 3
_EARLIER = 3  # leads
_PLANNED = 80  # characters of what is to be done
_LONG = 120  # characters of a reason, or of answers


async def render(card: Card, session: Session, policy: Policy) -> tuple[Text, Keyboard]:
    """The card's face at this moment; no text when a list has nothing left to show."""
    if card.lead is None:
        return await lists.render(card, session, policy)
    lead = await leads.by_id(session, card.lead)
    if lead is None:
        raise KeyError(f"card={card.id} of no lead={card.lead}")
    if (await accounts.by_id(session, lead.account)).erased:
        return (Span(f"#{lead.id} · {policy.texts('card.erased')}", Style.ITALIC),), ()
    # Side by side, as what they ask is mostly in different tables.
    lines = await asyncio.gather(*(tell(session, policy, lead) for tell in _LINES.values()))
    facts = dict(zip(_LINES, lines, strict=True))
    return arranged(facts), await buttons.keyboard(session, policy, lead, card.menu)


async def _head(session: Session, policy: Policy, lead: Lead) -> Line:
    """Number, who and state, in what a phone's notification shows."""
    account = await accounts.by_id(session, lead.account)
    late = await deadlines.late(session, lead.id) is not None
    into = f"→ #{lead.absorbed_into} " if lead.absorbed_into else ""
    number = f"{cards.icon(lead, late=late)} #{lead.id} {into}{warmth.mark(lead)}"
    state = f" · {policy.texts(f'state.{lead.state.value}').lower()}"
    name = cut(cards.person(account, policy), _HEADLINE - len(number) - len(state))
    name = trimmed(name, WIDTH - columns(number + state))
    return (Part((Span(f"{number}{name}", Style.BOLD), Span(state))),)


async def _origin(session: Session, policy: Policy, lead: Lead) -> Line:
    """From where and since when, whether they were here before, how the team marked it."""
    texts = policy.texts
    found = part(texts.channel(lead.channel), 7)
    found += part(cut(policy.source(lead.source), 40), 3)
    found += part(texts.datetime(lead.created_at, policy.timezone), 6)
    if lead.repeat_of:
        found += part(texts("card.repeat", number=lead.repeat_of), 4)
    return found + part(await _tags(session, lead), 2)


async def _tags(session: Session, lead: Lead) -> str:
    """The first few, as words that a messenger lets people tap."""
    found = await tags.of_lead(session, lead.id)
    more = " …" if len(found) > _TAGS else ""
    return " ".join(f"#{tag}" for tag in found[:_TAGS]) + more


async def _contacts(session: Session, policy: Policy, lead: Lead) -> Line:
    del policy
    return await contacts.known(session, lead)


async def _earlier(session: Session, policy: Policy, lead: Lead) -> Line:
    """What an open lead's customer wanted before."""
    if not lead.open or not (lead.repeat_of or await recognition.several(session, lead)):
        return ()
    text = await cards.earlier(session, policy, lead, _EARLIER)
    return (Part(text),) if text else ()


async def _words(session: Session, policy: Policy, lead: Lead) -> Line:
    del session, policy
    words = cut(lead.first_words, cards.FIRST_WORDS)
    return (Part((quoted(words),)),) if words else ()


async def _answers(session: Session, policy: Policy, lead: Lead) -> Line:
    """What they answered to the owner's questions; phones stand among the contacts."""
    if not policy.of(lead.channel).questions:
        return ()
    found = await dialogues.answers_of_lead(session, lead.id)
    told = cut(" · ".join(one.answer for one in found if one.answer[:1] != "+"), _LONG)
    return part(f"📝 {told}") if told else ()


async def _status(session: Session, policy: Policy, lead: Lead) -> Line:
    """Who has it or is asked to, or how it ended; and since when somebody should have acted."""
    texts = policy.texts
    found: Line = ()
    if lead.state is State.NEW:
        found = await _asked(session, policy, lead)
    elif lead.state is State.TAKEN:
        name = trimmed(await cards.state(session, policy, lead), _NAME)
        found = part(texts("card.responsible", name=name), 7)
    elif lead.state is not State.ABSORBED:
        has = await cards.state(session, policy, lead) if lead.responsible is not None else ""
        found = part(trimmed(has, _NAME), 5)
        found += part(
            texts("card.reason", reason=cut(lead.reason, _LONG)) if lead.reason else "", 7
        )
        found += part(await cards.deal(session, policy, lead), 7)
        found += part(await cards.client(session, policy, lead), 3)
    late = await deadlines.late(session, lead.id) if lead.open else None
    return found + (part(f"⏰ {_overdue(policy, lead, late)}", 6) if late else ())


def _overdue(policy: Policy, lead: Lead, since: datetime) -> str:
    """In words that stay true however old the card is; its day where it is not that of arrival."""
    return policy.texts("card.overdue", since=cards.moment(policy, lead.created_at, since))


async def _asked(session: Session, policy: Policy, lead: Lead) -> Line:
    """Who is asked to take it, in words that make their phone ring, or why nobody is."""
    offer = lead.offer
    if offer is None:
        return part(f"📭 {policy.texts(f'queue.{lead.queued}')}", 5) if lead.queued else ()
    who = cards.mention(await staff.by_id(session, offer.staff))
    until = cards.moment(policy, offer.at, offer.until)
    words = policy.texts("card.offered", name="\0", until=until)
    before, _, after = words.partition("\0")
    spans = (Span(f"👉 {before}"), who, Span(after))
    return (Part(tuple(one for one in spans if one.text), 7),)


async def _reach(session: Session, policy: Policy, lead: Lead) -> Line:
    """What stands in the way of replies, and to whom they go if not to whom the card names."""
    answered = await recognition.account_to_answer(session, lead)
    found = await contacts.obstacles(session, policy, lead, answered)
    if answered.id == lead.account:
        return found
    name = trimmed(cards.person(answered, policy), _NAME)
    channel = policy.texts.channel(answered.channel)
    return found + part(f"↩️ {policy.texts('card.answered', name=name, channel=channel)}")


async def _step(session: Session, policy: Policy, lead: Lead) -> Line:
    """The next step, also one that a closed lead waits for."""
    step = await steps.open_of(session, lead.id)
    if step is None or lead.state is State.ABSORBED:
        return ()
    what = "" if lead.open else policy.texts("card.come_back")
    when = step_menus.line(policy, replace(step, words=""), what=what)
    return part(when, 4) + part(cut(step.words, _PLANNED), 1)


async def _feedback(session: Session, policy: Policy, lead: Lead) -> Line:
    """What the customer tapped after a lead was closed."""
    if lead.open:
        return ()
    found = [part(words) for _, words in await feedback.lines(session, policy, lead.id)]
    return tuple(one for line in found for one in line)


async def _question(session: Session, policy: Policy, lead: Lead) -> Line:
    """Who may be the same person, and why."""
    found = await recognition.alike(session, lead)
    if found is None:
        return ()
    texts = policy.texts
    values = {
        "name": trimmed(cards.person(found.account, policy), _NAME),
        "channel": texts.channel(found.account.channel),
        "why": ", ".join(texts(f"alike.{kind}") for kind in found.why),
    }
    if found.lead is None:
        return part(f"🔗 {texts('card.perhaps_known', **values)}")
    return part(f"🔗 {texts('card.perhaps', number=found.lead.id, **values)}")


# Each tells its line, or nothing; handlers.layout decides what shares or gives way.
_LINES: dict[Place, Callable[[Session, Policy, Lead], Awaitable[Line]]] = {
    Place.HEAD: _head,
    Place.ORIGIN: _origin,
    Place.CONTACTS: _contacts,
    Place.EARLIER: _earlier,
    Place.WORDS: _words,
    Place.ANSWERS: _answers,
    Place.REACH: _reach,
    Place.STATUS: _status,
    Place.STEP: _step,
    Place.FEEDBACK: _feedback,
    Place.QUESTION: _question,
}
