"""SIGTERM: nothing new, what is begun ends within the grace or is handed back."""

from services.jobs import keys
from services.jobs.values import Status
from tests.eventually import eventually
from tests.integration.worker.floor import Floor


async def test_what_is_begun_ends_and_nothing_new_is_taken(floor: Floor) -> None:
    worker = floor.workers.start()
    begun = floor.create("delay=1")
    await floor.painting()
    worker.terminate()
    await eventually(lambda: worker.said("Finishing 1 jobs"))
    later = floor.create()
    job = await floor.completed(begun)
    await eventually(lambda: worker.ended)
    assert job.attempts == 1
    assert (await floor.job(later)).status is Status.WAITING
    assert floor.redis.scard("rq:workers") == 0
    assert not floor.redis.exists(keys.TAKEN)


async def test_what_does_not_end_in_time_is_handed_back_and_costs_no_attempt(
    floor: Floor,
) -> None:
    worker = floor.workers.start(WORKER_GRACE_SECONDS="0.1")
    jobs = [floor.create("delay=30") for _ in range(5)]
    await floor.painting(5)
    worker.terminate()
    await eventually(lambda: worker.ended, 10)
    for job_id in jobs:
        job = await floor.job(job_id)
        assert (job.status, job.attempts) == (Status.WAITING, 0)
    assert floor.calls("client_left") == 5
    assert floor.redis.zcard(keys.LEASES) == 0


async def test_a_bought_image_on_its_way_to_storage_outlives_the_grace(floor: Floor) -> None:
    floor.storage.hold_answer_to = "/master-"
    worker = floor.workers.start(WORKER_GRACE_SECONDS="0.1")
    job_id = floor.create()
    await floor.storage.at_the_door.wait()
    worker.terminate()
    await eventually(lambda: worker.said("Finishing 1 jobs"))
    floor.storage.open_door.set()
    await eventually(lambda: worker.ended, 10)
    floor.workers.start()
    job = await floor.completed(job_id)
    assert (job.attempts, floor.bought, floor.calls()) == (1, 1, 1)


async def test_a_stop_while_redis_is_away_ends_all_the_same(floor: Floor) -> None:
    worker = floor.workers.start(WORKER_GRACE_SECONDS="0.1")
    floor.create("delay=30")
    await floor.painting()
    floor.redis_server.kill()
    await eventually(lambda: worker.said("Redis does not answer"))
    worker.terminate()
    await eventually(lambda: worker.ended, 20)
