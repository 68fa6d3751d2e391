"""While Redis is away, callers are told so, and soon."""

import asyncio
import signal

import pytest
from redis import Redis
from redis.exceptions import TimeoutError as RedisTimeoutError
from snapasset.gateway.v1.site_pb2 import GetHealthRequest
from snapasset.gateway.v1.site_pb2_grpc import SiteServiceStub

from services.common.refusal import CannotStart
from services.jobs.connections import open_async_redis, open_redis
from tests.eventually import eventually
from tests.servers.gateway import bearer, connected, running_gateway
from tests.servers.redis import redis_process

FROZEN_SECONDS = 11.0
"""Three times 2.5 s, and what a busy machine needs."""


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP])
async def test_answer_is_unavailable_within_5_seconds(blow: signal.Signals) -> None:
    with redis_process() as (url, process):
        async with (
            running_gateway(url) as address,
            connected(address, bearer("alice")) as alice,
        ):
            assert (await alice.create("alice")).code == ""
            process.send_signal(blow)
            async with asyncio.timeout(5):
                answers = await asyncio.gather(*(alice.create("alice") for _ in range(10)))
            process.send_signal(signal.SIGCONT)
    assert {answer.code for answer in answers} == {"SERVICE_UNAVAILABLE"}
    assert {answer.failure and answer.failure.retry_after_seconds for answer in answers} == {5}


async def test_a_gateway_does_not_start_with_a_redis_that_evicts(redis_url: str) -> None:
    with Redis.from_url(redis_url) as redis:
        redis.config_set("maxmemory-policy", "allkeys-lru")
        try:
            with pytest.raises(CannotStart, match="maxmemory-policy"):
                async with running_gateway(redis_url):
                    pass
        finally:
            redis.config_set("maxmemory-policy", "noeviction")


async def test_health_is_down_while_redis_takes_no_writes_and_up_afterwards() -> None:
    with redis_process() as (url, _), Redis.from_url(url) as redis:
        async with running_gateway(url) as address, connected(address) as anybody:
            site = SiteServiceStub(anybody.channel)

            async def told() -> str:
                answer = await anybody.call(site.GetHealth, GetHealthRequest())
                part = answer.message.components["redis"]
                return f"{part.status} {part.detail}".strip()

            async def becomes(wanted: str) -> None:
                async def has_become() -> bool:
                    return await told() == wanted

                await eventually(has_become)

            await becomes("up")
            redis.replicaof("127.0.0.1", "1")
            await becomes("down takes no writes")
            redis.replicaof("NO", "ONE")
            await becomes("up")


async def test_a_frozen_redis_is_given_up_on_new_and_old_connections() -> None:
    with redis_process() as (url, process):
        old, new = open_async_redis(url), open_async_redis(url)
        old_sync, new_sync = open_redis(url), open_redis(url)
        await old.ping()
        old_sync.ping()
        process.send_signal(signal.SIGSTOP)
        async with asyncio.timeout(FROZEN_SECONDS):
            answers = await asyncio.gather(
                old.ping(),
                new.ping(),
                asyncio.to_thread(old_sync.ping),
                asyncio.to_thread(new_sync.ping),
                return_exceptions=True,
            )
        process.send_signal(signal.SIGCONT)
        for redis in (old, new):
            await redis.aclose()
    assert [type(answer) for answer in answers] == [RedisTimeoutError] * 4
