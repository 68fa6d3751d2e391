"""Jobs in flight and the queue's length stay within their bounds, whoever creates at once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from redis import Redis
from snapasset.gateway.v1 import jobs_pb2

from services.jobs.conditions import Bounds, Conditions
from services.jobs.creation import creation
from services.jobs.moving_window import Policy
from services.jobs.records import Records
from services.jobs.values import JobSpec
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
        assert redis.llen("rq:queue:snapasset") == 4


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


async def test_a_creation_that_is_sent_twice_makes_one_job(redis_url: str) -> None:
    spec = JobSpec(user_id="alice", prompt="A lighthouse", platforms=("twitter-post",))
    conditions = Conditions(
        bounds=Bounds(in_flight=9, waiting=9), policy=Policy.parse("1/hour"), counted="counted"
    )
    with Redis.from_url(redis_url) as redis:
        hour = timedelta(hours=1)
        records = Records(redis, retention=hour, lease=hour)
        new = creation(records.places, "gen-1", spec, conditions)
        answers = [new.script.run(redis, new.keys, new.args) for _ in range(2)]
        assert answers == [[b"in", b"gen-1"]] * 2
        assert redis.llen("rq:queue:snapasset") == redis.llen("snapasset:line:alice") == 1
        assert redis.zcard("counted") == 1


async def test_retries_at_once_stay_within_the_bound(redis_url: str) -> None:
    async with (
        running_gateway(redis_url, in_flight=3) as address,
        connected(address, bearer("alice")) as alice,
    ):
        jobs = []
        for _ in range(8):
            job_id = (await alice.create("alice")).message.job_id
            await alice.call(alice.jobs.CancelJob, jobs_pb2.CancelJobRequest(job_id=job_id))
            jobs.append(job_id)
        codes = await asyncio.gather(*(_retry(alice, job_id) for job_id in jobs))
    assert sorted(codes) == [""] * 3 + ["JOB_LIMIT_EXCEEDED"] * 5


async def _retry(client: Client, job_id: str) -> str:
    answer = await client.call(client.jobs.RetryJob, jobs_pb2.RetryJobRequest(job_id=job_id))
    return answer.code
