"""A post of unknown outcome is sought in its chat and adopted, so that it is not made twice.

Telegram knows no idempotency key and shows a bot no history. But in a group message
ids follow one another, one post of ours at a time is made there, and nothing but
the bot's own messages can be edited. So an edit that says what the post says finds
it among the next ids, if it is there. Ids of which we know what they are, and
messages of anybody else, are left alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Sequence

from bot.delivery.joining import joinable
from bot.messages import Edit, Failure, Post, SendError, Sent, split_address
from storage.cards import Card
from storage.outbox import Delivery

WINDOW = 40  # ids among which it must be; those that we know are left out
MISSES = 3  # ids without any message: no later one was given; each look costs a call

# What stands there is somebody else's, or takes no words: look further.
_NOT_IT = frozenset({Failure.TOO_LATE, Failure.REFUSED})

Look = Callable[[Edit], Awaitable[Sent]]


def findable(work: Delivery | Card) -> bool:
    """Whether it could be found again: new words in a group, alone or with what they caption."""
    if isinstance(work, Card):
        return work.message_id is None and split_address(work.chat)[1].startswith("-")
    post = work.outgoing
    return isinstance(post, Post) and bool(post.text) and post.chat.startswith("-")


def seekable(left: Sequence[Delivery | Card]) -> list[Delivery | Card]:
    """Those of a dead process's calls which can be found: in their chat it made one post only."""
    found = [work for work in left if findable(work)]
    posts = Counter(chat for chat, _ in {(_chat(work), _post(work)) for work in found})
    return [work for work in found if posts[_chat(work)] == 1]


def ids(above: int) -> list[str]:
    """Where to look."""
    return [str(above + step) for step in range(1, WINDOW + 1)]


async def seek(post: Post, above: int, known: Collection[str], look: Look) -> Sent | None:
    """The post where it already stands, now saying what it should; None when it is not there.

    `look` makes an edit when it is the chat's turn. SendError when it could not be looked for.
    """
    misses = 0
    for message_id in ids(above):
        if message_id in known:
            continue
        if misses == MISSES:
            break
        try:
            await look(Edit(post.chat, message_id, post.text, post.keyboard))
        except SendError as error:
            misses += error.failure is Failure.LOST
            if error.failure in _NOT_IT or error.failure is Failure.LOST:
                continue
            raise
        # An album's words stand under its first part, the others follow.
        return Sent(tuple(ids(int(message_id) - 1)[: max(1, len(post.attachments))]))
    return None


def _post(work: Delivery | Card) -> str:
    """What is the same for all calls that were made as one post."""
    if isinstance(work, Delivery) and work.album:
        return f"album:{work.key}:{work.album}"
    if isinstance(work, Delivery) and joinable(work):
        return f"key:{work.key}"
    return f"{type(work).__name__}:{work.id}"


def _chat(work: Delivery | Card) -> str:
    return split_address(work.chat)[1] if isinstance(work, Card) else work.chat
