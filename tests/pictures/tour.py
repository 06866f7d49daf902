"""`python -m tests.pictures.tour [FOLDER]`: every step of the tour, wide and narrow, day and night.

`--language` (ru, en, es) may be given several times; all three by default. The pictures are
to be looked at, not kept: without a folder they go into a new temporary one.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page

from config.texts import LANGUAGES
from tests.pictures.show import STEPS, Scheme, Show, a_browser, settle

SIZES = ((1280, 820), (390, 780))
_SCHEMES: tuple[Scheme, ...] = ("light", "dark")


def main() -> None:
    """Take them, and say where they are."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", nargs="?", type=Path)
    asked.add_argument("--language", action="append", choices=LANGUAGES)
    given = asked.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="tour-"))
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(_all(folder, given.language or LANGUAGES))
    print(folder)


async def _all(folder: Path, languages: list[str] | tuple[str, ...]) -> None:
    async with a_browser() as browser:
        for language in languages:
            await _tour(browser, folder, language)


async def _tour(browser: Browser, folder: Path, language: str) -> None:
    """The widest page does the steps, the others see them done."""
    async with Show(browser, language) as show:
        pages = [await show.open(size, "light") for size in SIZES]
        for step, name in enumerate((*STEPS, "end")):
            await settle(pages[0])
            for page in pages:
                await _take(page, folder, f"{language}.{step + 1}-{name}")
            if name != "end":
                await show.play(pages[0], step)


async def _take(page: Page, folder: Path, name: str) -> None:
    width = page.viewport_size["width"] if page.viewport_size else 0
    for scheme in _SCHEMES:
        await page.emulate_media(color_scheme=scheme)
        await page.screenshot(path=folder / f"{name}.{width}.{scheme}.png")


if __name__ == "__main__":
    main()
