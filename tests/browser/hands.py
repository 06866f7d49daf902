"""What a visitor does on the page, in a few words."""

from __future__ import annotations

from playwright.async_api import Locator, Page


def phone(page: Page, name: str) -> Locator:
    """One phone: telegram, vk, team or supervisor."""
    return page.locator(f"#phone-{name}")


async def say(phone: Locator, text: str) -> None:
    """Write a line and send it."""
    line = phone.get_by_role("textbox", name="Message")
    await line.fill(text)
    await line.press("Enter")
