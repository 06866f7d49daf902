"""What must be set where messengers post their events to an address of the product."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from config.groups import Group, Http, Telegram, Vk
from config.problems import Problem, SettingPath

_OWN = ("/healthz", "/readyz", "/metrics")


def unposted(telegram: Telegram, vk: Vk, http: Http) -> list[Problem]:
    """What keeps the posts of a messenger that should make some from being served."""
    webhook, callback = telegram.mode == "webhook", vk.mode == "callback"
    problems: list[Problem] = []
    if webhook:
        problems += _empty("telegram", telegram, ("webhook_url", "webhook_secret"))
    if callback:
        problems += _empty("vk", vk, ("callback_url", "confirmation", "secret"))
    if (webhook or callback) and not http.port:
        problems.append(Problem(("http", "port"), "setting.hook_port"))
    urls: dict[SettingPath, str] = {
        ("telegram", "webhook_url"): telegram.webhook_url if webhook else "",
        ("vk", "callback_url"): vk.callback_url if callback else "",
    }
    return [*problems, *_on_taken_paths(urls)]


def _empty(name: str, group: Group, needed: tuple[str, ...]) -> Iterator[Problem]:
    for one in needed:
        if not getattr(group, one):
            yield Problem((name, one), "setting.hook_unset", {"mode": f"{name}.mode"})


def _on_taken_paths(urls: dict[SettingPath, str]) -> Iterator[Problem]:
    paths = set(_OWN)
    for setting, url in urls.items():
        path = urlsplit(url).path or "/"
        if url and path in paths:
            yield Problem(setting, "setting.hook_path")
        paths.add(path if url else "")
