"""What customers may know and decide about their data: /privacy shows it, /delete erases it."""

from __future__ import annotations

from datetime import timedelta

from bot.messages import Button, ButtonPressed, ErasureWanted, MessageReceived, Reach, plain
from handlers import exports
from handlers.choices import settled
from handlers.wire import pack_customers
from handlers.work import Work
from storage import accounts, inbox, outbox
from storage import exports as kept
from storage.accounts import Account
from storage.retention import receipt

VERB = "erase"
_ASKS = "privacy"  # marks an export under way: one at a time
_ASKS_TO_ERASE = "delete"
_SOON = timedelta(seconds=2)  # so that what is said of it goes out before
_VALID = timedelta(days=1)  # nobody erases themselves by an old button


async def commanded(work: Work, account: Account, event: MessageReceived) -> bool:
    """Whether it was one of the two commands, which it then has answered."""
    first = (event.text.split(maxsplit=1) or [""])[0].partition("@")[0].lower()
    command = _COMMANDS.get(first)
    if command is None or event.attachments or event.forwarded_from:
        return False
    await command(work, account)
    return True


async def pressed(work: Work, event: ButtonPressed, account: Account, argument: str) -> str:
    """Erase everything, or nothing; what the pressing person is told."""
    texts = work.words_for(account)
    issued, _, said = argument.partition(".")
    age = _minute(work) - int(issued) if issued.isdecimal() and len(issued) < 12 else -1
    if said not in ("yes", "no") or not 0 <= age * 60 < _VALID.total_seconds():
        return texts("customer.erase_late")
    if said == "no":
        await settled(work, event, plain(texts("customer.kept")), "")
        return ""
    erase(work, account)
    await settled(work, event, plain(texts("customer.erasing")), "")
    return ""


def erase(work: Work, account: Account) -> None:
    """Have everything known of the account erased, once however often that is confirmed."""
    wanted = ErasureWanted(account.id, "customer", receipt())
    inbox.later(work.session, f"erase:{account.id}", wanted, now=work.now, at=work.now + _SOON)


async def _show(work: Work, account: Account) -> None:
    """What is stored, in words, and everything as a file."""
    if await outbox.waits(work.session, account.address, _ASKS):
        return
    texts = work.words_for(account)
    written = await kept.count_messages(work.session, account.id)
    requests = await kept.leads_of(work.session, account.id)
    agreed = await exports.consents(work.session, account, texts, work.policy.timezone)
    lines = [
        texts("privacy.stored"),
        f"• {exports.name(account, texts)}",
        *(f"• {value}" for value in await exports.contacts(work.session, account)),
        f"• {texts.plural('privacy.wrote', written)}",
        f"• {texts.plural('privacy.asked', len(requests))}",
        *(f"• {line}" for line in agreed),
        texts("privacy.file"),
        *await _elsewhere(work, account, "/privacy"),
    ]
    words = plain("\n".join(lines))
    for part in await exports.attachments(work.session, account):
        await work.to_customer(account, words, attachments=(part,), asks=_ASKS)
        words = ()


async def _ask_to_erase(work: Work, account: Account) -> None:
    if await outbox.waits(work.session, account.address, _ASKS_TO_ERASE):
        return
    texts = work.words_for(account)
    minute = _minute(work)
    yes = pack_customers(VERB, f"{minute}.yes")
    no = pack_customers(VERB, f"{minute}.no")
    buttons = (
        (Button(texts("customer.erase"), yes, look="danger"),),
        (Button(texts("customer.keep"), no),),
    )
    lines = [texts("customer.erase_all"), *await _elsewhere(work, account, "/delete")]
    words = plain("\n".join(lines))
    await work.to_customer(account, words, keyboard=buttons, asks=_ASKS_TO_ERASE)


async def _elsewhere(work: Work, account: Account, command: str) -> list[str]:
    """Where else the person seems to write from: a belief of ours, so nothing more is told."""
    texts = work.words_for(account)
    known = await accounts.of_person(work.session, account.person)
    others = [one for one in known if one.id != account.id and not one.erased]
    channels = dict.fromkeys(one.channel for one in others if one.reach is not Reach.OFFLINE)
    names = [texts.channel(one) for one in channels]
    return [texts("privacy.elsewhere", command=command, channel=name) for name in names]


def _minute(work: Work) -> int:
    return int(work.now.timestamp()) // 60


_COMMANDS = {"/privacy": _show, "/delete": _ask_to_erase}
