"""Plays on a loop that leaps over all waiting."""

from tests.plays.conftest import play, pytest_asyncio_loop_factories

__all__ = ["play", "pytest_asyncio_loop_factories"]
