"""What is held until its author says what it is: words to a colleague's customer, or an answer."""

from __future__ import annotations

from bot.domain.lead import State
from bot.messages import Button, Keyboard, split_address
from handlers import replies
from handlers.managers import Act
from handlers.wire import pack
from handlers.work import Work
from storage import assistants, messages, staff
from storage.messages import Message
from storage.prompts import Prompt

SEND, NOTE, ANSWER = "send", "inside", "answer"  # the verbs of the answers
_WAITS = "🤔"  # under what is held with an earlier reply


async def is_to_ask(work: Work, act: Act) -> bool:
    """Whether the lead is somebody else's, and they never said that they mean to answer it."""
    lead = act.lead
    if lead.state is not State.TAKEN or lead.responsible in (None, act.who.id):
        return False
    return not await assistants.has(work.session, lead.id, act.who.id)


async def ask_whether(work: Work, act: Act, message: Message) -> None:
    """Ask whether the customer of a colleague is to get it."""
    name = ""
    if act.lead.responsible is not None:
        name = (await staff.by_id(work.session, act.lead.responsible)).name
    lead, number = act.lead.id, str(message.id)
    send = Button(work.texts("button.send"), pack(SEND, lead, number), look="primary")
    inside = Button(work.texts("button.inside"), pack(NOTE, lead, number))
    words = work.texts("held.ask", number=lead, name=name)
    await _ask(work, act, message, words, ((send, inside),))


async def ask_what(work: Work, act: Act, message: Message, prompt: Prompt) -> None:
    """Ask whether it answers what they were just asked, or is for the customer."""
    lead, number = act.lead.id, str(message.id)
    answer = pack(ANSWER, lead, f"{number}:{prompt.what}")
    keyboard = (
        (Button(work.texts("button.answer"), answer, look="primary"),),
        (Button(work.texts("button.to_customer"), pack(SEND, lead, number)),),
    )
    await _ask(work, act, message, work.texts("held.ask_what"), keyboard)


async def _ask(work: Work, act: Act, message: Message, words: str, keyboard: Keyboard) -> None:
    """Ask under what was held; while a question is open, more is held with it."""
    channel, chat = split_address(message.chat)
    earlier = await messages.held(work.session, act.lead.id, act.who.id)
    if not earlier:
        await replies.say(work, message, words, keyboard=keyboard)
    elif not message.album or message.album != earlier[-1].album:
        await work.react(channel, chat, message.message_id, _WAITS)
