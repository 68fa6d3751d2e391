"""Cancel works in every state, and frees the call to the provider within a second."""

import time

from services.gateway.jobs.values import Status
from tests.eventually import eventually
from tests.integration.worker.floor import PLATFORMS, Floor


async def test_a_waiting_job_is_never_begun(floor: Floor) -> None:
    job_id = floor.create()
    floor.moves.cancel(job_id)
    floor.workers.start()
    await floor.completed(floor.create())
    assert (await floor.job(job_id)).status is Status.CANCELLED
    assert floor.calls() == 1


async def test_a_job_in_mid_generation_stops_within_a_second(floor: Floor) -> None:
    floor.workers.start()
    job_id = floor.create("delay=30")
    await floor.painting()
    began = time.monotonic()
    floor.moves.cancel(job_id)
    await eventually(lambda: floor.calls("client_left") == 1)
    assert time.monotonic() - began < 1
    assert (await floor.job(job_id)).status is Status.CANCELLED


async def test_a_job_whose_image_is_on_its_way_to_storage_stops_and_keeps_the_image(
    floor: Floor,
) -> None:
    floor.storage.hold_answer_to = "/master-"
    worker = floor.workers.start()
    job_id = floor.create()
    await floor.storage.at_the_door.wait()
    floor.moves.cancel(job_id)
    assert (await floor.job(job_id)).status is Status.CANCELLED
    floor.storage.open_door.set()
    await eventually(lambda: worker.said("cancelled or taken over"))
    floor.moves.retry(job_id)
    await floor.completed(job_id)
    assert (floor.bought, floor.calls()) == (1, 1)


async def test_a_job_in_mid_rendition_stops_and_a_retry_goes_on_from_there(
    floor: Floor,
) -> None:
    floor.storage.hold_answer_to = PLATFORMS[1]
    worker = floor.workers.start()
    job_id = floor.create()
    await floor.storage.at_the_door.wait()
    floor.moves.cancel(job_id)
    await eventually(lambda: worker.said("cancelled or taken over"))
    floor.storage.hold_answer_to = ""
    floor.moves.retry(job_id)
    job = await floor.completed(job_id)
    assert (floor.bought, floor.calls(), job.attempts) == (1, 1, 1)


async def test_a_delayed_job_is_not_tried_again(floor: Floor) -> None:
    floor.workers.start()
    job_id = floor.create("fail=rate_limit retry_after=1")
    await floor.until(job_id, Status.DELAYED)
    floor.moves.cancel(job_id)
    await floor.completed(floor.create("delay=1"))
    assert (await floor.job(job_id)).status is Status.CANCELLED
    assert floor.calls("rate_limit_exceeded") == 1
