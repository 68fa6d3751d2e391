from datetime import timedelta
from typing import Any

from services.jobs import keys, rq_record
from services.jobs.recovery import Recovery
from services.jobs.values import Status
from tests.unit.jobs.shop import RESULT, Shop


def recovery(
    shop: Shop, lease: timedelta = timedelta(0), unclaimed_seconds: float = 15
) -> Recovery:
    """A worker that has heard of Redis for a whole lease."""
    return Recovery(
        shop.redis,
        shop.claims,
        shop.repairs,
        attempts=3,
        lease=lease,
        unclaimed_seconds=unclaimed_seconds,
    )


def sweep(shop: Shop, by: Recovery | None = None) -> None:
    shop.redis.delete("snapasset:sweep")
    (by or recovery(shop)).sweep(0.9)


async def test_a_job_whose_worker_was_lost_waits_again_before_the_others(shop: Shop) -> None:
    claim = shop.active()
    shop.create()
    shop.lose_lease(claim.job_id)
    sweep(shop)
    assert (await shop.reader.get(claim.job_id)).status is Status.WAITING
    assert shop.begin(claim.job_id).attempt == 2


async def test_a_job_whose_record_cannot_be_read_does_not_hold_up_the_others(shop: Shop) -> None:
    broken, other = shop.active(), shop.active()
    shop.redis.hset(f"rq:job:{broken.job_id}", "status", "rubbish")
    for claim in (broken, other):
        shop.lose_lease(claim.job_id)
    sweep(shop)
    assert (await shop.reader.get(other.job_id)).status is Status.WAITING


async def test_a_job_with_a_live_worker_is_left_alone(shop: Shop) -> None:
    claim = shop.active()
    sweep(shop)
    assert (await shop.reader.get(claim.job_id)).status is Status.ACTIVE


LEASE_OF_20 = timedelta(seconds=20)


async def silent_worker(shop: Shop, *, sweeps_since: float, last_sweep: float) -> Status:
    """What becomes of a job whose lease ran out, by what is known of sweeps (seconds ago)."""
    claim, now = shop.active(), shop.now()
    shop.lose_lease(claim.job_id)
    known: Any = {"since": now - sweeps_since, "last": now - last_sweep}
    shop.redis.hset(keys.CONTACT, mapping=known)
    sweep(shop, recovery(shop, LEASE_OF_20))
    return (await shop.reader.get(claim.job_id)).status


async def test_a_job_is_taken_over_when_workers_were_in_contact_for_a_lease(shop: Shop) -> None:
    assert await silent_worker(shop, sweeps_since=21, last_sweep=2) is Status.WAITING


async def test_after_an_outage_workers_may_renew_before_jobs_are_taken_over(shop: Shop) -> None:
    assert await silent_worker(shop, sweeps_since=100, last_sweep=9) is Status.ACTIVE


async def test_soon_after_the_first_contact_nothing_is_taken_over(shop: Shop) -> None:
    assert await silent_worker(shop, sweeps_since=15, last_sweep=1) is Status.ACTIVE


async def test_a_clock_that_went_back_begins_the_contact_anew(shop: Shop) -> None:
    assert await silent_worker(shop, sweeps_since=100, last_sweep=-50) is Status.ACTIVE


async def test_contact_is_forgotten_in_the_end(shop: Shop) -> None:
    sweep(shop)
    assert shop.redis.ttl(keys.CONTACT) > 0


async def test_a_retry_that_is_due_waits_in_line(shop: Shop) -> None:
    claim = shop.delayed(timedelta(0))
    sweep(shop)
    assert (await shop.reader.get(claim.job_id)).status is Status.WAITING
    assert shop.begin(claim.job_id).attempt == 2


async def test_a_retry_that_is_not_due_is_left_alone(shop: Shop) -> None:
    claim = shop.delayed(timedelta(milliseconds=900))
    sweep(shop)
    shop.repairs.wake(claim.job_id)
    assert (await shop.reader.get(claim.job_id)).status is Status.DELAYED


def test_a_job_that_was_taken_and_never_claimed_is_put_back(shop: Shop) -> None:
    job_id, later = shop.create(), shop.create()
    assert shop.take() == job_id
    sweep(shop)
    assert shop.redis.lrange(keys.TAKEN, 0, -1) == [job_id.encode()]
    sweep(shop, recovery(shop, unclaimed_seconds=0))
    assert [shop.take(), shop.take(), shop.take()] == [job_id, later, None]


def test_a_job_that_is_gone_is_dropped_from_every_index(shop: Shop) -> None:
    claim, delayed = shop.active(), shop.delayed(timedelta(0))
    shop.lose_lease(claim.job_id)
    for job_id in (claim.job_id, delayed.job_id):
        shop.redis.delete(f"rq:job:{job_id}", keys.state(job_id))
    sweep(shop)
    assert not shop.redis.exists(keys.LEASES, "rq:scheduled:snapasset")


def test_of_several_workers_one_sweeps_at_a_time(shop: Shop) -> None:
    claim = shop.delayed(timedelta(0))
    recovery(shop).sweep(60)
    first = shop.begin(claim.job_id)
    shop.lose_lease(first.job_id)
    recovery(shop).sweep(60)
    shop.claims.complete(first.job_id, first.token, RESULT)


async def test_jobs_that_an_earlier_version_put_in_line_are_counted(shop: Shop) -> None:
    jobs = [shop.create() for _ in range(3)]
    shop.redis.delete(rq_record.WAITING)
    shop.redis.zadd(keys.FORMERLY_WAITING, {job_id: n for n, job_id in enumerate(jobs)})
    sweep(shop)
    assert (await shop.figures.counts())[Status.WAITING] == 3
    assert not shop.redis.exists(keys.FORMERLY_WAITING)
    sweep(shop)
    assert [shop.begin(job_id).job_id for job_id in jobs] == jobs


async def test_jobs_that_a_worker_of_an_earlier_version_took_are_not_counted(shop: Shop) -> None:
    jobs = [shop.active().job_id for _ in range(3)] + [shop.create()]
    shop.redis.delete(rq_record.WAITING)
    shop.redis.rpush(rq_record.WAITING, *jobs, "gen-forgotten")
    sweep(shop)
    assert shop.redis.lrange(rq_record.WAITING, 0, -1) == [jobs[-1].encode()]
    assert await shop.figures.longest_wait_seconds() > 0


def test_a_long_queue_is_looked_through_some_at_a_time(shop: Shop) -> None:
    job_id = shop.create()
    shop.redis.rpush(rq_record.WAITING, *[f"gen-{number}" for number in range(1200)])
    by = recovery(shop)
    for left in (702, 202, 1):
        sweep(shop, by)
        assert shop.redis.llen(rq_record.WAITING) == left
    assert shop.redis.lrange(rq_record.WAITING, 0, -1) == [job_id.encode()]
