"""Runs CPU-bound work in threads, and leaves none running when a call is cancelled."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import aclosing
from types import TracebackType
from typing import Self, TypeVar

T = TypeVar("T")


class RenderThreads:
    """`count` threads that all calls share; a context manager that waits for them at its end."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="resizer")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    async def run(self, job: Callable[[], T]) -> T:
        """Return what `job` returns."""
        async with aclosing(self.in_order([job])) as results:
            return await anext(results)

    async def in_order(self, jobs: Iterable[Callable[[], T]]) -> AsyncGenerator[T, None]:
        """Yield the results of `jobs` in their order, with as many begun as there are threads.

        When closed or cancelled, it begins no further job and ends after the running ones: from
        then on no thread uses what the jobs use.
        """
        begun: deque[Future[T]] = deque()
        try:
            for job in jobs:
                begun.append(self._pool.submit(job))
                if len(begun) == self._count:
                    yield await _first(begun)
            while begun:
                yield await _first(begun)
        finally:
            running = [asyncio.wrap_future(job) for job in begun if not job.cancel()]
            await asyncio.gather(*running, return_exceptions=True)


async def _first(begun: deque[Future[T]]) -> T:
    result = await asyncio.wrap_future(begun[0])
    begun.popleft()
    return result
