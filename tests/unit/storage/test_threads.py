"""Calls that block, in threads."""

import asyncio
from threading import Event

import pytest

from services.common import context
from services.storage.threads import StoreThreads

BOUND_SECONDS = 10


class Door:
    """Something to close; opening it waits for `unlocked`."""

    def __init__(self, unlocked: Event) -> None:
        self.opening = Event()
        self.unlocked = unlocked
        self.closed = False

    def open(self) -> "Door":
        self.opening.set()
        self.unlocked.wait(BOUND_SECONDS)
        return self

    def close(self) -> None:
        self.closed = True


async def test_a_call_knows_the_request_that_it_is_for() -> None:
    context.request_id.set("request-1")
    assert await StoreThreads(1).run(context.request_id.get) == "request-1"


async def test_no_more_calls_run_at_once_than_there_are_threads() -> None:
    threads, started, go_on = StoreThreads(1), Event(), Event()

    def first() -> None:
        started.set()
        go_on.wait(BOUND_SECONDS)

    running = asyncio.ensure_future(threads.run(first))
    await asyncio.to_thread(started.wait, BOUND_SECONDS)
    second = asyncio.ensure_future(threads.run(go_on.is_set))
    go_on.set()
    assert await second
    await running


async def test_a_cancelled_caller_waits_for_the_call_that_is_at_work() -> None:
    door = Door(Event())
    opening = asyncio.ensure_future(StoreThreads(1).run(door.open))
    await asyncio.to_thread(door.opening.wait, BOUND_SECONDS)
    opening.cancel()
    await asyncio.sleep(0)
    assert not opening.done()
    door.unlocked.set()
    with pytest.raises(asyncio.CancelledError):
        await opening


async def test_what_is_opened_for_a_cancelled_caller_is_closed() -> None:
    door = Door(Event())

    async def use() -> None:
        async with StoreThreads(1).opened(door.open):
            raise AssertionError("nobody is left to use it")

    using = asyncio.ensure_future(use())
    await asyncio.to_thread(door.opening.wait, BOUND_SECONDS)
    using.cancel()
    door.unlocked.set()
    with pytest.raises(asyncio.CancelledError):
        await using
    assert door.closed


async def test_a_call_whose_turn_has_not_come_is_never_made_for_a_cancelled_caller() -> None:
    threads, first, second = StoreThreads(1), Door(Event()), Door(Event())
    running = asyncio.ensure_future(threads.run(first.open))
    await asyncio.to_thread(first.opening.wait, BOUND_SECONDS)
    waiting = asyncio.ensure_future(threads.run(second.open))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    first.unlocked.set()
    await running
    await threads.run(lambda: None)
    assert not second.opening.is_set()
