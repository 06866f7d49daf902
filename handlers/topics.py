"""A lead's own topic in a forum: when it has one, what its title says, who stands behind it."""

from __future__ import annotations

import asyncio
import re

from bot.domain.lead import Lead, State
from bot.messages import (
    ButtonPressed,
    MessageReceived,
    Span,
    Style,
    Text,
    TroubleSeen,
    address,
    split_address,
)
from handlers import alarms
from handlers import cards as faces
from handlers.face import render
from handlers.policy import Policy
from handlers.work import Work, cut
from storage import accounts, cards, chats, leads, prompts, staff
from storage.cards import Card, Face, Topic
from storage.messages import Place
from storage.session import Session, TooEarly

_NAME = 64  # characters of a customer's name in a title
_NUMBER = re.compile(r"#(\d{1,9})\b")  # of the lead, as a title tells it


async def face(card: Card, session: Session, policy: Policy) -> Face:
    """What the chat should show of a card at this moment, and where."""
    if card.lead is None or (lead := await leads.by_id(session, card.lead)) is None:
        return Face(*await render(card, session, policy))
    (text, keyboard), known = await asyncio.gather(
        render(card, session, policy), chats.topics(session, card.chat)
    )
    if not known.forum:
        return Face(text, keyboard, pointer=await _pointer(session, policy, card, lead))
    opens = policy.has_topics and not known.refused
    return Face(
        text,
        keyboard,
        topic=await _topic(session, policy, lead),
        inside=policy.has_topics and _inside(card, lead) and (opens or bool(card.topic)),
        pointer=await _pointer(session, policy, card, lead),
    )


async def learn(work: Work, event: MessageReceived | ButtonPressed) -> None:
    """Notice when the team's chat becomes a forum, or ceases to be one."""
    where, forum = address(event.channel, event.chat.id), event.chat.forum
    if where != work.policy.chat or (await chats.topics(work.session, where)).forum is forum:
        return
    chats.saw(work.session, where, forum=forum)
    if work.policy.needs_topics:
        lacks = TroubleSeen("topics", where, work.now, over=forum, detail="forum")
        await alarms.seen(work, lacks)


async def written_in(work: Work, event: MessageReceived, where: str) -> Place | None:
    """What is written in a lead's own topic stands for that lead."""
    if not (event.thread and work.policy.has_topics):
        return None
    # Asked before the topic is looked up: it may be written down in between.
    opening = await cards.opening_topic(work.session, where)
    lead = await cards.lead_of_topic(work.session, where, event.thread)
    if lead is None and opening:
        raise TooEarly("it stands in what may be a topic of ours that is being written down")
    return Place(where, "", lead, None, "") if lead else None


async def warn_if_left_over(work: Work, event: MessageReceived, where: str) -> None:
    """Say that nobody hears what is written in a topic of ours that is no lead's.

    Opened once more, as its opening was not written down; the title tells for which lead.
    """
    found = _NUMBER.search(event.opened_as)
    if found is None or not work.policy.has_topics:
        return
    text: Text = (Span(f"⚠️ {work.texts('topic.left_over')}"),)
    card = await cards.of_lead(work.session, int(found[1]))
    if card is not None and card.chat == where and (card.topic or card.message_id):
        text = (*text, Span(f" #{card.lead} "), _link(card, card.topic, work.policy))
    await work.post(
        where,
        text,
        reply_to=event.message_id,
        thread=event.thread,
        lead=card.lead if card else None,
    )


def signpost(card: Card, policy: Policy) -> Text:
    """What leads to where a card stands, in whatever stands elsewhere for its lead."""
    return (Span(f"#{card.lead} "), _link(card, card.thread, policy))


def _inside(card: Card, lead: Lead) -> bool:
    """Whoever has it finds it in its topic; a closed one stays where it is."""
    return lead.state is State.TAKEN or (lead.state is not State.NEW and bool(card.thread))


async def _topic(session: Session, policy: Policy, lead: Lead) -> Topic:
    icon = faces.icon(lead, late=False)
    # Members cannot answer what they are asked in a closed one.
    asked = await prompts.open_of(session, lead.id, policy.chat)
    closed = not (lead.open or asked)
    if (await accounts.by_id(session, lead.account)).erased:
        return Topic(f"#{lead.id} · {policy.texts('card.erased')}", "", closed)
    return Topic(await _title(session, policy, lead), icon, closed)


async def _title(session: Session, policy: Policy, lead: Lead) -> str:
    """State, number and who, as the list of topics shows it."""
    account = await accounts.by_id(session, lead.account)
    into = f"→ #{lead.absorbed_into} " if lead.absorbed_into else ""
    name = cut(faces.person(account, policy), _NAME)
    return f"{faces.icon(lead, late=False)} #{lead.id} {into}{name}"


async def _pointer(session: Session, policy: Policy, card: Card, lead: Lead) -> Text:
    """One line where the card stood before, which leads to where it stands now."""
    if not card.left:
        return ()
    words = await _title(session, policy, lead)
    if (await accounts.by_id(session, lead.account)).erased:
        words = f"#{lead.id} · {policy.texts('card.erased')}"
    elif lead.state is State.NEW:
        words = f"{words} · {policy.texts('topic.returned')}"
    elif lead.responsible is not None:
        name = (await staff.by_id(session, lead.responsible)).name
        has = policy.texts("card.responsible", name=name) if lead.open else name
        words = f"{words} · {has}"
    return (Span(f"{words} "), _link(card, card.thread, policy))


def _link(card: Card, topic: str, policy: Policy) -> Span:
    """What leads to a topic, or else to the card."""
    place, word = (topic, "topic") if topic else (card.message_id or "", "card")
    number = split_address(card.chat)[1].removeprefix("-100")
    link = f"https://t.me/c/{number}/{place}"
    return Span(f"→ {policy.texts(f'topic.{word}')}", Style.LINK, link)
