import asyncio

import pytest

from services.common.errors import Busy
from services.generator.slots import Slots


async def holder(slots: Slots, holding: asyncio.Event, release: asyncio.Event) -> None:
    async with slots.hold():
        holding.set()
        await release.wait()


async def test_who_finds_all_places_taken_is_told_to_come_back() -> None:
    slots, release = Slots(size=1, queue=1), asyncio.Event()
    first, second = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(holder(slots, first, release))
        await first.wait()
        waiting = tasks.create_task(holder(slots, second, release))
        await asyncio.sleep(0)  # lets it begin to wait
        with pytest.raises(Busy):
            async with slots.hold():
                pass
        assert not second.is_set()
        release.set()
        await waiting
        assert second.is_set()
        async with slots.hold():
            pass


async def test_a_waiter_that_gives_up_leaves_its_place() -> None:
    slots = Slots(size=1, queue=1)
    async with slots.hold():
        for _ in range(3):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.001), slots.hold():
                    pass
    async with slots.hold():
        pass
