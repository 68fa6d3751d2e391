import asyncio
from collections.abc import AsyncGenerator

import pytest

from services.common.errors import DeadlineExceeded
from services.resizer.deadline import within


class Source:
    """Yields one number, then never again."""

    def __init__(self) -> None:
        self.closed = False

    async def numbers(self) -> AsyncGenerator[int, None]:
        try:
            yield 1
            await asyncio.Event().wait()
        finally:
            self.closed = True


async def test_what_comes_in_time_is_passed_on() -> None:
    async def numbers() -> AsyncGenerator[int, None]:
        yield 1
        yield 2

    assert [number async for number in within(10, numbers())] == [1, 2]


async def test_what_takes_too_long_is_closed_and_ends_with_deadline_exceeded() -> None:
    source = Source()
    bounded = within(0.01, source.numbers())
    assert await anext(bounded) == 1
    with pytest.raises(DeadlineExceeded, match=r"within 0\.01 s"):
        await anext(bounded)
    assert source.closed


async def test_a_reader_that_leaves_closes_the_source() -> None:
    source = Source()
    bounded = within(10, source.numbers())
    assert await anext(bounded) == 1
    await bounded.aclose()
    assert source.closed
