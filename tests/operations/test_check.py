"""`main.py check` names a long list of wrong set-ups in words, and passes a good one."""

from __future__ import annotations

import asyncio
import os
import re
import sqlite3
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.domain.lead import State
from bot.messages import Channel, Finding
from bot.operations.check import check, line, total
from bot.operations.database import LEAST_FREE, about_database, is_running
from bot.product import open_channels
from bot.sandbox.telegram import Fault
from bot.sandbox.vk import Fault as VkFault
from config.mark import mark_of
from config.settings import Settings
from config.texts import LANGUAGES, load
from storage import leases
from storage.database import Database
from storage.leads import change
from tests import warm
from tests.cast import ANNA, ELSEWHERE, GLEB, TEAM, VERA
from tests.databases import Cluster
from tests.plays.desks import SERVICE, as_bot, second_bot
from tests.plays.play import Play
from tests.storage.making import NOW, a_customer, a_lead, opened, saving

NOON = datetime(2025, 5, 5, 12, 0, tzinfo=UTC)
NEWS, OLD_GROUP = -1001000000077, -5001


@pytest.fixture(autouse=True)
def _no_listening(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody comes back in these tests but where one says so."""
    monkeypatch.setattr("bot.channels.telegram.check.PROBE_SECONDS", 0)


async def found(settings: Settings, free: int = LEAST_FREE, *, fix: bool = False) -> list[Finding]:
    """Everything the check says of these settings."""
    async with AsyncExitStack() as stack:
        opened = partial(stack.enter_async_context, open_channels(settings))
        return [one async for one in check(settings, opened, NOON, lambda _: free, fix=fix)]


async def no_channels() -> dict[str, Channel]:
    return {}


def wrong(findings: list[Finding]) -> list[str]:
    return [line(load("en"), one) for one in findings if not one.ok]


async def test_a_good_set_up_passes(play: Play) -> None:
    findings = await found(play.settings())
    assert wrong(findings) == []
    assert [line(load("en"), one) for one in findings] == [
        "✓ The settings can be used",
        "✓ The database can be written, its tables are up to date",
        "✓ 500 MB free on the disk",
        "✓ It is 2025-05-05 14:00 in Europe/Madrid; if not, set the machine's clock or"
        " team.timezone",
        "✓ Telegram knows the bot: @dialead_bot",
        "✓ The machine's clock agrees with Telegram",
        "✓ No webhook takes the bot's updates away",
        "✓ No other program takes the bot's updates",
        "✓ The bot is in the group “Sales”",
        "✓ The bot is an admin of “Sales”",
        "✓ The bot hears every reply in “Sales”",
        "✓ VK accepts the token",
        "✓ The machine's clock agrees with VK",
        "✓ The token belongs to the community “Sandbox”",
        "✓ The token has every right it needs",
        "✓ The community takes messages",
        "✓ VK tells no key whether the bot's abilities are on; see that they are: Manage → Messages"
        " → Bot settings (`main.py check --fix` switches them on)",
        "✓ The long poll is on, version 5.199",
        "✓ The long poll reports every event it has to",
        "✓ Supervisor Vera (telegram:301) is known",
    ]
    assert total(load("en"), findings) == "All is well"


async def test_every_bot_and_every_team_is_looked_at(play: Play) -> None:
    async with second_bot(play) as service:
        service.add_group(SERVICE, "Service", admins=[GLEB], members=[])
        settings = play.settings(
            bots={"service": as_bot(service, desk="service")},
            desks={
                "service": {"chat": f"telegram:{SERVICE}", "supervisors": [f"telegram:{GLEB}"]},
                "lodger": {"chat": f"telegram:{ELSEWHERE}", "supervisors": []},
            },
        )
        findings = await found(settings)
    told = [line(load("en"), one) for one in findings]
    assert "✓ Telegram service: Telegram knows the bot: @service_bot" in told
    assert "✓ Telegram service: The bot is in the group “Service”" in told
    assert "✓ The bot is in the group “Sales”" in told
    assert told.count("✓ Telegram knows the bot: @dialead_bot") == 1
    unknown, deaf = wrong(findings)
    assert str(ELSEWHERE) in unknown  # served by the first bot, which is not there
    assert str(GLEB) in deaf


async def test_a_database_that_is_not_there_yet_is_not_made_by_looking(play: Play) -> None:
    file = play.folder / "later.db"
    findings = await found(play.settings(database_url=f"sqlite:///{file}"))
    assert wrong(findings) == []
    assert findings[1].key == "check.database_new"
    assert not file.exists()


# --- wrong set-ups -------------------------------------------------------


def _nothing(play: Play) -> None:
    pass


@dataclass(frozen=True)
class Case:
    """A set-up that somebody got wrong, and every line that the check has about it."""

    lines: tuple[str, ...]
    spoil: Callable[[Play], object] = _nothing
    settings: dict[str, Any] = field(default_factory=dict)


def _set_webhook(play: Play) -> None:
    play.telegram.webhook.url = "https://old.example/hook?secret"


def _privacy(play: Play) -> None:
    play.telegram.world.privacy = True
    play.telegram.demote(TEAM, play.telegram.bot_id, by=VERA)


def _old_group(play: Play) -> None:
    play.telegram.add_group(OLD_GROUP, "Sales", supergroup=False, members=[VERA])
    play.telegram.migrate(OLD_GROUP)


def _long_poll_off(play: Play) -> None:
    play.vk.community.events.enabled = False


def _old_long_poll(play: Play) -> None:
    play.vk.community.events.api_version = "5.81"


def _no_messages(play: Play) -> None:
    play.vk.community.messages_on = False


def _no_topics(play: Play) -> None:
    play.telegram.make_forum(TEAM)
    rights = ["can_manage_chat"]
    play.telegram.promote(TEAM, play.telegram.bot_id, rights=rights, by=VERA)


def _blocked(play: Play) -> None:
    play.telegram.block(VERA)


def _newer_database(play: Play) -> None:
    with sqlite3.connect(play.folder / "dialead.db") as database:
        database.execute("update alembic_version set version_num = '9999'")
    database.close()


NOT_ADMIN = (
    "✗ The bot is not an admin of “Sales”, so it cannot tell who is a member — make it an admin"
)
OPEN = (
    "✗ “Sales” is open: people who never joined can read customers' words there and write — make"
    " the group private in its settings, and unlink it from its channel"
)
OR_FIX = "; or let `main.py check --fix` do it"
CASES = {
    "a wrong Telegram token": Case(
        (
            "✗ Telegram refuses the token (getMe: Unauthorized) — copy it again from @BotFather"
            " into telegram.token",
        ),
        settings={"telegram": {"token": "42:wrong"}},
    ),
    "a webhook left over": Case(
        (
            "✗ A webhook at old.example takes the bot's updates — stop the program that uses it;"
            " `main.py run` then removes it" + OR_FIX,
        ),
        _set_webhook,
    ),
    "the bot is not in the chat": Case(
        (
            "✗ The bot is not in the group -1001000000009 (getChat: Forbidden: bot is not a member"
            " of the supergroup chat) — add it there, and check the number in team.chat",
        ),
        settings={"team": {"chat": f"telegram:{ELSEWHERE}"}},
    ),
    "the bot is no admin": Case(
        (NOT_ADMIN,), lambda play: play.telegram.demote(TEAM, play.telegram.bot_id, by=VERA)
    ),
    "the group is public": Case(
        (OPEN,), lambda play: play.telegram.make_public(TEAM, "sales_of_windows")
    ),
    "the group takes a channel's comments": Case(
        (OPEN,), lambda play: play.telegram.link(TEAM, NEWS)
    ),
    "privacy mode": Case(
        (
            NOT_ADMIN,
            "✗ Privacy mode hides replies in “Sales” from the bot — make it an admin, or switch the"
            " mode off: @BotFather, /setprivacy, Disable, then add the bot anew",
        ),
        _privacy,
    ),
    "a broadcast channel as the team's chat": Case(
        (
            "✗ “News” is not a group where people talk — make a group, add the bot, and put its"
            " number in team.chat",
        ),
        lambda play: play.telegram.add_channel(NEWS, "News", admins=[play.telegram.bot_id]),
        {"team": {"chat": f"telegram:{NEWS}"}},
    ),
    "a group that became a supergroup": Case(
        (
            "✗ The group has become a supergroup — write its new number,"
            " telegram:-1000000005001, in team.chat",
        ),
        _old_group,
        {"team": {"chat": f"telegram:{OLD_GROUP}"}},
    ),
    "Telegram fails": Case(
        (
            "✗ Telegram does not answer (getMe: unreadable answer, HTTP 502) — check the network,"
            " telegram.api_url and telegram.proxy",
        ),
        lambda play: play.telegram.fail("getMe", Fault.HTML_502),
    ),
    "a wrong VK token": Case(
        (
            "✗ VK refuses the token (VK error 5 at groups.getById: the token is not accepted) —"
            " make a new key in the community's settings, API usage, and put it in vk.token",
        ),
        settings={"vk": {"token": "vk1.wrong"}},
    ),
    "another community's token": Case(
        (
            "✗ The token belongs to community 7, not 8 — correct vk.group_id, or take that"
            " community's token",
        ),
        settings={"vk": {"group_id": 8}},
    ),
    "a token without rights": Case(
        (
            "✗ The token lacks rights: photos, docs — make a new key with them in the community's"
            " settings, API usage",
        ),
        lambda play: play.vk.community.permissions.difference_update({"photos", "docs"}),
    ),
    "the long poll is off": Case(
        (
            "✗ The long poll is off — switch it on in the community's settings: API usage,"
            " Long Poll API" + OR_FIX,
        ),
        _long_poll_off,
    ),
    "the long poll is old": Case(
        (
            "✗ The long poll speaks version 5.81 — choose 5.199 in the community's settings:"
            " API usage, Long Poll API" + OR_FIX,
        ),
        _old_long_poll,
    ),
    "event types missing": Case(
        (
            "✗ The long poll does not report: message_reply, message_event — tick these event types"
            " in the community's settings: API usage, Long Poll API" + OR_FIX,
        ),
        lambda play: play.vk.switch_events(message_event=False, message_reply=False),
    ),
    "messages are off": Case(
        ("✗ The community's messages are off — switch them on: Manage → Messages" + OR_FIX,),
        _no_messages,
    ),
    "a token that may not manage": Case(
        (
            "✗ The token lacks rights: manage — make a new key with them in the community's"
            " settings, API usage",
            "✗ The long poll's settings cannot be read (VK error 15 at groups.getLongPollSettings:"
            " access denied) — make a key with the right to manage the community",
        ),
        lambda play: play.vk.community.permissions.discard("manage"),
    ),
    "VK fails": Case(
        (
            "✗ VK does not answer (VK error 10 at groups.getById: an internal server error) — check"
            " the network, vk.api_url and vk.proxy",
        ),
        lambda play: play.vk.fail("groups.getById", VkFault.code(10)),
    ),
    "a supervisor who blocked the bot": Case(
        (
            f"✗ The bot cannot write to supervisor Vera (telegram:{VERA}) — they must open it in"
            " Telegram and write to it once, or unblock it",
        ),
        _blocked,
    ),
    "a supervisor who never wrote to the community": Case(
        (
            f"✗ The bot cannot write to supervisor Vera (vk:{VERA}) — they must open it in VK and"
            " write to it once, or unblock it",
        ),
        settings={"team": {"supervisors": [f"vk:{VERA}"]}},
    ),
    "a chat for digests without the bot": Case(
        (
            f"✗ The chat for digests telegram:{ELSEWHERE} cannot be reached (getChat: Forbidden:"
            " bot is not a member of the supergroup chat) — add the bot to it, or correct"
            " team.supervisors_chat",
        ),
        settings={"team": {"supervisors_chat": f"telegram:{ELSEWHERE}"}},
    ),
    "topics without the right to them": Case(
        (
            "✗ The bot cannot manage the topics of “Sales” — give it the right “Manage topics”, or"
            ' set team.conversation = "replies"',
        ),
        _no_topics,
    ),
    "topics wanted where there are none": Case(
        (
            "✗ team.conversation is “topics”, but the group has none — turn topics on in its"
            ' settings, or set team.conversation = "auto"',
        ),
        settings={"team": {"conversation": "topics"}},
    ),
    "a supervisor who never started the bot": Case(
        (
            f"✗ Supervisor telegram:{GLEB} is not known to Telegram — check the number in"
            " team.supervisors; on Telegram they must open the bot and press Start",
        ),
        settings={"team": {"supervisors": [f"telegram:{GLEB}"]}},
    ),
    "a supervisor on a messenger that is off": Case(
        (
            f"✗ Supervisor vk:{VERA} cannot be written to: VK is off — set its token, or change"
            " team.supervisors",
        ),
        settings={"team": {"supervisors": [f"vk:{VERA}"]}, "vk": {"token": "", "group_id": 0}},
    ),
    "the database's folder is missing": Case(
        ("✗ The folder /nowhere/at/all does not exist — create it, or correct database_url",),
        settings={"database_url": "sqlite:////nowhere/at/all/dialead.db"},
    ),
    "the database is from a newer version": Case(
        ("✗ The database was made by a newer version — update Dialead",), _newer_database
    ),
    "nothing answers for PostgreSQL": Case(
        (
            "✗ The database does not answer (127.0.0.1:1: Connect call failed ('127.0.0.1', 1)) —"
            " see that nothing blocks it and its server runs, or correct database_url",
        ),
        settings={"database_url": "postgresql://boris:hush@127.0.0.1:1/dialead"},
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_a_wrong_set_up_is_named_with_its_remedy(play: Play, case: Case) -> None:
    case.spoil(play)
    findings = await found(play.settings(**case.settings))
    assert wrong(findings) == list(case.lines)
    for language in LANGUAGES:
        texts = load(language)
        for finding in findings:
            assert finding.ok or " — " in line(texts, finding)
        assert total(texts, findings) != texts("check.all_well")


async def test_a_file_that_is_no_database_is_told(play: Play) -> None:
    (play.folder / "dialead.db").write_text("Just some text. " * 100)
    (told,) = wrong(await found(play.settings()))
    assert told.startswith(f"✗ {play.folder / 'dialead.db'} is damaged, or is not a database")
    assert "(file is not a database) — restore a backup" in told


async def test_something_else_in_the_databases_place_is_told(play: Play) -> None:
    (play.folder / "folder.db").mkdir()
    url = f"sqlite:///{play.folder}/folder.db"
    (told,) = wrong(await found(play.settings(database_url=url)))
    assert "let the user who runs Dialead write the file and its folder" in told


async def test_a_full_disk_is_told(play: Play) -> None:
    assert wrong(await found(play.settings(), free=3 * 2**20)) == [
        "✗ Only 3 MB free on the disk — make room for at least 500 MB"
    ]


async def test_a_database_that_cannot_be_written_is_told(play: Play) -> None:
    """Root may write what is marked read-only, so a folder is tried that takes no files."""
    if not Path("/proc/self").exists():
        pytest.skip("there is no /proc on this machine")
    settings = play.settings(database_url="sqlite:////proc/dialead.db")
    (told,) = wrong(await found(settings))
    assert told.startswith("✗ The database /proc/dialead.db cannot be written (")
    assert "correct database_url" in told


async def test_a_read_only_database_is_told(play: Play) -> None:
    file = play.folder / "dialead.db"
    file.chmod(0o444)
    play.folder.chmod(0o555)
    try:
        if os.access(file, os.W_OK):
            pytest.skip("this user may write read-only files")
        (told,) = wrong(await found(play.settings()))
    finally:
        play.folder.chmod(0o755)
    assert "attempt to write a readonly database" in told
    assert "let the user who runs Dialead write the file and its folder" in told


async def test_an_old_database_of_sqlite_is_brought_up_to_date_by_run(play: Play) -> None:
    with sqlite3.connect(play.folder / "dialead.db") as database:
        database.execute("delete from alembic_version")
    database.close()
    findings = await found(play.settings())
    assert wrong(findings) == []
    assert findings[1].key == "check.database_waits"


@pytest.mark.parametrize(
    ("channel", "skew", "words"),
    [
        ("telegram", -90, r"✗ The machine's clock is (89|90|91) s ahead of Telegram — set it"),
        ("vk", 90, r"✗ The machine's clock is (89|90|91) s behind VK — set it"),
    ],
)
async def test_a_wrong_clock_is_told(play: Play, channel: str, skew: float, words: str) -> None:
    getattr(play, channel).skew = skew
    (told,) = wrong(await found(play.settings()))
    assert re.match(words, told)


async def test_there_are_enough_wrong_set_ups() -> None:
    assert len(CASES) >= 15


# --- who takes the updates -------------------------------------------------

SECOND = (
    "✗ Another program takes this bot's updates — stop it (perhaps a Dialead on another machine),"
    " or make Dialead a bot of its own with @BotFather"
)


async def polling(play: Play) -> None:
    """Another program on the bot's token, which comes back whenever its poll was ended."""
    url = f"{play.telegram.url}/bot{play.telegram.token}/getUpdates"
    async with aiohttp.ClientSession() as session:
        while True:
            async with session.post(url, json={"timeout": 50}) as answer:
                await answer.read()


async def test_a_second_program_on_the_token_is_told(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.telegram.check.PROBE_SECONDS", 30)
    other = asyncio.create_task(polling(play))
    await play.telegram.until(lambda: play.telegram.calls)
    assert wrong(await found(play.settings())) == [SECOND]
    other.cancel()


async def test_to_look_for_a_second_program_takes_nothing_from_the_first_start(play: Play) -> None:
    play.telegram.world.updates.allowed = ("message", "chat_member")
    play.telegram.write(ANNA, ANNA, "Hello")
    await found(play.settings())
    assert len(play.telegram.world.updates.pending()) == 1
    assert play.telegram.world.updates.allowed == ("message", "chat_member")


async def test_the_running_product_is_no_second_program(play: Play) -> None:
    await play.start()
    await play.telegram.until(lambda: _polls(play) > 1)  # the first one does not wait
    before = _polls(play)
    findings = await found(play.settings())
    assert wrong(findings) == []
    assert "check.telegram.own_poller" in [one.key for one in findings]
    assert _polls(play) == before
    await play.stop()
    findings = await found(play.settings())
    assert "check.telegram.one_poller" in [one.key for one in findings]


async def test_on_postgresql_who_leads_tells_that_it_runs(postgres: Cluster) -> None:
    """On SQLite its lock does. Either dies with the process."""
    url = await postgres.lend()
    settings, database = Settings.model_validate({"database_url": url}), Database(url)
    assert not await is_running(settings)
    async with leases.present(database, lambda _: None, "") as presence:
        assert not await is_running(settings)
        assert await leases.take(database, "upkeep", presence.number)
        assert await is_running(settings)
    assert not await is_running(settings)
    await database.close()
    await postgres.take_back(url)


async def test_on_postgresql_what_runs_is_compared_with_these_settings(
    play: Play, postgres: Cluster
) -> None:
    url = await postgres.lend()
    settings, database = play.settings(database_url=url), Database(url)
    ours, others = mark_of(settings), mark_of(play.settings(leads={"max_open": 3}))

    async def compared(*marks: str) -> list[str]:
        """What is said while processes run that have these marks."""
        async with AsyncExitStack() as running:
            for mark in marks:
                one = leases.present(database, lambda _: None, mark)
                await running.enter_async_context(one)
            findings = await found(settings)
        told = [line(load("en"), one) for one in findings]
        return [one for one in told if "running processes" in one]

    assert await compared() == await compared("") == []
    assert await compared(ours, ours, "") == ["✓ The running processes (2) have these settings"]
    assert await compared(others) == [
        "✓ The running processes began with other settings; restart them if these are to hold"
    ]
    assert await compared(ours, others, others) == [
        "✗ The running processes differ in their settings (with these: 1, with others: 2) — give"
        " every machine the same settings, and restart those that have others"
    ]
    await database.close()
    await postgres.take_back(url)


async def test_a_postgresql_that_only_reads_is_told(postgres: Cluster) -> None:
    url = await postgres.lend()
    only_reads = f"{url}&default_transaction_read_only=on"
    settings = Settings.model_validate({"database_url": only_reads})
    (told,) = [one async for one in about_database(settings, None, lambda: NOW)]
    assert (told.key, told.values["reason"]) == (
        "database.unreachable",
        "it only reads, as a stand-by does",
    )
    await postgres.take_back(url)


@pytest.mark.parametrize(
    ("moved", "key"),
    [
        (0, "check.database_clock_right"),
        (20, "check.database_clock_right"),
        (3600, "check.database_clock_ahead"),
        (-3600, "check.database_clock_behind"),
    ],
)
async def test_on_postgresql_a_clock_that_goes_otherwise_is_told(
    postgres: Cluster, moved: int, key: str
) -> None:
    url = await postgres.lend()
    settings = Settings.model_validate({"database_url": url})
    async with opened(url) as database:
        ours = await leases.its_time(database) + timedelta(seconds=moved)
    findings = [one async for one in check(settings, no_channels, ours)]
    (told,) = [one for one in findings if "database_clock" in one.key]
    assert told.key == key
    assert told.ok is (abs(moved) < 30)
    assert round(int(told.values.get("seconds", 0)), -2) == (0 if told.ok else abs(moved))
    await postgres.take_back(url)


async def test_open_leads_of_a_desk_that_the_settings_do_not_have_are_told(play: Play) -> None:
    async with opened(play.database_url) as database, saving(database) as session:
        customer = await a_customer(session)
        await a_lead(session, customer, desk="service")
        await a_lead(session, customer, desk="shop")
        change(session, await a_lead(session, customer, desk="gone"), state=State.REJECTED)
        await a_lead(session, customer, desk="main")
    shop = {"shop": {"chat": f"telegram:{TEAM}", "supervisors": []}}
    assert wrong(await found(play.settings(desks=shop))) == [
        "✗ The settings do not have the team “service”, so nobody sees its open leads: 1 — put it"
        " back under desks.service, and take it out once they are closed"
    ]
    assert wrong(await found(play.settings())) == []  # one team alone sees them all


async def test_a_product_elsewhere_is_told_and_works_on(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.telegram.check.PROBE_SECONDS", 30)
    await play.start()
    await play.telegram.until(lambda: _polls(play))
    url = f"sqlite:///{play.folder}/another.db"
    assert wrong(await found(play.settings(database_url=url))) == [SECOND]
    play.telegram.write(ANNA, ANNA, "Hello")
    await play.card(1, "Hello")


def _polls(play: Play) -> int:
    return len([call for call in play.telegram.calls if call.method == "getUpdates"])


# --- mending ---------------------------------------------------------------

HARMLESS = {"getMe", "getWebhookInfo", "getUpdates", "getChat", "getChatMember", "sendChatAction"}
ASKING = {
    "groups.getById",
    "groups.getTokenPermissions",
    "groups.getLongPollSettings",
    "messages.getConversations",
}


def changes(play: Play) -> list[str]:
    """The calls that changed something, in order."""
    telegram = [one.method for one in play.telegram.calls if one.method not in HARMLESS]
    return telegram + [one.method for one in play.vk.calls if one.method not in ASKING]


async def test_looking_changes_nothing(play: Play) -> None:
    _set_webhook(play)
    _long_poll_off(play)
    _no_messages(play)
    assert len(wrong(await found(play.settings()))) == 3
    assert changes(play) == []


async def test_fix_removes_a_webhook_and_keeps_what_waits(play: Play) -> None:
    play.telegram.write(ANNA, ANNA, "Hello")
    _set_webhook(play)
    findings = await found(play.settings(vk={"token": "", "group_id": 0}), fix=True)
    assert wrong(findings) == []
    shown = [line(load("en"), one) for one in findings]
    assert "✓ Fixed: the webhook is removed, the updates that wait are kept" in shown
    assert "✓ No webhook takes the bot's updates away" in shown
    assert play.telegram.webhook.url == ""
    assert len(play.telegram.world.updates.pending()) == 1
    assert changes(play) == ["deleteWebhook"]


@pytest.mark.parametrize(
    "spoil",
    [
        _long_poll_off,
        _old_long_poll,
        lambda play: play.vk.switch_events(message_event=False, message_reply=False),
    ],
)
async def test_fix_sets_the_long_poll_and_leaves_the_rest(
    play: Play, spoil: Callable[[Play], object]
) -> None:
    play.vk.switch_events(group_join=True)
    spoil(play)
    findings = await found(play.settings(), fix=True)
    assert wrong(findings) == []
    shown = [line(load("en"), one) for one in findings]
    assert shown[-2].startswith("✓ Fixed: the long poll is on, version 5.199") or (
        shown[-3].startswith("✓ Fixed: the long poll is on, version 5.199")
    )
    events = play.vk.community.events
    assert (events.enabled, events.api_version) == (True, "5.199")
    assert events.settings["message_event"]
    assert events.settings["group_join"]
    (call,) = (one for one in play.vk.calls if one.method == "groups.setLongPollSettings")
    assert call.params["group_join"] == "1"  # said, should VK forget what is not
    assert not events.settings["wall_post_new"]


async def test_fix_switches_messages_and_abilities_on(play: Play) -> None:
    _no_messages(play)
    play.vk.community.bot_features = False
    assert wrong(await found(play.settings(), fix=True)) == []
    assert play.vk.community.messages_on
    assert play.vk.community.bot_features


async def test_fix_mends_unseen_abilities_and_nothing_else(play: Play) -> None:
    play.vk.community.bot_features = False
    findings = await found(play.settings(), fix=True)
    keys = [one.key for one in findings]
    assert "check.vk.abilities_switched" in keys
    assert "check.vk.abilities_unseen" not in keys
    assert play.vk.community.bot_features
    assert changes(play) == ["groups.setSettings"]


async def test_what_cannot_be_mended_is_told(play: Play) -> None:
    _set_webhook(play)
    play.telegram.fail("deleteWebhook", Fault.SERVER_ERROR)
    told = wrong(await found(play.settings(), fix=True))
    assert told[0].startswith("✗ A webhook at old.example takes the bot's updates")
    assert told[1] == (
        "✗ Telegram did not let it be fixed (deleteWebhook: HTTP 500) — do it by hand as told above"
    )


# --- the command ---------------------------------------------------------


async def commanded(play: Play, *words: str, **over: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of `main.py check` as people run it."""
    environ = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": play.database_url,
        "TELEGRAM__TOKEN": play.telegram.token,
        "TELEGRAM__API_URL": play.telegram.url,
        "VK__TOKEN": play.vk.token,
        "VK__GROUP_ID": "7",
        "VK__API_URL": play.vk.url,
        "TEAM__CHAT": f"telegram:{TEAM}",
        "TEAM__SUPERVISORS": f'["telegram:{VERA}"]',
        "TEAM__LANGUAGE": "es",
        **over,
    }
    process = await asyncio.create_subprocess_exec(
        *warm.command(),
        "check",
        *words,
        cwd=play.folder,
        env=environ,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def test_the_command_ends_well_only_when_all_is_well(play: Play) -> None:
    code, out, err = await commanded(play)
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == "Todo está en orden"
    assert all(one.startswith("✓ ") for one in out.splitlines()[:-1])
    assert "✓ El bot es administrador de «Sales»" in out


async def test_the_command_fails_when_something_is_wrong(play: Play) -> None:
    play.telegram.demote(TEAM, play.telegram.bot_id, by=VERA)
    code, out, err = await commanded(play, VK__TOKEN="vk1.wrong")
    assert (code, err) == (1, "")
    assert [one.partition(" — ")[0] for one in out.splitlines() if one.startswith("✗")] == [
        "✗ El bot no es administrador de «Sales» y no puede saber quién es miembro",
        "✗ VK rechaza el token (VK error 5 at groups.getById: the token is not accepted)",
    ]
    assert out.splitlines()[-1] == "2 cosas que corregir"
    assert "wrong" not in out


async def test_wrong_settings_are_another_failure(play: Play) -> None:
    code, out, err = await commanded(play, TEAM__CHAT="the sales group")
    assert (code, out) == (2, "")
    assert err.startswith("team.chat (TEAM__CHAT): esto no es una dirección")


async def test_the_command_mends_when_asked(play: Play) -> None:
    _set_webhook(play)
    _long_poll_off(play)
    code, out, _ = await commanded(play)
    assert code == 1
    assert out.count("; o deje que lo haga `main.py check --fix`") == 2
    code, out, err = await commanded(play, "--fix")
    assert (code, err) == (0, "")
    assert out.count("✓ Corregido: ") == 2
    assert out.splitlines()[-1] == "Todo está en orden"
