"""Two persons who turn out to be one, and one who turns out to be two: each verb does it once."""

from __future__ import annotations

from bot.domain.lead import SPLIT, Lead, State
from bot.domain.people import Person, last, members, staying_first, winner_first
from bot.messages import Span, Style, Text
from handlers import cards as faces
from handlers import offers, recognition, terms
from handlers.managers import Act, active
from handlers.wire import number_of
from handlers.work import Work, cut
from storage import accounts, cards, leads, messages, people, staff, steps

_WORDS = 120  # characters of an absorbed lead's first words


async def merge(work: Work, act: Act) -> str:
    """They are one person: one history, and of two open leads one."""
    one, other = await _both(work, act)
    if one is None or other is None:
        return _stale(work, act, work.texts("press.outdated"))
    if one.id == other.id:
        return _stale(work, act, work.texts("press.one_already"))
    winner, loser = winner_first(one, other)
    absorbed = await _absorb_one(work, act, winner, loser)
    people.merge(work.session, winner, loser, by=act.who.id, at=work.now, absorbed=absorbed)
    await recognition.show_alike_anew(work, winner.id, loser.id)
    _noted(work, act, act.lead.id, "merge")
    return work.texts("press.merged")


async def differ(work: Work, act: Act) -> str:
    """They are two persons, and nobody needs to ask again."""
    one, other = await _both(work, act)
    if one is None or other is None:
        return _stale(work, act, work.texts("press.outdated"))
    if one.id == other.id:
        return _stale(work, act, work.texts("press.one_already"))
    trees = [members(top.id, await people.merges_of(work.session, top.id)) for top in (one, other)]
    people.differ(work.session, *trees, by=act.who.id, at=work.now)
    for person in (one, other):
        lead = await leads.open_of(work.session, person.id, work.policy.desk)
        if lead is not None:
            cards.refresh(work.session, lead.id, work.now)
    return work.texts("press.differ")


async def split(work: Work, act: Act) -> str:
    """Undo the last merge: both are as they were, and what is new goes with its account."""
    number = number_of(act.argument) or 0
    top = await people.root_of(work.session, act.lead.person)
    made = await people.merges_of(work.session, top.id) if top else ()
    undo = last(made)
    if top is None or undo is None or undo.id != number:
        over = await people.undone(work.session, number)
        return _stale(work, act, work.texts("press.split_already" if over else "press.outdated"))
    loser = members(undo.loser, [one for one in made if one != undo])
    known = await accounts.of_person(work.session, top.id)
    parted = {one.id for one in known if one.own in loser}
    standing = await leads.open_of(work.session, top.id, work.policy.desk)
    people.split(
        work.session,
        top,
        undo,
        persons_of=loser,
        accounts_of=parted,
        by=act.who.id,
        at=work.now,
    )
    await recognition.show_alike_anew(work, top.id)
    _noted(work, act, act.lead.id, "split")
    if standing is not None:
        cards.refresh(work.session, standing.id, work.now)
    if undo.absorbed is not None:
        await _restore(work, act, undo.absorbed, parted, standing)
    return work.texts("press.split")


async def _both(work: Work, act: Act) -> tuple[Person | None, Person | None]:
    """Who the lead's customer is by now, and who the button's other person is."""
    return (
        await people.root_of(work.session, act.lead.person),
        await _visible(work, number_of(act.argument) or 0),
    )


async def _visible(work: Work, number: int) -> Person | None:
    """The person, unless they are another team's customer; buttons can be forged."""
    found = await people.root_of(work.session, number)
    hidden = await people.of_others(work.session, [found.id]) if found else ()
    return None if hidden else found


async def _absorb_one(work: Work, act: Act, winner: Person, loser: Person) -> int | None:
    """Of two open leads one goes up in the other; its number."""
    found = [await leads.open_of(work.session, one.id, work.policy.desk) for one in (winner, loser)]
    both = [lead for lead in found if lead is not None]
    for lead in both:
        cards.refresh(work.session, lead.id, work.now)
    if len(both) < 2:
        return None
    stays, goes = staying_first(*both)
    leads.change(work.session, goes, state=State.ABSORBED.value, absorbed_into=stays.id)
    leads.change(work.session, stays)  # nobody closes it in the same moment
    leads.relieve(work.session, goes.id, at=work.now)
    await terms.absorbed(work, stays, goes)
    await _join_steps(work, stays, goes)
    await offers.has_time(work, besides=goes.id)
    _noted(work, act, goes.id, "absorb", into=stays.id)
    await _tell(work, act, stays, goes)
    return goes.id


async def _join_steps(work: Work, stays: Lead, goes: Lead) -> None:
    """What is to be done next goes along, unless something is to be done already."""
    step = await steps.open_of(work.session, goes.id)
    if step is not None and await steps.open_of(work.session, stays.id) is None:
        steps.change(work.session, step, lead=stays.id)
    else:
        steps.end(work.session, goes.id, at=work.now)


async def _tell(work: Work, act: Act, stays: Lead, goes: Lead) -> None:
    """Whoever had either lead hears of it, where the conversation goes on."""
    account = await accounts.by_id(work.session, goes.account)
    words = work.texts(
        "merge.joined",
        number=goes.id,
        channel=work.texts.channel(goes.channel),
        name=faces.person(account, work.policy),
    )
    text: Text = (Span(f"🔗 {words}", Style.ITALIC),)
    if goes.first_words:
        text = (*text, Span("\n"), Span(cut(goes.first_words, _WORDS), Style.QUOTE))
    said = await messages.of_lead(work.session, goes.id)
    await work.under_card(
        stays.id,
        (*text, *await _called(work, act, stays, goes)),
        message=said[0].id if said else None,  # of which it tells
    )


async def _called(work: Work, act: Act, *concerned: Lead) -> Text:
    """The leads' managers in words that make their phones ring, but for who did it."""
    numbers = dict.fromkeys(lead.responsible for lead in concerned)
    managers = [await staff.by_id(work.session, one) for one in numbers if one is not None]
    called = [faces.mention(who) for who in managers if who.id != act.who.id]
    parts = [part for one in called for part in (Span(", "), one)]
    return (Span("\n→ "), *parts[1:]) if parts else ()


async def _restore(
    work: Work, act: Act, absorbed: int, parted: set[int], standing: Lead | None
) -> None:
    """The absorbed lead is open again, unless its own person has another one by now."""
    lead = await leads.by_id(work.session, absorbed)
    if lead is None or lead.state not in SPLIT.sources:
        return
    if (await accounts.by_id(work.session, lead.account)).erased:
        gone = {"state": State.REJECTED.value, "absorbed_into": None, "closed_at": work.now}
        leads.change(work.session, lead, **gone)
        return
    if standing is not None and (standing.account in parted) == (lead.account in parted):
        leads.change(work.session, standing)  # nobody closes it in the same moment
        leads.change(work.session, lead, absorbed_into=standing.id)
        cards.refresh(work.session, lead.id, work.now)
        return
    await _reopen(work, act, lead)


async def _reopen(work: Work, act: Act, lead: Lead) -> None:
    """As it was before; what was closed in the meantime counts as an earlier lead."""
    into = await leads.standing_for(work.session, lead)
    repeats = not into.open and into.repeat_of != lead.id
    manager = await active(work, lead.responsible)
    back = leads.change(
        work.session,
        lead,
        state=(State.TAKEN if manager else State.NEW).value,
        responsible=manager.id if manager else None,
        absorbed_into=None,
        repeat_of=into.id if repeats else lead.repeat_of,
    )
    if manager is not None:
        leads.assign(work.session, lead.id, manager.id, kind="give", by=act.who.id, at=work.now)
    await terms.settled(work, back)
    if manager is None:
        offers.came_back(work, back)
    _noted(work, act, lead.id, "restore", into=into.id)
    words = Span(f"🔗 {work.texts('merge.parted', number=lead.id)}", Style.ITALIC)
    await work.under_card(lead.id, (words, *await _called(work, act, back)))


def _noted(work: Work, act: Act, lead: int, kind: str, **data: object) -> None:
    leads.touch(work.session, lead, at=work.now, kind=kind, actor="staff", staff=act.who.id, **data)
    cards.refresh(work.session, lead, work.now)


def _stale(work: Work, act: Act, said: str) -> str:
    """The card shows by now what the button did not know."""
    cards.refresh(work.session, act.lead.id, work.now)
    return said


MERGING_VERBS = {"merge": merge, "differ": differ, "split": split}
