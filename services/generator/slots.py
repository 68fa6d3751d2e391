"""Bounds how many purchases run and wait at the same time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.common.errors import Busy


class Slots:
    """`size` places to work, and a `queue` of places to wait for one."""

    def __init__(self, size: int, queue: int) -> None:
        self._free = asyncio.Semaphore(size)
        self._queue = queue
        self._waiting = 0

    @asynccontextmanager
    async def hold(self) -> AsyncIterator[None]:
        """Hold a place for the length of the block, first come first served.

        Raises Busy at once when nobody more may wait.
        """
        if self._free.locked() and self._waiting >= self._queue:
            raise Busy("The generator is at its limit. Please try again soon.")
        self._waiting += 1
        try:
            await self._free.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._free.release()
