"""More bots, communities and teams under names of the owner's, and what is wrong with them."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from config.groups import Telegram, Vk
from config.settings import Settings, SettingsError, load_settings
from config.teams import bots_of, channels_of, desks_of, through
from config.texts import load as english

FIRST = {
    "TELEGRAM__TOKEN": "1:first",
    "VK__TOKEN": "vk1.first",
    "VK__GROUP_ID": "7",
    "VK__PER_SECOND": "3",
    "TEAM__CHAT": "telegram:-1001",
    "TEAM__LANGUAGE": "en",
    "TEAM__SUPERVISORS": '["telegram:5"]',
    "TEAM__MANAGERS": '["telegram:6"]',
    "LEADS__REJECT_REASONS": '["Too far"]',
}
TWO = """
[bots.service]
kind = "telegram"
token = "2:service"
desk = "service"
greeting = "Hola"

[bots.shop]
kind = "vk"
token = "vk1.shop"
group_id = 8

[desks.service]
chat = "telegram:-1002"
language = "es"
digest.at = "10:00"
"""


def load(folder: Path, toml: str = "", **environ: str) -> Settings:
    (folder / "dialead.toml").write_text(toml, encoding="utf-8")
    return load_settings(FIRST | environ, folder)


def test_the_first_of_each_kind_stand_before_those_with_names(tmp_path: Path) -> None:
    channels = channels_of(load(tmp_path, TWO))
    assert [(one.name, one.kind, one.desk) for one in channels] == [
        ("telegram", "telegram", "main"),
        ("vk", "vk", "main"),
        ("telegram.service", "telegram", "service"),
        ("vk.shop", "vk", "main"),
    ]
    shop = channels[3].connection
    assert (shop.token, shop.per_second) == ("vk1.shop", 3)  # at the pace of the first
    assert channels[2].policy.greeting.of("es") == "Hola"


def test_a_desk_takes_over_what_it_leaves_out_but_for_chat_and_people(tmp_path: Path) -> None:
    first, second = desks_of(load(tmp_path, TWO))
    assert (second.name, second.team.chat, second.team.language) == (
        "service",
        "telegram:-1002",
        "es",
    )
    assert second.team.timezone == first.team.timezone
    assert (second.team.supervisors, second.team.managers) == (("telegram:5",), ())
    assert (second.digest.at, second.digest.weekly) == (time(10), first.digest.weekly)
    assert (first.reject_reasons, second.reject_reasons) == (("Too far",), ())


def test_nobody_is_named_by_leaving_the_list_empty(tmp_path: Path) -> None:
    (_, second) = desks_of(load(tmp_path, f"{TWO}\nsupervisors = []"))
    assert second.team.supervisors == ()


def test_a_chat_is_served_by_the_first_bot_of_its_desk_else_by_the_first_of_all(
    tmp_path: Path,
) -> None:
    settings = load(tmp_path, TWO)
    assert through(bots_of(settings, "main"), "telegram:-1001") == "telegram:-1001"
    assert through(bots_of(settings, "service"), "telegram:-1002") == "telegram.service:-1002"
    assert bots_of(settings, "service")["vk"] == "vk"


def test_the_environment_names_them_too(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        TWO,
        BOTS__SERVICE__TOKEN="3:other",
        DESKS__SERVICE__MANAGERS='["telegram:9"]',
        BOTS__MORE__KIND="telegram",
        BOTS__MORE__TOKEN="4:more",
    )
    assert [one.connection.token for one in channels_of(settings)][2:] == [
        "3:other",
        "vk1.shop",
        "4:more",
    ]
    assert desks_of(settings)[1].team.managers == ("telegram:9",)


WRONG = [
    ({"BOTS__SERVICE__TOKN": "x"}, "bots.service.tokn", "did you mean bots.service.token?"),
    ({"BOTS__SERVICE__DESK": "sales"}, "bots.service.desk", "choose main, service, or add it"),
    ({"BOTS__SERVICE__TOKEN": "1:first"}, "bots.service.token", "that of telegram.token as well"),
    ({"BOTS__SERVICE__TOKEN": "no token"}, "bots.service", "copy it whole from @BotFather"),
    ({"BOTS__SHOP__GROUP_ID": "7"}, "bots.shop.group_id", "that of vk.group_id as well"),
    ({"BOTS__SHOP__GROUP_ID": "0"}, "bots.shop", "needs group_id"),
    ({"BOTS__MORE__KIND": "vk"}, "bots.more.token", "must be set"),
    ({"BOTS__MORE__TOKEN": "5:more"}, "bots.more.kind", "must be set"),
    ({"BOTS__SERVICE__KIND": "max"}, "bots.service.kind", "must be"),
    ({"BOTS__SHOP__MODE": "webhook"}, "bots.shop.mode", "must be one of: longpoll, callback"),
    ({"BOTS__SERVICE__MODE": "callback"}, "bots.service.mode", "one of: polling, webhook"),
    ({"BOTS__SERVICE__MODE": "webhook"}, "bots.service.webhook_url", "with the bots.service.mode"),
    ({"BOTS__SERVICE__MODE": "webhook"}, "bots.service.webhook_secret", "must be set"),
    ({"BOTS__SHOP__MODE": "callback"}, "bots.shop.callback_url", "with the bots.shop.mode"),
    ({"BOTS__SHOP__MODE": "callback"}, "bots.shop.confirmation", "must be set"),
    ({"BOTS__SHOP__MODE": "callback"}, "bots.shop.secret", "must be set"),
    ({"BOTS__SHOP__MODE": "callback", "HTTP__PORT": "0"}, "http.port", "must not be 0"),
    ({"BOTS__SHOP__CALLBACK_URL": "example.org"}, "bots.shop.callback_url", "the whole public"),
    ({"BOTS__SERVICE__WEBHOOK_SECRET": "no good"}, "bots.service.webhook_secret", "letters"),
    ({"BOTS__SHOP__WEBHOOK_SECRET": "x"}, "bots.shop", "webhook_secret is of the other messenger"),
    ({"BOTS__SERVICE__SECRET": "x"}, "bots.service", "secret is of the other messenger"),
    ({"BOTS__SERVICE__GROUP_ID": "8"}, "bots.service", "correct kind, which is telegram"),
    ({"BOTS__SHOP__OUT_OF_HOURS": "Later"}, "bots.shop.out_of_hours", "is never said"),
    ({"DESKS__SERVICE__CHAT": "telegram:-1001"}, "desks.service.chat", "is team.chat as well"),
    ({"DESKS__SERVICE__CHAT": "telegram:5"}, "desks.service.chat", "this is a person"),
    ({"DESKS__MORE__LANGUAGE": "en"}, "desks.more.chat", "must be set"),
    ({"DESKS__MAIN__CHAT": "telegram:-1003"}, "desks.main", "give this one another name"),
    (
        {"DESKS__SERVICE__SUPERVISORS_CHAT": "telegram:-1001"},
        "desks.service.supervisors_chat",
        "is team.chat as well",
    ),
]


@pytest.mark.parametrize(("environ", "name", "words"), WRONG)
def test_what_is_wrong_is_named_with_its_remedy(
    tmp_path: Path, environ: dict[str, str], name: str, words: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, TWO, **environ)
    lines = caught.value.told(english("en")).splitlines()
    (told,) = [line for line in lines if line.startswith(f"{name} ")]
    assert words in told
    assert "no token" not in told


POSTED = {
    "TELEGRAM__MODE": "webhook",
    "TELEGRAM__WEBHOOK_URL": "https://example.org/hooks/telegram",
    "TELEGRAM__WEBHOOK_SECRET": "s3cr3t",
    "BOTS__SERVICE__MODE": "webhook",
    "BOTS__SERVICE__WEBHOOK_URL": "https://example.org/hooks/service",
    "BOTS__SERVICE__WEBHOOK_SECRET": "another",
    "BOTS__SHOP__MODE": "callback",
    "BOTS__SHOP__CALLBACK_URL": "https://example.org/hooks/shop",
    "BOTS__SHOP__CONFIRMATION": "c0de",
    "BOTS__SHOP__SECRET": "third",
}


def test_events_of_a_further_one_may_be_posted_too(tmp_path: Path) -> None:
    first, vk, service, shop = (
        one.connection for one in channels_of(load(tmp_path, TWO, **POSTED))
    )
    assert isinstance(service, Telegram)
    assert isinstance(shop, Vk)
    assert [one.mode for one in (first, vk, service, shop)] == [
        "webhook",
        "longpoll",
        "webhook",
        "callback",
    ]
    assert (service.webhook_url, service.webhook_secret) == (
        "https://example.org/hooks/service",
        "another",
    )
    assert (shop.callback_url, shop.confirmation, shop.secret) == (
        "https://example.org/hooks/shop",
        "c0de",
        "third",
    )


@pytest.mark.parametrize(
    ("changed", "path", "told"),
    [
        ("SERVICE__WEBHOOK_URL", "hooks/telegram", "has the path of telegram.webhook_url too"),
        ("SHOP__CALLBACK_URL", "hooks/service", "has the path of bots.service.webhook_url too"),
        ("SHOP__CALLBACK_URL", "hooks/telegram", "has the path of telegram.webhook_url too"),
        ("SHOP__CALLBACK_URL", "healthz", "needs a path that nothing else answers on"),
    ],
    ids=["bots", "kinds", "first", "ours"],
)
def test_two_that_are_posted_to_have_each_a_path(
    tmp_path: Path, changed: str, path: str, told: str
) -> None:
    over = {f"BOTS__{changed}": f"https://other.example.org/{path}"}
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, TWO, **POSTED | over)
    (line,) = caught.value.told(english("en")).splitlines()
    assert line.startswith(f"bots.{changed.replace('__', '.').lower()} ")
    assert told in line


def test_an_address_that_is_not_used_takes_no_path(tmp_path: Path) -> None:
    over = {
        "BOTS__SERVICE__MODE": "polling",
        "BOTS__SHOP__CALLBACK_URL": "https://x.org/hooks/service",
    }
    assert load(tmp_path, TWO, **POSTED | over)


def test_a_name_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"setting\.given_names"):
        load(tmp_path, '[bots."Bad name"]\nkind = "telegram"\ntoken = "9:x"')


def test_who_is_on_a_messenger_that_is_off_is_told(tmp_path: Path) -> None:
    off = {name: value for name, value in FIRST.items() if not name.startswith("VK")}
    two = '[desks.service]\nchat = "telegram:-1002"\nsupervisors = ["vk:4"]'
    (tmp_path / "dialead.toml").write_text(two, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"desks\.service\.supervisors: setting\.off"):
        load_settings(off, tmp_path)
