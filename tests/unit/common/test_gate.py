import asyncio

import pytest

from services.common.errors import Busy
from services.common.gate import Gate


class Visit:
    """A block that keeps its place until it is told to go."""

    def __init__(self, gate: Gate) -> None:
        self.inside = asyncio.Event()
        self.go = asyncio.Event()
        self.task = asyncio.create_task(self._stay(gate))

    async def _stay(self, gate: Gate) -> None:
        async with gate.place():
            self.inside.set()
            await self.go.wait()


async def test_one_waits_while_another_works_and_a_third_is_sent_away() -> None:
    gate = Gate(places=1, queue=1, full="Come back later.", retry_after_seconds=1)
    first, second, third = (Visit(gate) for _ in range(3))
    await first.inside.wait()
    with pytest.raises(Busy, match="Come back later") as busy:
        await third.task
    assert busy.value.retry_after_seconds == 1
    assert not second.inside.is_set()
    first.go.set()
    await second.inside.wait()
    second.go.set()
    await asyncio.gather(first.task, second.task)


async def test_one_that_is_cancelled_gives_its_place_to_the_next() -> None:
    gate = Gate(places=1, queue=2)
    first, second, third = (Visit(gate) for _ in range(3))
    await first.inside.wait()
    second.task.cancel()
    first.task.cancel()
    await third.inside.wait()
    fourth, fifth = (Visit(gate) for _ in range(2))
    third.go.set()
    for visit in (fourth, fifth):
        visit.go.set()
        await visit.task


async def test_without_a_queue_only_those_that_work_are_let_in() -> None:
    gate = Gate(places=1, queue=0)
    first, second = (Visit(gate) for _ in range(2))
    await first.inside.wait()
    with pytest.raises(Busy):
        await second.task
    first.go.set()
    await first.task


async def test_one_that_stops_waiting_leaves_room_in_the_queue() -> None:
    gate = Gate(places=1, queue=1)
    async with gate.place():
        for _ in range(3):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.001), gate.place():
                    pass
    async with gate.place():
        pass


async def test_without_a_bound_nobody_is_sent_away_and_still_only_so_many_work() -> None:
    gate = Gate(places=2)
    visits = [Visit(gate) for _ in range(50)]
    await visits[1].inside.wait()
    assert sum(visit.inside.is_set() for visit in visits) == 2
    for visit in visits:
        visit.go.set()
    await asyncio.gather(*(visit.task for visit in visits))
