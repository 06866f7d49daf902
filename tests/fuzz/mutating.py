"""Changes in a real event what a faulty or hostile sender might: one chance, the same each time."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

from tests.fuzz import nasty

Json = dict[str, Any]
_Place = tuple[Any, Any]  # a dict or list, and the key or index of something in it

_HUGE_IN = 500  # of so many texts one is huge


class Mutator:
    """Spoils events; what it may borrow from is what it was given before."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self._lent: list[Any] = []

    def lend(self, event: Json) -> None:
        """Parts of this event may turn up in others."""
        self._lent += [_at(place) for place in _places(event)]

    def spoiled(self, event: Json) -> Json:
        """A copy with one to four things changed."""
        found = copy.deepcopy(event)
        for _ in range(self.chance.choice((1, 1, 1, 2, 2, 3, 4))):
            places = list(_places(found))
            if places:
                self.chance.choice(_WAYS)(self, self.chance.choice(places))
        return found

    def anything(self) -> Any:
        """Any value at all."""
        kind = self.chance.random()
        if kind < 0.5:
            return self.text()
        if kind < 0.8:
            return self.chance.choice(nasty.NUMBERS)
        return copy.deepcopy(self.chance.choice(nasty.OTHERS))

    def text(self) -> str:
        """A text, now and then a huge one."""
        if self.chance.randrange(_HUGE_IN) == 0:
            return nasty.HUGE
        return self.chance.choice(nasty.TEXTS)

    def _drop(self, place: _Place) -> None:
        within, key = place
        del within[key]

    def _rename(self, place: _Place) -> None:
        within, key = place
        if isinstance(within, dict):
            others = ("id", "from", "chat", "text", "message", "date", "payload", f"{key}_", "")
            within[self.chance.choice(others)] = within.pop(key)

    def _retype(self, place: _Place) -> None:
        value = _at(place)
        other = [value] if self.chance.random() < 0.5 else {"id": value}
        _put(place, self.chance.choice((str(value), other, None, bool(value), 0.5)))

    def _replace(self, place: _Place) -> None:
        _put(place, self.anything())

    def _naughty(self, place: _Place) -> None:
        """What is a text becomes another text, what is a number another number."""
        value = _at(place)
        if isinstance(value, str):
            _put(place, self.text())
        elif isinstance(value, int | float) and not isinstance(value, bool):
            _put(place, self.chance.choice(nasty.NUMBERS))
        elif isinstance(value, list):
            _put(place, value * self.chance.choice((0, 2, 20)))
        else:
            self._replace(place)

    def _borrow(self, place: _Place) -> None:
        if self._lent:
            _put(place, copy.deepcopy(self.chance.choice(self._lent)))

    def _nest(self, place: _Place) -> None:
        _put(place, nasty.nested(self.chance.choice((3, 30, 300))))

    def _add(self, place: _Place) -> None:
        within, _ = place
        if isinstance(within, dict):
            within[self.chance.choice((*_FIELDS, self.text()[:50]))] = self.anything()


_FIELDS = (
    *("edit_date", "media_group_id", "reply_to_message", "message_thread_id", "is_topic_message"),
    *("sender_chat", "forward_origin", "entities", "photo", "document", "contact", "location"),
    *("reply_message", "fwd_messages", "attachments", "geo", "action", "ref", "payload", "out"),
    *("via_bot", "new_chat_members", "is_bot", "username", "language_code", "admin_author_id"),
)

_WAYS: tuple[Callable[[Mutator, _Place], None], ...] = (
    *(Mutator._naughty,) * 6,
    *(Mutator._replace, Mutator._drop, Mutator._retype, Mutator._borrow) * 2,
    *(Mutator._rename, Mutator._nest, Mutator._add),
)


def _places(part: Any) -> Iterator[_Place]:
    """Everything that stands in an object or list, at any depth."""
    keys = part.keys() if isinstance(part, dict) else range(len(part))
    for key in list(keys):
        yield part, key
        if isinstance(part[key], dict | list):
            yield from _places(part[key])


def _at(place: _Place) -> Any:
    within, key = place
    return within[key]


def _put(place: _Place, value: Any) -> None:
    within, key = place
    within[key] = value
