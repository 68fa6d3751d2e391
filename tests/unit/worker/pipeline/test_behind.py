import asyncio

import pytest

from services.worker.pipeline.behind import Behind


async def test_the_block_ends_after_the_call() -> None:
    ended = False

    async def call() -> None:
        nonlocal ended
        await asyncio.sleep(0)
        ended = True

    async with Behind() as behind:
        behind.begin(call())
        assert not ended
    assert ended


async def test_what_a_call_raises_is_raised_when_it_is_waited_for() -> None:
    async def call() -> None:
        raise OSError("no room")

    async with Behind() as behind:
        behind.begin(call())
        with pytest.raises(OSError, match="no room"):
            await behind.ended()


async def test_a_block_that_fails_lets_the_call_end() -> None:
    ended = asyncio.Event()

    async def call() -> None:
        await asyncio.sleep(0)
        ended.set()
        raise OSError("second fault")

    async def block() -> None:
        async with Behind() as behind:
            behind.begin(call())
            raise ValueError("first fault")

    with pytest.raises(ValueError, match="first fault"):
        await block()
    assert ended.is_set()


@pytest.mark.parametrize("fault", [None, ValueError("a fault")], ids=["in it", "at its end"])
async def test_a_block_that_is_cancelled_takes_the_call_with_it(fault: Exception | None) -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def call() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async def block() -> None:
        async with Behind() as behind:
            behind.begin(call())
            if fault:
                await begun.wait()
                raise fault
            await asyncio.Event().wait()

    running = asyncio.create_task(block())
    await begun.wait()
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert cancelled.is_set()
