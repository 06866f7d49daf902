"""`main.py check` where messengers post their events: what is named, what `--fix` mends."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest

from bot.channels.vk.reported import EVENTS
from bot.messages import Finding
from bot.operations.check import line
from bot.sandbox.telegram import Fault
from config.texts import load
from tests.cast import ANNA
from tests.operations.test_check import found, wrong
from tests.plays.desks import as_bot, as_community, second_bot, second_community
from tests.plays.play import Play
from tests.plays.posting import CODE, SECRET, VK, Posting

VK_URL = f"https://example.org{VK}"
TELEGRAM_URL = "https://example.org/hooks/telegram"
OR_FIX = "; or let `main.py check --fix` do it"
PUBLIC = {"telegram": {"webhook_url": TELEGRAM_URL}, "vk": {"callback_url": VK_URL}}


async def checked(play: Play, *, fix: bool = False) -> list[Finding]:
    """What the check says where both post to example.org."""
    return await found(play.settings(**Posting(play).settings(**PUBLIC)), fix=fix)


def told(findings: list[Finding], words: str) -> list[str]:
    """The lines with these words."""
    return [shown for one in findings if words in (shown := line(load("en"), one))]


def name_it(play: Play, reported: Collection[str] = EVENTS, **over: Any) -> None:
    """VK knows the address, has confirmed it and reports there what is needed."""
    server = play.vk.community.add_callback("by hand", VK_URL, SECRET)
    server.status = "ok"
    server.settings |= dict.fromkeys(reported, True)
    for name, value in over.items():
        setattr(server, name, value)


async def test_a_good_set_up_passes_before_the_first_start(play: Play) -> None:
    name_it(play)
    findings = await checked(play)
    assert wrong(findings) == []
    assert told(findings, "example.org") == [
        "✓ `main.py run` will have Telegram post the bot's updates to example.org; whether they get"
        " there shows once it runs",
        "✓ VK posts events to example.org, version 5.199; each post and our answer is shown by"
        " Manage → API usage → Callback API → Requests",
    ]
    assert told(findings, "VK posts every event it has to")
    assert not told(findings, "ong poll")
    assert not told(findings, "other program")


async def test_a_webhook_that_is_set_is_well(play: Play) -> None:
    name_it(play)
    play.telegram.webhook.url = TELEGRAM_URL
    findings = await checked(play)
    assert wrong(findings) == []
    assert told(findings, "✓ Telegram posts the bot's updates to example.org")


async def test_a_webhook_elsewhere_is_named_and_mended(play: Play) -> None:
    name_it(play)
    play.telegram.webhook.url = "https://old.example/hook?secret"
    assert wrong(await checked(play)) == [
        "✗ Telegram posts the bot's updates to old.example — stop the program that takes them"
        " there; `main.py run` then has them posted to telegram.webhook_url" + OR_FIX
    ]
    findings = await checked(play, fix=True)
    assert wrong(findings) == []
    assert told(findings, "✓ Fixed: Telegram posts the bot's updates to example.org")
    assert play.telegram.webhook.url == TELEGRAM_URL


async def test_posts_that_fail_are_named_with_telegrams_reason(play: Play) -> None:
    name_it(play)
    play.telegram.webhook.url = TELEGRAM_URL
    play.telegram.write(ANNA, ANNA, "Hello")
    play.telegram.webhook._note("Wrong response from the webhook: 502 Bad Gateway")
    [only] = wrong(await checked(play))
    assert only.startswith(
        "✗ Telegram does not get through to example.org (Wrong response from the webhook: 502 Bad"
        " Gateway), updates that wait: "
    )


CASES: dict[str, tuple[dict[str, Any], str]] = {
    "no such address": (
        {"url": "https://example.org/another"},
        "✗ VK does not know the address at example.org — start `main.py run`, then add"
        " vk.callback_url in the community's settings: API usage, Callback API, with vk.secret as"
        " the secret key" + OR_FIX,
    ),
    "another secret": (
        {"secret_key": "another"},
        "✗ VK has another secret key for the address at example.org than vk.secret — make them the"
        " same in the community's settings: API usage, Callback API" + OR_FIX,
    ),
    "not confirmed, another code": (
        {"status": "failed"},
        "✗ VK has not confirmed the address at example.org and expects another code than"
        " vk.confirmation — copy it from the community's settings, API usage, Callback API, restart"
        " `main.py run` and press Confirm there",
    ),
    "an old version": (
        {"api_version": "5.81"},
        "✗ VK posts events to example.org in version 5.81 — choose 5.199 in the community's"
        " settings: API usage, Callback API" + OR_FIX,
    ),
    "events not ticked": (
        {"reported": ("message_new", "message_reply")},
        "✗ VK does not post: message_edit, message_event, message_allow, message_deny — tick these"
        " event types in the community's settings: API usage, Callback API" + OR_FIX,
    ),
}


@pytest.mark.parametrize("case", CASES)
async def test_an_address_that_vk_cannot_use_is_named(play: Play, case: str) -> None:
    over, expected = CASES[case]
    name_it(play, **over)
    assert wrong(await checked(play)) == [expected]


async def test_an_address_with_the_right_code_must_only_be_reached(play: Play) -> None:
    name_it(play, status="failed")
    play.vk.community.confirmation = CODE
    [only] = wrong(await checked(play))
    assert only.startswith("✗ VK has not confirmed the address at example.org — start")


async def test_a_key_that_may_not_see_the_settings_is_named(play: Play) -> None:
    play.vk.community.permissions.discard("manage")
    lines = wrong(await checked(play))
    assert any(one.startswith("✗ The Callback API's settings cannot be read (VK") for one in lines)


async def test_fix_names_the_address_while_the_product_runs_and_vk_posts_there(
    play: Play,
) -> None:
    posting = Posting(play)
    play.vk.community.confirmation = CODE
    await play.start(**posting.settings())
    findings = await found(play.settings(**posting.settings()), fix=True)
    assert told(findings, "✓ Fixed: VK knows the address at 127.0.0.1, with the secret key")
    [server] = play.vk.community.callbacks.values()
    await play.until(lambda: server.status == "ok")
    assert wrong(await found(play.settings(**posting.settings()))) == []
    play.vk.write(ANNA, "Do you deliver?")
    await play.card(1, "Do you deliver?")


@pytest.mark.parametrize("case", ["another secret", "an old version", "events not ticked"])
async def test_fix_mends_what_vk_has_of_the_address(play: Play, case: str) -> None:
    name_it(play, **CASES[case][0])
    [server] = play.vk.community.callbacks.values()
    server.settings["wall_post_new"] = True  # somebody else's
    await checked(play, fix=True)
    assert (server.secret_key, server.api_version) == (SECRET, "5.199")
    assert server.settings["message_event"]
    assert server.settings["wall_post_new"]
    assert len(play.vk.community.callbacks) == 1


async def test_what_cannot_be_mended_is_said(play: Play) -> None:
    name_it(play)
    play.telegram.webhook.url = "https://old.example/hook"
    play.telegram.fail("setWebhook", Fault.SERVER_ERROR)
    lines = wrong(await checked(play, fix=True))
    assert len(lines) == 2
    assert lines[1].startswith("✗ Telegram did not let it be fixed (setWebhook: HTTP 500)")


async def test_a_further_bot_and_community_are_named_and_mended_by_their_own_settings(
    play: Play,
) -> None:
    posting = Posting(play)
    async with second_bot(play) as service, second_community(play) as shop:
        shop.community.confirmation = "c0de"
        bots = {
            "service": as_bot(
                service, mode="webhook", webhook_url=TELEGRAM_URL, webhook_secret=SECRET
            ),
            "shop": as_community(
                shop,
                mode="callback",
                callback_url=f"{posting.url}/hooks/shop",
                secret=SECRET,
                confirmation="c0de",
            ),
        }
        over: dict[str, Any] = {"http": {"port": posting.port}, "bots": bots}
        service.webhook.url = "https://old.example/hook?secret"
        lines = wrong(await found(play.settings(**over)))
        assert [one.partition(" — ")[0] for one in lines] == [
            "✗ Telegram service: Telegram posts the bot's updates to old.example",
            "✗ VK shop: VK does not know the address at 127.0.0.1",
        ]
        assert "bots.service.webhook_url" in lines[0]
        assert "add bots.shop.callback_url" in lines[1]
        assert "with bots.shop.secret as" in lines[1]
        await play.start(**over)
        await found(play.settings(**over), fix=True)
        await play.until(lambda: [c.status for c in shop.community.callbacks.values()] == ["ok"])
        assert service.webhook.url == TELEGRAM_URL
        assert not play.telegram.webhook.url
        assert not play.vk.community.callbacks
        assert wrong(await found(play.settings(**over))) == []
        shop.write(ANNA, "Do you deliver?")
        await play.card(1, "Do you deliver?")
        await play.stop()
