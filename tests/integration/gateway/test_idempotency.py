"""One Idempotency-Key is one job, however often and wherever it is sent."""

import asyncio

import pytest
from snapasset.gateway.v1 import jobs_pb2

from tests.servers.gateway import bearer, connected, running_gateway

KEY = ("idempotency-key", "order-1")


async def test_same_request_gives_the_same_job(redis_url: str) -> None:
    async with (
        running_gateway(redis_url) as address,
        connected(address, bearer("alice")) as alice,
    ):
        first, again = [await alice.create("alice", KEY) for _ in range(2)]
        other = await alice.create("alice")
    assert first.message.job_id == again.message.job_id != other.message.job_id
    assert [answer.headers["x-http-code"] for answer in (first, again)] == ["201", "201"]
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"


async def test_another_request_is_a_conflict(redis_url: str) -> None:
    async with (
        running_gateway(redis_url) as address,
        connected(address, bearer("alice")) as alice,
    ):
        await alice.create("alice", KEY)
        answer = await alice.create("alice", KEY, prompt="Quite another prompt")
    assert answer.code == "IDEMPOTENCY_CONFLICT"


async def test_twins_at_two_gateways_are_one_job(redis_url: str) -> None:
    async with (
        running_gateway(redis_url, rate_limit_jobs="2/hour") as one,
        running_gateway(redis_url, rate_limit_jobs="2/hour") as two,
        connected(one, bearer("alice")) as first,
        connected(two, bearer("alice")) as second,
    ):
        answers = await asyncio.gather(
            *(client.create("alice", KEY) for client in (first, second) for _ in range(10))
        )
        listed = await first.call(first.jobs.ListJobs, jobs_pb2.ListJobsRequest())
        another, refused = [await first.create("alice") for _ in range(2)]
    assert len({answer.message.job_id for answer in answers}) == 1
    assert sum("idempotent-replayed" in answer.headers for answer in answers) == 19
    assert listed.message.count == 1
    assert (another.code, refused.code) == ("", "RATE_LIMIT_EXCEEDED")


async def test_refused_request_leaves_its_key_free(redis_url: str) -> None:
    async with (
        running_gateway(redis_url, rate_limit_jobs="1/second") as address,
        connected(address, bearer("alice")) as alice,
    ):
        await alice.create("alice")
        refused = await alice.create("alice", KEY)
        assert refused.failure
        await asyncio.sleep(int(refused.headers["retry-after"]))  # as it was told
        answer = await alice.create("alice", KEY, prompt="Quite another prompt")
    assert (refused.code, answer.code) == ("RATE_LIMIT_EXCEEDED", "")


async def test_keys_of_two_callers_never_meet(redis_url: str) -> None:
    async with (
        running_gateway(redis_url) as address,
        connected(address, bearer("a")) as a,
        connected(address, bearer("a:b")) as ab,
    ):
        mine = await a.create("a", ("idempotency-key", "b:c"))
        theirs = await ab.create("a:b", ("idempotency-key", "c"))
    assert mine.message.job_id != theirs.message.job_id


@pytest.mark.parametrize(
    "sent",
    [
        [("idempotency-key", "with space")],
        [("idempotency-key", "x" * 256)],
        [KEY, KEY],
    ],
)
async def test_bad_keys_are_refused(redis_url: str, sent: list[tuple[str, str]]) -> None:
    async with (
        running_gateway(redis_url) as address,
        connected(address, bearer("alice")) as alice,
    ):
        assert (await alice.create("alice", *sent)).code == "INVALID_REQUEST"
