"""What the owner writes becomes typed settings or words on each mistake; long with tables of both.

A row is one thing that the owner may write, and what comes of it.
"""

from __future__ import annotations

import json
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.hours import Term
from bot.domain.questionnaire import SILENCE, OwnWords
from config.reference import settings_markdown, settings_table
from config.settings import Settings, SettingsError, load_settings
from config.texts import load as texts
from config.values import WeeklyTime

ROOT = Path(__file__).parents[2]
TOKEN = "123456:AAsecretAA"
CONNECTED = {"TELEGRAM__TOKEN": TOKEN, "TEAM__CHAT": "telegram:-1001"}


def load(folder: Path, toml: str = "", **environ: str) -> Settings:
    (folder / "dialead.toml").write_text(toml, encoding="utf-8")
    return load_settings(CONNECTED | environ, folder)


def refusal(folder: Path, toml: str = "", **environ: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load(folder, toml, **environ)
    return caught.value.told(texts("en"))


def value(settings: Settings, name: str) -> Any:
    found: Any = settings
    for part in name.split("."):
        found = getattr(found, part)
    return found


def test_two_values_are_enough_to_start(tmp_path: Path) -> None:
    settings = load_settings(CONNECTED, tmp_path)
    assert settings.telegram.token == TOKEN
    assert settings.team.chat == "telegram:-1001"
    assert settings.database_url == "sqlite:///dialead.db"
    assert settings.deadlines.take == Term(time=timedelta(minutes=5))
    assert settings.digest.weekly == WeeklyTime(0, time(9))
    assert settings.leads.reject_reasons == ()


ACCEPTED_FROM_THE_ENVIRONMENT = [
    ("DATABASE_URL", "postgresql://u:p@db/dialead", "database_url", "postgresql://u:p@db/dialead"),
    (
        "DATABASE_URL",
        "postgresql://u:p/:w@[::1]:5/d",
        "database_url",
        "postgresql://u:p/:w@[::1]:5/d",
    ),
    (
        "DATABASE_URL",
        "postgresql:///d?host=/run/pg",
        "database_url",
        "postgresql:///d?host=/run/pg",
    ),
    ("TELEGRAM__PER_SECOND", "500", "telegram.per_second", 500),
    ("TELEGRAM__API_URL", "http://127.0.0.1:8082/", "telegram.api_url", "http://127.0.0.1:8082"),
    ("TELEGRAM__PROXY", "socks5://me:pw@proxy:1080", "telegram.proxy", "socks5://me:pw@proxy:1080"),
    ("TELEGRAM__MODE", "polling", "telegram.mode", "polling"),
    ("TELEGRAM__PROXY", "", "telegram.proxy", ""),
    ("VK__GROUP_ID", "", "vk.group_id", 0),
    ("TEAM__LANGUAGE", "es", "team.language", "es"),
    ("TEAM__TIMEZONE", "America/Bogota", "team.timezone", "America/Bogota"),
    ("TEAM__MANAGERS", '["telegram:1", "vk:2"]', "team.managers", ("telegram:1", "vk:2")),
    ("TEAM__MANAGERS", "", "team.managers", ()),
    ("TEAM__CONVERSATION", "replies", "team.conversation", "replies"),
    ("TEAM__SUPERVISORS_CHAT", "telegram:-5", "team.supervisors_chat", "telegram:-5"),
    ("CHANNELS__VK__LEAD_SOURCE", "false", "channels.vk.lead_source", False),
    (
        "CHANNELS__TELEGRAM__GREETING",
        " Здравствуйте! ",
        "channels.telegram.greeting",
        OwnWords((("", "Здравствуйте!"),)),
    ),
    ("CHANNELS__VK__GREETING", "", "channels.vk.greeting", SILENCE),
    ("CHANNELS__VK__QUESTIONS", "[]", "channels.vk.questions", ()),
    ("LEADS__SOURCES", '{"spring": "Sale"}', "leads.sources", {"spring": "Sale"}),
    ("LEADS__REJECT_REASONS", '["Дорого"]', "leads.reject_reasons", ("Дорого",)),
    ("DEADLINES__TAKE", "PT15M", "deadlines.take", Term(time=timedelta(minutes=15))),
    ("DEADLINES__TAKE", "90", "deadlines.take", Term(time=timedelta(seconds=90))),
    ("DEADLINES__TAKE", "0.5", "deadlines.take", Term(time=timedelta(seconds=0.5))),
    ("DEADLINES__FIRST_REPLY", "P1D", "deadlines.first_reply", Term(days=1)),
    ("DEADLINES__NEXT_REPLY", "PT1H", "deadlines.next_reply", Term(time=timedelta(hours=1))),
    ("DEADLINES__CLOSE", "P7D", "deadlines.close", Term(days=7)),
    ("HOURS__WEEK", "{}", "hours.week", {}),
    ("DIGEST__AT", "18:30", "digest.at", time(18, 30)),
    ("DIGEST__WEEKLY", "fri 17:00", "digest.weekly", WeeklyTime(4, time(17))),
    ("HTTP__PORT", "0", "http.port", 0),
    ("REHEARSAL__CLOCK_FILE", "clock", "rehearsal.clock_file", Path("clock")),
    ("LOG__FORMAT", "json", "log.format", "json"),
]


@pytest.mark.parametrize(("env", "text", "name", "expected"), ACCEPTED_FROM_THE_ENVIRONMENT)
def test_the_environment_gives_a_typed_value(
    tmp_path: Path, env: str, text: str, name: str, expected: object
) -> None:
    assert value(load(tmp_path, **{env: text}), name) == expected


ACCEPTED_FROM_THE_FILE = [
    ("[telegram]\nper_second = 5", "telegram.per_second", 5),
    ("[vk]\ntoken = 'vk1.a.x'\ngroup_id = 45", "vk.group_id", 45),
    ("[team]\nsupervisors = ['telegram:45']", "team.supervisors", ("telegram:45",)),
    (
        "channels.telegram.reject_reason_required = false",
        "channels.vk.reject_reason_required",
        True,
    ),
    ("[channels.vk]\nresponsible = 'telegram:7'", "channels.vk.responsible", "telegram:7"),
    (
        "deadlines = {take = 60, first_reply = 'PT2M'}",
        "deadlines.take",
        Term(time=timedelta(minutes=1)),
    ),
    ("[digest]\nat = 08:15:00", "digest.at", time(8, 15)),
    ("[hours]\nholidays = []", "hours.holidays", ()),
    ("\ufefflog.level = 'debug'", "log.level", "debug"),
]


@pytest.mark.parametrize(("toml", "name", "expected"), ACCEPTED_FROM_THE_FILE)
def test_the_file_gives_a_typed_value(
    tmp_path: Path, toml: str, name: str, expected: object
) -> None:
    assert value(load(tmp_path, toml), name) == expected


def test_the_environment_wins_over_the_file_setting_by_setting(tmp_path: Path) -> None:
    settings = load(tmp_path, "[http]\nhost = '::1'\nport = 1\n", HTTP__PORT="2")
    assert (settings.http.host, settings.http.port) == ("::1", 2)


def test_an_empty_token_in_the_environment_switches_a_channel_off(tmp_path: Path) -> None:
    settings = load(tmp_path, "[vk]\ntoken = 'vk1.a.x'\ngroup_id = 45", VK__TOKEN="")
    assert settings.vk.token == ""


def test_the_file_may_stand_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text("http.port = 5")
    settings = load(tmp_path, "http.port = 4", DIALEAD_CONFIG="other.toml")
    assert settings.http.port == 5


def test_names_of_other_programs_are_left_alone(tmp_path: Path) -> None:
    load(tmp_path, PATH="/bin", TEAM="sales", LOG="yes", HTTP_PROXY="http://x", OTHER__TOKEN="1")


REFUSED_IN_THE_ENVIRONMENT = [
    (
        "TELEGRAM__TOKN",
        "x",
        "telegram.tokn (TELEGRAM__TOKN): is unknown; did you mean telegram.token?",
    ),
    ("CHANNELS__TELEGRM__GREETING", "x", "did you mean channels.telegram.greeting?"),
    ("HTTP__ZZZZZZZZZZZZ", "x", "is unknown; remove it, or choose http.host, http.port"),
    ("CHANNELS__VK", "{}", "is a table; set channels.vk.lead_source"),
    ("DATABASE_URL", "mysql://x", "write sqlite:///FILE or postgresql://"),
    ("DATABASE_URL", "sqlite:///", "write sqlite:///FILE"),
    ("DATABASE_URL", "sqlite:///:memory:", "names no file"),
    ("DATABASE_URL", "sqlite:///x.db?mode=ro", "takes no options for SQLite"),
    ("DATABASE_URL", "postgresql://u:pw@host:port/x", "write the port as a number"),
    ("DATABASE_URL", "postgresql://u:pw@host:99999/x", "write the port as a number"),
    ("DATABASE_URL", "postgresql://[bad", "write sqlite:///FILE or postgresql://USER"),
    ("DATABASE_URL", "postgresql://u:pw@.x/d", "write sqlite:///FILE or postgresql://USER"),
    ("DATABASE_URL", "postgresql://u:p@w@host/x", "in the password as %xx: @ is %40"),
    ("DATABASE_URL", "postgresql://my/u:pw@host/x", "in the password as %xx: @ is %40"),
    ("DATABASE_URL", "postgresql://u:p@w/%:1@host/x", "in the password as %xx: @ is %40"),
    ("DATABASE_URL", "postgresql://u:p?w@w@host/x", "in the password as %xx: @ is %40"),
    ("DATABASE_URL", "postgresql://u:p@w?w@host/x", "in the password as %xx: @ is %40"),
    ("DATABASE_URL", "postgresql://h:1/d?password=p@w", "in the password as %xx: @ is %40"),
    ("DATABASE_URL", "", "database_url (DATABASE_URL): write sqlite:///FILE"),
    ("TELEGRAM__TOKEN", "letters", "copy it whole from @BotFather"),
    ("TELEGRAM__API_URL", "api.telegram.org", "beginning with one of: http://, https://"),
    ("TELEGRAM__API_URL", "http://host:port", "write an address with its host"),
    ("TELEGRAM__PROXY", "socks4://host", "http://, https://, socks5://"),
    ("TELEGRAM__PER_SECOND", "0", "must be at least 1"),
    ("TELEGRAM__PER_SECOND", "many", "must be a whole number"),
    ("TELEGRAM__MODE", "pull", "must be one of: polling, webhook"),
    ("TELEGRAM__WEBHOOK_URL", "me.example/hook", "write the whole public address, with no %"),
    ("TELEGRAM__WEBHOOK_URL", "https://me.example/{hook}", "write the whole public address"),
    ("TELEGRAM__WEBHOOK_SECRET", "пароль", "letters, digits, _ and -, as Telegram wants them"),
    ("TELEGRAM__WEBHOOK_SECRET", "s" * 257, "write 1 to 256 letters"),
    ("VK__TOKEN", "vk1 a", "this is not a token"),
    ("VK__MODE", "webhook", "must be one of: longpoll, callback"),
    ("VK__CALLBACK_URL", "ftp://me.example/vk", "write the whole public address"),
    ("VK__GROUP_ID", "-45", "must be at least 0"),
    ("VK__SECRET", "s" * 51, "must be at most 50 characters long"),
    ("TEAM__LANGUAGE", "de", "must be one of: ru, en, es"),
    ("TEAM__TIMEZONE", "Europe/Moskow", "did you mean Europe/Moscow?"),
    ("TEAM__TIMEZONE", "", "write it like Europe/Moscow"),
    ("TEAM__CHAT", "vk:2000000001", "a team chat in VK is not built yet"),
    ("TEAM__CHAT", "telegram:5", "this is a person; write a group's address"),
    ("TEAM__CHAT", "-1001", "write telegram:NUMBER or vk:NUMBER"),
    ("TEAM__MANAGERS", "telegram:1", "team.managers (TEAM__MANAGERS): must be JSON"),
    ("TEAM__MANAGERS", '"telegram:1"', "must be a list"),
    ("TEAM__MANAGERS", "[1]", "team.managers[0] (TEAM__MANAGERS): must be text"),
    ("TEAM__MANAGERS", '["telegram:-1"]', "this is a group"),
    ("TEAM__MANAGERS", '["vk:1", "vk:1"]', "stands here twice"),
    ("TEAM__SUPERVISORS", '["max:1"]', "this is not an address"),
    ("TEAM__SUPERVISORS", '["vk:1"]', "on a messenger that is off; set vk.token"),
    ("TEAM__SUPERVISORS_CHAT", "vk:2000000001", "on a messenger that is off"),
    ("CHANNELS__TELEGRAM__RESPONSIBLE", "vk:1", "on a messenger that is off"),
    ("CHANNELS__VK__LEAD_SOURCE", "perhaps", "must be true or false"),
    ("CHANNELS__VK__RESPONSIBLE", "Boris", "this is not an address"),
    ("CHANNELS__VK__QUESTIONS", "[1]", "channels.vk.questions[0] (CHANNELS__VK__QUESTIONS): must"),
    (
        "CHANNELS__VK__CONSENT",
        "yes",
        "is a table; set channels.vk.consent.url",
    ),
    ("CHANNELS__VK__CONSENT__URL", "our policy", "write an address with its host"),
    ("CHANNELS__VK__OUT_OF_HOURS", '{"de": "zu"}', "choose ru, en, es"),
    ("LEADS__SOURCES", '{"spring": 1}', "needs names of 1 to 40 characters"),
    ("CHANNELS__VK__GREETING", "x" * 5000, "must be at most 4096 characters long"),
    ("LEADS__REJECT_REASONS", '[""]', "must not be empty"),
    ("LEADS__REJECT_REASONS", f'["{"x" * 41}"]', "must be at most 40 characters long"),
    (
        "LEADS__REJECT_REASONS",
        json.dumps([f"Reason {number}" for number in range(31)]),
        "must have at most 30 entries",
    ),
    ("DEADLINES__TAKE", "soon", "must be a duration like PT15M"),
    ("DEADLINES__TAKE", "0", "longer than nothing"),
    ("DEADLINES__TAKE", "-PT5M", "longer than nothing"),
    ("DEADLINES__TAKE", "P999D", "no longer than a year"),
    ("DEADLINES__TAKE", "P9Y", "write weeks, months and years as working days"),
    ("DEADLINES__TAKE", "9" * 40, "must be a duration"),
    ("DEADLINES__CLOSE", "P0D", "longer than nothing"),
    ("HOURS__WEEK", '{"mon-fri": "09:00-18:00"}', "the hours of mon must be a list"),
    ("HOURS__HOLIDAYS", "Russia", "write a country like RU"),
    ("DIGEST__AT", "9am", "HH:MM"),
    ("DIGEST__AT", "24:00", "HH:MM"),
    ("DIGEST__WEEKLY", "monday 09:00", "write a day"),
    ("DIGEST__WEEKLY", "mon", "write a day"),
    ("HTTP__HOST", "", "must not be empty"),
    ("HTTP__PORT", "99999", "must be at most 65535"),
    ("LOG__LEVEL", "loud", "must be one of: debug, info, warning, error"),
]


@pytest.mark.parametrize(("env", "text", "words"), REFUSED_IN_THE_ENVIRONMENT)
def test_a_mistake_is_named_in_both_ways_with_its_remedy(
    tmp_path: Path, env: str, text: str, words: str
) -> None:
    said = refusal(tmp_path, **{env: text})
    assert words in said
    assert f"({env})" in said
    assert env.lower().replace("__", ".") in said


REFUSED_IN_THE_FILE = [
    ("[telegram]\ntokn = 'x'", "telegram.tokn (TELEGRAM__TOKN): is unknown"),
    ("[telegrm]\ntoken = 'x'", "telegrm (TELEGRM): is unknown; did you mean telegram?"),
    (
        "[bots.service]\ndatabase_url = 'postgresql://h/d'",
        "bots.service.database_url (BOTS__SERVICE__DATABASE_URL): does not belong in this table:"
        " write database_url at the top of the file",
    ),
    ("team = 'sales'", "team (TEAM): must be a table, [team]"),
    ("http.port = true", "http.port (HTTP__PORT): must be a number"),
    ("deadlines.take = true", "must be a number"),
    ("log.level = 1", "must be one of: debug"),
    ("team.timezone = 1", "must be text"),
    ("team.managers = 'vk:1'", "must be a list"),
    ("leads.reject_reasons = [1]", "leads.reject_reasons[0]"),
    ("deadlines.take = inf", "must be a duration"),
    ("digest.at = 900", "HH:MM"),
    ("digest.weekly = 1", "write a day"),
    ("\n\n[team\n", "dialead.toml is not valid TOML"),
    ("\n\n[team\n", "line 3, column 6"),
    ("[team]\nmanagers = [", "dialead.toml is not valid TOML, probably at its end"),
    (f"http.port = {'9' * 5000}", "dialead.toml is not valid TOML"),
]


@pytest.mark.parametrize(("toml", "words"), REFUSED_IN_THE_FILE)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, toml: str, words: str) -> None:
    assert words in refusal(tmp_path, toml)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    said = refusal(
        tmp_path,
        "[telegram]\ntokn = 'x'\n[http]\nport = -1",
        TEAM__CHAT="",
        TEAM__MANAGERS="telegram:1",
        VK__TOKEN="vk1.a.x",
        LOG__LEVL="info",
    )
    named = {line.split(" ")[0] for line in said.splitlines()}
    assert named == {
        "telegram.tokn", "http.port", "team.chat", "team.managers", "vk.group_id", "log.levl"
    }  # fmt: skip


UNCONNECTED = [
    ({"TELEGRAM__TOKEN": " "}, "no messenger is connected"),
    ({**CONNECTED, "VK__TOKEN": "vk1", "VK__GROUP_ID": "0"}, "must be set with vk.token"),
    ({}, "no messenger is connected; run `main.py init`, or set telegram.token"),
    ({"TELEGRAM__TOKEN": TOKEN}, "team.chat (TEAM__CHAT): must be set"),
    (
        {"VK__TOKEN": "vk1", "VK__GROUP_ID": "4"},
        "telegram.token (TELEGRAM__TOKEN): must be set for VK",
    ),
    ({**CONNECTED, "VK__TOKEN": "vk1"}, "vk.group_id (VK__GROUP_ID): must be set with vk.token"),
]


@pytest.mark.parametrize(("environ", "words"), UNCONNECTED)
def test_what_is_missing_to_serve_is_told(
    tmp_path: Path, environ: dict[str, str], words: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(environ, tmp_path)
    assert words in caught.value.told(texts("en"))
    assert load_settings(environ, tmp_path, connected=False).http.port == 8081


WEBHOOK = {
    "TELEGRAM__MODE": "webhook",
    "TELEGRAM__WEBHOOK_URL": "https://me.example/hooks/telegram",
    "TELEGRAM__WEBHOOK_SECRET": "secret_-1",
}
CALLBACK = {
    "VK__MODE": "callback",
    "VK__CALLBACK_URL": "https://me.example/hooks/vk/",
    "VK__CONFIRMATION": "c0de",
    "VK__SECRET": "секрет",
}


def test_messengers_may_post_their_events(tmp_path: Path) -> None:
    settings = load(tmp_path, **WEBHOOK, **CALLBACK)
    assert settings.telegram.mode == "webhook"
    assert settings.vk.callback_url == "https://me.example/hooks/vk/"
    assert settings.vk.secret == "секрет"


UNPOSTED = [
    (WEBHOOK, "TELEGRAM__WEBHOOK_URL", "", "must be set with the telegram.mode that is chosen"),
    (WEBHOOK, "TELEGRAM__WEBHOOK_SECRET", " ", "must be set with the telegram.mode"),
    (WEBHOOK, "HTTP__PORT", "0", "must not be 0 where messengers post to it"),
    (WEBHOOK, "TELEGRAM__WEBHOOK_URL", "https://me.example/metrics", "needs a path that nothing"),
    (
        WEBHOOK,
        "TELEGRAM__WEBHOOK_URL",
        "https://me.example/hook%41",
        "write the whole public address",
    ),
    (CALLBACK, "VK__CALLBACK_URL", "", "must be set with the vk.mode that is chosen"),
    (CALLBACK, "VK__SECRET", "", "must be set with the vk.mode"),
    (CALLBACK, "VK__CONFIRMATION", "", "must be set with the vk.mode"),
    (CALLBACK, "HTTP__PORT", "0", "must not be 0 where messengers post to it"),
    (
        WEBHOOK | CALLBACK,
        "VK__CALLBACK_URL",
        "http://other.example/hooks/telegram",
        "has the path of telegram.webhook_url too",
    ),
]


@pytest.mark.parametrize(("environ", "env", "text", "words"), UNPOSTED)
def test_posts_that_could_not_be_served_stop_the_start(
    tmp_path: Path, environ: dict[str, str], env: str, text: str, words: str
) -> None:
    said = refusal(tmp_path, **{**environ, env: text})
    assert f"{env.lower().replace('__', '.')} ({env}): {words}" in said
    assert len(said.splitlines()) == 1


def test_supervisors_on_vk_are_welcome_where_vk_is_on(tmp_path: Path) -> None:
    vk = {"VK__TOKEN": "vk1.a.x", "VK__GROUP_ID": "4"}
    settings = load(tmp_path, TEAM__SUPERVISORS='["vk:45"]', **vk)
    assert settings.team.supervisors == ("vk:45",)


def test_a_named_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    assert "correct DIALEAD_CONFIG" in refusal(tmp_path, DIALEAD_CONFIG="nowhere.toml")


def test_a_file_in_another_encoding_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "dialead.toml").write_bytes("greeting = 'Привет'".encode("cp1251"))
    with pytest.raises(SettingsError, match=r"settings\.encoding"):
        load_settings(CONNECTED, tmp_path)


SECRET = "s3cr3t"
SECRETS_GONE_WRONG = [
    {"TELEGRAM__TOKEN": f"no token {SECRET}"},
    {"TEAM__CHAT": SECRET},
    {"TELEGRAM__TOKN": SECRET},
    {"TELEGRAM__PER_SECOND": SECRET},
    {"TELEGRAM__PROXY": f"ftp://boris:{SECRET}@proxy"},
    {"TELEGRAM__WEBHOOK_SECRET": f"{SECRET} x"},
    {"TELEGRAM__WEBHOOK_URL": f"me.example/{SECRET}"},
    {"VK__SECRET": SECRET * 9},
    {"VK__TOKEN": f"{SECRET} x"},
    {"DATABASE_URL": f"mysql://boris:{SECRET}@db"},
    {"TEAM__MANAGERS": SECRET},
    {"TEAM__TIMEZONE": SECRET},
    {"DIGEST__AT": SECRET},
    {"LOG__LEVEL": SECRET},
    {"DEADLINES__TAKE": SECRET},
    {"REHEARSAL__CLOCK_FILE": "x", "HOURS__WEEK": f'{{"mon": "{SECRET}"}}'},
    {"HOURS__WEEK": f'{{"{SECRET}": []}}'},
    {"HOURS__HOLIDAYS": SECRET},
]


@pytest.mark.parametrize("environ", SECRETS_GONE_WRONG)
def test_no_value_is_ever_repeated(tmp_path: Path, environ: dict[str, str]) -> None:
    assert SECRET not in refusal(tmp_path, **environ)


def test_secrets_do_not_show_when_settings_are_printed(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        VK__TOKEN=SECRET,
        VK__GROUP_ID="4",
        VK__PROXY=f"http://boris:{SECRET}@proxy",
        VK__SECRET=SECRET,
        VK__CONFIRMATION=SECRET,
        VK__CALLBACK_URL=f"https://me.example/{SECRET}",
        TELEGRAM__WEBHOOK_SECRET=SECRET,
        TELEGRAM__WEBHOOK_URL=f"https://me.example/{SECRET}",
        DATABASE_URL=f"postgresql://boris:{SECRET}@db/x",
    )
    assert SECRET not in repr(settings)
    assert TOKEN not in str(settings)


def test_every_setting_tells_its_meaning() -> None:
    rows = settings_table()
    assert [row.name for row in rows if not row.meaning] == []
    assert {row.name for row in rows} >= {"database_url", "team.chat", "channels.vk.greeting"}


def test_defaults_are_shown_as_one_would_write_them() -> None:
    shown = {row.name: row.default for row in settings_table()}
    assert shown["deadlines.take"] == "PT5M"
    assert shown["digest.at"] == "09:00"
    assert shown["digest.weekly"] == "mon 09:00"
    assert shown["team.managers"] == "[]"
    assert shown["channels.vk.lead_source"] == "true"
    assert shown["telegram.token"] == ""


def test_the_defaults_may_all_be_written_out(tmp_path: Path) -> None:
    rows = [row for row in settings_table() if ".NAME." not in row.name]
    written = {row.env: row.default for row in rows if row.default}
    assert load(tmp_path, **written) == load_settings(CONNECTED, tmp_path)


def test_the_readme_lists_every_setting() -> None:
    readme = ROOT / "README.md"
    _, opened, rest = readme.read_text(encoding="utf-8").partition("<!-- settings -->")
    table, closed, _ = rest.partition("<!-- /settings -->")
    assert opened, "README.md has no <!-- settings --> mark"
    assert closed, "README.md has no <!-- /settings --> mark"
    assert table.strip() == settings_markdown()
