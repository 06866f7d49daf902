"""The long poll: events after `ts`, held open until there are any."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from bot.sandbox.vk.community import Community

_LONGEST = 90.0


async def check(community: Community, query: Mapping[str, str]) -> dict[str, Any]:
    """The answer to `?act=a_check&key=…&ts=…&wait=…`; `wait` in seconds, 25 unless told."""
    events = community.events
    refusal = _refusal(community, query)
    if refusal is not None:
        return refusal
    events.on_poll()
    ts = int(query["ts"])
    wait = min(float(query.get("wait", 25)), _LONGEST)
    try:
        async with asyncio.timeout(wait):
            while events.last == ts and query["key"] == community.key and not community.out:
                await events.news()
    except TimeoutError:
        pass
    refusal = _refusal(community, query)
    if refusal is not None:
        return refusal
    return {"ts": str(events.last), "updates": events.since(ts)}


def failed(community: Community, number: int) -> dict[str, Any]:
    """`failed: 1` tells the newest `ts`, the other numbers nothing more."""
    return {"failed": number} | ({"ts": community.events.last} if number == 1 else {})


def _refusal(community: Community, query: Mapping[str, str]) -> dict[str, Any] | None:
    key, ts = query.get("key", ""), query.get("ts", "")
    if key in community.lost_keys or query.get("act") != "a_check":
        return failed(community, 3)
    if key != community.key:
        return failed(community, 2)
    events = community.events
    if not ts.isdecimal() or not events.forgotten <= int(ts) <= events.last:
        return failed(community, 1)
    return None
