"""What every messenger's channel promises, one long list tried against its server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import pytest

from bot.messages import (
    AnswerPress,
    Attachment,
    AttachmentKind,
    Button,
    ButtonPressed,
    ChannelRefused,
    Download,
    Edit,
    MessageReceived,
    Post,
    Raw,
    SendError,
    Span,
    Style,
    plain,
)
from tests.channels.adapters import ADAPTERS, Adapter, opened

PHOTO = b"\xff\xd8\xff\xe0invented" + bytes(range(256)) * 900
PATIENCE = 20  # seconds after which a test has hung


@pytest.fixture(params=sorted(ADAPTERS))
async def adapter(request: pytest.FixtureRequest) -> AsyncIterator[Adapter]:
    async with opened(request.param) as adapter:
        yield adapter


class Inbox:
    """A commit of what comes in; `refusing` raises, `blocking` never ends."""

    def __init__(self) -> None:
        self.raws: list[Raw] = []
        self.refused: list[Raw] = []
        self.cursor = ""
        self.refusing = 0
        self.blocking = False
        self._changed = asyncio.Event()

    async def accept(self, raws: Sequence[Raw], cursor: str) -> None:
        if self.blocking and raws:
            self.refused += raws
            self._changed.set()
            await asyncio.Event().wait()
        if self.refusing and raws:
            self.refusing -= 1
            self.refused += raws
            raise ConnectionError("the database is away")
        self.raws += raws
        self.cursor = cursor
        self._changed.set()

    async def holds(self, count: int) -> list[Raw]:
        async with asyncio.timeout(PATIENCE):
            while len(self.raws) < count:
                self._changed.clear()
                await self._changed.wait()
        return self.raws

    async def is_blocked(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while not self.refused:
                self._changed.clear()
                await self._changed.wait()


@asynccontextmanager
async def receiving(adapter: Adapter, inbox: Inbox) -> AsyncIterator[asyncio.Task[None]]:
    """Receive until the end of the block, as one run of the product does."""
    task = asyncio.create_task(adapter.channel.receive(inbox.accept, inbox.cursor))
    async with asyncio.timeout(PATIENCE):
        await adapter.polling()
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.wait_for(task, PATIENCE)


def said(adapter: Adapter, raws: Sequence[Raw]) -> list[str]:
    events = [adapter.channel.parse(raw.body) for raw in raws]
    return [event.text for event in events if isinstance(event, MessageReceived)]


@asynccontextmanager
async def no_file(attachment: Attachment) -> AsyncIterator[Download]:
    raise AssertionError("nothing is uploaded here")
    yield


async def post(adapter: Adapter, post: Post) -> list[str]:
    """Send what fits; the ids of the messages."""
    ids: list[str] = []
    for part in adapter.channel.fit(post):
        ids += (await adapter.channel.send(part, no_file)).message_ids
    return ids


async def test_anna_is_heard_in_the_order_in_which_she_writes(adapter: Adapter) -> None:
    inbox = Inbox()
    words = [f"line {number}" for number in range(30)]
    async with receiving(adapter, inbox):
        for text in words:
            await adapter.write(text)
        raws = await inbox.holds(30)
    assert said(adapter, raws) == words
    assert len({raw.id for raw in raws}) == 30


async def test_anna_is_known_by_her_id(adapter: Adapter) -> None:
    inbox = Inbox()
    async with receiving(adapter, inbox):
        await adapter.write('emoji 😀 and <b>&"')
        (raw,) = await inbox.holds(1)
    event = adapter.channel.parse(raw.body)
    assert isinstance(event, MessageReceived)
    assert (event.channel, event.author.id, event.chat.id, event.chat.private) == (
        adapter.channel.name,
        adapter.anna,
        adapter.anna,
        True,
    )
    assert event.text == 'emoji 😀 and <b>&"'
    assert event.at.tzinfo is not None


async def test_what_could_not_be_committed_comes_again(adapter: Adapter) -> None:
    inbox = Inbox()
    async with receiving(adapter, inbox):
        inbox.refusing = 3
        await adapter.write("hello")
        raws = await inbox.holds(1)
    assert said(adapter, raws) == ["hello"]
    assert [raw.id for raw in inbox.refused] == [raws[0].id] * 3


async def test_nothing_is_confirmed_before_the_commit(adapter: Adapter) -> None:
    inbox = Inbox()
    async with receiving(adapter, inbox):
        await adapter.write("first")
        await inbox.holds(1)
        inbox.blocking = True
        await adapter.write("second")
        await inbox.is_blocked()  # and here the process is killed
    await adapter.restarted()
    inbox.blocking = False
    async with receiving_at_once(adapter, inbox):
        raws = await inbox.holds(2)
    assert said(adapter, raws)[-1] == "second"
    assert inbox.refused[0].id == raws[-1].id


async def test_what_was_confirmed_does_not_come_again(adapter: Adapter) -> None:
    inbox = Inbox()
    async with receiving(adapter, inbox):
        await adapter.write("first")
        await inbox.holds(1)
        await adapter.polling()
    await adapter.restarted()
    async with receiving(adapter, inbox):
        await adapter.write("second")
        raws = await inbox.holds(2)
    assert said(adapter, raws) == ["first", "second"]


async def test_what_comes_while_the_product_is_down_is_heard_later(adapter: Adapter) -> None:
    inbox = Inbox()
    async with receiving(adapter, inbox):
        await adapter.write("first")
        await inbox.holds(1)
        await adapter.polling()
    await adapter.write("are you there?")
    await adapter.restarted()
    async with receiving_at_once(adapter, inbox):
        raws = await inbox.holds(2)
    assert said(adapter, raws) == ["first", "are you there?"]


async def test_a_malformed_event_is_handed_over_like_the_others(adapter: Adapter) -> None:
    inbox = Inbox()
    async with receiving(adapter, inbox):
        await adapter.write("before")
        await adapter.break_event()
        await adapter.write("after")
        before, malformed, after = await inbox.holds(3)
    assert said(adapter, [before, after]) == ["before", "after"]
    with pytest.raises(ValueError, match=r"\w"):
        adapter.channel.parse(malformed.body)


async def test_polling_survives_whatever_passes_by_itself(adapter: Adapter) -> None:
    inbox = Inbox()
    await adapter.stumble()
    async with receiving(adapter, inbox):
        await adapter.write("hello")
        raws = await inbox.holds(1)
    assert said(adapter, raws) == ["hello"]


async def test_a_refused_token_is_a_persons_business(adapter: Adapter) -> None:
    await adapter.revoke()
    with pytest.raises(ChannelRefused, match="token"):
        await asyncio.wait_for(adapter.channel.receive(Inbox().accept, ""), PATIENCE)


async def test_a_blocking_poll_ends_at_once_when_cancelled(adapter: Adapter) -> None:
    async with receiving(adapter, Inbox()) as task:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 5)  # the poll itself would last 25 seconds


async def test_a_long_text_arrives_whole(adapter: Adapter) -> None:
    text = " ".join(f'word{number} <b>&" 😀' for number in range(320))
    assert len(text) > 5000
    ids = await post(adapter, Post(adapter.anna, plain(text), random_id=17))
    posted = await adapter.posted()
    assert len(ids) == len(posted) == 2
    assert " ".join(posted).split() == text.split()


async def test_styles_never_change_the_words(adapter: Adapter) -> None:
    text = (
        Span("<b>bold</b> 😀", Style.BOLD),
        Span(" & "),
        Span("*quoted* [x](y)", Style.QUOTE),
        Span(' "code"', Style.CODE),
    )
    await post(adapter, Post(adapter.anna, text, random_id=18))
    assert await adapter.posted() == ['<b>bold</b> 😀 & *quoted* [x](y) "code"']


async def test_a_press_is_told_and_its_answer_is_seen(adapter: Adapter) -> None:
    inbox = Inbox()
    keyboard = ((Button("Take", "take:1", look="success"), Button("Reject", "reject:1")),)
    (card,) = await post(adapter, Post(adapter.anna, plain("card"), keyboard, random_id=19))
    async with receiving(adapter, inbox):
        await adapter.press(card, "take:1")
        (raw,) = await inbox.holds(1)
    event = adapter.channel.parse(raw.body)
    assert isinstance(event, ButtonPressed)
    assert (event.author.id, event.message_id, event.data) == (adapter.anna, card, "take:1")
    answer = AnswerPress(event.press_id, event.chat.id, event.author.id, "Boris took it")
    await adapter.channel.send(answer, no_file)
    assert await adapter.answers() == ["Boris took it"]


async def test_an_edit_that_changes_nothing_is_success(adapter: Adapter) -> None:
    keyboard = ((Button("Take", "take:1"),),)
    (card,) = await post(adapter, Post(adapter.anna, plain("new"), keyboard, random_id=20))
    edit = Edit(adapter.anna, card, plain("taken"), ((Button("Return", "return:1"),),))
    await adapter.channel.send(edit, no_file)
    await adapter.channel.send(edit, no_file)
    assert await adapter.posted() == ["taken"]


async def test_every_failure_is_told_for_what_it_is(adapter: Adapter) -> None:
    told = {}
    for number, failure in enumerate(adapter.failures, 100):
        await adapter.refuse(failure)
        try:
            await post(adapter, Post(adapter.anna, plain("hello"), random_id=number))
        except SendError as error:
            told[failure] = error.failure
    assert told == {failure: failure for failure in adapter.failures}


async def test_a_photo_comes_down_in_pieces(adapter: Adapter) -> None:
    inbox = Inbox()
    async with receiving(adapter, inbox):
        await adapter.write_photo(PHOTO)
        (raw,) = await inbox.holds(1)
    event = adapter.channel.parse(raw.body)
    assert isinstance(event, MessageReceived)
    (photo,) = event.attachments
    assert photo.kind is AttachmentKind.PHOTO
    async with adapter.channel.open_file(photo) as download:
        chunks = [chunk async for chunk in download.chunks]
    assert b"".join(chunks) == PHOTO
    assert len(chunks) > 1


async def test_a_photo_from_elsewhere_goes_up_with_its_words(adapter: Adapter) -> None:
    attachment = Attachment(AttachmentKind.PHOTO, "elsewhere", ref="1", name="plan.jpg")
    message = Post(adapter.anna, plain("the plan"), attachments=(attachment,), random_id=21)
    for part in adapter.channel.fit(message):
        await adapter.channel.send(part, elsewhere)
    assert await adapter.posted_photos() == [PHOTO]
    assert [text for text in await adapter.posted() if text] == ["the plan"]


@asynccontextmanager
async def elsewhere(attachment: Attachment) -> AsyncIterator[Download]:
    """A file of another channel, of a size that it does not tell."""

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(PHOTO), 50_000):
            yield PHOTO[start : start + 50_000]

    yield Download(attachment.name, None, chunks())


@asynccontextmanager
async def receiving_at_once(adapter: Adapter, inbox: Inbox) -> AsyncIterator[None]:
    """Like `receiving`, where something already waits so that no poll will."""
    task = asyncio.create_task(adapter.channel.receive(inbox.accept, inbox.cursor))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
