import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest

from services.common.assets import ProviderCall
from services.common.errors import ProviderBadAnswer, PurchaseUncertain, StorageFull, Unavailable
from services.common.options import JobOptions
from services.jobs.groups import PER_ASPECT
from services.jobs.values import JobSpec
from services.leaves.purchases import ImageOrder, Painting, PurchaseEvent
from services.worker.pipeline.kept import keep
from services.worker.spool.spool import Held
from tests.unit.worker.pipeline.faulty.cutter import rendition
from tests.unit.worker.pipeline.faulty.files import in_chunks
from tests.unit.worker.pipeline.world import World

SPEC = JobSpec(user_id="ada", prompt="A lighthouse", platforms=("twitter-post", "instagram-post"))
EACH = replace(SPEC, options=JobOptions(masters=PER_ASPECT))


async def test_progress_and_words_are_those_of_the_guide() -> None:
    world = World(SPEC)
    await world.attempt()
    progress = [told["progress"] for told in world.told if told.get("progress") is not None]
    assert progress == [2, 10, 10, 20, 40, 40, 50, 66, 83, 99]
    assert [told["log"] for told in world.told if told.get("log")] == [
        "Starting image generation...",
        "Image generated successfully",
        "Processing Twitter Post...",
        "Processing Instagram Post...",
    ]


async def test_several_masters_share_the_progress_and_are_told_apart() -> None:
    world = World(EACH)
    await world.attempt()
    progress = [told["progress"] for told in world.told if told.get("progress") is not None]
    assert progress == [2, 10, 10, 15, 20, 20, 25, 40, 40, 50, 66, 83, 99]
    assert [told["log"] for told in world.told if told.get("log")] == [
        "Starting image generation 1 of 2...",
        "Image 1 of 2 generated successfully",
        "Starting image generation 2 of 2...",
        "Image 2 of 2 generated successfully",
        "Processing Instagram Post...",
        "Processing Twitter Post...",
    ]


async def test_each_platform_is_cut_from_the_master_of_its_shape() -> None:
    world = World(replace(EACH, platforms=("twitter-header", "pinterest-pin", "instagram-story")))
    result = await world.attempt()
    assert [(image.platform, image.master) for image in result.images] == [
        ("twitter-header", 2),
        ("pinterest-pin", 1),
        ("instagram-story", 1),
    ]
    masters = [world.objects[bought.master.key] for bought in result.purchases]
    for image in result.images:
        assert world.objects[image.key] == rendition(masters[image.master - 1], image.platform)


async def test_a_second_master_that_cannot_be_bought_leaves_the_first_in_the_history() -> None:
    class Half(World):
        async def generate(self, order: ImageOrder) -> AsyncIterator[PurchaseEvent]:
            if self.charged:
                raise Unavailable("It does not answer.")
            async for event in super().generate(order):
                yield event

    world = Half(EACH)
    for _ in range(2):
        with pytest.raises(Unavailable):
            await world.attempt()
    [record] = world.records.values()
    assert [bought.master.key for bought in record.purchases] == [
        key for key in world.objects if "/master-1-" in key
    ]
    assert world.charged == 1
    assert record.cost_micros == 40_000


async def test_previews_are_told_as_addresses() -> None:
    world = World(SPEC)
    await world.attempt()
    [preview] = [told["preview"] for told in world.told if told.get("preview")]
    assert preview.startswith("data:image/jpeg;base64,")


async def test_from_the_purchase_to_the_stored_master_nobody_waits_for_redis() -> None:
    class Watched(World):
        async def report(self, **told: Any) -> None:
            assert len(self.stored_masters()) == self.charged
            await super().report(**told)

    await Watched(EACH).attempt()


async def test_a_stopped_attempt_ends_at_once_and_what_it_has_bought_is_still_stored() -> None:
    class Slow(World):
        async def _sent(self, data: bytes) -> AsyncIterator[bytes]:
            async for chunk in in_chunks(data):
                arriving.set()
                await arrive.wait()
                yield chunk

    arriving, arrive = asyncio.Event(), asyncio.Event()
    world = Slow(SPEC)
    attempt = asyncio.create_task(world.attempt())
    await arriving.wait()
    attempt.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attempt
    assert world.stored_masters() == []
    arrive.set()
    await world.rescue.end()
    assert world.stored_masters() == [1]
    await world.attempt()
    assert world.charged == 1


async def test_a_stopped_attempt_that_has_not_paid_yet_leaves_nothing_behind() -> None:
    class Painting(World):
        async def generate(self, order: ImageOrder) -> AsyncIterator[Any]:
            try:
                begun.set()
                await asyncio.Event().wait()
                yield
            finally:
                ended.set()

    begun, ended = asyncio.Event(), asyncio.Event()
    world = Painting(SPEC)
    attempt = asyncio.create_task(world.attempt())
    await begun.wait()
    attempt.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attempt
    assert ended.is_set()


async def test_where_there_is_no_room_nothing_is_bought() -> None:
    class Full(World):
        async def check_room(self, size_bytes: int) -> None:
            raise StorageFull("There is no room.")

    world = Full(SPEC)
    with pytest.raises(StorageFull):
        await world.attempt()
    assert world.charged == 0


async def test_a_generator_that_sends_no_image_is_not_asked_again_by_itself() -> None:
    class Empty(World):
        async def generate(self, order: ImageOrder) -> AsyncIterator[PurchaseEvent]:
            yield Painting(percent=100, message="Complete")

    with pytest.raises(ProviderBadAnswer):
        await Empty(SPEC).attempt()


async def test_a_failed_call_is_on_the_job_with_what_it_cost() -> None:
    class Refusing(World):
        async def generate(self, order: ImageOrder) -> AsyncIterator[PurchaseEvent]:
            async with aclosing(super().generate(order)) as events:  # type: ignore[type-var]
                async for event in events:
                    yield event
                    if isinstance(event, ProviderCall):
                        raise Unavailable("It does not answer.")

    world = Refusing(SPEC)
    with pytest.raises(PurchaseUncertain):
        await world.attempt()
    assert [call["cost_micros"] for call in json.loads(world.kept)["calls"]] == [40_000]
    assert len(world.noted) == 1


async def test_a_storage_that_stays_full_delays_the_job_and_the_image_waits_in_the_spool() -> None:
    class Full(World):
        full = True

        async def put(self, key: str, *told: Any) -> None:
            if self.full:
                raise StorageFull("There is no room.")
            await super().put(key, *told)

    world = Full(SPEC)
    with pytest.raises(StorageFull):
        await world.attempt()
    world.full = False
    await world.attempt()
    assert world.charged == 1


async def test_what_another_worker_forwards_in_the_meantime_is_found_and_not_bought_again() -> None:
    class Forwarding(World):
        away = True

        async def put(self, key: str, *told: Any) -> None:
            if self.away:
                raise StorageFull("There is no room.")
            await super().put(key, *told)

        async def find(self, job_id: str, master: int) -> Held | None:
            if held := await super().find(job_id, master):
                await keep(self, self, held)
            return None

    world = Forwarding(SPEC)
    with pytest.raises(StorageFull):
        await world.attempt()
    world.away = False
    await world.attempt()
    assert world.charged == 1
