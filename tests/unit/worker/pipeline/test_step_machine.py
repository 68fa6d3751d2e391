"""Whatever fails or dies, and however often: the job ends whole and nothing is paid for twice."""

import asyncio
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.errors import AppError, Busy, PurchaseUncertain
from services.common.options import JobOptions
from services.common.platforms import PLATFORMS
from services.jobs.claim import LeaseLost
from services.jobs.groups import PER_ASPECT
from services.jobs.plan import plan
from services.jobs.values import JobSpec, Result
from tests.unit.worker.pipeline.faulty.cutter import rendition
from tests.unit.worker.pipeline.faulty.faults import FAULTS, HANGS, Died
from tests.unit.worker.pipeline.world import World

specs = st.builds(
    JobSpec,
    user_id=st.just("ada"),
    prompt=st.just("A lighthouse"),
    platforms=st.lists(st.sampled_from(sorted(PLATFORMS)), min_size=1, max_size=4, unique=True).map(
        tuple
    ),
    options=st.sampled_from((JobOptions(), JobOptions(masters=PER_ASPECT), JobOptions(variants=3))),
)
MOST_SEARCHES = 10

faults = st.dictionaries(st.integers(1, 160), st.sampled_from(FAULTS + HANGS), max_size=15)


async def _to_the_end(world: World) -> Result:
    """Make attempt after attempt until one succeeds; each fault costs one at most.

    Whoever owns the job allows another purchase whenever it has failed for want of that.
    """
    for _ in range(len(world.faults) + 1 + MOST_SEARCHES * (len(world.faults) + 1)):
        try:
            result = await world.attempt()
        except Busy:
            world.searches += 1
        except PurchaseUncertain:
            assert not world.buy_again, "what was allowed is refused"
            world.searches, world.buy_again = 0, True
            world.permissions += 1
        except (AppError, LeaseLost, Died):
            pass
        else:
            _check_progress(world)
            return result
        _check_progress(world)
    raise AssertionError("the job does not end though the faults have stopped")


def _check_progress(world: World) -> None:
    told = [report["progress"] for report in world.told if report.get("progress") is not None]
    assert told == sorted(told), "progress falls"
    assert all(0 <= progress < 100 for progress in told)


@settings(max_examples=600)
@given(specs, faults)
def test_the_job_ends_whole_and_a_stored_master_is_never_bought_again(
    spec: JobSpec, faults: dict[int, str]
) -> None:
    world = World(spec, faults)
    result = asyncio.run(_to_the_end(world))

    assert tuple(image.platform for image in result.images) == spec.platforms
    kept = [purchase["master"]["key"] for purchase in json.loads(world.kept)["purchases"]]
    assert kept == [purchase.master.key for purchase in result.purchases]
    for planned, key in zip(plan(spec), kept, strict=True):
        for image in result.images:
            if image.platform in [target.id for target in planned.targets]:
                assert image.master == planned.number
                assert world.objects[image.key] == rendition(world.objects[key], image.platform)
    [(generation_id, record)] = world.records.items()
    assert (generation_id, record.images) == (result.generation_id, result.images)
    assert record.purchases == result.purchases


@given(specs, st.dictionaries(st.integers(1, 160), st.sampled_from(FAULTS), max_size=15))
def test_objects_are_overwritten_and_not_multiplied(spec: JobSpec, faults: dict[int, str]) -> None:
    world = World(spec, faults)
    asyncio.run(_to_the_end(world))
    # a note and a master for each purchase, and one image for each platform
    assert len(world.objects) == 2 * len(plan(spec)) + len(spec.platforms)


@settings(max_examples=600)
@given(specs, faults, st.integers(0, 2))
def test_no_schedule_of_crashes_buys_more_than_is_allowed(
    spec: JobSpec, faults: dict[int, str], repeats: int
) -> None:
    world = World(spec, faults, repeats=repeats)
    asyncio.run(_to_the_end(world))
    assert world.charged <= len(plan(spec)) * (1 + repeats) + world.permissions
    assert world.charged <= len(world.entries), "an image was paid for that is not in the books"


@given(specs, faults)
def test_every_call_that_was_heard_of_is_in_the_books(
    spec: JobSpec, faults: dict[int, str]
) -> None:
    world = World(spec, faults)
    asyncio.run(_to_the_end(world))
    ids = [call.request_id for call in world.noted]
    assert len(set(ids)) == len(ids)
    assert {call["request_id"] for call in json.loads(world.kept)["calls"]} <= set(ids)
