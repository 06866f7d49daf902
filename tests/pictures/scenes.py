"""The story that brings a card into each of its states, played by the real product."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.sandbox import telegram_screen
from config.texts import Texts, load
from tests.cast import ANNA, BORIS, DASHA, GLEB, PABLO, TEAM, VERA
from tests.pictures.words import WORDS
from tests.plays.play import Play

ROSA, IVAN = 501, 502
CROWD = range(601, 608)
_MINUTES = 60  # seconds
Json = dict[str, Any]


class Story(Play):
    """A play in one language; `kept` holds what the team's chat showed, by the state's name."""

    def __init__(self, folder: Path, language: str) -> None:
        super().__init__(folder, f"sqlite:///{folder}/story.db")
        self.texts: Texts = load(language)
        self.words: dict[str, str] = WORDS[language]
        self.kept: dict[str, Json] = {}

    async def open(self) -> None:
        """Start the servers; the cast has names of its language."""
        await self.telegram.start()
        await self.vk.start()
        named = {ANNA: "anna", PABLO: "pablo", BORIS: "boris", DASHA: "dasha", VERA: "vera"}
        for number, name in named.items():
            handle = "pablo_test" if number == PABLO else ""
            self.telegram.add_user(number, self.texts(f"sandbox.name.{name}"), username=handle)
        for number, name in ((ROSA, "rosa"), (IVAN, "ivan")):
            self.telegram.add_user(number, self.words[name])
        for number in CROWD:
            self.telegram.add_user(number, self.words[f"crowd.{number}"].partition(": ")[0])
        self.vk.add_user(GLEB, self.words["vk"])
        title = self.texts("sandbox.team.title")
        self.telegram.add_group(TEAM, title, admins=[VERA], members=[BORIS, DASHA])

    async def play(self) -> None:
        """Everything, one state after the other."""
        await self._begin()
        await self._new_and_taken()
        await self._won_and_back()
        await self._same_person()
        await self._rejected()
        await self._overdue()
        await self._offered()
        await self._storm()

    async def _begin(self, **over: Any) -> None:
        team = {"language": self.texts.language, "managers": [f"telegram:{BORIS}"]}
        leads = {"sources": {"spring": self.words["source"]}}
        await self.start(team=team, leads=leads, **over)

    async def _new_and_taken(self) -> None:
        self.telegram.press_start(ANNA, "spring")
        self.telegram.write(ANNA, ANNA, self.words["anna"])
        await self._keep("new", 1)
        self.telegram.write(DASHA, TEAM, self.words["dasha"])
        await self._menu("assign", 1)
        await self._menu("reject", 1)
        await self._press(1, "button.take")
        await self.reply(BORIS, 1, self.words["reply"])
        await self._press(1, "button.more")
        await self._press(1, "warmth.warm")
        await self._menu("more", 1)
        await self._press(1, "button.step")
        await self.press(BORIS, 1, self.texts("step.morning", time="")[:8])
        asked = await self.shown(self.texts("ask.step", when="\0").partition("\0")[2])
        self.telegram.write(BORIS, TEAM, self.words["step"], reply_to=asked.id)
        await self._keep("taken", 1, self.words["step"])

    async def _won_and_back(self) -> None:
        self.telegram.write(PABLO, PABLO, self.words["pablo"])
        await self._press(2, "button.take")
        await self._press(2, "button.convert")
        await self._press(2, "convert.deal")
        asked = await self.shown(self.texts("ask.deal", number=2)[:12])
        self.telegram.write(BORIS, TEAM, self.words["deal"], reply_to=asked.id)
        await self._keep("converted", 2, self.words["deal"].rpartition(" ")[0][:10])
        self.telegram.write(PABLO, PABLO, self.words["again"])
        await self.card(3)
        await self._press(3, "button.more")
        await self._press(3, "warmth.hot")
        await self._keep("repeat", 3, "🔥")

    async def _same_person(self) -> None:
        self.vk.write(GLEB, self.words["same"])
        await self._keep("perhaps", 4, "🔗")
        await self._press(4, "button.merge")
        await self._keep("absorbed", 4, "→")

    async def _rejected(self) -> None:
        self.telegram.write(ROSA, ROSA, self.words["rosa.asks"])
        await self._press(5, "button.reject")
        await self._press(5, "reason.expensive")
        await self._keep("rejected", 5, self.texts("reason.expensive"))

    async def _overdue(self) -> None:
        self.telegram.write(IVAN, IVAN, self.words["ivan.asks"])
        await self.card(6)
        self.move(12 * _MINUTES)
        await self._keep("overdue", 6, "⏰")

    async def _offered(self) -> None:
        await self.stop()
        await self._begin(channels={"telegram": {"distribution": "round_robin"}})
        first = CROWD[0]
        self.telegram.write(first, first, self.words[f"crowd.{first}"].partition(": ")[2])
        await self._keep("offered", 7, "👉")

    async def _storm(self) -> None:
        await self.stop()
        for number in CROWD[1:]:
            words = self.words[f"crowd.{number}"].partition(": ")[2]
            self.telegram.write(number, number, words)
        await self._begin(telegram={"group_per_minute": 3})
        title = self.texts.plural("list.waiting", len(CROWD) - 1)
        found = await self.until(lambda: self.team(title))
        self._remember("list", found[-1].id)

    async def _press(self, number: int, key: str) -> None:
        await self.press(BORIS, number, self.texts(key))
        await self.quiet()

    async def _menu(self, name: str, number: int) -> None:
        """Open a menu, keep it, and close it again."""
        await self._press(number, f"button.{name}")
        self._remember(f"menu.{name}", (await self.card(number)).id)
        await self._press(number, "button.back")

    async def _keep(self, name: str, number: int, words: str = "") -> None:
        card = await self.card(number, words)
        await self.quiet()
        self._remember(name, card.id)

    def _remember(self, name: str, message: int) -> None:
        self.kept[name] = telegram_screen.messages(self.telegram, TEAM, 1000)[message]
