"""What a visitor does on the page, in a few words."""

from __future__ import annotations

from playwright.async_api import Locator, Page

FAR = 60  # presses of Tab, more than the page has places to stop


def phone(page: Page, name: str) -> Locator:
    """One phone: telegram, vk, team or supervisor."""
    return page.locator(f"#phone-{name}")


async def say(phone: Locator, text: str) -> None:
    """Write a line and send it."""
    line = phone.get_by_role("textbox", name="Message")
    await line.fill(text)
    await line.press("Enter")


async def tab_to(page: Page, place: Locator) -> None:
    """Reach a place by the Tab key alone, from wherever the focus is."""
    for _ in range(FAR):
        if await place.evaluate("one => one === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"{place} cannot be reached by Tab")
