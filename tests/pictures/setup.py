"""`python -m tests.pictures.setup`: how a group and a community are set up, drawn step by step."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path

from playwright.async_api import async_playwright

from config.texts import LANGUAGES, Texts, load
from tests.browser.conftest import FLAGS, NAMES
from tests.pictures.reducing import reduced
from tests.pictures.setup_words import WORDS

HERE = Path(__file__).parent
_COLOURS = 32
_HANDLE = "windows_doors_bot"
_CHAT, _GROUP = "-1001234567890", "123456789"
_TOKEN = "123456:the-token-from-BotFather"
_RIGHTS = {"info": False, "delete": True, "ban": False, "pin": False, "topics": True}
_KEY = {"manage": True, "photos": True, "docs": True, "messages": True, "wall": False}
_EVENTS = ("new", "reply", "edit", "press", "allow", "deny")
Words = Mapping[str, str]
Panels = list[tuple[str, str]]


def main() -> None:
    """Two sheets a language: Telegram and VK."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        raise SystemExit(f"no browser found: install one of {', '.join(NAMES)}")
    sheets: dict[str, Callable[[Words, Texts], Panels]] = {"telegram": telegram, "vk": vk}
    pages = {
        f"setup.{messenger}.{language}.png": _page(panels(WORDS[language], load(language)))
        for messenger, panels in sheets.items()
        for language in LANGUAGES
    }
    asyncio.run(_take(path, pages))


def telegram(words: Words, texts: Texts) -> Panels:
    """From BotFather to a check that passes: the caption and the screen of each step."""
    rights = [
        _switch(words[f"right.{name}"], on=wanted, wanted=wanted)
        for name, wanted in _RIGHTS.items()
    ]
    return [
        (words["botfather"], _botfather(words)),
        (
            words["add"],
            _screen(_row(f"{escape(words['bot'])} <i>@{_HANDLE}</i>", _tick(True), wanted=True)),
        ),
        (words["rights"], _screen(*rights, _note(words["right.why"]))),
        (
            words["number"],
            _screen(
                f'<p class="address">web.telegram.org/a/#<mark>{_CHAT}</mark></p>',
                _goes(words, f"team.chat: telegram:{_CHAT}"),
            ),
        ),
        (
            words["start"],
            _screen(
                f'<p class="said">{escape(words["start.what"])}</p>',
                f'<p class="button">{escape(words["start.button"])}</p>',
                kind="chat",
            ),
        ),
        (words["check"], _terminal(words, texts, "telegram")),
    ]


def vk(words: Words, texts: Texts) -> Panels:
    """From the community's messages to a check that passes."""
    keys = [_ticked(words[f"key.{name}"], on=on) for name, on in _KEY.items()]
    events = [_ticked(words[f"event.{name}"], on=True) for name in _EVENTS]
    return [
        (
            words["messages"],
            _screen(
                _switch(words["messages.on"], on=True, wanted=True),
                _switch(words["abilities.on"], on=True, wanted=True),
            ),
        ),
        (words["key"], _screen(*keys, _goes(words, "vk.token"))),
        (
            words["poll"],
            _screen(
                _switch(words["poll.on"], on=True, wanted=True),
                _row(escape(words["poll.version"]), "<mark>5.199</mark>", wanted=True),
            ),
        ),
        (words["events"], _screen(*events, _ticked(words["event.typing"], on=False))),
        (
            words["community"],
            _screen(
                f'<p class="address">vk.com/club<mark>{_GROUP}</mark></p>',
                _goes(words, "vk.group_id"),
            ),
        ),
        (words["check"], _terminal(words, texts, "vk")),
    ]


def _botfather(words: Words) -> str:
    """He speaks English with everybody."""
    said = [
        ("mine", "/newbot"),
        ("", "Alright, a new bot. How are we going to call it?"),
        ("mine", escape(words["bot"])),
        ("", "Good. Now let's choose a username for your bot."),
        ("mine", _HANDLE),
        ("", f"Done! Use this token to access the HTTP API:\n<mark>{_TOKEN}</mark>"),
    ]
    bubbles = [f'<p class="said {whose}">{one}</p>' for whose, one in said]
    return _screen(*bubbles, _goes(words, "telegram.token"), kind="chat")


def _terminal(words: Words, texts: Texts, messenger: str) -> str:
    """The last lines of `main.py check` in the product's own words."""
    chat = texts("sandbox.team.title")
    keys = {
        "telegram": ["token", "one_poller", "chat", "admin", "privacy"],
        "vk": ["token", "group", "rights", "messages", "longpoll", "events"],
    }
    values = {"bot": _HANDLE, "chat": chat, "name": words["bot"], "version": "5.199"}
    told = [f"✓ {texts(f'check.{messenger}.{key}', **values)}" for key in keys[messenger]]
    lines = ["$ .venv/bin/python main.py check", "…", *told, texts("check.all_well")]
    return _screen(*(f"<p>{escape(line)}</p>" for line in lines), kind="terminal")


def _screen(*inside: str, kind: str = "") -> str:
    return f'<div class="screen {kind}">{"".join(inside)}</div>'


def _switch(label: str, *, on: bool, wanted: bool = False) -> str:
    state = "on" if on else ""
    return _row(escape(label), f'<span class="switch {state}"></span>', wanted=wanted)


def _row(left: str, right: str, *, wanted: bool = False) -> str:
    return f'<p class="row {"wanted" if wanted else ""}"><span>{left}</span>{right}</p>'


def _ticked(label: str, *, on: bool) -> str:
    wanted = "wanted" if on else ""
    return f'<p class="row ticked {wanted}">{_tick(on)}<span>{escape(label)}</span></p>'


def _tick(on: bool) -> str:
    return '<span class="tick on">✓</span>' if on else '<span class="tick"></span>'


def _goes(words: Words, into: str) -> str:
    return f'<p class="note">→ {escape(words["goes_into"])} <code>{escape(into)}</code></p>'


def _note(words: str) -> str:
    return f'<p class="note">{escape(words)}</p>'


def _page(panels: Panels) -> str:
    figures = [
        f"<figure><figcaption><b>{number}</b>{escape(caption)}</figcaption>{screen}</figure>"
        for number, (caption, screen) in enumerate(panels, 1)
    ]
    style = (HERE / "setup.css").read_text(encoding="utf-8")
    return f'<style>{style}</style><main id="sheet">{"".join(figures)}</main>'


async def _take(path: str, pages: Mapping[str, str]) -> None:
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=path, args=FLAGS)
        page = await browser.new_page(viewport={"width": 860, "height": 800})
        for name, content in pages.items():
            await page.set_content(content)
            picture = await page.locator("#sheet").screenshot()
            (HERE / name).write_bytes(reduced(picture, _COLOURS))
            print(f"{name}: {(HERE / name).stat().st_size // 1024} KB")
        await browser.close()


if __name__ == "__main__":
    main()
