"""Purchases that end in every way: how often is bought, what the job says, what the books say."""

import pytest

from services.jobs.connections import open_async_redis
from services.jobs.spend.books import Books, Spent
from services.jobs.spend.purchases import this_month
from services.jobs.values import Status
from tests.eventually import eventually
from tests.integration.worker.floor import Floor

TAKEN_OVER_SECONDS = 60


async def spent(floor: Floor) -> Spent:
    """Return what the books say of this month."""
    async with open_async_redis(floor.redis_server.url) as redis:
        return await Books(redis).read("ada", this_month())


async def test_a_worker_that_dies_between_intent_and_outcome_leaves_an_uncertain_purchase(
    floor: Floor,
) -> None:
    first = floor.workers.start()
    job_id = floor.create("delay=2 times=1")
    await floor.painting()
    assert (await spent(floor)).uncertain == 1  # from before the call
    first.kill()
    floor.workers.start()
    await floor.completed(job_id, TAKEN_OVER_SECONDS)
    sums = await spent(floor)
    assert (sums.uncertain, sums.images) == (1, 1)


@pytest.mark.parametrize(("allowed", "calls"), [("0", 1), ("1", 2), ("2", 3)])
async def test_an_image_api_that_falls_silent_is_asked_again_as_often_as_allowed(
    floor: Floor, allowed: str, calls: int
) -> None:
    floor.workers.start(UNCERTAIN_PURCHASES=allowed, JOB_ATTEMPTS="9")
    job_id = floor.create("fail=server_error")
    job = await floor.until(job_id, Status.FAILED)
    assert job.failure
    assert (job.failure.code, job.failure.retryable) == ("PURCHASE_UNCERTAIN", False)
    assert floor.calls() == calls
    assert any("may have been charged" in line for line in job.logs)
    await eventually(lambda: floor.calls("in_progress") == 0)
    sums = await spent(floor)
    assert (sums.uncertain, sums.images) == (calls, 0)


async def test_whoever_says_so_buys_once_more(floor: Floor) -> None:
    floor.workers.start(UNCERTAIN_PURCHASES="0")
    job_id = floor.create("fail=server_error times=1")
    await floor.until(job_id, Status.FAILED)
    floor.retry(job_id)
    again = await floor.until(job_id, Status.FAILED)
    assert again.failure
    assert (again.failure.code, floor.calls()) == ("PURCHASE_UNCERTAIN", 1)
    floor.retry(job_id, buy_again=True)
    await floor.completed(job_id)
    assert floor.calls() == 2


async def test_an_answer_that_cannot_be_read_is_kept_and_read_again_before_anything_is_bought(
    floor: Floor,
) -> None:
    floor.workers.start()
    job_id = floor.create("fail=rubbish times=1")
    job = await floor.until(job_id, Status.FAILED)
    assert job.failure
    assert (job.failure.code, job.failure.retryable) == ("PROVIDER_BAD_ANSWER", False)
    kept = sorted(path.name for path in floor.storage_folder.rglob("answer-1*"))
    assert len(kept) == 2
    floor.retry(job_id)
    again = await floor.until(job_id, Status.FAILED)
    assert again.failure
    assert (again.failure.code, floor.calls()) == ("PROVIDER_BAD_ANSWER", 1)
    floor.retry(job_id, buy_again=True)
    await floor.completed(job_id)
    assert floor.calls() == 2
    assert (await spent(floor)).uncertain == 0


async def test_what_was_certainly_not_charged_is_tried_again_by_itself(floor: Floor) -> None:
    floor.workers.start(UNCERTAIN_PURCHASES="0")
    job = await floor.completed(floor.create("fail=rate_limit times=2 retry_after=0"))
    assert (job.attempts, floor.calls()) == (3, 3)
    sums = await spent(floor)
    assert (sums.calls, sums.images, sums.uncertain) == (3, 1, 0)
