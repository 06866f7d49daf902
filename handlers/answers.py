"""Human answers to customers: what counts as one, and those given in the messenger itself."""

from __future__ import annotations

from bot.domain.lead import Lead
from bot.messages import AdminWrote, Span, Style, address
from handlers import erasing, managers, terms
from handlers.managers import Act
from handlers.relay import body, in_kind
from handlers.work import Work
from storage import accounts, leads, messages
from storage.messages import Message


async def admin_wrote(work: Work, event: AdminWrote) -> None:
    """An admin answered in the messenger's own inbox: a human answer, kept and shown."""
    account = await accounts.at(work.session, address(event.channel, event.account))
    if account is None or not await erasing.is_news(work, event):
        return
    known = await messages.written(work.session, account.address, event.message_id)
    if known is not None:
        if event.edited and known.author == "admin":
            await _edited(work, event, known)
        return
    lead = await leads.open_of(work.session, account.person, work.policy.desk)
    number = await messages.add(
        work.session,
        account=account.id,
        lead=lead.id if lead else None,
        direction="out",
        author="admin",
        chat=account.address,
        message_id=event.message_id,
        at=event.at,
        text=event.text,
        attachments=event.attachments,
    )
    if lead is None:
        return
    leads.touch(work.session, lead.id, at=work.now, kind="answered", actor="staff")
    await answered(work, lead)
    head = work.texts("relay.admin", channel=work.texts.channel(event.channel))
    text = (Span(f"{head}\n", Style.ITALIC), *body(event, work.texts))
    await work.under_card(lead.id, text, attachments=in_kind(event.attachments), message=number)


async def _edited(work: Work, event: AdminWrote, known: Message) -> None:
    """The words before are kept, and the difference is shown where the answer was."""
    overtaken = known.edited_at is not None and event.at < known.edited_at
    if known.text == event.text or overtaken:
        return
    messages.edit(work.session, known, event.text, at=event.at)
    if known.lead is None:
        return
    head = work.texts("relay.admin_edited", channel=work.texts.channel(event.channel))
    was = (Span(f"{known.text}\n", Style.STRIKE),) if known.text else ()
    text = (Span(f"{head}\n", Style.ITALIC), *was, Span(event.text))
    await work.under_card(known.lead, text, message=known.id)


async def answering(work: Work, act: Act) -> Lead:
    """Somebody of the team answers the customer, which takes a free lead."""
    lead = await managers.take_by_answering(work, act)
    leads.touch(
        work.session, lead.id, at=work.now, kind="answered", actor="staff", staff=act.who.id
    )
    if lead.open:
        await answered(work, lead)
    return lead


async def answered(work: Work, lead: Lead) -> None:
    """A human answered the customer."""
    if lead.answered_at is None:
        lead = leads.change(work.session, lead, answered_at=work.now)
    await terms.answered(work, lead)
