"""A worker may die at any moment: its jobs are done by another, and nothing is bought twice."""

import pytest

from services.jobs.groups import PER_ASPECT
from services.jobs.values import Status
from tests.eventually import eventually
from tests.integration.worker.floor import PLATFORMS, Floor

TAKEN_OVER_SECONDS = 60


async def test_a_worker_killed_in_mid_generation(floor: Floor) -> None:
    floor.workers.start()
    floor.workers.start()
    job_id = floor.create("delay=2 times=1")
    await floor.painting()
    floor.worker_of(job_id).kill()
    job = await floor.completed(job_id, TAKEN_OVER_SECONDS)
    assert job.attempts == 2
    assert floor.bought == 1  # the call that died was given up before its answer
    assert len(floor.files()) == len(PLATFORMS) + 1


async def test_a_worker_killed_after_the_master_was_stored_and_before_the_checkpoint(
    floor: Floor,
) -> None:
    floor.storage.hold_answer_to = "/master-"
    floor.workers.start()
    floor.workers.start()
    job_id = floor.create()
    await floor.storage.at_the_door.wait()
    floor.worker_of(job_id).kill()
    floor.storage.open_door.set()
    job = await floor.completed(job_id, TAKEN_OVER_SECONDS)
    assert job.attempts == 2
    assert (floor.bought, floor.calls()) == (1, 1)
    assert len(floor.files()) == len(PLATFORMS) + 1


async def test_a_worker_killed_in_mid_rendition(floor: Floor) -> None:
    floor.storage.hold_answer_to = PLATFORMS[1]
    floor.workers.start()
    floor.workers.start()
    job_id = floor.create()
    await floor.storage.at_the_door.wait()
    floor.worker_of(job_id).kill()
    floor.storage.open_door.set()
    job = await floor.completed(job_id, TAKEN_OVER_SECONDS)
    assert (floor.bought, floor.calls()) == (1, 1)
    assert job.attempts == 2
    assert len(floor.files()) == len(PLATFORMS) + 1


async def test_a_job_that_kills_its_worker_each_time_fails_after_its_attempts(
    floor: Floor,
) -> None:
    job_id = floor.create("fail=silent")
    for attempt in (1, 2):
        floor.workers.start(JOB_ATTEMPTS="2")
        await floor.painting()
        assert (await floor.job(job_id)).attempts == attempt
        floor.worker_of(job_id).kill()
        await eventually(lambda: floor.calls("in_progress") == 0)
    floor.workers.start(JOB_ATTEMPTS="2")
    job = await floor.until(job_id, Status.FAILED)
    assert job.failure
    assert job.failure.code == "WORKER_LOST"


async def test_a_worker_that_slept_beyond_its_lease_is_fenced(floor: Floor) -> None:
    floor.storage.hold_answer_to = PLATFORMS[0]
    floor.workers.start()
    job_id = floor.create()
    await floor.storage.at_the_door.wait()
    sleeper = floor.worker_of(job_id)
    sleeper.freeze()
    floor.storage.hold_answer_to = ""
    floor.workers.start()
    job = await floor.completed(job_id, TAKEN_OVER_SECONDS)
    assert floor.worker_of(job_id) is not sleeper
    sleeper.thaw()
    floor.storage.open_door.set()
    await eventually(lambda: sleeper.said("cancelled or taken over"))
    assert await floor.job(job_id) == job
    assert floor.bought == 1
    assert len(floor.files()) == len(PLATFORMS) + 1


@pytest.mark.parametrize("number", [1, 2])
async def test_of_two_masters_each_is_bought_once_though_a_worker_dies_behind_it(
    floor: Floor, number: int
) -> None:
    floor.storage.hold_answer_to = f"/master-{number}-"
    floor.workers.start()
    floor.workers.start()
    job_id = floor.create(masters=PER_ASPECT)
    await floor.storage.at_the_door.wait()
    floor.worker_of(job_id).kill()
    floor.storage.open_door.set()
    await _each_is_bought_once(floor, job_id, calls=2)


async def test_a_worker_killed_between_two_masters(floor: Floor) -> None:
    floor.workers.start()
    floor.workers.start()
    job_id = floor.create("delay=1", masters=PER_ASPECT)
    await eventually(lambda: (floor.bought, floor.calls("in_progress")) == (1, 1))
    floor.worker_of(job_id).kill()
    await _each_is_bought_once(floor, job_id, calls=3)  # one was given up before its answer


async def _each_is_bought_once(floor: Floor, job_id: str, calls: int) -> None:
    job = await floor.completed(job_id, TAKEN_OVER_SECONDS)
    assert job.attempts == 2
    assert (floor.bought, floor.calls()) == (2, calls)
    assert len(floor.files()) == len(PLATFORMS) + 2
    assert job.result
    assert len(job.result.purchases) == 2
    assert {image.platform: image.master for image in job.result.images} == {
        "twitter-header": 2,
        "facebook-cover": 2,
        "twitter-post": 1,
    }
