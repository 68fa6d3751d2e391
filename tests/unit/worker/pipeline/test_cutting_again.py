"""A generation is cut again, whatever fails or dies: nothing is bought, replaced or added twice."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.errors import AppError, GenerationNotFound, MasterNotFound
from services.common.options import JobOptions, RenditionOptions
from services.jobs.claim import LeaseLost
from services.jobs.groups import PER_ASPECT
from services.jobs.source import Source
from services.jobs.values import CustomSize, JobSpec, Result
from tests.unit.worker.pipeline.faulty.cutter import rendition
from tests.unit.worker.pipeline.faulty.faults import FAULTS, Died
from tests.unit.worker.pipeline.world import JOB, World

BOUGHT = JobSpec(
    user_id="ada",
    prompt="A lighthouse",
    platforms=("pinterest-pin", "x-header"),
    options=JobOptions(masters=PER_ASPECT),
)
AGAIN = replace(
    BOUGHT,
    platforms=("x-header", "x-post"),
    options=JobOptions(),
    sizes=(CustomSize(name="poster", width=1080, height=1350),),
    source=Source(generation_id=BOUGHT.generation_of(JOB), master=2),
    overrides={"x-post": RenditionOptions(crop=(0, 0, 9, 9))},
)


async def cutting(spec: JobSpec = AGAIN, faults: dict[int, str] | None = None) -> World:
    """Return a world in which two masters were bought and cut, and another job is to begin."""
    before = World(BOUGHT)
    await before.attempt()
    return World(
        spec,
        faults or {},
        objects=dict(before.objects),
        records=dict(before.records),
        job_id="gen-1700000000001-0123456789abcdef0123456789abcdef",
    )


async def to_the_end(world: World) -> Result:
    for _ in range(len(world.faults) + 1):
        try:
            return await world.attempt()
        except (AppError, LeaseLost, Died):
            pass
    raise AssertionError("the job does not end though the faults have stopped")


async def test_its_images_join_the_generation_under_keys_of_their_own() -> None:
    world = await cutting()
    before, [record] = dict(world.objects), world.records.values()
    result = await world.attempt()
    assert result.generation_id == record.generation_id
    assert result.purchases == tuple(record.purchases)
    assert [(one.platform, one.master) for one in result.images] == [
        ("x-header", 2),
        ("x-post", 2),
        ("poster", 2),
    ]
    master = world.objects[record.purchases[1].master.key]
    for image in result.images:
        assert world.objects[image.key] == rendition(master, image.platform)
    assert world.added == {(record.generation_id, world.job_id): result.images}
    assert {key: world.objects[key] for key in before} == before
    assert world.overrides == AGAIN.overrides


@given(st.dictionaries(st.integers(1, 60), st.sampled_from(FAULTS), max_size=12))
def test_no_schedule_of_crashes_buys_replaces_or_adds_twice(faults: dict[int, str]) -> None:
    async def whole() -> None:
        world = await cutting(faults=faults)
        before = dict(world.objects)
        result = await to_the_end(world)
        assert (world.charged, world.entries, world.noted, world.parcels) == (0, {}, [], {})
        assert len(world.objects) == len(before) + len(result.images) == len(before) + 3
        assert {key: world.objects[key] for key in before} == before
        assert [*world.added.values()] == [result.images]

    asyncio.run(whole())


async def test_progress_and_words_are_those_of_a_job_that_buys_nothing() -> None:
    world = await cutting()
    await world.attempt()
    progress = [told["progress"] for told in world.told if told.get("progress") is not None]
    assert progress == sorted(progress)
    assert [told["log"] for told in world.told if told.get("log")] == [
        "Found the image",
        "Processing X Header...",
        "Processing X Post...",
        "Processing poster...",
    ]


@pytest.mark.parametrize(
    ("source", "error"),
    [
        (
            Source(generation_id="01932d4e-7f00-7abc-8def-0123456789ab", master=1),
            GenerationNotFound,
        ),
        (replace(AGAIN.source or Source(), master=3), MasterNotFound),
    ],
)
async def test_what_is_gone_fails_the_job_for_good(source: Source, error: type[AppError]) -> None:
    world = await cutting(replace(AGAIN, source=source))
    with pytest.raises(error) as failure:
        await world.attempt()
    assert not failure.value.retryable


async def test_a_generation_deleted_in_the_meantime_gets_no_images() -> None:
    world = await cutting()

    class Deleted(World):
        async def record(self, owner: str, generation_id: str) -> object:  # type: ignore[override]
            found = await super().record(owner, generation_id)
            self.records.clear()
            return found

    gone = Deleted(world.spec, objects=world.objects, records=world.records, job_id=world.job_id)
    with pytest.raises(GenerationNotFound):
        await gone.attempt()
    assert not gone.added
