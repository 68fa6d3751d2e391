"""Bounds how much of one kind of work a process does at once, and how much may wait."""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.common.errors import Busy


class Gate:
    """Lets `places` blocks run at once and `queue` more wait, first come first served.

    A caller that finds the queue full gets the message `full`, with `retry_after_seconds` if that
    is known. Without a bound, nobody is turned away.
    """

    def __init__(
        self,
        *,
        places: int,
        queue: float = math.inf,
        full: str = "",
        retry_after_seconds: float | None = None,
    ) -> None:
        self._places = asyncio.Semaphore(places)
        self._left = places + queue
        self._full = full
        self._retry_after_seconds = retry_after_seconds

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Wait for a place and hold it for the block. Raises Busy at once when the queue is full.

        A caller that stops waiting, or is cancelled while it works, makes room for the next.
        """
        if self._left < 1:
            raise Busy(self._full, retry_after_seconds=self._retry_after_seconds)
        self._left -= 1
        try:
            async with self._places:
                yield
        finally:
            self._left += 1
