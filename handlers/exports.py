"""What a customer wrote and gave, as a text of their own: made when it is sent, kept nowhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import tzinfo
from tempfile import SpooledTemporaryFile
from typing import IO

from bot.domain.feedback import Asks, stars
from bot.messages import Attachment, AttachmentKind, Download
from config.texts import Texts
from handlers.policy import Policy
from handlers.relay import said
from storage import accounts, dialogues, exports, feedback
from storage.accounts import Account
from storage.session import Session

CHANNEL = "dialead"  # of what the product itself makes
TITLE_KEYS = (
    "privacy.names",
    "privacy.contacts",
    "privacy.consents",
    "privacy.leads",
    "privacy.answers",
    "privacy.messages",
)
LARGEST = 40 * 2**20
"""Bytes of one file, so that every messenger takes it."""

_NAME = "my-data.txt"  # as its reader may not know who we are
_WIDEST = 4  # bytes of a character
_IN_MEMORY = 2**18  # bytes
_CHUNK = 2**16  # bytes
_MARK = "\ufeff"  # by which every editor sees what the letters are


async def attachments(session: Session, account: Account) -> tuple[Attachment, ...]:
    """The file that `opened` makes, in as many parts as it takes; of most people it is one."""
    size = _WIDEST * await exports.characters_of(session, account.id)
    count = 1 + size // LARGEST
    return tuple(_part(account, number, count) for number in range(count))


def account_of(wanted: Attachment) -> int:
    """Whose file it is, or a part of it."""
    return int(wanted.ref.partition("/")[0])


@asynccontextmanager
async def opened(session: Session, wanted: Attachment, policy: Policy) -> AsyncIterator[Download]:
    """The file at this moment; a long one is written to the disk, where only we can read it."""
    account = await accounts.by_id(session, account_of(wanted))
    texts = policy.words_for(account)
    _, number, count = (*map(int, wanted.ref.split("/")), 0, 1)[:3]
    with SpooledTemporaryFile(_IN_MEMORY) as file:
        async for piece in _written(session, account, texts, policy):
            file.write(piece.encode())
        size = file.tell()
        begin, end = (_line_at(file, size * n // count) for n in (number, number + 1))
        file.seek(begin)
        head = _MARK.encode() if begin else b""
        yield Download(wanted.name, len(head) + end - begin, _pieces(file, head, end - begin))


async def contacts(session: Session, account: Account) -> list[str]:
    """Phones and addresses that they gave, each once."""
    found = await accounts.contacts_of(session, account.id)
    return list(dict.fromkeys(value for _, value in found))


async def consents(session: Session, account: Account, texts: Texts, zone: tzinfo) -> list[str]:
    """What they agreed to, or declined, and when."""
    found = await dialogues.consents_of(session, account.id)
    return [
        texts(
            "privacy.agreed" if one.agreed else "privacy.declined",
            version=one.version,
            day=texts.date(one.at.astimezone(zone)),
            url=one.url,
        )
        for one in found
    ]


def name(account: Account, texts: Texts) -> str:
    """An account as its owner knows it."""
    username = f"@{account.username}" if account.username else ""
    channel = texts.channel(account.channel)
    return ", ".join(filter(None, (account.name, username, channel)))


async def _written(
    session: Session, account: Account, texts: Texts, policy: Policy
) -> AsyncIterator[str]:
    """All of it, a piece at a time."""
    answers = await exports.answers_of(session, account.id)
    zone = policy.timezone
    leads = [
        f"{texts.date(one.created_at.astimezone(zone))}  {policy.source(one.source)}".rstrip()
        for one in await exports.leads_of(session, account.id)
    ]
    sections = (
        [name(account, texts)],
        await contacts(session, account),
        await consents(session, account, texts, zone),
        leads,
        [*(" ".join(pair) for pair in answers), *await _tapped(session, account, texts)],
    )
    *keys, key_of_messages = TITLE_KEYS
    titled = zip(keys, sections, strict=True)
    yield _MARK + "\n\n".join("\n".join((texts(key), *lines)) for key, lines in titled if lines)
    title = f"\n\n{texts(key_of_messages)}"
    async for one in exports.messages_of(session, account.id):
        lines = [one.text, *(said(attached, texts) for attached in one.attachments)]
        when = f"{texts.date(one.at.astimezone(zone))} {texts.time(one.at, zone)}"
        yield f"{title}\n{when}  {' '.join(filter(None, lines))}"
        title = ""
    yield "\n"


async def _tapped(session: Session, account: Account, texts: Texts) -> list[str]:
    """What they said by one tap after a request was closed."""
    return [
        texts("customer.rated", stars=stars(one.answer))
        if one.kind is Asks.RATING
        else f"{texts('customer.why')} {texts(f'farewell.{one.answer}')}"
        for one in await feedback.of_account(session, account.id)
    ]


def _part(account: Account, number: int, count: int) -> Attachment:
    """Alone it is the whole; which one of several it is stands in its name, from 1 on."""
    ref, name = str(account.id), _NAME
    if count > 1:
        stem, dot, ending = _NAME.partition(".")
        ref, name = f"{ref}/{number}/{count}", f"{stem}-{number + 1}{dot}{ending}"
    return Attachment(AttachmentKind.DOCUMENT, CHANNEL, ref, name=name, mime="text/plain")


def _line_at(file: IO[bytes], place: int) -> int:
    """The first beginning of a line there or after it."""
    if place == 0:
        return 0
    file.seek(place - 1)
    file.readline()
    return file.tell()


async def _pieces(file: IO[bytes], head: bytes, left: int) -> AsyncIterator[bytes]:
    yield head
    while left and (piece := file.read(min(left, _CHUNK))):
        left -= len(piece)
        yield piece
