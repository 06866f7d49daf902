"""Buttons under what a customer was asked: a choice, a skip, the consent; when they go."""

from __future__ import annotations

from bot.domain.questionnaire import AnswerKind
from bot.messages import ButtonPressed, Edit, Span, Text, address, plain, split_address
from handlers import consent
from handlers.dialogue import CONSENT, SKIP, Asked, go_on, going_on, keep, mark_of, questions_to
from handlers.work import Work
from storage import dialogues, leads
from storage.accounts import Account


async def pressed(work: Work, event: ButtonPressed, account: Account, argument: str) -> str:
    """A choice, or that they skip the question; what the pressing person is told."""
    texts = work.words_for(account)
    numbers, _, mark = argument.rpartition(".")
    going = await going_on(work, account)
    if going is None or numbers != f"{going[0].lead}.{going[0].question}":
        return texts("customer.press_late")
    dialogue, lead = going
    if dialogue.question == CONSENT:
        return texts("customer.press_late")
    question = questions_to(work, account)[dialogue.question]
    chosen = next((one for one in question.choices if mark_of(one) == mark), None)
    if chosen is None and mark != SKIP:
        return texts("customer.press_late")
    label = chosen.of(texts.language) if chosen else ""
    await settled(work, event, plain(question.ask.of(texts.language)), label)
    if chosen is not None:
        answer = chosen.of(work.texts.language)
        await keep(work, account, Asked(lead, dialogue.question, question, answer), None)
    await go_on(work, account, lead, dialogue.question)
    return ""


async def agreed(work: Work, event: ButtonPressed, account: Account, argument: str) -> str:
    """Agreed to the policy, or not; with consent the questions begin if they still matter."""
    texts = work.words_for(account)
    mark, _, said = argument.partition(".")
    if mark != consent.mark(work, account) or said not in ("yes", "no"):
        return texts("customer.press_late")
    yes = said == "yes"
    if await consent.given(work, account) in (True, yes):
        return texts("customer.press_late")
    consent.keep(work, account, agreed=yes)
    label = texts("customer.agree" if yes else "customer.disagree")
    await settled(work, event, consent.text(work, account), label)
    going = await going_on(work, account)
    if going is None or going[0].question != CONSENT:
        return ""
    kind = "consent" if yes else "no_consent"
    leads.touch(work.session, going[1].id, at=work.now, kind=kind, actor="customer")
    if yes:
        await go_on(work, account, going[1], CONSENT)
    else:
        dialogues.end(work.session, account.id, work.now)
    return ""


async def answered_in_words(work: Work, account: Account, asked: Asked) -> None:
    """The buttons go as if one had been pressed; where there never were any, nothing does."""
    if asked.place and asked.question.kind is not AnswerKind.CONTACT:
        ask = asked.question.ask.of(work.words_for(account).language)
        chat = split_address(account.address)[1]
        await work.call(account.address, Edit(chat, asked.place, plain(ask)))


async def settled(work: Work, event: ButtonPressed, text: Text, label: str) -> None:
    """What was chosen, if anything, takes the place of the buttons."""
    shown = (*text, Span(f"\n✓ {label}")) if label else text
    where = address(event.channel, event.chat.id)
    await work.call(where, Edit(event.chat.id, event.message_id, shown))
