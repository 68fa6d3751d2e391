"""Cancel works in every state: at once for the caller, within a second for slot and work."""

import asyncio
import json

from services.common.errors import Busy
from services.jobs import keys
from services.jobs.values import Status, generation_id
from tests.eventually import eventually
from tests.integration.worker.floor import PLATFORMS, Floor

_AT_MOST_SECONDS = 2.5
"""A second, and a margin for a busy machine."""

_ALONE = {"WORKER_SLOTS": "1", "WORKER_LEASE_SECONDS": "60"}
"""One slot, so that the next job begins only when it is free; no heartbeat helps to hear of it."""


async def cancelled_at_once(floor: Floor, job_id: str) -> str:
    """Cancel a job at work; return another one, which has got the only slot in time."""
    following = floor.create("delay=30")
    floor.moves.cancel(job_id)
    assert (await floor.job(job_id)).status is Status.CANCELLED
    await floor.until(following, Status.ACTIVE, seconds=_AT_MOST_SECONDS)
    return following


async def test_a_waiting_job_is_never_begun(floor: Floor) -> None:
    job_id = floor.create()
    floor.moves.cancel(job_id)
    floor.workers.start()
    await floor.completed(floor.create())
    assert (await floor.job(job_id)).status is Status.CANCELLED
    assert floor.calls() == 1


async def test_in_mid_generation(floor: Floor) -> None:
    floor.workers.start(**_ALONE)
    job_id = floor.create("delay=30")
    await floor.painting()
    await cancelled_at_once(floor, job_id)
    await eventually(lambda: floor.calls("client_left") == 1, _AT_MOST_SECONDS)


async def test_in_mid_upload_of_a_bought_image_which_is_kept(floor: Floor) -> None:
    floor.storage.hold_answer_to = "/master-"
    floor.workers.start(**_ALONE)
    job_id = floor.create()
    await floor.storage.at_the_door.wait()
    following = await cancelled_at_once(floor, job_id)
    floor.moves.cancel(following)
    floor.storage.open_door.set()
    floor.retry(job_id)
    await floor.completed(job_id)
    assert floor.bought == 1


async def test_a_retry_waits_for_the_image_that_the_cancelled_attempt_is_storing(
    floor: Floor,
) -> None:
    floor.workers.start()
    floor.workers.start()
    job_id = floor.create()
    floor.storage.hold_answer_to = f"/{generation_id(job_id)}/purchase-"
    await floor.storage.at_the_door.wait()
    floor.moves.cancel(job_id)
    floor.retry(job_id)
    await floor.until(job_id, Status.ACTIVE)
    await floor.completed(floor.create())  # the time in which it would have bought another one
    floor.storage.open_door.set()
    job = await floor.completed(job_id)
    assert "Found image of an earlier attempt" in job.logs
    assert (floor.bought, floor.calls()) == (2, 2)


async def test_a_cancel_that_comes_late_does_not_stop_the_attempt_of_a_retry(floor: Floor) -> None:
    floor.workers.start(**_ALONE)
    job_id = floor.create("delay=1")
    await floor.painting()
    floor.redis.publish(keys.COMMANDS, json.dumps({"cancel": job_id, "lease": "an earlier one"}))
    assert (await floor.completed(job_id)).attempts == 1
    assert floor.calls() == 1


async def test_in_mid_resizing(floor: Floor) -> None:
    floor.scissors.hold = True
    floor.workers.start(**_ALONE)
    job_id = floor.create()
    await floor.scissors.at_work.wait()
    before = len(floor.storage.stored)
    await cancelled_at_once(floor, job_id)
    async with asyncio.timeout(_AT_MOST_SECONDS):
        await floor.scissors.given_up.wait()
    assert (len(floor.storage.stored), floor.scissors.orders) == (before, 1)


async def test_in_mid_upload_of_a_rendition_and_a_retry_goes_on_from_there(floor: Floor) -> None:
    floor.storage.hold_answer_to = PLATFORMS[1]
    floor.workers.start(**_ALONE)
    job_id = floor.create()
    await floor.storage.at_the_door.wait()
    before = list(floor.storage.stored)
    following = await cancelled_at_once(floor, job_id)
    floor.moves.cancel(following)
    assert floor.storage.stored == before
    floor.storage.hold_answer_to = ""
    floor.retry(job_id)
    job = await floor.completed(job_id)
    assert (floor.bought, job.attempts) == (1, 1)


async def test_a_job_that_waits_for_its_turn_at_the_resizer(floor: Floor) -> None:
    floor.scissors.hold = True
    floor.workers.start(WORKER_SLOTS="2", WORKER_RESIZE_CONCURRENCY="1", WORKER_LEASE_SECONDS="60")
    first, second = floor.create(), floor.create()

    async def both_have_masters() -> bool:
        return all([(await floor.job(job_id)).progress >= 50 for job_id in (first, second)])

    await eventually(both_have_masters)
    await floor.scissors.at_work.wait()
    for job_id in (first, second):
        await cancelled_at_once(floor, job_id)


async def test_a_job_that_waits_for_a_service_that_is_away(floor: Floor) -> None:
    await floor.servers["RESIZER_ADDRESS"].stop()
    floor.workers.start(**_ALONE)
    job_id = floor.create()

    async def stored() -> bool:
        return (await floor.job(job_id)).progress >= 50

    await eventually(stored)
    await cancelled_at_once(floor, job_id)


async def test_a_job_that_is_put_off_by_a_busy_resizer_is_not_tried_again(floor: Floor) -> None:
    floor.scissors.refusal = Busy("It has as much work as it can hold.", retry_after_seconds=0.5)
    floor.workers.start(**_ALONE)
    job_id = floor.create()
    delayed = await floor.until(job_id, Status.DELAYED)
    following = await cancelled_at_once(floor, job_id)
    assert delayed.next_run_at
    floor.moves.cancel(following)
    floor.scissors.refusal = None
    orders = floor.scissors.orders
    await _is_past(floor, delayed.next_run_at.timestamp())
    await floor.completed(floor.create())
    assert floor.scissors.orders == orders + 1
    assert (await floor.job(job_id)).status is Status.CANCELLED


async def test_a_delayed_job_is_not_tried_again(floor: Floor) -> None:
    floor.workers.start()
    job_id = floor.create("fail=rate_limit retry_after=1")
    delayed = await floor.until(job_id, Status.DELAYED)
    floor.moves.cancel(job_id)
    assert (await floor.job(job_id)).status is Status.CANCELLED
    assert delayed.next_run_at
    await _is_past(floor, delayed.next_run_at.timestamp())
    await floor.completed(floor.create())
    assert (await floor.job(job_id)).status is Status.CANCELLED
    assert floor.calls("rate_limit_exceeded") == 1


async def test_a_cancel_that_nobody_heard_is_found_when_the_connection_is_back(
    floor: Floor,
) -> None:
    floor.workers.start(**_ALONE)
    job_id = floor.create("delay=30")
    await floor.painting()
    floor.redis.client_kill_filter(_type="pubsub")
    floor.moves.cancel(job_id)
    await eventually(lambda: floor.calls("client_left") == 1, 5)


async def _is_past(floor: Floor, seconds: float) -> None:
    """Wait until Redis's clock, which wakes delayed jobs, is past this time and a sweep."""

    def past() -> bool:
        now, micros = floor.redis.time()
        return now + micros / 1e6 > seconds + 2

    await eventually(past)
