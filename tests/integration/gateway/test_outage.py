"""While Redis is away, callers are told so, and soon."""

import asyncio
import signal

import pytest
from redis.exceptions import TimeoutError as RedisTimeoutError

from services.jobs.connections import open_async_redis, open_redis
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
