"""`/metrics`: what waits, how calls ended, what is overdue, as Prometheus reads it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from datetime import datetime

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.metrics import REGISTRY
from storage import gauges
from storage.database import UNREACHABLE, Database
from storage.gauges import Gauges, Queue


def metrics(
    database: Database, now: Callable[[], datetime]
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The handler of the path; what only the database knows is left out while it is away."""

    async def told(_request: web.Request) -> web.Response:
        text = generate_latest(REGISTRY)
        try:
            text += generate_latest(_registry(await database.finish(_read(database, now())), now()))
        except UNREACHABLE:
            text += b"# the database cannot be reached\n"
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})

    return told


async def _read(database: Database, now: datetime) -> Gauges:
    async with database.read() as connection:
        return await gauges.read(connection, now)


class _Once(Collector):
    """Numbers of one moment."""

    def __init__(self, found: Sequence[Metric]) -> None:
        self._found = found

    def collect(self) -> Iterable[Metric]:
        """Each with its samples."""
        return self._found


def _registry(found: Gauges, now: datetime) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(_Once(list(_families(found, now))))
    return registry


def _families(found: Gauges, now: datetime) -> Iterator[Metric]:
    yield from _queues("inbox", "Events that wait to be handled", found.inbox, now)
    yield from _queues("outbox", "Calls that wait to be made", found.outbox, now)
    yield GaugeMetricFamily("dialead_set_aside", "Events that failed for good", found.set_aside)
    yield GaugeMetricFamily("dialead_cards_behind", "Cards not shown as they are", found.cards)
    leads = GaugeMetricFamily("dialead_leads_open", "Open leads by state", labels=["state"])
    for state, count in found.leads.items():
        leads.add_metric([state], count)
    yield leads
    yield GaugeMetricFamily("dialead_deadlines_overdue", "Deadlines that passed", found.overdue)


def _queues(
    name: str, meaning: str, queues: Sequence[Queue], now: datetime
) -> Iterator[GaugeMetricFamily]:
    waiting = GaugeMetricFamily(f"dialead_{name}_waiting", meaning, labels=["channel"])
    age = GaugeMetricFamily(
        f"dialead_{name}_oldest_seconds", f"{meaning}: the age of the oldest", labels=["channel"]
    )
    for one in queues:
        waiting.add_metric([one.channel], one.waiting)
        since = one.oldest or now
        age.add_metric([one.channel], max(0.0, (now - since).total_seconds()))
    yield waiting
    yield age
