"""`main.py init` where settings are already: one more bot, community or team is added to them."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from config.settings import load_settings
from config.teams import desks_of
from tests.cast import TEAM
from tests.operations.sitting import Sitting, sitting
from tests.operations.test_init import TOKEN, VK_TOKEN, Town, town

__all__ = ["town"]

FIRST = """# mine
[telegram]
token = "1:first"

[team]
chat = "telegram:-1005"
language = "en"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Settings of a bot and a team, as somebody wrote them."""
    path = tmp_path / "dialead.toml"
    path.write_text(FIRST, encoding="utf-8")
    return path


async def as_far_as_the_token(vera: Sitting) -> None:
    """A Telegram bot called service."""
    await vera.answers("Add one more bot or community to it?", "yes")
    await vera.answers("it will stand on cards: ", "service")
    await vera.answers("Is it a Telegram bot? (no: a VK community) (yes/no) [yes]: ")


async def test_one_more_bot_of_the_first_team(town: Town, tmp_path: Path, file: Path) -> None:
    async with sitting(tmp_path, "--language", "en", **town.environ) as vera:
        await as_far_as_the_token(vera)
        await vera.answers("The token: ", TOKEN)
        await vera.hears("✓ This is Dialead, @dialead_bot")
        await vera.answers("with a group of its own? (no: to the first team) (yes/no) [no]: ")
        await vera.hears("✓ dialead.toml is written; nobody but you can read it")
        await vera.hears("✓ Telegram service: Telegram knows the bot: @dialead_bot")
        assert await vera.end() == 0
    assert TOKEN not in vera.said
    assert file.read_text("utf-8") == (
        f'{FIRST}\n[bots.service]\nkind = "telegram"\ntoken = "{TOKEN}"\n'
    )
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (tmp_path / "dialead.toml.old").read_text("utf-8") == FIRST
    assert load_settings({}, tmp_path).bots["service"].desk == "main"


async def test_one_more_bot_with_a_team_of_its_own(town: Town, tmp_path: Path, file: Path) -> None:
    async with sitting(tmp_path, "--language", "en", **town.environ) as vera:
        await as_far_as_the_token(vera)
        await vera.answers("The token: ", TOKEN)
        await vera.answers("with a group of its own?", "yes")
        await vera.hears("add @dialead_bot to it and make it an admin")
        await vera.hears("or type the group's number, -100…): ")
        town.add_bot()
        vera.says()
        await vera.answers("The group “Sales”: is it this one? (yes/no) [yes]: ")
        await vera.hears("let each open https://t.me/dialead_bot and press Start")
        await vera.hears("✓ Telegram service: The bot is in the group “Sales”")
        assert await vera.end() == 0
    settings = load_settings({}, tmp_path)
    assert settings.bots["service"].desk == "service"
    assert [one.team.chat for one in desks_of(settings)] == ["telegram:-1005", f"telegram:{TEAM}"]


async def test_one_more_community(town: Town, tmp_path: Path, file: Path) -> None:
    async with sitting(tmp_path, "--language", "en", **town.environ) as vera:
        await vera.answers("Add one more bot or community to it?")
        await vera.answers("it will stand on cards: ", "My Shop")
        await vera.hears("A name has up to 16 small Latin letters and digits")
        await vera.answers("it will stand on cards: ", "main")
        await vera.hears("This name is taken")
        await vera.answers("it will stand on cards: ", "shop")
        await vera.answers("Is it a Telegram bot?", "no")
        await vera.answers("The community's key: ", "vk1.wrong")
        await vera.answers("The community's key: ", VK_TOKEN)
        await vera.hears("✓ VK shop: VK accepts the token")
        assert await vera.end() == 0
    shop = load_settings({}, tmp_path).bots["shop"]
    assert (shop.kind, shop.token, shop.group_id, shop.desk) == ("vk", VK_TOKEN, 7, "main")


async def test_the_same_bot_or_group_again_is_told_at_once_and_nothing_is_written(
    town: Town, tmp_path: Path, file: Path
) -> None:
    first = FIRST.replace("1:first", "2:first").replace("-1005", str(TEAM))
    file.write_text(first, encoding="utf-8")
    town.add_bot()
    async with sitting(tmp_path, "--language", "en", **town.environ) as vera:
        await as_far_as_the_token(vera)
        await vera.answers("The token: ", "2:first")
        await vera.hears("every bot and community has one of its own")
        await vera.answers("The token: ", TOKEN)
        await vera.answers("with a group of its own?", "yes")
        await vera.answers("or type the group's number, -100…): ", str(TEAM))
        await vera.hears("The group “Sales” is another team's already")
        vera.leaves()
        assert await vera.end() != 0
    assert file.read_text("utf-8") == first
    assert [one.name for one in tmp_path.iterdir()] == ["dialead.toml"]


async def test_who_stops_halfway_has_changed_nothing(
    town: Town, tmp_path: Path, file: Path
) -> None:
    async with sitting(tmp_path, "--language", "en", **town.environ) as vera:
        await as_far_as_the_token(vera)
        await vera.hears("The token: ")
        vera.leaves()
        assert await vera.end() != 0
    assert file.read_text("utf-8") == FIRST


async def test_who_wants_none_more_may_set_up_anew(town: Town, tmp_path: Path, file: Path) -> None:
    async with sitting(tmp_path, "--language", "en", **town.environ) as vera:
        await vera.answers("Add one more bot or community to it?", "no")
        await vera.answers("dialead.toml is here already. Replace it?", "no")
        await vera.hears("Nothing was changed")
        assert await vera.end() == 1
    assert file.read_text("utf-8") == FIRST
