"""A lead as people see it, long by all that a card can show: the card, and a line in a list."""

from __future__ import annotations

from datetime import datetime

from bot.domain.lead import Lead, State
from bot.messages import Keyboard, Reach, Span, Style, Text, split_address
from handlers import buttons, lists, recognition, step_menus, warmth
from handlers.names import nameless
from handlers.policy import Policy
from handlers.recognition import Alike
from handlers.work import cut
from storage import accounts, deals, dialogues, leads, messages, people, staff, steps, tags
from storage.accounts import Account
from storage.cards import Card
from storage.session import Session
from storage.staff import Staff

FIRST_WORDS = 200  # characters of the first message that a card shows
_ANSWERS = 120  # of what they answered
_HEADLINE = 40  # characters
_NAME = 24
_SHOWN = 3  # contacts, and pages on messengers
_EARLIER = 3  # leads
_ICONS = {
    State.NEW: "🆕",
    State.TAKEN: "💬",
    State.REJECTED: "✖️",
    State.CONVERTED: "✅",
    State.ABSORBED: "↪️",
}


async def render(card: Card, session: Session, policy: Policy) -> tuple[Text, Keyboard]:
    """The card's face at this moment; no text when a list has nothing left to show."""
    if card.lead is None:
        return await lists.render(card, session, policy)
    lead = await leads.by_id(session, card.lead)
    if lead is None:
        raise KeyError(f"card={card.id} of no lead={card.lead}")
    if (await accounts.by_id(session, lead.account)).erased:
        return (Span(f"#{lead.id} · {policy.texts('card.erased')}", Style.ITALIC),), ()
    return await _face(session, policy, lead), await buttons.keyboard(
        session, policy, lead, card.menu
    )


def person(account: Account, policy: Policy) -> str:
    """What a customer is called."""
    if account.erased:
        return policy.texts("card.erased")
    return account.name or account.username or nameless(account, policy)


def mention(who: Staff) -> Span:
    """A manager's name in a form that makes their phone ring."""
    platform, number = split_address(who.address)
    if platform == "vk":
        return Span(who.name, Style.LINK, f"https://{_vk_page(who.username, number)}")
    if who.username or platform != "telegram":
        return Span(f"@{who.username}" if who.username else who.name)
    return Span(who.name, Style.LINK, f"tg://user?id={number}")


def moment(policy: Policy, now: datetime, at: datetime) -> str:
    """A moment to come in the team's time; its day only where that is another."""
    days = {one.astimezone(policy.timezone).date() for one in (now, at)}
    say = policy.texts.time if len(days) == 1 else policy.texts.datetime
    return say(at, policy.timezone)


async def line(session: Session, policy: Policy, lead: Lead) -> Text:
    """A lead in a list: number, who, state, since when."""
    account = await accounts.by_id(session, lead.account)
    state = await _state(session, policy, lead)
    at = policy.texts.datetime(lead.created_at, policy.timezone)
    return (
        Span(f"{_ICONS[lead.state]} "),
        Span(f"#{lead.id}", Style.BOLD),
        Span(f" {warmth.mark(lead)}{cut(person(account, policy), _NAME)} · {state} · {at}"),
    )


async def deal(session: Session, policy: Policy, lead: Lead) -> str:
    """What the lead became: kind, title and amount; "" while it is nothing."""
    found = await deals.of_lead(session, lead.id) if lead.state is State.CONVERTED else None
    if found is None:
        return ""
    texts = policy.texts
    money = texts.money(found.amount, found.currency) if found.amount is not None else ""
    parts = (texts(f"convert.{found.kind.value}"), cut(found.title, 80), money)
    return " · ".join(filter(None, parts))


async def earlier(session: Session, policy: Policy, lead: Lead, limit: int) -> Text:
    """What else the person wanted, by whichever account, and how that ended; newest first."""
    before = await leads.earlier(session, lead, limit)
    ends = " · ".join([f"#{one.id} {await _ending(session, policy, one)}" for one in before])
    return (Span(policy.texts("card.earlier", leads=ends)),) if ends else ()


async def _face(session: Session, policy: Policy, lead: Lead) -> Text:
    """The first line with who and state, what needs an answer last."""
    account = await accounts.by_id(session, lead.account)
    answered = await recognition.account_to_answer(session, lead)
    origin = f"{_origin(policy, lead)}{await _tags(session, lead)}"
    lines: list[Text] = [_headline(policy, lead, account), (Span(origin),)]
    lines += await _known(session, policy, lead)
    if answered.id != account.id:
        channel = policy.texts(f"channel.{answered.channel}")
        lines.append((Span(f"↩️ {policy.texts('card.answered', channel=channel)}"),))
    if lead.first_words:
        lines.append((Span(cut(lead.first_words, FIRST_WORDS), Style.QUOTE),))
    if told := await _answers(session, policy, lead):
        lines.append((Span(f"📝 {told}"),))
    banned = await accounts.banned(session, account)
    if banned is not None and banned.banned_at is not None:
        lines.append(await _banned(session, policy, banned, banned.banned_at))
    if answered.reach is not Reach.OPEN:
        lines.append((Span(f"⚠️ {await _unreached(session, policy, lead, answered.reach)}"),))
    if outcome := await _outcome(session, policy, lead):
        lines.append((Span(outcome),))
    if lead.open and (step := await steps.open_of(session, lead.id)):
        lines.append((Span(step_menus.line(policy, step)),))
    if lead.state is State.NEW and (asked := await _asked(session, policy, lead)):
        lines.append(asked)
    if found := await recognition.alike(session, lead):
        lines.append(_perhaps(policy, found))
    return _joined(lines)


async def _unreached(session: Session, policy: Policy, lead: Lead, reach: Reach) -> str:
    """Why no words of ours arrive, and what is left to try."""
    if reach is Reach.OFFLINE:
        given = await people.contacts_of(session, lead.person)
        if all(kind == recognition.USERNAME for kind, _ in given):
            return policy.texts("card.no_contact")
    return policy.texts(f"reach.{reach.value}")


async def _known(session: Session, policy: Policy, lead: Lead) -> list[Text]:
    """How else the customer is reached, and what they wanted before."""
    lines = [await _contacts(session, lead)]
    if lead.open and (lead.repeat_of or await recognition.several(session, lead)):
        lines.append(await earlier(session, policy, lead, _EARLIER))
    return [line for line in lines if line]


async def _ending(session: Session, policy: Policy, lead: Lead) -> str:
    """How an earlier lead ended, in a few words."""
    how = await deal(session, policy, lead) or cut(lead.reason, 40)
    return how or policy.texts(f"state.{lead.state.value}").lower()


def _perhaps(policy: Policy, found: Alike) -> Text:
    """Who may be the same person, and why."""
    texts = policy.texts
    values = {
        "name": cut(person(found.account, policy), _NAME),
        "channel": texts(f"channel.{found.account.channel}"),
        "why": ", ".join(texts(f"alike.{kind}") for kind in found.why),
    }
    if found.lead is None:
        return (Span(f"🔗 {texts('card.perhaps_known', **values)}"),)
    return (Span(f"🔗 {texts('card.perhaps', number=found.lead.id, **values)}"),)


async def _banned(session: Session, policy: Policy, banned: Account, at: datetime) -> Text:
    """Why, and how much they wrote since, by whichever account."""
    words = policy.texts("card.banned", reason=banned.ban_reason)
    tree = await accounts.of_person(session, banned.person)
    if since := sum([await messages.count_since(session, one.id, at) for one in tree]):
        words = f"{words} · {policy.texts.plural('card.written_since', since)}"
    return (Span(f"⛔ {words}"),)


def _headline(policy: Policy, lead: Lead, account: Account) -> Text:
    """Number, who and state, in what a phone's notification shows."""
    into = f"→ #{lead.absorbed_into} " if lead.absorbed_into else ""
    number = f"{_ICONS[lead.state]} #{lead.id} {into}{warmth.mark(lead)}"
    state = f" · {policy.texts(f'state.{lead.state.value}').lower()}"
    name = cut(person(account, policy), _HEADLINE - len(number) - len(state))
    return (Span(f"{number}{name}", Style.BOLD), Span(state))


def _origin(policy: Policy, lead: Lead) -> str:
    texts = policy.texts
    parts = [texts(f"channel.{lead.channel}"), texts.datetime(lead.created_at, policy.timezone)]
    if lead.source:
        parts.insert(1, cut(policy.source(lead.source), 40))
    if lead.repeat_of:
        parts.append(texts("card.repeat", number=lead.repeat_of))
    return " · ".join(parts)


async def _tags(session: Session, lead: Lead) -> str:
    """The first few, as words that a messenger lets people tap."""
    found = await tags.of_lead(session, lead.id)
    more = " …" if len(found) > _SHOWN else ""
    return " · " + " ".join(f"#{tag}" for tag in found[:_SHOWN]) + more if found else ""


async def _answers(session: Session, policy: Policy, lead: Lead) -> str:
    """What they answered to the owner's questions; phones stand among the contacts."""
    if not policy.of(lead.channel).questions:
        return ""
    found = await dialogues.answers_of_lead(session, lead.id)
    return cut(" · ".join(one.answer for one in found if one.answer[:1] != "+"), _ANSWERS)


async def _contacts(session: Session, lead: Lead) -> Text:
    """Phones and e-mails by whichever account, and where the customer is found on messengers."""
    given = await people.contacts_of(session, lead.person)
    shown = [recognition.readable(*one) for one in given if one[0] != recognition.USERNAME]
    words = list(dict.fromkeys(shown))
    found = [Span(one) for one in words[-_SHOWN:]]  # the newest are what they ask to use
    if len(words) > _SHOWN:
        found.append(Span(f"+{len(words) - _SHOWN}"))
    pages = [_page(one) for one in await accounts.of_person(session, lead.person)]
    found += [page for page in pages if page is not None][:_SHOWN]
    return tuple(part for one in found for part in (Span(" · "), one))[1:]


def _page(account: Account) -> Span | None:
    """Where to look somebody up on their messenger."""
    if not account.username:
        return None
    if account.channel == "vk":
        page = _vk_page(account.username, account.platform_id)
        return Span(page, Style.LINK, f"https://{page}")
    return Span(f"@{account.username}")


def _vk_page(username: str, number: str) -> str:
    """A short name of VK with an @ would call a stranger on another messenger."""
    return f"vk.com/{username or f'id{number}'}"


async def _state(session: Session, policy: Policy, lead: Lead) -> str:
    if lead.absorbed_into is not None:
        return f"→ #{lead.absorbed_into}"
    if lead.responsible is None:
        return policy.texts(f"state.{lead.state.value}").lower()
    return (await staff.by_id(session, lead.responsible)).name


async def _asked(session: Session, policy: Policy, lead: Lead) -> Text:
    """Who is asked to take it, in words that make their phone ring, or why nobody is."""
    offer = lead.offer
    if offer is None:
        return (Span(f"📭 {policy.texts(f'queue.{lead.queued}')}"),) if lead.queued else ()
    who = mention(await staff.by_id(session, offer.staff))
    until = moment(policy, offer.at, offer.until)
    words = policy.texts("card.offered", name="\0", until=until)
    before, _, after = words.partition("\0")
    return tuple(one for one in (Span(f"👉 {before}"), who, Span(after)) if one.text)


async def _outcome(session: Session, policy: Policy, lead: Lead) -> str:
    """Who has it, or how it ended."""
    texts = policy.texts
    if lead.state is State.TAKEN:
        return texts("card.responsible", name=await _state(session, policy, lead))
    if lead.state not in (State.REJECTED, State.CONVERTED):
        return ""
    name = await _state(session, policy, lead) if lead.responsible is not None else ""
    reason = texts("card.reason", reason=cut(lead.reason, 120)) if lead.reason else ""
    return " · ".join(filter(None, (name, reason, await deal(session, policy, lead))))


def _joined(lines: list[Text]) -> Text:
    found: list[Span] = []
    for line_ in lines:
        found += [*([Span("\n")] if found else []), *line_]
    return tuple(found)
