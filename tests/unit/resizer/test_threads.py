import asyncio
import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from services.resizer.threads import RenderThreads

WAIT_SECONDS = 10
"""Bound of every wait: a test that would hang fails."""


class Job:
    """A job that tells when it begins and goes on when it is let."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.begun = asyncio.Event()
        self.may_end = threading.Event()

    def __call__(self) -> None:
        self._loop.call_soon_threadsafe(self.begun.set)
        assert self.may_end.wait(WAIT_SECONDS)


async def all_of(threads: RenderThreads, jobs: list[Callable[[], object]]) -> list[object]:
    return [result async for result in threads.in_order(jobs)]


async def test_results_come_in_the_order_of_the_jobs() -> None:
    with RenderThreads(3) as threads:
        jobs: list[Callable[[], object]] = [partial(str, number) for number in range(10)]
        assert await all_of(threads, jobs) == [str(number) for number in range(10)]


async def test_as_many_jobs_run_at_once_as_there_are_threads() -> None:
    together = threading.Barrier(2, timeout=WAIT_SECONDS)
    with RenderThreads(2) as threads:
        places = await all_of(threads, [together.wait] * 6)
    assert places.count(0) == 3


async def test_no_job_begins_before_there_is_a_thread_for_it() -> None:
    with RenderThreads(1) as threads:
        first, second = Job(), Job()
        both = asyncio.gather(threads.run(first), threads.run(second))
        await first.begun.wait()
        assert not second.begun.is_set()
        first.may_end.set()
        second.may_end.set()
        await both


async def test_jobs_are_made_only_as_they_are_needed() -> None:
    made: list[int] = []

    def jobs() -> Iterator[Callable[[], int]]:
        for number in range(10):
            made.append(number)
            yield partial(int, number)

    with RenderThreads(2) as threads:
        results = threads.in_order(jobs())
        assert await anext(results) == 0
        assert made == [0, 1]
        await results.aclose()


async def test_a_failure_is_raised_in_its_turn() -> None:
    with RenderThreads(2) as threads:
        results = threads.in_order([partial(int, "1"), partial(int, "x"), partial(int, "3")])
        assert await anext(results) == 1
        with pytest.raises(ValueError, match="invalid literal"):
            await anext(results)


async def test_whoever_is_cancelled_ends_after_the_running_job_and_begins_no_other() -> None:
    with RenderThreads(2) as threads:
        elsewhere, running, other = Job(), Job(), Job()
        busy = asyncio.create_task(threads.run(elsewhere))
        await elsewhere.begun.wait()
        call = asyncio.create_task(all_of(threads, [running, other]))
        await running.begun.wait()
        call.cancel()
        await asyncio.wait({call}, timeout=0.01)
        assert not call.done()
        running.may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert not other.begun.is_set()
        elsewhere.may_end.set()
        await busy


async def test_work_does_not_hold_up_the_event_loop() -> None:
    with RenderThreads(1) as threads:
        job = Job()
        running = asyncio.create_task(threads.run(job))
        await job.begun.wait()  # the loop goes on while the thread is stuck
        job.may_end.set()
        await running
