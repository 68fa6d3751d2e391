"""Bounds the time that one call may take."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from contextlib import aclosing
from typing import TypeVar

from services.common.errors import DeadlineExceeded

T = TypeVar("T")


async def in_time(seconds: float, work: Awaitable[T]) -> T:
    """Return what `work` returns. Raises DeadlineExceeded."""
    try:
        async with asyncio.timeout(seconds):
            return await work
    except TimeoutError as error:
        raise DeadlineExceeded(f"The work was not done within {seconds:g} s.") from error


async def within(seconds: float, source: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """Yield what `source` yields, and close it at the end. Raises DeadlineExceeded.

    The clock runs on while the reader holds an item, but only `source` is ever interrupted: gRPC
    sends no status for a handler that is cancelled while it writes. A reader that stops reading is
    bounded by its own deadline.
    """
    end = asyncio.get_running_loop().time() + seconds
    async with aclosing(source):
        while True:
            try:
                async with asyncio.timeout_at(end):
                    item = await anext(source)
            except StopAsyncIteration:
                return
            except TimeoutError as error:
                words = f"The renditions were not done within {seconds:g} s."
                raise DeadlineExceeded(words) from error
            yield item
