"""`main.py init` at the terminal, against both strict local messengers; long by its turns."""

from __future__ import annotations

import stat
import tomllib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.setup import Place, Setup, Sight
from bot.operations.init import guess_timezone
from bot.operations.settings_file import Answers, settings_file
from bot.sandbox.telegram import Limits as TelegramLimits
from bot.sandbox.telegram import TelegramServer
from bot.sandbox.vk import Limits as VkLimits
from bot.sandbox.vk import VkServer
from config.settings import load_settings
from tests.cast import ANNA, BORIS, ELSEWHERE, GLEB, NAMES, TEAM, VERA
from tests.operations.sitting import Sitting, sitting, sitting_with_ctrl_c

TOKEN = "42:sandbox"
VK_TOKEN = "vk1.sandbox"


@dataclass
class Town:
    """Both messengers, with Vera's group “Sales” that the bot is not in yet."""

    telegram: TelegramServer
    vk: VkServer

    @property
    def environ(self) -> dict[str, str]:
        """Where they are, and what the machine's zone is."""
        return {
            "TELEGRAM__API_URL": self.telegram.url,
            "VK__API_URL": self.vk.url,
            "TZ": "Europe/Madrid",
        }

    def add_bot(self, chat: int = TEAM, *, by: int = VERA) -> None:
        """Somebody adds the bot to a group and makes it an admin."""
        self.telegram.join(chat, self.telegram.bot_id, by=by)
        self.telegram.promote(chat, self.telegram.bot_id, by=by)


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    telegram = TelegramServer(TOKEN, limits=TelegramLimits.none())
    vk = VkServer(VK_TOKEN, limits=VkLimits.none())
    await telegram.start()
    await vk.start()
    for number, name in NAMES.items():
        telegram.add_user(number, name)
    telegram.add_group(TEAM, "Sales", admins=[VERA], members=[BORIS], bot=None)
    telegram.add_group(ELSEWHERE, "Elsewhere", admins=[GLEB], bot=None)
    yield Town(telegram, vk)
    await telegram.stop()
    await vk.stop()


async def as_far_as_the_group(vera: Sitting, vk: str = "") -> None:
    """The steps before, in English."""
    await vera.answers("The token: ", TOKEN)
    await vera.answers("without VK): ", vk)
    await vera.answers("[Europe/Madrid]: ")


async def test_it_is_played_to_the_end(town: Town, tmp_path: Path) -> None:
    town.telegram.press_start(ANNA)
    town.telegram.write(ANNA, ANNA, "Hello")
    waiting = town.telegram.world.updates.pending()
    async with sitting(tmp_path, **town.environ) as vera:
        await vera.answers("Язык / Language / Idioma (ru, en, es) [ru]: ", "en")
        await vera.hears("This sets Dialead up")
        await vera.answers("The token: ", TOKEN)
        await vera.hears("✓ This is Dialead, @dialead_bot")
        await vera.answers("The community's key (Enter: without VK): ")
        await vera.answers("Enter if that is right) [Europe/Madrid]: ")
        await vera.hears("add @dialead_bot to it and make it an admin")
        await vera.hears("or type the group's number, -100…): ")
        town.add_bot()
        vera.says()
        await vera.answers("The group “Sales”: is it this one? (yes/no) [yes]: ")
        await vera.answers("Is it Vera? (yes/no) [yes]: ")
        await vera.hears("open https://t.me/dialead_bot and press Start")
        town.telegram.press_start(VERA)
        vera.says()
        await vera.hears("✓ dialead.toml is written; nobody but you can read it")
        await vera.hears("✓ The bot is in the group “Sales”")
        await vera.hears("✓ Supervisor Vera (telegram:301) is known")
        await vera.hears("All is well")
        await vera.hears("Start it with: ")
        assert await vera.end() == 0
    assert TOKEN not in vera.said
    file = tmp_path / "dialead.toml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["dialead.toml"]
    settings = load_settings({}, tmp_path)
    assert (settings.telegram.token, settings.vk.token) == (TOKEN, "")
    assert (settings.team.language, settings.team.timezone) == ("en", "Europe/Madrid")
    assert settings.team.chat == f"telegram:{TEAM}"
    assert settings.team.supervisors == (f"telegram:{VERA}",)
    # Whoever wrote meanwhile is not lost: the first start hears of them.
    assert town.telegram.world.updates.pending()[: len(waiting)] == waiting


async def test_vk_too_in_spanish(town: Town, tmp_path: Path) -> None:
    town.add_bot()
    town.telegram.started(VERA)
    async with sitting(tmp_path, "--language", "es", **town.environ) as vera:
        await vera.answers("El token: ", TOKEN)
        await vera.answers("(Intro: sin VK): ", "two words")
        await vera.hears("Esto no es una clave")
        await vera.answers("(Intro: sin VK): ", "vk1.wrong")
        await vera.hears("VK no acepta esta clave")
        await vera.answers("(Intro: sin VK): ", VK_TOKEN)
        await vera.hears("✓ Es la comunidad «Sandbox»")
        await vera.answers("[Europe/Madrid]: ", "Europa/Madrit")
        await vera.hears("No existe esa zona horaria; escríbala como Europe/Madrid")
        await vera.answers("[Europe/Madrid]: ", "atlantic/canary")
        await vera.answers("-100…): ")
        await vera.answers("El grupo «Sales»: ¿es este? (sí/no) [sí]: ", "Sí")
        await vera.answers("¿Es Vera? (sí/no) [sí]: ", "s")
        await vera.answers("pulsa Iniciar.")
        await vera.hears("Todo está en orden")
        assert await vera.end() == 0
    assert VK_TOKEN not in vera.said
    settings = load_settings({}, tmp_path)
    assert (settings.vk.token, settings.vk.group_id) == (VK_TOKEN, 7)
    assert (settings.team.language, settings.team.timezone) == ("es", "Atlantic/Canary")


@pytest.mark.parametrize(
    ("language", "welcome", "first"),
    [
        ("ru", "Это настройка Dialead", "Токен: "),
        ("en", "This sets Dialead up", "The token: "),
        ("es", "Esto configura Dialead", "El token: "),
    ],
)
async def test_the_first_screen_in_each_language(
    tmp_path: Path, language: str, welcome: str, first: str
) -> None:
    async with sitting(tmp_path, "--language", language) as vera:
        await vera.hears(welcome)
        await vera.hears("@BotFather")
        await vera.hears(first)
        vera.leaves()
        assert await vera.end() == 130
    assert list(tmp_path.iterdir()) == []


async def test_the_machines_language_is_proposed(tmp_path: Path) -> None:
    async with sitting(tmp_path, LANG="es_ES.UTF-8") as vera:
        await vera.answers("[es]: ", "klingon")
        await vera.answers("[es]: ")
        await vera.hears("Esto configura Dialead")


async def test_a_language_that_is_none_is_a_wrong_usage(tmp_path: Path) -> None:
    async with sitting(tmp_path, "--language", "klingon") as vera:
        assert await vera.end() == 2
    assert vera.said == "--language: выберите из ru, en, es\n"


async def test_a_wrong_token_is_told_at_once(town: Town, tmp_path: Path) -> None:
    async with sitting(tmp_path, "--language", "en", **town.environ) as vera:
        await vera.answers("The token: ", "the one from BotFather")
        await vera.hears("This is not a token; copy it whole")
        await vera.answers("The token: ", "42:forgotten")
        await vera.hears("Telegram does not accept this token; copy it again")
        await vera.answers("The token: ", TOKEN)
        await vera.hears("✓ This is Dialead, @dialead_bot")
    assert "forgotten" not in vera.said


async def test_a_messenger_that_does_not_answer_is_asked_again(town: Town, tmp_path: Path) -> None:
    await town.telegram.outage(True)
    async with sitting(tmp_path, "--language", "en", **town.environ) as vera:
        await vera.answers("The token: ", TOKEN)
        await vera.hears("Telegram does not answer (getMe: ClientConnectorError)")
        await town.telegram.outage(False)
        await vera.answers("Try again? (yes/no) [yes]: ")
        await vera.hears("✓ This is Dialead, @dialead_bot")
        await town.telegram.outage(True)
        await vera.answers("without VK): ")
        await vera.answers("[Europe/Madrid]: ")
        await vera.answers("Try again? (yes/no) [yes]: ", "no")
        assert await vera.end() == 130
    assert vera.said.endswith("Stopped; nothing was written\n")
    assert list(tmp_path.iterdir()) == []


async def test_where_no_group_is_seen_its_number_may_be_typed(town: Town, tmp_path: Path) -> None:
    async with sitting(tmp_path, "--language", "en", **town.environ) as vera:
        await as_far_as_the_group(vera)
        await vera.answers("-100…): ")
        await vera.hears("No group is in sight")
        await vera.answers("-100…): ", "Sales")
        await vera.hears("A group's number begins with a minus")
        await vera.answers("-100…): ", str(ELSEWHERE))
        await vera.hears("The bot is not in a group of this number (getChat: Forbidden")
        town.add_bot()
        await vera.answers("-100…): ", str(TEAM))
        await vera.answers("The group “Sales”: is it this one? (yes/no) [yes]: ")
        await vera.answers("Is it Vera? (yes/no) [yes]: ", "perhaps")
        await vera.hears("Please answer “yes” or “no”")
        await vera.answers("Is it Vera? (yes/no) [yes]: ", "no")
        await vera.answers("nobody for now): ", "Boris")
        await vera.hears("A person's number has digits only")
        await vera.answers("nobody for now): ")
        await vera.hears("✓ dialead.toml is written")
        assert await vera.end() == 0
    settings = load_settings({}, tmp_path)
    assert (settings.team.chat, settings.team.supervisors) == (f"telegram:{TEAM}", ())


async def test_of_several_groups_the_right_one_is_chosen(town: Town, tmp_path: Path) -> None:
    town.add_bot()
    town.add_bot(ELSEWHERE, by=GLEB)
    async with sitting(tmp_path, "--language", "en", **town.environ) as vera:
        await as_far_as_the_group(vera)
        await vera.answers("-100…): ")
        await vera.answers("The group “Elsewhere”: is it this one? (yes/no) [yes]: ", "n")
        await vera.answers("The group “Sales”: is it this one? (yes/no) [yes]: ", "y")
        await vera.hears("Is it Vera?")


async def test_a_webhook_that_hides_the_group_is_removed_when_agreed(
    town: Town, tmp_path: Path
) -> None:
    town.add_bot()
    town.telegram.webhook.url = "https://old.example/hook?secret"
    async with sitting(tmp_path, "--language", "en", **town.environ) as vera:
        await as_far_as_the_group(vera)
        await vera.answers("A webhook at old.example takes this bot's messages", "yes")
        await vera.answers("-100…): ")
        await vera.hears("The group “Sales”")
    assert town.telegram.webhook.url == ""


async def test_a_webhook_stays_unless_agreed(town: Town, tmp_path: Path) -> None:
    town.add_bot()
    town.telegram.webhook.url = "https://old.example/hook?secret"
    async with sitting(tmp_path, "--language", "en", **town.environ) as vera:
        await as_far_as_the_group(vera)
        await vera.answers("A webhook at old.example takes this bot's messages")
        await vera.answers("-100…): ")
        await vera.hears("Another program takes this bot's messages")
        await vera.answers("-100…): ", str(TEAM))
        await vera.hears("The group “Sales”")
    assert town.telegram.webhook.url == "https://old.example/hook?secret"


async def test_settings_that_are_there_stay_unless_one_agrees(tmp_path: Path) -> None:
    file = tmp_path / "dialead.toml"
    file.write_text("# mine\n")
    async with sitting(tmp_path, "--language", "en") as vera:
        await vera.answers("dialead.toml is here already. Replace it?")
        assert await vera.end() == 1
    assert vera.said.endswith("Nothing was changed\n")
    assert file.read_text() == "# mine\n"


async def test_replaced_settings_are_kept_beside(town: Town, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("# mine\n")
    town.add_bot()
    environ = {**town.environ, "DIALEAD_CONFIG": "mine.toml"}
    async with sitting(tmp_path, "--language", "en", **environ) as vera:
        await vera.answers("kept as mine.toml.old. (yes/no) [no]: ", "yes")
        await as_far_as_the_group(vera)
        await vera.answers("-100…): ")
        await vera.answers("“Sales”")
        await vera.answers("Is it Vera?")
        await vera.answers("press Start")
        await vera.hears("✗ Supervisor telegram:301 is not known to Telegram")
        await vera.hears("Start it with: ")
        assert await vera.end() == 0
    kept = tmp_path / "mine.toml.old"
    assert kept.read_text() == "# mine\n"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    named = {"DIALEAD_CONFIG": "mine.toml"}
    assert load_settings(named, tmp_path).team.supervisors == (f"telegram:{VERA}",)


async def test_a_folder_that_cannot_be_written_is_told_before_all_questions(
    tmp_path: Path,
) -> None:
    where = str(tmp_path / "nowhere" / "dialead.toml")
    async with sitting(tmp_path, "--language", "en", DIALEAD_CONFIG=where) as vera:
        assert await vera.end() == 1
    assert "cannot be written (No such file or directory)" in vera.said


@pytest.mark.parametrize("words", ["The token: ", "Looking for the group…", "Is it Vera?"])
async def test_ctrl_c_leaves_nothing_behind(town: Town, tmp_path: Path, words: str) -> None:
    if words == "Is it Vera?":
        town.add_bot()
    async with sitting_with_ctrl_c(tmp_path, "--language", "en", **town.environ) as vera:
        if words != "The token: ":
            await as_far_as_the_group(vera)
            await vera.answers("-100…): ")
        if words == "Is it Vera?":
            await vera.answers("“Sales”")
        await vera.hears(words)
        await vera.interrupts()
        assert await vera.end() == 130
    assert vera.said.endswith("Stopped; nothing was written\n")
    assert list(tmp_path.iterdir()) == []


# --- its parts -------------------------------------------------------------


@given(st.text(), st.text(), st.integers(1, 10**12))
def test_whatever_the_answers_the_file_says_them(token: str, vk_token: str, group: int) -> None:
    # Half a surrogate pair is no text that a file could hold.
    token, vk_token = (one.encode("utf-8", "replace").decode() for one in (token, vk_token))
    answers = Answers(token, (vk_token, group), "en", "Europe/Madrid", "-1001", "")
    found = tomllib.loads(settings_file("Written by init", answers))
    assert found["telegram"] == {"token": token}
    assert found["vk"] == {"token": vk_token, "group_id": group}
    assert found["team"]["chat"] == "telegram:-1001"
    assert found["team"]["supervisors"] == []


@pytest.mark.parametrize(
    ("named", "linked", "guessed"),
    [
        ("", "/usr/share/zoneinfo/Europe/Madrid", "Europe/Madrid"),
        (":Asia/Omsk", "/usr/share/zoneinfo/Europe/Madrid", "Asia/Omsk"),
        ("UTC", "/usr/share/zoneinfo/Europe/Madrid", "Europe/Madrid"),
        ("", "/usr/share/zoneinfo/Etc/UTC", ""),
        ("", "/somewhere/else", ""),
        ("Europe/Nowhere", "/usr/share/zoneinfo/UTC", ""),
    ],
)
def test_the_zone_is_guessed_where_the_machine_has_one(
    tmp_path: Path, named: str, linked: str, guessed: str
) -> None:
    localtime = tmp_path / "localtime"
    localtime.symlink_to(linked)
    assert guess_timezone({"TZ": named}, localtime) == guessed


async def looked(town: Town, known: tuple[str, ...] = ()) -> Sight:
    setup = Setup(TOKEN, town.telegram.url, "")
    try:
        return await setup.look(0, known)
    finally:
        await setup.close()


async def test_a_group_that_the_bot_left_is_not_offered(town: Town) -> None:
    town.add_bot()
    town.add_bot(ELSEWHERE, by=GLEB)
    town.telegram.leave(TEAM, town.telegram.bot_id, by=VERA)
    assert (await looked(town)).places == (Place(str(ELSEWHERE), "Elsewhere", str(GLEB), "Gleb"),)
    assert (await looked(town, (str(ELSEWHERE),))).places == ()


async def test_a_group_that_became_a_supergroup_is_offered_by_its_new_number(town: Town) -> None:
    town.telegram.add_group(-5001, "Small", supergroup=False, admins=[VERA], bot=None)
    town.telegram.join(-5001, town.telegram.bot_id, by=VERA)
    town.telegram.migrate(-5001)
    (place,) = (await looked(town)).places
    assert (place.chat, place.title) == ("-1000000005001", "Small")


async def test_an_anonymous_admin_is_nobodys_name(town: Town) -> None:
    town.add_bot()
    town.telegram.world.updates.confirm(town.telegram.world.updates.next_id)
    town.telegram.write(VERA, TEAM, "Hello", sender_chat=TEAM)
    (place,) = (await looked(town)).places
    assert (place.chat, place.user) == (str(TEAM), "")


async def test_customers_who_hide_the_group_are_told_of_and_wait_on(town: Town) -> None:
    town.telegram.press_start(ANNA)
    for number in range(100):
        town.telegram.write(ANNA, ANNA, f"Hello {number}")
    town.add_bot()
    waiting = town.telegram.world.updates.pending()
    sight = await looked(town)
    assert (sight.places, sight.crowded, sight.taken) == ((), True, False)
    assert town.telegram.world.updates.pending() == waiting
