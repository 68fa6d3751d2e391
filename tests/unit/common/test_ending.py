"""Tasks end, even those that lose a cancellation."""

import asyncio
import contextlib

from services.common.ending import end


async def test_a_task_that_swallows_a_cancellation_is_cancelled_again() -> None:
    begun = asyncio.Event()
    swallowed = 0

    async def listen() -> None:
        nonlocal swallowed
        begun.set()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        swallowed += 1
        await asyncio.Event().wait()

    task = asyncio.create_task(listen())
    await begun.wait()
    await end([task])
    assert swallowed == 1
    assert task.cancelled()


async def test_tasks_that_have_ended_or_fail_are_waited_for_once() -> None:
    async def fail() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise ValueError from None

    failing, over = asyncio.create_task(fail()), asyncio.create_task(asyncio.sleep(0))
    await over
    await end([failing, over])
    assert isinstance(failing.exception(), ValueError)


async def test_no_tasks_are_no_wait() -> None:
    await end([])
