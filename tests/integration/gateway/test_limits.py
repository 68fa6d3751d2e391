"""Limits hold exactly, for all gateways together, and every counted answer tells about them."""

import asyncio
import re
import time
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from snapasset.gateway.v1 import jobs_pb2, queue_pb2, renditions_pb2
from snapasset.gateway.v1.renditions_pb2_grpc import RenditionServiceStub
from snapasset.storage.v1 import storage_pb2

from deploy.local.forks import ForkServer
from services.jobs import keys
from services.jobs.spend.purchases import this_month
from services.storage.settings import StorageSettings
from tests.servers.gateway import bearer, connected, running_gateway
from tests.servers.storage import connected as storage_at
from tests.servers.storage import storage_process

GENERATION = "01932d4e-7f00-7abc-8def-0123456789ab"

HEADERS = {
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "ratelimit",
    "ratelimit-policy",
}


async def test_two_gateways_count_as_one(redis_url: str) -> None:
    policy = {"rate_limit_requests": "10/hour"}
    async with (
        running_gateway(redis_url, **policy) as one,
        running_gateway(redis_url, **policy) as two,
        connected(one, bearer("alice")) as first,
        connected(two, bearer("alice")) as second,
    ):
        stats = queue_pb2.GetQueueStatsRequest()
        calls = [c.call(c.queue.GetQueueStats, stats) for c in (first, second) for _ in range(15)]
        answers = await asyncio.gather(*calls)
    passed = [answer for answer in answers if not answer.failure]
    assert len(passed) == 10
    assert {answer.code for answer in answers if answer.failure} == {"RATE_LIMIT_EXCEEDED"}
    assert min(int(answer.headers["x-ratelimit-remaining"]) for answer in answers) == 0


async def test_refusal_says_when_the_next_request_passes(redis_url: str) -> None:
    async with (
        running_gateway(redis_url, rate_limit_requests="2/3 second") as address,
        connected(address, bearer("alice")) as client,
    ):
        before = time.time()
        first, _, refused = [await client.get("none") for _ in range(3)]
        assert (first.code, refused.code) == ("JOB_NOT_FOUND", "RATE_LIMIT_EXCEEDED")
        reset = int(refused.headers["x-ratelimit-reset"])
        assert before + 3 <= reset <= time.time() + 4
        assert refused.failure
        assert refused.failure.retry_after_seconds == pytest.approx(reset - time.time(), abs=0.5)
        wait = int(refused.headers["retry-after"])
        assert reset - time.time() <= wait <= reset - time.time() + 1.5
        await asyncio.sleep(wait)  # what is under test: a client that does as it is told
        assert (await client.get("none")).code == "JOB_NOT_FOUND"


async def test_every_counted_answer_has_the_headers(redis_url: str) -> None:
    async with (
        running_gateway(redis_url) as address,
        connected(address, bearer("alice")) as alice,
        connected(address) as nobody,
        connected(address, ("authorization", "Bearer wrong")) as wrong,
    ):
        created = await alice.create("alice")
        answers = [
            created,
            await alice.get(created.message.job_id),
            await alice.watch(created.message.job_id),
            await alice.get("none"),
            await alice.create("bob"),
            await alice.create("alice", prompt="short"),
            await alice.call(alice.queue.PauseQueue, queue_pb2.PauseQueueRequest()),
            await nobody.get("none"),
            await nobody.watch(created.message.job_id),
            await wrong.get("none"),
        ]
    codes = ["", "", "", "JOB_NOT_FOUND", "FORBIDDEN", "INVALID_REQUEST", "FORBIDDEN"]
    assert [a.code for a in answers] == [*codes, "UNAUTHORIZED", "", "UNAUTHORIZED"]
    assert all(a.headers.keys() >= HEADERS for a in answers)
    left = [int(answer.headers["x-ratelimit-remaining"]) for answer in answers]
    assert left == [99, 98, 97, 96, 95, 94, 93, 99, 98, 97]
    assert "x-http-code" not in answers[4].headers


async def test_refused_creates_cost_no_allowance(redis_url: str) -> None:
    async with (
        running_gateway(redis_url, rate_limit_jobs="2/hour", in_flight=1) as address,
        connected(address, bearer("alice")) as alice,
    ):
        first = await alice.create("alice", ("idempotency-key", "1"))
        for more in [("idempotency-key", "1")] * 3 + [("idempotency-key", "2")] * 3:
            await alice.create("alice", more)
        await alice.create("alice", prompt="short")
        named = jobs_pb2.CancelJobRequest(job_id=first.message.job_id)
        await alice.call(alice.jobs.CancelJob, named)
        second = await alice.create("alice")
        named = jobs_pb2.CancelJobRequest(job_id=second.message.job_id)
        await alice.call(alice.jobs.CancelJob, named)
        third = await alice.create("alice")
    assert (second.code, third.code) == ("", "RATE_LIMIT_EXCEEDED")
    assert third.headers["x-ratelimit-limit"] == "2"
    policies = '"requests";q=100;w=900, "new jobs";q=2;w=3600'
    assert third.headers["ratelimit-policy"] == policies
    left = re.fullmatch(
        r'"requests";r=\d+;t=(\d+), "new jobs";r=0;t=(\d+)', third.headers["ratelimit"]
    )
    assert left
    assert 890 <= int(left[1]) <= 901
    assert 3590 <= int(left[2]) <= 3601


async def test_job_policy_holds_for_two_gateways_at_once(redis_url: str) -> None:
    policy = {"rate_limit_jobs": "5/hour"}
    async with (
        running_gateway(redis_url, **policy) as one,
        running_gateway(redis_url, **policy) as two,
        connected(one, bearer("alice")) as first,
        connected(two, bearer("alice")) as second,
    ):
        answers = await asyncio.gather(
            *(client.create("alice") for client in (first, second) for _ in range(8))
        )
        listed = await first.call(first.jobs.ListJobs, jobs_pb2.ListJobsRequest())
    assert sorted(answer.code for answer in answers) == [""] * 5 + ["RATE_LIMIT_EXCEEDED"] * 11
    assert listed.message.count == 5


async def test_cutting_again_has_a_policy_of_its_own_and_no_budget(
    redis_url: str, tmp_path: Path, forks: ForkServer
) -> None:
    kept = storage_pb2.Generation(generation_id=GENERATION, user_id="alice", job_id="gen-1")
    kept.masters.add(model="m").image.CopyFrom(storage_pb2.StoredImage(width=9, height=9))
    with Redis.from_url(redis_url) as redis:
        redis.hset(keys.spent("alice", this_month()), "cost_micros", 10_000)
    settings = StorageSettings(directory=tmp_path, drain_seconds=0, grace_seconds=0)
    with storage_process(settings, forks) as (_, port):
        async with storage_at(port) as storage:
            await storage.SaveGeneration(storage_pb2.SaveGenerationRequest(generation=kept))
        async with (
            running_gateway(
                redis_url,
                budget_usd=0.01,
                rate_limit_renditions="2/hour",
                storage_address=f"127.0.0.1:{port}",
            ) as address,
            connected(address, bearer("alice")) as alice,
        ):
            assert (await alice.create("alice")).code == "BUDGET_EXCEEDED"
            stub: Any = RenditionServiceStub(alice.channel)
            order = renditions_pb2.RenditionOrder(platform="x-post")
            cut = renditions_pb2.CreateRenditionsRequest(
                generation_id=GENERATION, renditions=[order]
            )
            answers = [await alice.call(stub.CreateRenditions, cut) for _ in range(3)]
    assert [answer.code for answer in answers] == ["", "", "RATE_LIMIT_EXCEEDED"]
    assert answers[2].headers["x-ratelimit-limit"] == "2"


async def test_client_address_counts_only_from_a_trusted_proxy(redis_url: str) -> None:
    told = [("x-client-address", f"203.0.113.{n}") for n in range(3)]
    left = {}
    for trusted in ("127.0.0.1/32", "192.0.2.0/24"):
        async with (
            running_gateway(redis_url, trusted_proxies=(trusted,)) as address,
            connected(address) as nobody,
        ):
            request = jobs_pb2.GetJobRequest(job_id="none")
            answers = [await nobody.call(nobody.jobs.GetJob, request, one) for one in told]
            left[trusted] = [answer.headers["x-ratelimit-remaining"] for answer in answers]
    assert left == {"127.0.0.1/32": ["99", "99", "99"], "192.0.2.0/24": ["99", "98", "97"]}
