"""Generator, resizer and storage die, come back or hang in the middle of a job."""

from services.jobs.values import Status
from tests.eventually import eventually
from tests.integration.worker.floor import PLATFORMS, Floor


async def test_a_generator_restarted_in_mid_purchase(floor: Floor) -> None:
    floor.workers.start()
    job_id = floor.create("delay=2")
    await floor.painting()
    generator = floor.servers["GENERATOR_ADDRESS"]
    await generator.stop()
    await eventually(lambda: floor.calls("client_left") == 1)
    await generator.start()
    job = await floor.completed(job_id)
    assert (job.attempts, floor.bought) == (2, 1)


async def test_a_resizer_restarted_in_mid_rendition_costs_no_second_purchase(
    floor: Floor,
) -> None:
    floor.storage.hold_answer_to = PLATFORMS[0]
    floor.workers.start()
    job_id = floor.create()
    await floor.storage.at_the_door.wait()
    resizer = floor.servers["RESIZER_ADDRESS"]
    await resizer.stop()
    floor.storage.open_door.set()
    await resizer.start()
    await floor.completed(job_id)
    assert (floor.bought, floor.calls()) == (1, 1)


async def test_a_storage_that_is_away_for_a_while_costs_no_attempt(floor: Floor) -> None:
    worker = floor.workers.start()
    storage = floor.servers["STORAGE_ADDRESS"]
    await storage.stop()
    job_id = floor.create()
    await floor.until(job_id, Status.ACTIVE)
    assert not worker.ended
    await storage.start()
    assert (await floor.completed(job_id)).attempts == 1


async def test_a_storage_that_hangs_runs_into_the_deadline_and_the_worker_goes_on(
    floor: Floor,
) -> None:
    floor.storage.hold_answer_to = PLATFORMS[2]
    worker = floor.workers.start(STORAGE_TIMEOUT_SECONDS="1.5", WORKER_STORAGE_PATIENCE_SECONDS="0")
    job_id = floor.create()
    delayed = await floor.until(job_id, Status.DELAYED)
    assert delayed.failure
    assert delayed.failure.code == "DEADLINE_EXCEEDED"
    floor.storage.open_door.set()
    job = await floor.completed(job_id)
    assert not worker.ended
    assert (job.attempts, floor.bought) == (2, 1)
