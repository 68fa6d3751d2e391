from dataclasses import replace

import pytest
from redis.asyncio import Redis as AsyncRedis

from services.common.errors import BatchNotFound
from services.jobs import keys
from services.jobs.batch_figures import BatchFigures, batch_figures
from services.jobs.batches import Batches
from services.jobs.creation import creation
from services.jobs.lost import bury
from services.jobs.rq_record import key_of
from services.jobs.values import Status, Urgency, new_batch_id, new_job_id
from tests.servers.jobs import AMPLE
from tests.unit.jobs.shop import FAILURE, RESULT, Shop, spec_of


def joined(shop: Shop, batch_id: str, owner: str = "ada") -> str:
    """Create a job in a batch."""
    job_id = new_job_id()
    new = creation(shop.records.places, job_id, spec_of(owner), AMPLE, batch_id=batch_id)
    new.script.run(shop.redis, new.keys, new.args)
    return job_id


async def test_a_batch_counts_its_jobs_by_status(shop: Shop, async_redis: AsyncRedis) -> None:
    batch_id = new_batch_id()
    jobs = [joined(shop, batch_id) for _ in range(3)]
    claim = shop.begin(jobs[0])
    shop.claims.complete(claim.job_id, claim.token, RESULT)
    shop.moves.cancel(jobs[1])
    batch = await Batches(async_redis).read(batch_id)
    assert (batch.owner, batch.total, batch.progress, batch.ended) == ("ada", 3, 66, False)
    assert {status for status, count in batch.counts.items() if count} == {
        Status.COMPLETED,
        Status.CANCELLED,
        Status.WAITING,
    }
    assert batch.unfinished == [jobs[2]]


async def test_a_batch_is_open_until_the_last_of_its_jobs_has_ended(
    shop: Shop, async_redis: AsyncRedis
) -> None:
    first, second = new_batch_id(), new_batch_id()
    jobs = [joined(shop, first) for _ in range(2)]
    other = joined(shop, second, "bob")

    async def figures() -> BatchFigures:
        return await batch_figures(async_redis, shop.figures)

    assert (await figures()).open == 2
    shop.moves.cancel(jobs[0])
    assert (await figures()).open == 2
    claim = shop.begin(jobs[1])
    shop.claims.fail(claim.job_id, claim.token, FAILURE)
    assert (await figures()).open == 1
    shop.retry(jobs[1])
    assert (await figures()).open == 2
    shop.moves.cancel(jobs[1])
    shop.moves.cancel(other)
    assert await figures() == BatchFigures(
        open=0, oldest_seconds=0, waiting=0, longest_wait_seconds=0
    )


async def test_a_batch_whose_last_job_is_lost_or_erased_is_open_no_more(
    shop: Shop, async_redis: AsyncRedis
) -> None:
    lost, erased = new_batch_id(), new_batch_id()
    job_id = joined(shop, lost)
    joined(shop, erased, "bob")
    shop.redis.delete(key_of(job_id))
    bury(shop.redis, job_id)
    await Batches(async_redis).forget("bob")
    assert (await batch_figures(async_redis, shop.figures)).open == 0
    assert not shop.redis.exists(keys.unfinished_of_batch(lost), keys.unfinished_of_batch(erased))


async def test_what_waits_as_a_batch_is_measured_apart(shop: Shop, async_redis: AsyncRedis) -> None:
    batch_id = new_batch_id()
    shop.create(replace(spec_of("ada"), urgency=Urgency.BATCH))
    shop.create(spec_of("bob"))
    joined(shop, batch_id)
    measured = await batch_figures(async_redis, shop.figures)
    assert (measured.open, measured.waiting) == (1, 1)
    assert measured.oldest_seconds >= 0
    assert measured.longest_wait_seconds > 0


async def test_what_is_forgotten_of_an_owner_leaves_no_batch(
    shop: Shop, async_redis: AsyncRedis
) -> None:
    batches, mine, theirs = Batches(async_redis), new_batch_id(), new_batch_id()
    shop.moves.cancel(joined(shop, mine))
    joined(shop, theirs, "bob")
    await batches.forget("ada")
    with pytest.raises(BatchNotFound):
        await batches.read(mine)
    assert not shop.redis.exists(keys.batch(mine), keys.jobs_of_batch(mine), keys.batches("ada"))
    assert (await batches.read(theirs)).total == 1


async def test_a_job_that_is_forgotten_leaves_its_batch(
    shop: Shop, async_redis: AsyncRedis
) -> None:
    batch_id = new_batch_id()
    jobs = [joined(shop, batch_id) for _ in range(2)]
    shop.moves.cancel(jobs[0])
    assert shop.moves.forget(jobs[0])
    batch = await Batches(async_redis).read(batch_id)
    assert (batch.total, batch.unfinished, batch.progress) == (2, [jobs[1]], 50)
