"""Jobs on a real Redis: everything that moves and reads them."""

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from tests.unit.jobs.shop import Shop, open_shop


@pytest.fixture
def shop(redis: Redis, async_redis: AsyncRedis) -> Shop:
    return open_shop(redis, async_redis)
