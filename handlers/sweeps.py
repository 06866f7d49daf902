"""What time brings: reminders of overdue leads, and digests."""

from __future__ import annotations

from bot.domain.hours import Term
from bot.domain.lead import Lead, State
from bot.messages import DeadlineDue, DigestDue, Priority, Span, Text, plain
from handlers import cards as faces
from handlers.digests import digest_text
from handlers.work import Work
from storage import accounts, deadlines, leads, staff
from storage.deadlines import Deadline


async def deadline_due(work: Work, event: DeadlineDue) -> None:
    """Remind of an overdue lead: first under its card, then the supervisors; each once."""
    deadline = await deadlines.by_id(work.session, event.deadline)
    if deadline is None or deadline.done_at is not None or deadline.step != event.step:
        return
    lead = await leads.by_id(work.session, deadline.lead)
    if lead is None or not lead.open:
        deadlines.stop(work.session, deadline.lead, deadline.kind, at=work.now)
        return
    leads.touch(work.session, lead.id, at=work.now, kind="overdue", awaited=deadline.kind)
    if deadline.step == 0:
        await _remind_team(work, lead, deadline)
        deadlines.advance(work.session, deadline, work.due(_patience(work, deadline)))
    else:
        await _remind_supervisors(work, lead, deadline)
        deadlines.advance(work.session, deadline, None)


async def digest_due(work: Work, event: DigestDue) -> None:
    """One recipient's digest."""
    text = await digest_text(work, event.period, event.day)
    await work.post(event.recipient, text, priority=Priority.DIGEST, told=True)


def _patience(work: Work, deadline: Deadline) -> Term:
    return work.policy.take if deadline.kind == "take" else work.policy.first_reply


async def _remind_team(work: Work, lead: Lead, deadline: Deadline) -> None:
    waited = work.texts.duration((work.now - lead.created_at).total_seconds())
    if lead.state is State.TAKEN and lead.responsible is not None:
        who = await staff.by_id(work.session, lead.responsible)
        words = work.texts("reminder.answer", waited=waited)
        text: Text = (Span("⏰ "), faces.mention(who), Span(f", {words}"))
    else:
        text = plain(f"⏰ {work.texts('reminder.take', waited=waited)}")
        if lead.offer is not None:
            who = await staff.by_id(work.session, lead.offer.staff)
            text = (*text, Span(" → "), faces.mention(who))
    await work.under_card(lead.id, text)


async def _remind_supervisors(work: Work, lead: Lead, deadline: Deadline) -> None:
    account = await accounts.by_id(work.session, lead.account)
    values = {
        "number": lead.id,
        "name": faces.person(account, work.policy),
        "waited": work.texts.duration((work.now - lead.created_at).total_seconds()),
    }
    if lead.responsible is None:
        words = work.texts("alarm.not_taken", **values)
    else:
        who = await staff.by_id(work.session, lead.responsible)
        words = work.texts("alarm.not_answered", manager=who.name, **values)
    await work.alarm(f"⏰ {words}", also=work.policy.of(lead.channel).responsible, lead=lead.id)
