"""Consent to data processing: asked before anything is asked for, kept with version and time."""

from __future__ import annotations

from zlib import crc32

from bot.domain.lead import Lead
from bot.messages import Button, Span, Style, Text
from handlers.wire import pack_customers
from handlers.work import Work
from storage import dialogues
from storage.accounts import Account

VERB = "consent"


async def given(work: Work, account: Account) -> bool | None:
    """Whether they agreed to the policy of today, or declined; None when they did neither."""
    wanted = work.policy.of(account.channel).consent
    if wanted is None:
        return True
    found = await dialogues.consents_of(work.session, account.id)
    return next((one.agreed for one in reversed(found) if (one.url, one.version) == wanted), None)


async def ask(work: Work, account: Account, lead: Lead) -> None:
    """The policy's link and two buttons."""
    texts = work.words_for(account)
    yes = Button(texts("customer.agree"), pack_customers(VERB, f"{mark(work, account)}.yes"))
    no = Button(texts("customer.disagree"), pack_customers(VERB, f"{mark(work, account)}.no"))
    await work.to_customer(account, text(work, account), lead=lead.id, keyboard=((yes, no),))


def text(work: Work, account: Account) -> Text:
    """What they are asked to agree to."""
    texts = work.words_for(account)
    url, _ = work.policy.of(account.channel).consent or ("", "")
    before, _, after = texts("customer.consent", policy="\0").partition("\0")
    return Span(before), Span(texts("customer.policy"), Style.LINK, url), Span(after)


def keep(work: Work, account: Account, *, agreed: bool) -> None:
    """Write down what they said to the policy of today."""
    url, version = work.policy.of(account.channel).consent or ("", "")
    dialogues.consent(
        work.session, account.id, version=version, url=url, agreed=agreed, now=work.now
    )


def mark(work: Work, account: Account) -> str:
    """What a button says of the policy it was shown with; "" when there is none by now."""
    wanted = work.policy.of(account.channel).consent
    return f"{crc32(repr(wanted).encode()):08x}" if wanted else ""
