"""A real Redis for the tests that need one; each test finds it empty."""

from collections.abc import AsyncIterator, Iterator

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from services.jobs.connections import open_async_redis
from tests.servers.redis import running_redis


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    with running_redis() as url:
        yield url


@pytest.fixture
def redis(redis_server: str) -> Iterator[Redis]:
    with Redis.from_url(redis_server) as redis:
        redis.flushall()
        yield redis


@pytest.fixture
async def async_redis(redis_server: str, redis: Redis) -> AsyncIterator[AsyncRedis]:
    async with open_async_redis(redis_server) as async_redis:
        yield async_redis
