"""Who may what: every command and every button, by everybody who might try, with the database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest
import sqlalchemy as sa

from bot.domain.lead import Role
from bot.messages import Author, ButtonPressed, Chat, Facts, Member, MessageReceived
from handlers import commands, presses
from handlers.policy import reason_mark
from storage import schema
from tests.cast import ANNA, BORIS, DASHA, ELSEWHERE, GLEB, NAMES, TEAM, VERA
from tests.handlers.stand import MORNING, Asked, Stand, message, press

COMMANDS = sorted({*commands._COMMANDS, *commands._REPLYING, *commands._OFFERING})
VERBS = sorted({*presses._VERBS, *presses._OF_THE_TEAM})
ARGUMENTS = ("", "1", "none", "spam", "deal", "hour")
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

_TEAM = Chat(str(TEAM), False)
_ELSEWHERE = Chat(str(ELSEWHERE), False)
_CHANNEL = Chat(str(ELSEWHERE), False, broadcast=True)


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who tries, where, and how Telegram says they stand in the team's chat."""

    number: int
    chat: Chat | None = None  # None: in private
    member: Member | None = None
    anonymous: str = ""  # as what they speak

    @property
    def author(self) -> Author:
        """As the messenger names them."""
        if self.anonymous:
            return Author(self.anonymous, "Sales", anonymous=True)
        return Author(str(self.number), NAMES[self.number])

    @property
    def where(self) -> Chat:
        """The chat in which they try it."""
        return self.chat or Chat(str(self.number), private=True)


GONE, PRESENT = Member(present=False), Member(present=True)
NOBODY = {
    "a stranger in private": Somebody(GLEB, None, GONE),
    "a stranger in the team's chat": Somebody(GLEB, _TEAM, GONE),
    "a customer in private": Somebody(ANNA, None, GONE),
    "a manager who left, in private": Somebody(DASHA, None, GONE),
    "a manager who left, in the team's chat": Somebody(DASHA, _TEAM, GONE),
    "a manager in a foreign group": Somebody(BORIS, _ELSEWHERE, PRESENT),
    "a supervisor in a foreign group": Somebody(VERA, _ELSEWHERE, PRESENT),
    "a channel's post": Somebody(BORIS, _CHANNEL, None, str(ELSEWHERE)),
    "the voice of a foreign channel": Somebody(BORIS, _TEAM, None, str(ELSEWHERE)),
}
# An anonymous admin reads, and does nothing.
READS = Somebody(VERA, _TEAM, None, str(TEAM))


@pytest.fixture
async def stand(database_url: str) -> AsyncIterator[Stand]:
    """Boris has #1 of Anna, Dasha #2 of a second customer; #3 is free."""
    opened = Stand(database_url)
    await opened.database.open()
    for number in (ANNA, 102, 103):
        await opened.happen(message("telegram", number, opened.fresh(), f"Windows {number}?"))
    await opened.happen(press(BORIS, opened.fresh(), "1:take:1"))
    await opened.happen(press(DASHA, opened.fresh(), "1:take:2"))
    yield opened
    await opened.database.close()


def tried_press(stand: Stand, who: Somebody, data: str) -> Asked:
    event = ButtonPressed("telegram", who.where, who.author, stand.fresh(), "1", data)
    return event, Facts(member=who.member)


def tried_command(stand: Stand, who: Somebody, text: str, reply_to: str = "") -> Asked:
    number = stand.fresh()
    event = MessageReceived("telegram", who.where, who.author, number, MORNING, text)
    return replace(event, reply_to=reply_to), Facts(member=who.member)


_MAY_CHANGE = {"inbox", "outbox", "members", "chats", "cursors", "places"}


async def known(stand: Stand) -> dict[str, list[object]]:
    """All that the database remembers of customers and the team but who is where."""
    found: dict[str, list[object]] = {}
    for table in schema.metadata.sorted_tables:
        if table.name not in _MAY_CHANGE:
            rows = await stand.rows(sa.select(table).order_by(*table.primary_key))
            found[table.name] = [tuple(row) for row in rows]
    return found


async def told(stand: Stand) -> str:
    """What was said last, to whomever."""
    rows = await stand.rows(sa.select(schema.outbox.c.payload).order_by(schema.outbox.c.id.desc()))
    payload = dict(rows[0].payload)
    text = payload.get("text", "")
    return text if isinstance(text, str) else "".join(span["text"] for span in text)


async def said_to(stand: Stand, chat: str) -> list[object]:
    """All that was said in a chat."""
    rows = sa.select(schema.outbox.c.payload).where(schema.outbox.c.chat == chat)
    return [row.payload for row in await stand.rows(rows)]


@pytest.mark.parametrize("who", NOBODY.values(), ids=NOBODY.keys())
async def test_no_button_does_anything_for_whoever_is_nobody_here(
    stand: Stand, who: Somebody
) -> None:
    before = await known(stand)
    for verb in VERBS:
        for lead in (2, 999):
            for argument in ARGUMENTS:
                data = f"1:{verb}:{lead}" + (f":{argument}" if argument else "")
                await stand.happen(tried_press(stand, who, data))
                assert await told(stand) == "These buttons are for the team only", data
    assert await known(stand) == before


@pytest.mark.parametrize(
    "who",
    [one for one in NOBODY.values() if one.chat is not None],
    ids=[name for name, one in NOBODY.items() if one.chat is not None],
)
async def test_no_command_in_a_group_is_heard_of_whoever_is_nobody_here(
    stand: Stand, who: Somebody
) -> None:
    before, place = await known(stand), await stand.posted_below(0)
    for name in COMMANDS:
        for rest in ("", " 1", " windows", " + New reason", " all"):
            await stand.happen(tried_command(stand, who, f"{name}{rest}"))
            await stand.happen(tried_command(stand, who, f"{name}{rest}", reply_to=place))
    assert await known(stand) == before
    for payload in await said_to(stand, who.where.id):
        assert "Windows" not in str(payload) or who.chat is _TEAM


@pytest.mark.parametrize("name", ["a stranger in private", "a manager who left, in private"])
async def test_a_command_in_private_is_a_customers_words_and_tells_nothing(
    stand: Stand, name: str
) -> None:
    who = NOBODY[name]
    leads = len(await stand.leads())
    for command in COMMANDS:
        await stand.happen(tried_command(stand, who, f"{command} 1"))
    for payload in await said_to(stand, str(who.number)):
        assert "Windows" not in str(payload)
        assert "#1" not in str(payload)
    assert len(await stand.leads()) == leads + 1
    states = await stand.rows(sa.select(schema.leads.c.state).order_by(schema.leads.c.id))
    assert [row.state for row in states][:3] == ["taken", "taken", "new"]


async def test_an_anonymous_admin_changes_nothing(stand: Stand) -> None:
    before = await known(stand)
    for name in COMMANDS:
        await stand.happen(tried_command(stand, READS, f"{name} 1"))
    for verb in VERBS:
        await stand.happen(tried_press(stand, READS, f"1:{verb}:1"))
    assert await known(stand) == before


# What changes something of a colleague's lead, and who may at least.
ON_A_COLLEAGUES = {
    "1:assign:2:1": Role.DISPATCHER,
    "1:return:2": Role.DISPATCHER,
    "1:step:2:hour": Role.DISPATCHER,
    "1:warm:2:hot": Role.DISPATCHER,
    "1:convert:2:deal": Role.SUPERVISOR,
    "1:reject:2:none": Role.SUPERVISOR,
    "1:ban:2:spam": Role.SUPERVISOR,
}
ROLES = {
    Role.MANAGER: Somebody(BORIS, _TEAM, PRESENT),
    Role.DISPATCHER: Somebody(BORIS, _TEAM, Member(present=True, admin=True)),
    Role.SUPERVISOR: Somebody(VERA, _TEAM, PRESENT),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("data", "least"), ON_A_COLLEAGUES.items(), ids=ON_A_COLLEAGUES)
async def test_of_a_colleagues_lead_only_what_the_role_allows(
    stand: Stand, data: str, least: Role, role: Role
) -> None:
    before = await known(stand)
    await stand.happen(tried_press(stand, ROLES[role], data.replace("none", _REASON)))
    changed = (await known(stand))["touches"] != before["touches"]
    assert changed is (role >= least)


_REASON = reason_mark("Spam")

# What not every manager may, how it is asked, and who may at least.
RESTRICTED = {
    "/dead": Role.SUPERVISOR,
    "/report leads": Role.SUPERVISOR,
    "/reasons + Out of stock": Role.SUPERVISOR,
    "/reasons - Spam": Role.SUPERVISOR,
    "/handover": Role.DISPATCHER,
    "/t+ price From 100 euros": Role.DISPATCHER,
    "/t- price": Role.DISPATCHER,
}
REFUSED = ("Only supervisors", "Canned answers are changed by supervisors")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("text", "least"), RESTRICTED.items(), ids=RESTRICTED)
async def test_a_restricted_command_by_each_role(
    stand: Stand, text: str, least: Role, role: Role
) -> None:
    before = await known(stand)
    await stand.happen(tried_command(stand, ROLES[role], text))
    refused = (await told(stand)).startswith(REFUSED)
    assert refused is (role < least), await told(stand)
    if refused:
        assert await known(stand) == before


async def test_a_press_of_before_the_role_was_lost_acts_no_more(stand: Stand) -> None:
    held = tried_press(stand, Somebody(DASHA, _TEAM, PRESENT), "1:reject:2:none")
    left = tried_press(stand, NOBODY["a manager who left, in the team's chat"], "1:return:2")
    before = await known(stand)
    await stand.happen((held[0], Facts(member=GONE)))
    await stand.happen(left)
    assert await known(stand) == before
