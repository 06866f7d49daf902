"""The sandbox's page in a browser, with the whole product behind it, to be played and looked at."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, Page, async_playwright, expect

import main as command_line
from bot.demo import settings_for
from bot.sandbox.stage import Stage
from bot.sandbox.words import words
from tests.browser.conftest import FLAGS, NAMES

STEPS = ("write", "take", "answer", "vk", "finish", "trouble", "digest")

Scheme = Literal["light", "dark"]

# Looks and clicks in one go: the step may end at any moment, and the next is not to be done.
_HELP = """title => {
  const does = document.querySelector("#tour .do[aria-disabled=false]");
  if (does && document.querySelector("#tour b").textContent === title) does.click();
}"""
_MAIN = Path(command_line.__file__)


@asynccontextmanager
async def a_browser() -> AsyncIterator[Browser]:
    """The machine's own; SystemExit when it has none."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        raise SystemExit(f"no browser found: install one of {', '.join(NAMES)}")
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()


class Show:
    """The product and its stage; any number of pages may look on, each on its own tour."""

    def __init__(self, browser: Browser, language: str) -> None:
        self._browser = browser
        self._language = language
        self._folder = tempfile.TemporaryDirectory()
        self._stage = Stage(language, 0)
        self._pages: list[Page] = []
        self.told = words(language)

    async def __aenter__(self) -> Show:
        await self._stage.start()
        settings = settings_for(self._stage, self._language, self._folder.name)
        await self._stage.run([sys.executable, str(_MAIN), "run"], settings)
        await self._stage.settled()
        return self

    async def __aexit__(self, *_: object) -> None:
        for page in self._pages:
            await page.close()
        await self._stage.stop()
        self._folder.cleanup()

    async def open(self, size: tuple[int, int], scheme: Scheme) -> Page:
        """One more page, as a first visitor with a screen of this size finds it."""
        width, height = size
        page = await self._browser.new_page(
            viewport={"width": width, "height": height}, reduced_motion="reduce"
        )
        await page.emulate_media(color_scheme=scheme)
        await page.goto(self._stage.url)
        await expect(page.locator(".phone")).to_have_count(4)
        self._pages.append(page)
        return page

    async def play(self, page: Page, step: int) -> None:
        """Let the tour do this step, until the next one, or the tour's end, is told."""
        title = self.told[f"tour.{(*STEPS, 'end')[step + 1]}.title"]
        following = page.locator("#tour b").get_by_text(title, exact=True)
        while not await following.is_visible():
            await page.evaluate(_HELP, self.told[f"tour.{STEPS[step]}.title"])
            await page.wait_for_timeout(300)


async def settle(page: Page) -> None:
    """Wait until nothing moves any more: toasts are gone, topics have their titles."""
    await page.wait_for_timeout(6000)
