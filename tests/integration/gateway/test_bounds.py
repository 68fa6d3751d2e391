"""Jobs in flight and the queue's length stay within their bounds, whoever creates at once."""

import asyncio
from typing import Any

import pytest
from redis import Redis
from snapasset.gateway.v1 import jobs_pb2

from services.gateway.admission import HELD_SECONDS, Admission, Bounds
from services.gateway.connections import open_async_redis
from services.gateway.estimate import Estimate
from services.gateway.jobs.reader import Reader
from tests.servers.gateway import Client, bearer, connected, running_gateway


@pytest.mark.parametrize(
    ("bound", "owners", "code"),
    [
        ({"in_flight": 4}, ["alice"] * 20, "JOB_LIMIT_EXCEEDED"),
        ({"queue_max_waiting": 4}, [f"user-{n}" for n in range(20)], "QUEUE_FULL"),
    ],
)
async def test_bound_holds_for_two_gateways_at_once(
    redis_url: str, bound: dict[str, Any], owners: list[str], code: str
) -> None:
    async with (
        running_gateway(redis_url, **bound) as one,
        running_gateway(redis_url, **bound) as two,
    ):

        async def create(address: str, owner: str) -> str:
            async with connected(address, bearer(owner)) as client:
                answer = await client.create(owner)
                assert not answer.failure or answer.failure.retry_after_seconds == 30
                return answer.code

        codes = await asyncio.gather(
            *(create((one, two)[n % 2], owner) for n, owner in enumerate(owners))
        )
    assert sorted(codes) == sorted([""] * 4 + [code] * 16)
    with Redis.from_url(redis_url) as redis:
        assert redis.zcard("snapasset:waiting") == 4
        assert not list(redis.scan_iter("snapasset:places*"))


async def test_ended_job_makes_room_and_retry_takes_it(redis_url: str) -> None:
    async with (
        running_gateway(redis_url, in_flight=1) as address,
        connected(address, bearer("alice")) as alice,
    ):
        first = (await alice.create("alice")).message.job_id
        await alice.call(alice.jobs.CancelJob, jobs_pb2.CancelJobRequest(job_id=first))
        second = (await alice.create("alice")).message.job_id
        refused = await _retry(alice, first)
        waiting = await _retry(alice, second)
        await alice.call(alice.jobs.CancelJob, jobs_pb2.CancelJobRequest(job_id=second))
        retried = await _retry(alice, first)
    assert [refused, waiting, retried] == ["JOB_LIMIT_EXCEEDED", "JOB_NOT_RETRYABLE", ""]


async def test_place_of_a_gateway_that_died_is_free_again_in_time(redis_url: str) -> None:
    redis = open_async_redis(redis_url)
    estimate = Estimate(Reader(redis), 1, 4.0)
    admission = Admission(redis, Bounds(in_flight=1, waiting=9), estimate)
    await admission.take_place("gen-1", "alice")
    assert 0 < await redis.ttl("snapasset:places:alice") <= HELD_SECONDS
    await redis.zadd("snapasset:places:alice", {"gen-1": 1})  # as if that time had passed
    assert await admission.take_place("gen-2", "alice") == "gen-2"
    await redis.aclose()


async def _retry(client: Client, job_id: str) -> str:
    answer = await client.call(client.jobs.RetryJob, jobs_pb2.RetryJobRequest(job_id=job_id))
    return answer.code
