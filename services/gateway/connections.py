"""Opens what the gateway talks to, Redis and the leaves, and closes it again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import grpc
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from services.common.channels import open_channel
from services.gateway.settings import GatewaySettings
from services.jobs.connections import open_async_redis, open_redis
from services.jobs.redis_server import refuse_eviction
from services.leaves.storage import STORAGE


@dataclass(frozen=True, kw_only=True, slots=True)
class Connections:
    """Redis, for calls that block and for those that don't, and a channel to each leaf."""

    redis: Redis
    async_redis: AsyncRedis
    storage: grpc.aio.Channel
    generator: grpc.aio.Channel
    resizer: grpc.aio.Channel


@asynccontextmanager
async def connected(settings: GatewaySettings) -> AsyncIterator[Connections]:
    """Hold the connections for the length of the block. Raises CannotStart when Redis may evict
    jobs."""
    await refuse_eviction(settings.redis_url)
    opened = Connections(
        redis=open_redis(settings.redis_url),
        async_redis=open_async_redis(settings.redis_url),
        storage=open_channel(settings.storage_address, settings, STORAGE),
        generator=open_channel(settings.generator_address, settings),
        resizer=open_channel(settings.resizer_address, settings),
    )
    try:
        yield opened
    finally:
        for channel in (opened.storage, opened.generator, opened.resizer):
            await channel.close()
        await opened.async_redis.aclose()
        opened.redis.close()
