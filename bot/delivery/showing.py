"""What a chat is still to show of a lead: the next call towards it, and how it stands then; pure.

One call at a time, each of them written down before the next: a search for what may
stand there already, a topic, the card in it, a line where the card stood before, what
the card says, what the topic says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.messages import (
    CloseTopic,
    Delete,
    Edit,
    Failure,
    OpenTopic,
    Outgoing,
    Post,
    RenameTopic,
    SendError,
    plain,
    split_address,
)
from storage.cards import Card, Face

_TRIES = 5  # to find a topic a place for a card, before the chat is taken to have none
_WHOLE = frozenset({Failure.MOVED, Failure.GONE})  # of the chat, not of what was asked there
_NOTHING = plain("⋯")  # what is sought cannot be without words


@dataclass(frozen=True, slots=True)
class Step:
    """The next call, or None where only our record moves on.

    `then` tells how the card stands once it is made, by the id of what was made; of a
    card in doubt, by the id under which it was found, "" where it was not.
    """

    outgoing: Outgoing | None
    then: Callable[[str], Card]


@dataclass(frozen=True, slots=True)
class Showing:
    """A card on its way to what is wanted of it, of which the next step is being made."""

    card: Card
    face: Face
    step: Step | None

    @property
    def outgoing(self) -> Outgoing | None:
        """The call to be made now, if any."""
        return self.step.outgoing if self.step else None

    def made(self, number: str) -> Card:
        """How the card stands once the call is made; `number` is the id of what it made."""
        return self._stands(self.step.then(number) if self.step else self.card)

    def mended(self, error: SendError) -> Card | None:
        """How it stands where a refusal tells; None where the same is to be tried again."""
        if self.step is None or not error.permanent or error.failure in _WHOLE:
            return None
        lost = error.failure is Failure.LOST
        match self.step.outgoing:
            case Post(thread=thread) if thread and lost:
                return self._stands(self.card.without_topic())
            case RenameTopic() | CloseTopic():
                return self._stands(self.card.without_topic()) if lost else self.made("")
            case Edit(message_id=message_id) if message_id == self.card.left:
                return self.made("") if error.failure is not Failure.RIGHTS else None
        return None

    def refuses_topics(self, error: SendError) -> bool:
        """Whether the chat turns out to be one in which leads can have no topics."""
        if not error.permanent or error.failure in _WHOLE:
            return False
        if isinstance(self.outgoing, OpenTopic):
            return True
        # What was opened is not found: nobody opens more and more of them.
        lost = isinstance(self.outgoing, Post) and bool(self.outgoing.thread)
        return lost and error.failure is Failure.LOST and self.card.attempts >= _TRIES

    def _stands(self, card: Card) -> Card:
        return card if _next_step(card, self.face) else card.complete(card.message_id)


def showing(card: Card, face: Face) -> Showing:
    """What is to be done first to show this face; no step when all of it is shown."""
    return Showing(card, face, _next_step(card, face))


def _next_step(card: Card, face: Face) -> Step | None:
    steps = (step(card, face) for step in _STEPS)
    return next(filter(None, steps), None)


def _find(card: Card, face: Face) -> Step | None:
    """Whatever befell the lead meanwhile: what it may stand in already is known before all else."""
    if card.message_id or card.posted_above is None:
        return None
    known = replace(card, posted_above=None, text=card.wanted if face.text else card.shown)
    sought = Post(_chat(card), face.text or _NOTHING, face.keyboard, thread=card.thread)
    return Step(sought, lambda found: replace(known, message_id=found or None))


def _lead_on(card: Card, face: Face) -> Step | None:
    """Where it stood before, a line tells where it is."""
    if not (card.left and card.message_id):
        return None
    return Step(Edit(_chat(card), card.left, face.pointer), lambda _: replace(card, left=""))


def _open(card: Card, face: Face) -> Step | None:
    topic = face.topic
    if topic is None or card.topic or not face.inside:
        return None
    mark = topic.mark
    return Step(
        OpenTopic(_chat(card), topic.title, topic.icon),
        lambda made: _moving(replace(card, topic=made, title=mark, closed=False), made),
    )


def _leave(card: Card, face: Face) -> Step | None:
    """Where it will stand is written down before it is posted, for whoever has to seek it."""
    thread = _thread(card, face)
    if card.thread == thread or not (card.message_id or face.text):
        return None
    return Step(None, lambda _: _moving(card, thread))


def _post(card: Card, face: Face) -> Step | None:
    if card.message_id or not face.text:
        return None
    thread = _thread(card, face)
    # Whoever is called by a card in a list was called by the list.
    silent = card.folded is not None
    post = Post(_chat(card), face.text, face.keyboard, thread=thread, silent=silent)
    return Step(post, lambda made: replace(card, message_id=made, thread=thread, text=card.wanted))


def _say(card: Card, face: Face) -> Step | None:
    if not card.message_id or card.text >= card.wanted:
        return None
    said = Edit(_chat(card), card.message_id, face.text, face.keyboard)
    outgoing = said if face.text else Delete(_chat(card), card.message_id)
    return Step(outgoing, lambda _: replace(card, text=card.wanted))


def _name(card: Card, face: Face) -> Step | None:
    topic = face.topic
    if topic is None or not card.topic or card.title == topic.mark:
        return None
    mark = topic.mark
    return Step(
        RenameTopic(_chat(card), card.topic, topic.title, topic.icon),
        lambda _: replace(card, title=mark),
    )


def _close(card: Card, face: Face) -> Step | None:
    topic = face.topic
    if topic is None or not card.topic or card.closed == topic.closed:
        return None
    closed = topic.closed
    return Step(CloseTopic(_chat(card), card.topic, closed), lambda _: replace(card, closed=closed))


_STEPS = (_find, _lead_on, _open, _leave, _post, _say, _name, _close)


def _thread(card: Card, face: Face) -> str:
    """Where the card is to stand; where there are no topics, it stays where it is."""
    if face.topic is None:
        return card.thread if card.message_id else ""
    return card.topic if face.inside else ""


def _moving(card: Card, thread: str) -> Card:
    """On its way to another place; nothing is doubled, as its post is sought like any other."""
    left = card.left or card.message_id or ""
    return replace(card, thread=thread, left=left, message_id=None)


def _chat(card: Card) -> str:
    return split_address(card.chat)[1]
