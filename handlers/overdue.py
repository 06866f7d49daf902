"""Overdue leads: who is reminded one after the other, and one summary where there are many."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain import deadlines as rules
from bot.domain.deadlines import Kind, Rung
from bot.domain.hours import Term
from bot.domain.lead import Action, Lead
from bot.messages import (
    Button,
    DeadlineDue,
    Keyboard,
    LeadsOverdue,
    Priority,
    Span,
    Style,
    Text,
    plain,
)
from handlers import cards as faces
from handlers import managers, terms
from handlers.step_reminders import MARK
from handlers.wire import pack
from handlers.work import Work, cut
from storage import accounts, cards, deadlines, leads, staff
from storage.deadlines import Deadline
from storage.erasure import LIST

_AT_ONCE = 2000  # decided in one transaction; the next sweep finds the rest
_LISTED = 20  # lines of a summary
_BUTTONS = 9
_IN_A_ROW = 3
_NAME = 24  # characters


@dataclass(frozen=True, slots=True)
class _Late:
    """What somebody should have done about a lead by now."""

    lead: Lead
    deadline: Deadline

    @property
    def about(self) -> str:
        """What is missing, as the texts call it."""
        return "answer" if self.deadline.kind in _ANSWERS else self.deadline.kind.value


async def deadline_due(work: Work, event: DeadlineDue) -> None:
    """What is due of one deadline, decided once; acting on the lead has stopped it."""
    deadline = await deadlines.by_id(work.session, event.deadline)
    if deadline is None or deadline.done_at is not None or deadline.step != event.step:
        return
    if deadline.next_at is None or event.at not in (None, deadline.next_at):
        return  # its time stood still meanwhile
    late = await _late(work, deadline)
    if late is None:
        return
    for rung in _decide(work, late):
        await _remind(work, late, rung)


async def many_due(work: Work, event: LeadsOverdue) -> None:
    """All that is due, each step of it decided once, and one message to each who is concerned."""
    del event  # what is due by now is what counts
    due = await deadlines.due_now(work.session, work.now, _AT_ONCE)
    found = await asyncio.gather(*(_late(work, one) for one in due))
    told: dict[str, dict[int, _Late]] = defaultdict(dict)
    for late in sorted(filter(None, found), key=lambda one: one.deadline.due_at):
        for rung in _decide(work, late):
            for where in await _concerned(work, late, rung):
                told[where].setdefault(late.lead.id, late)
    for where, those in told.items():
        await _sum_up(work, where, list(those.values()))


async def _late(work: Work, deadline: Deadline) -> _Late | None:
    """The lead with its deadline, unless nothing is to be done about it any more."""
    lead = await leads.by_id(work.session, deadline.lead)
    if lead is not None and lead.open:
        return _Late(lead, deadline)
    deadlines.stop(work.session, deadline.lead, deadline.kind.value, at=work.now)
    return None


def _decide(work: Work, late: _Late) -> Sequence[Rung]:
    """All steps that have passed by now are decided: who is to hear. The first shows on the card.

    It is more than one only where the product, or its clock, was away.
    """
    steps, next_at = _passed(work, late)
    deadlines.advance(work.session, late.deadline, next_at, steps)
    lead = leads.change(work.session, late.lead)  # nobody acts on it, or decides, meanwhile
    kind = late.deadline.kind.value
    leads.touch(work.session, lead.id, at=work.now, kind="overdue", awaited=kind)
    first = late.deadline.step
    if not first:
        cards.refresh(work.session, lead.id, work.now)
    return rules.rungs(late.deadline.kind)[first : first + steps]


def _passed(work: Work, late: _Late) -> tuple[int, datetime | None]:
    """How many steps should be over by now, one at least, and when the next is due."""
    steps, at = 0, late.deadline.next_at
    while at is not None and (at <= work.now or not steps):
        pause = rules.patience(late.deadline.kind, late.deadline.step + steps, _term(work, late))
        at = work.policy.hours.add(at, pause) if pause is not None else None
        steps += 1
    return steps, at


def _term(work: Work, late: _Late) -> Term:
    return terms.term(work, late.lead, late.deadline.kind)


async def _remind(work: Work, late: _Late, rung: Rung) -> None:
    waited = await _waited(work, late)
    if rung is Rung.CARD:
        await _remind_all(work, late.lead, waited)
    elif rung is Rung.MANAGER:
        await _remind_manager(work, late, waited)
    elif rung is Rung.SUPERVISORS:
        words = await _told(work, late, waited)
        also = work.policy.of(late.lead.channel).responsible
        await work.alarm(f"⏰ {words}", also=also, lead=late.lead.id)
    elif work.policy.chat not in work.policy.reports_to:  # where it would be said twice
        words = await _told(work, late, waited)
        await work.post(work.policy.chat, plain(f"⏰ {words}"), lead=late.lead.id)


async def _remind_all(work: Work, lead: Lead, waited: str) -> None:
    """Under the card; whoever is asked to take it is called by name."""
    text = plain(f"⏰ {work.texts('reminder.take', waited=waited)}")
    if lead.offer is not None:
        who = await staff.by_id(work.session, lead.offer.staff)
        text = (*text, Span(" → "), faces.mention(who))
    await work.under_card(lead.id, text)


async def _remind_manager(work: Work, late: _Late, waited: str) -> None:
    """Under the card, and in private; that reaches only who has opened the bot, and is ours."""
    lead = late.lead
    about = "close" if late.deadline.kind is Kind.CLOSE else "answer"
    words = work.texts(f"reminder.{about}", waited=waited)
    if lead.responsible is None:
        return
    who = await staff.by_id(work.session, lead.responsible)
    await work.under_card(lead.id, (Span("⏰ "), faces.mention(who), Span(f", {words}")))
    if await managers.active(work, who.id) is None:
        return
    account = await accounts.by_id(work.session, lead.account)
    name = Span(f"#{lead.id} {faces.person(account, work.policy)}", Style.BOLD)
    text = (Span("⏰ "), name, Span(f": {words}"))
    await work.post(who.address, text, lead=lead.id, asks=MARK)


async def _told(work: Work, late: _Late, waited: str) -> str:
    """In one sentence for those who do not look at the card."""
    lead = late.lead
    account = await accounts.by_id(work.session, lead.account)
    name = faces.person(account, work.policy)
    values = {"number": lead.id, "name": name, "waited": waited}
    if lead.responsible is None:
        return work.texts("alarm.not_taken", **values)
    manager = (await staff.by_id(work.session, lead.responsible)).name
    if late.deadline.kind is Kind.CLOSE:
        return work.texts("alarm.not_closed", manager=manager, **values)
    return work.texts("alarm.not_answered", manager=manager, **values)


async def _waited(work: Work, late: _Late) -> str:
    since = await terms.waiting_since(work, late.lead, late.deadline.kind)
    return work.texts.duration((work.now - since).total_seconds())


async def _concerned(work: Work, late: _Late, rung: Rung) -> Iterable[str]:
    """The addresses to which a step goes where it is one of many."""
    if rung is Rung.SUPERVISORS:
        also = work.policy.of(late.lead.channel).responsible
        return (*work.policy.reports_to, *filter(None, (also,)))
    if rung is Rung.MANAGER and late.lead.responsible is not None:
        # In the chat as well: not everybody has opened the bot, or is still of the team.
        who = await managers.active(work, late.lead.responsible)
        return (*((who.address,) if who else ()), work.policy.chat)
    return (work.policy.chat,)


async def _sum_up(work: Work, where: str, found: Sequence[_Late]) -> None:
    """The longest waiting first, with counts, and as many lines as people read."""
    texts = work.texts
    title = Span(f"⏰ {texts.plural('overdue.many', len(found))}", Style.BOLD)
    counts = Counter(one.about for one in found)
    parts = [f"{texts(f'overdue.{about}')}: {n}" for about, n in counts.most_common()]
    lines: list[Text] = [(Span("\n" + " · ".join(parts)),)] if len(parts) > 1 else []
    lines += [await _line(work, where, one) for one in found[:_LISTED]]
    if len(found) > _LISTED:
        more = texts.plural("leads.more", len(found) - _LISTED)
        lines.append((Span(f"\n{more}: /overdue"),))
    text: Text = (title, *(span for line in lines for span in line))
    in_chat = where == work.policy.chat
    keyboard = _buttons(work, found[:_LISTED]) if in_chat else ()
    priority = Priority.CARD if in_chat else Priority.DIGEST
    alone = found[0].lead.id if len(found) == 1 else None
    concerned = where in (*work.policy.reports_to, work.policy.chat)
    about_many = "" if alone else LIST
    await work.post(
        where,
        text,
        keyboard=keyboard,
        priority=priority,
        lead=alone,
        asks=about_many if concerned else MARK,
    )


async def _line(work: Work, where: str, late: _Late) -> Text:
    """`#12 Anna · 3 h · not taken`; in the team's chat whoever has it is called by name."""
    lead = late.lead
    account = await accounts.by_id(work.session, lead.account)
    name = cut(faces.person(account, work.policy), _NAME)
    words = f" {name} · {await _waited(work, late)} · {work.texts(f'overdue.{late.about}')}"
    line: Text = (Span("\n"), Span(f"#{lead.id}", Style.BOLD), Span(words))
    if lead.holder is None:
        return line
    who = await staff.by_id(work.session, lead.holder)
    if who.address == where:
        return line
    called = faces.mention(who) if where == work.policy.chat else Span(who.name)
    return (*line, Span(" → "), called)


def _buttons(work: Work, found: Sequence[_Late]) -> Keyboard:
    """To take the first of those that are free."""
    free = [one.lead.id for one in found if one.lead.holder is None][:_BUTTONS]
    take = work.texts("button.take")
    buttons = [
        Button(f"{take} #{number}", pack(Action.TAKE.value, number), look="primary")
        for number in free
    ]
    return tuple(tuple(buttons[at : at + _IN_A_ROW]) for at in range(0, len(buttons), _IN_A_ROW))


_ANSWERS = frozenset({Kind.FIRST_REPLY, Kind.NEXT_REPLY})
