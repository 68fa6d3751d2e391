import asyncio

import pytest

from services.common.errors import Busy
from services.resizer.admission import Admission


class Call:
    """A call that keeps its place until it is told to go."""

    def __init__(self, admission: Admission) -> None:
        self.inside = asyncio.Event()
        self.leave = asyncio.Event()
        self.task = asyncio.create_task(self._stay(admission))

    async def _stay(self, admission: Admission) -> None:
        async with admission.turn():
            self.inside.set()
            await self.leave.wait()


async def test_one_call_waits_while_another_works_and_a_third_is_sent_away() -> None:
    admission = Admission(working=1, waiting=1)
    first, second, third = (Call(admission) for _ in range(3))
    await first.inside.wait()
    with pytest.raises(Busy) as busy:
        await third.task
    assert busy.value.retry_after_seconds is not None
    assert not second.inside.is_set()
    first.leave.set()
    await second.inside.wait()
    second.leave.set()
    await asyncio.gather(first.task, second.task)


async def test_a_call_that_is_cancelled_gives_its_place_to_the_next() -> None:
    admission = Admission(working=1, waiting=2)
    first, second, third = (Call(admission) for _ in range(3))
    await first.inside.wait()
    second.task.cancel()
    first.task.cancel()
    await third.inside.wait()
    fourth, fifth = (Call(admission) for _ in range(2))
    third.leave.set()
    for call in (fourth, fifth):
        call.leave.set()
        await call.task


async def test_without_a_queue_only_those_that_work_are_admitted() -> None:
    admission = Admission(working=1, waiting=0)
    first, second = (Call(admission) for _ in range(2))
    await first.inside.wait()
    with pytest.raises(Busy):
        await second.task
    first.leave.set()
    await first.task
