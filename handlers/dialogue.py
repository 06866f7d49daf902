"""The owner's questions to a new customer: one by one, saved as they go, over at a word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from bot.domain import contacts
from bot.domain.lead import Lead
from bot.domain.questionnaire import LASTS, AnswerKind, OwnWords, Question, fitting, following
from bot.messages import (
    AttachmentKind,
    Button,
    Keyboard,
    MessageReceived,
    Span,
    Style,
    Text,
    kind_of,
    plain,
)
from handlers import cards as faces
from handlers import consent
from handlers.wire import pack_customers
from handlers.work import Work
from storage import cards, dialogues, leads, people
from storage.accounts import Account
from storage.dialogues import Dialogue

VERB = "answer"
CONSENT = -1  # the number of what is asked before the first question
SKIP = "skip"
_WITH_KEYS = frozenset({"telegram"})  # where a key in place of the letters shares a phone


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that waits for an answer about an open lead, and the answer that came."""

    lead: Lead
    number: int
    question: Question
    answer: str
    place: str = ""  # the id of the question's message, where it is known


async def began(work: Work, account: Account, event: MessageReceived, lead: Lead) -> None:
    """After the first message of a new lead: ask what is not known yet, with consent only."""
    if not questions_to(work, account):
        return
    language = work.words_for(account).language
    told = any(one.kind == "phone" for one in contacts.read(event.text, language))
    phone = told or any(one.phone for one in event.attachments)
    number = await _next(work, account, CONSENT, phone=phone)
    agreed = await consent.given(work, account) if number is not None else False
    if agreed is None:
        await consent.ask(work, account, lead)
        dialogues.asked(work.session, account.id, lead.id, CONSENT, work.now)
    elif agreed and number is not None:
        await _ask(work, account, lead, number)


async def reply_of(work: Work, account: Account, event: MessageReceived) -> Asked | None:
    """What a message answers; any other message ends the questions without a word."""
    going = await going_on(work, account)
    if going is None or going[0].question == CONSENT:
        return None
    dialogue, lead = going
    question = questions_to(work, account)[dialogue.question]
    asks = _asks(dialogue.lead, dialogue.question)
    place = await dialogues.place_of(work.session, account.address, asks)
    if _overtaken(event, dialogue, place):
        return None
    if answer := _answer(work, account, question, event):
        return Asked(lead, dialogue.question, question, answer, place)
    dialogues.end(work.session, account.id, work.now)
    if _has_key(account, question):
        words = work.words_for(account)("customer.passed_on")
        await work.to_customer(account, plain(words), takes_keys=True)
    return None


async def outlived(work: Work, account: Account, event: MessageReceived) -> Lead | None:
    """Take away a key that outlived its question; the lead for which a phone came by it."""
    questions = questions_to(work, account)
    dialogue = await dialogues.of_account(work.session, account.id) if questions else None
    if dialogue is None or not 0 <= dialogue.question < len(questions):
        return None
    question = questions[dialogue.question]
    if not _has_key(account, question) or await going_on(work, account) is not None:
        return None
    dialogues.end(work.session, account.id, work.now)
    words = work.words_for(account)("customer.passed_on")
    await work.to_customer(account, plain(words), takes_keys=True)
    if not (event.attachments and _answer(work, account, question, event)):
        return None
    lead = await leads.by_id(work.session, dialogue.lead)
    lead = await leads.standing_for(work.session, lead) if lead else None
    return lead if lead is not None and lead.person == account.person else None


async def answered(work: Work, account: Account, asked: Asked, message: int) -> None:
    """Keep a written answer, show it with its question, go on."""
    leads.touch(work.session, asked.lead.id, at=work.now, kind="wrote", actor="customer")
    await keep(work, account, asked, message)
    key = _has_key(account, asked.question)
    await go_on(work, account, asked.lead, asked.number, key=key)


async def interrupted(work: Work, account: Account) -> bool:
    """A person answers them: nothing is asked any more; whether a key is to be taken away."""
    questions = questions_to(work, account)
    dialogue = await dialogues.of_account(work.session, account.id) if questions else None
    if dialogue is None or dialogue.question == CONSENT:
        return False
    dialogues.end(work.session, account.id, work.now)
    open_ones = questions[dialogue.question : dialogue.question + 1]
    return any(_has_key(account, one) for one in open_ones)


def questions_to(work: Work, account: Account) -> Sequence[Question]:
    """What the owner asks where this account writes."""
    return work.policy.of(account.channel).questions


async def going_on(work: Work, account: Account) -> tuple[Dialogue, Lead] | None:
    """What is being asked and about which lead; None once a person wrote, or it is too long ago."""
    questions = questions_to(work, account)
    dialogue = await dialogues.of_account(work.session, account.id) if questions else None
    if dialogue is None or work.now - dialogue.asked_at >= LASTS:
        return None
    lead = await leads.by_id(work.session, dialogue.lead)
    lead = await leads.standing_for(work.session, lead) if lead else None
    if lead is None or not lead.open or lead.answered_at or lead.person != account.person:
        return None
    return (dialogue, lead) if dialogue.question < len(questions) else None


async def keep(work: Work, account: Account, asked: Asked, message: int | None) -> None:
    """The answer, under the card with its question, and on the card."""
    ask = asked.question.ask.of(work.texts.language)
    dialogues.answer(work.session, account.id, asked.lead.id, ask, asked.answer, work.now)
    text: Text = (
        Span(f"{faces.person(account, work.policy)}:", Style.BOLD),
        Span("\n"),
        Span(ask, Style.ITALIC),
        Span(f"\n{asked.answer}"),
    )
    await work.under_card(asked.lead.id, text, message=message)
    cards.refresh(work.session, asked.lead.id, work.now)


async def go_on(work: Work, account: Account, lead: Lead, after: int, *, key: bool = False) -> None:
    """Ask the next question, or thank after the last; a `key` of the one before is taken away."""
    texts = work.words_for(account)
    number = await _next(work, account, after)
    if number is None:
        dialogues.end(work.session, account.id, work.now)
        if after != CONSENT:
            await work.to_customer(account, plain(texts("customer.thanks")), takes_keys=key)
        return
    if key:
        await work.to_customer(account, plain(texts("customer.noted")), takes_keys=True)
    await _ask(work, account, lead, number)


def mark_of(choice: OwnWords) -> str:
    """What a button says of its choice; it survives a change of the list's order."""
    return f"{crc32(repr(choice.by_language).encode()):08x}"


def _overtaken(event: MessageReceived, dialogue: Dialogue, place: str) -> bool:
    """Whether it was written before the question could be read."""
    if place.isdecimal() and event.message_id.isdecimal():
        return int(event.message_id) < int(place)
    return event.at < dialogue.asked_at


def _answer(work: Work, account: Account, question: Question, event: MessageReceived) -> str:
    language = work.words_for(account).language
    shared = [
        contacts.normalised_phone(one.phone, language)
        for one in event.attachments
        if one.kind is AttachmentKind.CONTACT and one.ref in ("", event.author.id)
    ]
    if (event.attachments and not any(shared)) or event.forwarded_from:
        return ""
    if shared and question.kind is not AnswerKind.CONTACT:
        return ""
    written = [one.value for one in contacts.read(event.text, language) if one.kind == "phone"]
    phones = [*filter(None, shared), *written]
    return fitting(question, event.text, phones, work.texts.language)


async def _next(work: Work, account: Account, after: int, *, phone: bool = False) -> int | None:
    """The next question that is worth asking."""
    questions = questions_to(work, account)
    known = {
        one.question for one in await dialogues.answers_of_person(work.session, account.person)
    }
    given = await people.contacts_of(work.session, account.person)
    phone = phone or any(kind == "phone" for kind, _ in given)
    return following(questions, after, answered=known, phone=phone)


async def _ask(work: Work, account: Account, lead: Lead, number: int) -> None:
    question = questions_to(work, account)[number]
    texts = work.words_for(account)
    contact = question.kind is AnswerKind.CONTACT
    await work.to_customer(
        account,
        plain(question.ask.of(texts.language)),
        lead=lead.id,
        keyboard=() if contact else _keyboard(work, account, lead, number),
        asks=_asks(lead.id, number),
        asks_phone=texts("customer.share_phone") if contact else "",
    )
    dialogues.asked(work.session, account.id, lead.id, number, work.now)


def _keyboard(work: Work, account: Account, lead: Lead, number: int) -> Keyboard:
    """Two choices in a row, and the way past the question."""
    texts = work.words_for(account)
    about = f"{lead.id}.{number}"
    choices = [
        Button(one.of(texts.language), pack_customers(VERB, f"{about}.{mark_of(one)}"))
        for one in questions_to(work, account)[number].choices
    ]
    skip = Button(texts("customer.skip"), pack_customers(VERB, f"{about}.{SKIP}"))
    return (*(tuple(choices[i : i + 2]) for i in range(0, len(choices), 2)), (skip,))


def _has_key(account: Account, question: Question) -> bool:
    """Whether a key stands in place of the letters that only a message can take away."""
    return question.kind is AnswerKind.CONTACT and kind_of(account.channel) in _WITH_KEYS


def _asks(lead: int, number: int) -> str:
    """By what the place of a question's message is found again."""
    return f"question:{lead}:{number}"
