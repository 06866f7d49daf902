"""Lists of leads that the team asks for: all, one's own, the overdue ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.lead import Lead
from bot.messages import Span, Style, Text, plain
from handlers import cards as faces
from handlers import step_menus
from handlers.warmth import hot_first
from handlers.work import Work
from storage import deadlines, steps
from storage import leads as stored
from storage.staff import Staff
from storage.steps import Step

_LISTED = 30


async def leads(work: Work, who: Staff | None, rest: str) -> Text:
    """`/leads`: all that wait, whoever has them."""
    del who, rest
    found = hot_first(await stored.unprocessed(work.session))
    title = work.texts.plural("leads.unprocessed", len(found))
    return await _list(work, found, title if found else work.texts("none.unprocessed"))


async def my(work: Work, who: Staff | None, rest: str) -> Text:
    """`/my`: theirs, those with a next step first."""
    del rest
    if who is None:
        return plain(work.texts("reply.anonymous"))
    found = await stored.unprocessed(work.session, responsible=who.id)
    title = work.texts.plural("leads.mine", len(found))
    planned = await steps.open_of_leads(work.session, [lead.id for lead in found])
    known = {lead.id: lead for lead in hot_first(found)}
    found = [known[number] for number in dict.fromkeys((*planned, *known))]
    return await _list(work, found, title if found else work.texts("none.mine"), planned)


async def overdue(work: Work, who: Staff | None, rest: str) -> Text:
    """`/overdue`: those past a deadline, the longest overdue first."""
    del who, rest
    late = await deadlines.overdue_leads(work.session, work.now)
    known = {lead.id: lead for lead in await stored.unprocessed(work.session)}
    found = [known[number] for number in late if number in known]
    title = work.texts.plural("leads.overdue", len(found))
    return await _list(work, found, title if found else work.texts("none.overdue"))


async def _list(
    work: Work, found: Sequence[Lead], title: str, planned: Mapping[int, Step] | None = None
) -> Text:
    """At most so many lines in their order, with what is planned, and how many there are."""
    lines: list[Span] = [Span(title, Style.BOLD)]
    late = set(await deadlines.overdue_leads(work.session, work.now)) if found else set()
    for lead in found[:_LISTED]:
        lines += [Span("\n"), *await faces.line(work.session, work.policy, lead, work.now, late)]
        if planned and lead.id in planned:
            line = step_menus.line(work.policy, planned[lead.id], work.now)
            lines.append(Span(f"\n    {line}"))
    if len(found) > _LISTED:
        lines.append(Span("\n" + work.texts.plural("leads.more", len(found) - _LISTED)))
    return tuple(lines)
