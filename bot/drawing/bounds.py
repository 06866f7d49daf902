"""What a program may spend at the most."""

from __future__ import annotations

import os
import sys

_MEMORY = 2 * 2**30  # bytes of addresses, most of which libraries only reserve
_TIME = 240  # seconds of processor time


def bound() -> None:
    """Hold this process to it, and let others go first."""
    if sys.platform == "win32":
        return  # has no such limits
    import resource

    for limit, most in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, _TIME),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    os.nice(10)
