"""Waiting for what the system does in its own time: polled, bounded, and never a bare sleep."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable

SECONDS = 60.0
"""Enough for a machine that runs all other tests too; a test that passes waits no longer for it."""


async def eventually(
    condition: Callable[[], bool | Awaitable[bool]],
    seconds: float = SECONDS,
    *,
    pause_seconds: float = 0.02,
) -> None:
    """Return once `condition` holds; an AssertionError tells where it did not in time."""
    deadline = time.monotonic() + seconds
    while not (await held if inspect.isawaitable(held := condition()) else held):
        assert time.monotonic() < deadline, f"it did not come true within {seconds:g} s"
        await asyncio.sleep(pause_seconds)
