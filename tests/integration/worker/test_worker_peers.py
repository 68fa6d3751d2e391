"""Redis and storage away, refusing or restarted; owners and workers side by side."""

import asyncio

import pytest

from services.common.errors import Busy, JobNotFound, StorageFull
from services.jobs.rq_record import WAITING
from services.jobs.selection import Selection
from services.jobs.values import Status, Urgency
from tests.eventually import eventually
from tests.integration.worker.floor import Floor
from tests.integration.worker.steered import GRPC_ATTEMPTS


async def test_an_image_bought_while_redis_is_cut_is_kept(floor: Floor) -> None:
    floor.storage.hold_answer_to = "/master-"
    floor.storage.open_door.set()
    floor.workers.start()
    floor.workers.start()
    job_id = floor.create("delay=1")
    await floor.painting()
    floor.redis_server.freeze()
    await floor.storage.at_the_door.wait()
    floor.redis_server.thaw()
    job = await floor.completed(job_id)
    assert (job.attempts, floor.bought, floor.calls()) == (1, 1, 1)


async def test_a_cut_longer_than_the_lease_frees_no_job_of_a_live_worker(floor: Floor) -> None:
    floor.workers.start()
    floor.workers.start()
    jobs = [floor.create("delay=6") for _ in range(3)]
    await floor.painting(3)
    floor.redis_server.freeze()
    await asyncio.sleep(4)  # twice the lease: it is the time itself that must pass
    floor.redis_server.thaw()
    for job_id in jobs:
        assert (await floor.completed(job_id)).attempts == 1
    assert (floor.bought, floor.calls()) == (3, 3)


async def test_a_restart_of_redis_with_persistence_loses_nothing(floor: Floor) -> None:
    floor.workers.start(WORKER_SLOTS="2")
    jobs = [floor.create("delay=1") for _ in range(4)]
    await floor.painting(2)
    floor.redis_server.kill()
    await asyncio.to_thread(floor.redis_server.start)
    for job_id in jobs:
        assert (await floor.completed(job_id)).attempts == 1
    assert (floor.bought, floor.calls()) == (4, 4)


async def test_a_redis_that_lost_everything_costs_the_open_jobs_and_nothing_else(
    floor: Floor,
) -> None:
    worker = floor.workers.start()
    await floor.completed(floor.create())
    kept = floor.files()
    lost = [floor.create("delay=30") for _ in range(2)]
    await floor.painting(2)
    floor.redis.flushall()
    await eventually(lambda: floor.calls("client_left") == 2)
    for job_id in lost:
        with pytest.raises(JobNotFound):
            await floor.job(job_id)
    await floor.completed(floor.create())
    assert not worker.ended
    assert set(kept) < set(floor.files())


async def test_storage_that_is_full_delays_the_job_before_anything_is_bought_twice(
    floor: Floor,
) -> None:
    floor.workers.start(WORKER_STORAGE_PATIENCE_SECONDS="0", RETRY_BACKOFF_SECONDS="2")
    floor.storage.refusals += [StorageFull("There is no room left.")] * GRPC_ATTEMPTS
    job_id = floor.create()
    delayed = await floor.until(job_id, Status.DELAYED)
    assert delayed.failure
    assert delayed.failure.code == "STORAGE_FULL"
    assert (await floor.completed(job_id)).attempts == 2
    assert (floor.bought, floor.calls()) == (1, 1)


async def test_a_busy_service_costs_no_attempt(floor: Floor) -> None:
    floor.workers.start(JOB_ATTEMPTS="1")
    floor.storage.refusals += [Busy("It has as much work as it can hold.")] * GRPC_ATTEMPTS
    job = await floor.completed(floor.create())
    assert job.attempts == 1


async def test_a_resizer_that_has_never_room_fails_the_job_which_keeps_its_image(
    floor: Floor,
) -> None:
    floor.scissors.refusal = Busy("The resizer has as much work as it can hold.")
    floor.workers.start(JOB_REFUSALS="3", JOB_ATTEMPTS="1")
    job_id = floor.create()
    failed = await floor.until(job_id, Status.FAILED)
    assert failed.failure
    assert (failed.failure.code, failed.failure.retryable) == ("SERVICE_BUSY", True)
    assert floor.scissors.orders == 3
    floor.scissors.refusal = None
    floor.retry(job_id)
    await floor.completed(job_id)
    assert (floor.bought, floor.calls()) == (1, 1)


async def test_an_owner_who_comes_behind_a_thousand_jobs_of_another_is_next(floor: Floor) -> None:
    for _ in range(1000):
        floor.create("delay=1", owner="greedy", platforms=["facebook-cover"])
    for _ in range(3):
        floor.workers.start(WORKER_SLOTS="2")
    await floor.painting(6)  # all slots are taken
    modest = await floor.completed(floor.create(owner="modest", platforms=["facebook-cover"]))
    begun = [
        job.processed_at
        for status in (Status.ACTIVE, Status.COMPLETED)
        for job in (
            await floor.listing.page(Selection(owner="greedy", status=status), 100, "")
        ).jobs
    ]
    assert modest.processed_at
    before = [at for at in begun if at and modest.created_at < at < modest.processed_at]
    # Each worker may have seen whose turn it is just before.
    assert len(before) <= len(floor.workers.all)
    waiting = floor.redis.llen(WAITING)
    assert waiting > 900, "they were not really behind a thousand"


async def test_two_workers_share_the_line(floor: Floor) -> None:
    floor.workers.start(WORKER_SLOTS="1")
    floor.workers.start(WORKER_SLOTS="1")
    await eventually(lambda: floor.redis.scard("rq:workers") == 2)
    jobs = [floor.create("delay=0.5", platforms=["facebook-cover"]) for _ in range(6)]
    for job_id in jobs:
        await floor.completed(job_id)
    assert {floor.worker_of(job_id) for job_id in jobs} == set(floor.workers.all)


async def test_a_normal_job_never_waits_for_a_batch_to_end(floor: Floor) -> None:
    batch = [floor.create("delay=60", owner="greedy", urgency=Urgency.BATCH) for _ in range(3)]
    floor.workers.start(WORKER_SLOTS="2", WORKER_BATCH_SHARE="0.5")
    await floor.painting(1)
    await floor.completed(floor.create(owner="modest", platforms=["facebook-cover"]))
    states = [(await floor.job(job_id)).status for job_id in batch]
    assert states == [Status.ACTIVE, Status.WAITING, Status.WAITING]
