"""`python -m tests.pictures.page`: the sandbox's page as the tour leaves it, with the product."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page

from config.texts import LANGUAGES
from tests.pictures.reducing import reduced
from tests.pictures.show import STEPS, Show, a_browser, settle

HERE = Path(__file__).parent
_COLOURS = 224
_ON_A_PHONE = (1, 4, 7)  # the steps shown side by side, 7 is the end


def main() -> None:
    """Let the tour do everything, in each language and once more on a phone by night."""
    asyncio.run(_all())


async def _all() -> None:
    async with a_browser() as browser:
        for language in LANGUAGES:
            _save(f"page.{language}.png", [await _wide(browser, language)])
        _save("page.phone.png", await _narrow(browser))


async def _wide(browser: Browser, language: str) -> bytes:
    """All phones side by side, the team in a forum, at the end of the tour."""
    async with Show(browser, language) as show:
        page = await show.open((1280, 820), "light")
        await page.get_by_role("switch").click()
        for step in range(len(STEPS)):
            await show.play(page, step)
        await page.get_by_role("button", name=show.told["tour.close"]).click()
        await page.locator("#phone-team .topics button").last.click()
        return await _picture(page)


async def _narrow(browser: Browser) -> list[bytes]:
    found = []
    async with Show(browser, "en") as show:
        page = await show.open((390, 780), "dark")
        for step in range(len(STEPS) + 1):
            if step in _ON_A_PHONE:
                found.append(await _picture(page))
            if step < len(STEPS):
                await show.play(page, step)
    return found


async def _picture(page: Page) -> bytes:
    await settle(page)
    return await page.screenshot()


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
