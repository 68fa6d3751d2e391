"""Tells a watcher of many jobs that something has happened to one of them, but not what."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from services.gateway.events.hub import EventHub
from services.gateway.events.watch import Watch


class Bell:
    """Rings for all jobs of one watcher."""

    def __init__(self, wake: asyncio.Event, watches: Sequence[Watch]) -> None:
        self._wake = wake
        self._watches = watches

    @property
    def closed(self) -> bool:
        """True once the watcher is to end its stream: the process stops."""
        return any(watch.closed for watch in self._watches)

    async def rings(self, timeout_seconds: float) -> bool:
        """Wait until something happens; False if nothing has until the timeout."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds):
                await self._wake.wait()
                self._wake.clear()
                return True
        return False


@asynccontextmanager
async def bell_of(hub: EventHub, job_ids: Sequence[str]) -> AsyncIterator[Bell]:
    """Yield a Bell that misses nothing that happens to these jobs from now on."""
    wake = asyncio.Event()
    async with AsyncExitStack() as stack:
        watches = [hub.watch(job_id, wake) for job_id in job_ids]
        yield Bell(wake, await asyncio.gather(*map(stack.enter_async_context, watches)))
