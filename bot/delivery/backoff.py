"""How long to wait before trying again what failed."""

from __future__ import annotations

_ENOUGH_DOUBLINGS = 64  # past any sensible cap; 2.0 ** 1024 would overflow


def delay(attempt: int, *, base: float, cap: float, jitter: float) -> float:
    """Seconds to wait after the `attempt`-th failure in a row (from 1).

    The range doubles from `base` up to `cap` seconds; `jitter` in [0, 1] is the
    chance that picks a point of the whole range, so that many who failed
    together do not come back together. ValueError when an argument is outside
    its range.
    """
    if attempt < 1:
        raise ValueError(f"attempts count from 1, not {attempt}")
    if not 0 <= jitter <= 1:
        raise ValueError(f"jitter is a share from 0 to 1, not {jitter}")
    if not 0 < base <= cap:
        raise ValueError(f"expected 0 < base <= cap, not base={base}, cap={cap}")
    return jitter * min(cap, base * 2.0 ** min(attempt - 1, _ENOUGH_DOUBLINGS))
