"""`python -m tests.pictures.page`: the sandbox's page as the tour leaves it, with the product."""

from __future__ import annotations

import asyncio
import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright, expect

import main as command_line
from bot.demo import settings_for
from bot.sandbox.stage import Stage
from bot.sandbox.words import words
from config.texts import LANGUAGES
from tests.browser.conftest import FLAGS, NAMES
from tests.pictures.reducing import reduced

HERE = Path(__file__).parent
_MAIN = Path(command_line.__file__)
_COLOURS = 224
_PATIENCE = 60_000.0  # milliseconds
_STEPS = 7
_ON_A_PHONE = (1, 4, 7)  # the steps shown side by side, 7 is the end


def main() -> None:
    """Let the tour do everything, in each language and once more on a phone by night."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        raise SystemExit(f"no browser found: install one of {', '.join(NAMES)}")
    asyncio.run(_all(path))


async def _all(path: str) -> None:
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=path, args=FLAGS)
        for language in LANGUAGES:
            _save(f"page.{language}.png", [await _wide(browser, language)])
        _save("page.phone.png", await _narrow(browser))
        await browser.close()


async def _wide(browser: Browser, language: str) -> bytes:
    """All phones side by side, the team in a forum, at the end of the tour."""
    async with _Show(browser, language, (1280, 820), "light") as show:
        page = show.page
        await page.get_by_role("switch").click()
        await show.play(range(_STEPS))
        await page.get_by_role("button", name=show.told["tour.close"]).click()
        await page.locator("#phone-team .topics button").last.click()
        await page.locator("#phone-supervisor .messages").evaluate("one => { one.scrollTop = 0; }")
        return await show.picture()


async def _narrow(browser: Browser) -> list[bytes]:
    found = []
    async with _Show(browser, "en", (390, 780), "dark") as show:
        for step in range(_STEPS + 1):
            if step in _ON_A_PHONE:
                found.append(await show.picture())
            if step < _STEPS:
                await show.play([step])
    return found


class _Show:
    """The page in a browser, with the product behind it."""

    def __init__(self, browser: Browser, language: str, size: tuple[int, int], scheme: str) -> None:
        self._browser = browser
        self._language = language
        self._size = size
        self._scheme = scheme
        self._folder = tempfile.TemporaryDirectory()
        self._stage = Stage(language, 0)
        self.told = words(language)
        self.page: Page

    async def __aenter__(self) -> _Show:
        await self._stage.start()
        settings = settings_for(self._stage, self._language, self._folder.name)
        await self._stage.run([sys.executable, str(_MAIN), "run"], settings)
        await self._stage.settled()
        width, height = self._size
        self.page = await self._browser.new_page(
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
            color_scheme="dark" if self._scheme == "dark" else "light",
        )
        await self.page.goto(self._stage.url)
        await expect(self.page.locator(".phone")).to_have_count(4)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.page.close()
        await self._stage.stop()
        self._folder.cleanup()

    async def play(self, steps: range | list[int]) -> None:
        """Let the tour do these steps, until the next one is told."""
        names = ["write", "take", "answer", "vk", "finish", "trouble", "digest", "end"]
        for step in steps:
            title = self.told[f"tour.{names[step + 1]}.title"]
            following = self.page.locator("#tour b").get_by_text(title, exact=True)
            do = self.page.get_by_role("button", name=self.told["tour.do"])
            while not await following.is_visible():
                if await do.is_visible() and await do.is_enabled():
                    await do.click()
                await self.page.wait_for_timeout(300)

    async def picture(self) -> bytes:
        """What is seen once nothing moves any more."""
        await self.page.wait_for_timeout(6000)  # toasts are gone, topics have their titles
        return await self.page.screenshot()


def _save(name: str, pictures: list[bytes]) -> None:
    """Side by side and in few colours, small enough to be kept with the code."""
    images = [Image.open(io.BytesIO(picture)).convert("RGB") for picture in pictures]
    gap = 20 if len(images) > 1 else 0
    width = sum(image.width for image in images) + gap * (len(images) - 1)
    sheet = Image.new("RGB", (width, images[0].height), "white")
    left = 0
    for image in images:
        sheet.paste(image, (left, 0))
        left += image.width + gap
    # Rare colours count as much as the background's: a red button has to stay red.
    out = io.BytesIO()
    sheet.save(out, "PNG")
    (HERE / name).write_bytes(reduced(out.getvalue(), _COLOURS))
    print(f"{name}: {(HERE / name).stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
