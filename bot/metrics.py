"""What the product counts while it runs, for `/metrics`; no name, no number of anybody."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, ProcessCollector

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

TAKEN_IN = Counter("dialead_taken_in", "Events taken in", ["channel"], registry=REGISTRY)
HANDLED = Counter(
    "dialead_handled",
    "Events by how a try to handle them ended: done, or failed for now",
    ["outcome"],
    registry=REGISTRY,
)
CALLS = Counter(
    "dialead_calls",
    "Calls to a messenger by how they ended: sent, or the reason why not",
    ["channel", "outcome"],
    registry=REGISTRY,
)
