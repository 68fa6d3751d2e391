import asyncio
from contextlib import aclosing

import pytest

from services.generator.events import Progressed, Tell, events_of

STEP = Progressed(percent=1, message="Step")


async def test_all_that_was_told_comes_before_what_was_raised() -> None:
    async def work(tell: Tell) -> None:
        tell(STEP)
        tell(STEP)
        raise RuntimeError("end")

    events = events_of(work)
    assert [await anext(events), await anext(events)] == [STEP, STEP]
    with pytest.raises(RuntimeError):
        await anext(events)


async def test_closing_cancels_the_work_and_waits_for_its_end() -> None:
    ended = False

    async def work(tell: Tell) -> None:
        nonlocal ended
        tell(STEP)
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended = True

    async with aclosing(events_of(work)) as events:
        assert await anext(events) == STEP
    assert ended
