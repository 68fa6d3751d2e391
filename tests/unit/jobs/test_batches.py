import pytest
from redis.asyncio import Redis as AsyncRedis

from services.common.errors import BatchNotFound
from services.jobs import keys
from services.jobs.batches import Batches
from services.jobs.creation import creation
from services.jobs.values import Status, new_batch_id, new_job_id
from tests.servers.jobs import AMPLE
from tests.unit.jobs.shop import RESULT, Shop, spec_of


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
