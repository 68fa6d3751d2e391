"""Decides which calls may hold a master in memory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.common.errors import Busy


class Admission:
    """Lets `working` calls in, keeps `waiting` more at the door and turns the rest away."""

    def __init__(self, *, working: int, waiting: int) -> None:
        self._places = asyncio.Semaphore(working)
        self._free = working + waiting

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a place and hold it for the block. Raises Busy when too many wait already."""
        if self._free == 0:
            raise Busy("The resizer has as much work as it can hold.", retry_after_seconds=1)
        self._free -= 1
        try:
            async with self._places:
                yield
        finally:
            self._free += 1
