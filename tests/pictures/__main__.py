"""`python -m tests.pictures`: the card in each state as a phone shows it, one sheet a language."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright

from bot.sandbox.stage import Stage
from config.texts import LANGUAGES
from tests.leaping import LeapingLoop, leaping
from tests.pictures.reducing import reduced
from tests.pictures.scenes import Json, Story
from tests.pictures.words import CAPTIONS

HERE = Path(__file__).parent
_SCALE = 1
_NAMES = ("chromium", "chromium-headless-shell", "chromium-browser", "google-chrome")
_FLAGS = ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"]


def main() -> None:
    """Play the story in every language, and take its pictures."""
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        raise SystemExit(f"no browser found: install one of {', '.join(_NAMES)}")
    for language in LANGUAGES:
        with asyncio.Runner(loop_factory=LeapingLoop) as runner:
            cards = runner.run(_played(language))
        target = HERE / f"cards.{language}.png"
        target.write_bytes(reduced(asyncio.run(_taken(path, language, cards))))
        print(f"{target.name}: {target.stat().st_size // 1024} KB")


async def _played(language: str) -> list[Json]:
    """What the team's chat showed in each state, with what is to stand above it."""
    with tempfile.TemporaryDirectory() as folder, leaping():
        story = Story(Path(folder), language)
        await story.open()
        try:
            await story.play()
        finally:
            await story.close()
    return [
        {"caption": caption[language], "message": story.kept[name]}
        for name, caption in CAPTIONS.items()
    ]


async def _taken(path: str, language: str, cards: list[Json]) -> bytes:
    """The sandbox's own page draws them, on a sheet."""
    stage = Stage(language, 0, timezone="Europe/Madrid")
    await stage.start()
    try:
        async with async_playwright() as play:
            browser = await play.chromium.launch(executable_path=path, args=_FLAGS)
            page = await browser.new_page(
                viewport={"width": 840, "height": 800},
                device_scale_factor=_SCALE,
                color_scheme="light",
                bypass_csp=True,  # for the sheet's style
            )
            await page.goto(stage.url)
            await page.locator(".phone").first.wait_for()
            await page.add_style_tag(path=HERE / "sheet.css")
            await page.evaluate((HERE / "sheet.js").read_text(encoding="utf-8"), cards)
            picture = await page.locator("#sheet").screenshot()
            await browser.close()
            return picture
    finally:
        await stage.stop()


if __name__ == "__main__":
    main()
