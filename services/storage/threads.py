"""Runs blocking calls in a bounded number of threads, off the event loop."""

import asyncio
import contextvars
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager, closing
from typing import ParamSpec, Protocol, TypeVar


class Closable(Protocol):
    """Something that must be closed, which may block."""

    def close(self) -> None:
        """Release what is held."""
        ...


P = ParamSpec("P")
T = TypeVar("T")
C = TypeVar("C", bound=Closable)


class StoreThreads:
    """The threads in which calls wait for the store; further calls wait their turn."""

    def __init__(self, count: int) -> None:
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="store")

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what `call` returns in a thread that logs under the same request id.

        A thread can't be stopped: if the caller is cancelled during the call, this first waits for
        the call to end, so that nobody cleans up underneath it.
        """
        context = contextvars.copy_context()
        job = self._pool.submit(lambda: context.run(call, *args, **kwargs))
        try:
            return await asyncio.wrap_future(job)
        except asyncio.CancelledError:
            if not job.cancelled():
                await asyncio.gather(asyncio.wrap_future(job), return_exceptions=True)
            raise

    @asynccontextmanager
    async def opened(
        self, opens: Callable[P, C], *args: P.args, **kwargs: P.kwargs
    ) -> AsyncIterator[C]:
        """Hold what `opens` returns for the length of the block.

        It is also closed when the caller is cancelled while it is being opened.
        """
        held = ExitStack()

        def hold() -> C:
            return held.enter_context(closing(opens(*args, **kwargs)))

        try:
            yield await self.run(hold)
        finally:
            await asyncio.shield(self.run(held.close))
