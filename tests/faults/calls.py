"""What people do so that a call is made, and what they see: long by one story a call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from bot.sandbox.telegram.chats import Message
from bot.sandbox.vk.attachments import Photo
from storage.schema import cards
from tests.cast import BORIS, TEAM
from tests.faults.stage import Stage

_PICTURE = b"\xff\xd8\xff\xe0 a picture \xff\xd9"
_SAID = {
    "blocked the bot": "blocked",
    "does not allow messages": "not allowed",
    "account is gone": "gone",
    "file is too large": "too large",
    "lacks the rights": "no rights",
    "message is gone": "gone message",
    "refused this message": "refused",
    "Not sure": "not sure, may repeat",
    "within a day": "expired",
}


Plan = Callable[["Scene"], None]


@dataclass(slots=True)
class Scene:
    """One row on the stage: `fail()` lets the call go wrong from now on."""

    stage: Stage
    plan: Plan
    customer: int = 0
    card: Message | None = None
    lasting: bool = False  # the fault stays until it is mended
    waited: bool = False  # it came right only after the fault was over

    def fail(self) -> None:
        """From now on."""
        self.plan(self)

    async def over(self, seen: Callable[[], Any]) -> None:
        """Let it come to rest; a fault that lasts ends after a while, and what waits goes on."""
        with suppress(TimeoutError):
            await self.stage.until(seen, 20)
        calm = await self.stage.settle()
        if seen() or (calm and not self.lasting):
            return
        self.stage.heal()
        if self.lasting:
            with suppress(TimeoutError):
                await self.stage.until(seen, 120)
        await self.stage.settle(3900)
        self.waited = self.lasting and bool(seen())

    async def lead(self, channel: str = "telegram") -> Message:
        """A new customer's lead, whose card stands in the team's chat."""
        self.customer = self.stage.newcomer(channel)
        self.write(f"Hello from {self.customer}")
        found = await self.stage.until(lambda: self.shown(f"Hello from {self.customer}"))
        await self.stage.quiet()
        self.card = found[-1]
        return self.card

    def write(self, words: str, **attached: Any) -> None:
        """The customer writes."""
        if self.on_vk:
            self.stage.vk.write(self.customer, words, **attached)
        else:
            self.stage.telegram.write(self.customer, self.customer, words, **attached)

    @property
    def on_vk(self) -> bool:
        """Whether the customer is on VK."""
        return self.customer in self.stage.on_vk

    def shown(self, words: str) -> list[Message]:
        """What the team sees with these words."""
        return self.stage.mine(words)

    def got(self, words: str) -> int:
        """How often the customer got these words."""
        if self.on_vk:
            said = [one for one in self.stage.vk.dialog(self.customer) if one.author < 0]
            return sum(words in one.text for one in said)
        return len(self.stage.private(self.customer, words))


async def card(scene: Scene) -> str:
    """A customer writes for the first time."""
    scene.customer = scene.stage.newcomer()
    words = f"Hello from {scene.customer}"
    scene.fail()
    scene.write(words)
    await scene.over(lambda: scene.shown(words))
    return f"card {_times(scene, len(scene.shown(words)))}"


async def reply(scene: Scene, channel: str = "telegram") -> str:
    """A manager answers a customer."""
    under = await scene.lead(channel)
    words = f"Answer to {scene.customer}"
    scene.fail()
    said = scene.stage.telegram.write(BORIS, TEAM, words, reply_to=under.id)
    await scene.over(lambda: scene.got(words))
    await scene.stage.passing(1)
    return f"reply {_times(scene, scene.got(words))}, manager sees {_told(scene, said)}"


async def relay(scene: Scene) -> str:
    """A customer writes again."""
    await scene.lead()
    words = f"And more from {scene.customer}"
    scene.fail()
    scene.write(words)
    await scene.over(lambda: scene.shown(words))
    return f"words {_times(scene, len(scene.shown(words)))}"


async def change(scene: Scene) -> str:
    """A manager takes a lead, and its card is to say so."""
    under = await scene.lead()
    scene.fail()
    scene.stage.telegram.press(BORIS, TEAM, under.id, label="Take")
    await scene.over(lambda: _taken(scene))
    found = scene.shown(f"Hello from {scene.customer}")
    right = len(_taken(scene))
    if len(found) > 1:
        return f"card posted anew, {right} right"
    if right == 1:
        return f"card right{_late(scene)}"
    calm = await scene.stage.settle()
    newest = (await scene.stage.rows(cards))[-1]
    gave_up = newest.state == "failed" or not calm
    return "card not changed" if gave_up else "card taken for right"


async def answer(scene: Scene) -> str:
    """A manager presses Take, and is to be told that the lead is theirs."""
    under = await scene.lead()
    scene.fail()
    query = scene.stage.telegram.press(BORIS, TEAM, under.id, label="Take")
    await scene.over(lambda: _taken(scene))
    counts = "press counts" if _taken(scene) else "press is lost"
    told = scene.stage.telegram.answers.get(query)
    return f"{counts}, presser {'told' if told else 'not told'}"


async def react(scene: Scene) -> str:
    """A manager's answer reached the customer, and is to be marked."""
    return await reply(scene)


async def member(scene: Scene) -> str:
    """Somebody of whom nothing is known yet answers a customer."""
    under = await scene.lead()
    words = f"Answer to {scene.customer}"
    colleague = scene.stage.colleague()
    scene.fail()
    said = scene.stage.telegram.write(colleague, TEAM, words, reply_to=under.id)
    await scene.over(lambda: scene.got(words))
    return f"reply {_times(scene, scene.got(words))}, manager sees {_told(scene, said)}"


async def photo(scene: Scene) -> str:
    """A customer sends a picture with words."""
    await scene.lead()
    words = f"Like this, {scene.customer}"
    scene.fail()
    scene.write(words, photo=_PICTURE)
    await scene.over(lambda: scene.shown(words))
    found = scene.shown(words)
    kind = "picture" if any("photo" in one.body for one in found) else "words without the picture"
    return f"{kind} {_times(scene, len(found))}"


async def carried(scene: Scene) -> str:
    """A manager sends a picture to a customer on VK."""
    under = await scene.lead("vk")
    words = f"Like this, {scene.customer}"
    scene.fail()
    said = scene.stage.telegram.write(BORIS, TEAM, words, photo=_PICTURE, reply_to=under.id)
    await scene.over(lambda: scene.got(words))
    found = [one for one in scene.stage.vk.dialog(scene.customer) if words in one.text]
    kind = "picture" if any(one.attachments for one in found) else "reply"
    return f"{kind} {_times(scene, len(found))}, manager sees {_told(scene, said)}"


async def fetched(scene: Scene) -> str:
    """A customer on VK sends a picture."""
    await scene.lead("vk")
    words = f"Like this, {scene.customer}"
    scene.fail()
    scene.write(words, attachments=[Photo(_PICTURE)])
    await scene.over(lambda: scene.shown(words))
    return f"picture {_times(scene, len(scene.shown(words)))}"


async def vk_reply(scene: Scene) -> str:
    """A manager answers a customer on VK."""
    return await reply(scene, "vk")


async def name(scene: Scene) -> str:
    """A customer whom VK names only when asked writes for the first time."""
    scene.customer = scene.stage.newcomer("vk")
    words = f"Hello from {scene.customer}"
    scene.fail()
    scene.write(words)
    await scene.over(lambda: scene.shown(words))
    if not _named(scene, words):
        scene.stage.heal()
        scene.write("And more")
        await scene.stage.until(lambda: _named(scene, words), 900)
        return f"card {_times(scene, len(scene.shown(words)))}, named at the next words"
    return f"card {_times(scene, len(scene.shown(words)))}, named"


async def poll(scene: Scene, channel: str = "telegram") -> str:
    """Two customers write while events are being asked for."""
    scene.fail()
    words = []
    for _ in range(2):
        scene.customer = scene.stage.newcomer(channel)
        words.append(f"Hello from {scene.customer}")
        scene.write(words[-1])
    await scene.over(lambda: all(map(scene.shown, words)))
    await scene.stage.until(lambda: all(map(scene.shown, words)), 900)
    await scene.stage.quiet()
    counts = [len(scene.shown(one)) for one in words]
    return f"both cards shown once{_late(scene)}" if counts == [1, 1] else f"cards {counts}"


async def vk_poll(scene: Scene) -> str:
    """The same on VK."""
    return await poll(scene, "vk")


async def vk_server(scene: Scene) -> str:
    """VK's long poll ends and its server must be asked for anew."""
    scene.stage.vk.expire_key()
    return await poll(scene, "vk")


async def vk_press(scene: Scene) -> str:
    """A customer on VK presses a button that means nothing."""
    await scene.lead("vk")
    scene.fail()
    said = scene.stage.vk.dialog(scene.customer)[-1].conversation_message_id
    event = scene.stage.vk.press(scene.customer, scene.customer, said, {"d": "?"}, forged=True)
    with suppress(TimeoutError):
        await scene.stage.until(lambda: event in scene.stage.vk.answers, 60)
    told = event in scene.stage.vk.answers
    scene.stage.heal()
    words = f"Hello again from {scene.customer}"
    scene.write(words)
    await scene.stage.until(lambda: scene.shown(words), 900)
    return f"presser {'told' if told else 'not told'}, the rest goes on"


Call = Callable[[Scene], Awaitable[str]]


def _named(scene: Scene, words: str) -> bool:
    return any(f"Anna {scene.customer}" in one.text for one in scene.shown(words))


def _taken(scene: Scene) -> list[Message]:
    found = scene.shown(f"Hello from {scene.customer}")
    return [one for one in found if "With Boris" in one.text]


def _times(scene: Scene, number: int) -> str:
    if not number:
        return "not shown"
    often = {1: "once", 2: "twice"}.get(number, f"{number} times")
    return f"shown {often}{_late(scene)}"


def _late(scene: Scene) -> str:
    return " when it is over" if scene.waited else ""


def _told(scene: Scene, said: int) -> str:
    """What a manager sees of what became of their words."""
    message = scene.stage.telegram.message(TEAM, said)
    signs = [emoji for found in message.reactions.values() for emoji in found]
    below = [one.text for one in scene.stage.mine("") if one.reply_to == said]
    words = [next((v for k, v in _SAID.items() if k in text), text) for text in below]
    return " and ".join([*signs, *words]) or "nothing"
