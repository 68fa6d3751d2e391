"""What is written lasts once replicas have it, and nobody is told so before."""

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from services.jobs import keys
from services.jobs.replication import NotReplicated, Replication


async def test_too_few_replicas_are_told_of_though_the_write_was_taken(
    redis: Redis, async_redis: AsyncRedis
) -> None:
    with pytest.raises(NotReplicated, match="0 of 1 replicas"):
        async with Replication(async_redis, 1).lasting():
            await async_redis.set("written", "1")
    assert redis.get("written") == b"1"


async def test_without_replicas_nothing_is_asked_of_redis(
    redis: Redis, async_redis: AsyncRedis
) -> None:
    async with Replication(async_redis, 0).lasting():
        pass
    assert not redis.exists(keys.REPLICATED)


async def test_a_call_that_fails_is_not_waited_for(redis: Redis, async_redis: AsyncRedis) -> None:
    with pytest.raises(ValueError, match="no"):
        async with Replication(async_redis, 1).lasting():
            raise ValueError("no")
    assert not redis.exists(keys.REPLICATED)
