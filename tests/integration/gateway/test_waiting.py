"""`Prefer: wait`: the usual answer, later, with the job if it has ended."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from redis import Redis
from snapasset.gateway.v1 import jobs_pb2

from services.common.serve import running
from services.gateway.opening import open_gateway
from services.gateway.settings import GatewaySettings
from services.jobs.connections import open_async_redis
from tests.eventually import eventually
from tests.servers.gateway import ISSUER, SECRET, Client, bearer, connected, running_gateway
from tests.unit.jobs.shop import RESULT, Shop, open_shop

WAIT = ("prefer", "respond-async, wait=20")
KEY = ("idempotency-key", "1")


@asynccontextmanager
async def shop_on(redis_url: str) -> AsyncIterator[Shop]:
    with Redis.from_url(redis_url) as redis:
        async with open_async_redis(redis_url) as async_redis:
            yield open_shop(redis, async_redis)


async def complete_next(shop: Shop) -> None:
    taken = await asyncio.to_thread(shop.claims.take, 20)
    assert taken
    await asyncio.to_thread(shop.claims.claim, taken.job_id, "worker-1", "token")
    await asyncio.to_thread(shop.claims.complete, taken.job_id, "token", RESULT)


async def subscribed(shop: Shop, job_ids: str = "gen-*") -> None:
    await eventually(lambda: bool(shop.redis.pubsub_channels(f"snapasset:changes:{job_ids}")))


async def test_a_caller_who_waits_gets_the_job_with_the_usual_answer(redis_url: str) -> None:
    async with (
        running_gateway(redis_url) as address,
        connected(address, bearer("alice")) as alice,
        shop_on(redis_url) as shop,
    ):
        creating = asyncio.create_task(alice.create("alice", WAIT, KEY))
        await subscribed(shop)
        await complete_next(shop)
        created = await creating
        shown = (await alice.get(created.message.job_id)).message
        replayed = await alice.create("alice", WAIT, KEY)
    assert created.message.status == "queued"
    assert created.message.job == shown
    assert shown.status == "completed"
    assert created.headers["preference-applied"] == "wait=20"
    assert created.headers["x-http-code"] == "201"
    assert replayed.message.job == shown
    assert replayed.headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize(
    ("preferred", "applied"), [("wait=1", "wait=1"), ("wait=0", "wait=0"), ("wait=x", None)]
)
async def test_a_job_that_does_not_end_in_time_leaves_the_answer_as_usual(
    redis_url: str, preferred: str, applied: str | None
) -> None:
    async with (
        running_gateway(redis_url) as address,
        connected(address, bearer("alice")) as alice,
    ):
        created = await alice.create("alice", ("prefer", preferred))
    assert created.message.job_id
    assert not created.message.HasField("job")
    assert created.headers.get("preference-applied") == applied


async def test_callers_beyond_the_bound_get_their_answer_at_once(redis_url: str) -> None:
    async with (
        running_gateway(redis_url, waiting_callers=1) as address,
        connected(address, bearer("alice")) as alice,
        shop_on(redis_url) as shop,
    ):
        first = asyncio.create_task(alice.create("alice", WAIT))
        await subscribed(shop)
        second = await alice.create("alice", WAIT)
        assert not first.done()
        await complete_next(shop)
        assert (await first).message.HasField("job")
    assert second.message.job_id
    assert "preference-applied" not in second.headers


async def test_a_wait_ends_before_the_callers_own_deadline(redis_url: str) -> None:
    order = jobs_pb2.CreateJobRequest(
        user_id="alice", prompt="A lighthouse in a storm", platforms=["instagram-post"]
    )
    async with (
        running_gateway(redis_url) as address,
        connected(address) as nobody,
    ):
        metadata = (bearer("alice"), WAIT)
        created = await nobody.jobs.CreateJob(order, metadata=metadata, timeout=3)
    assert created.job_id


async def test_a_gateway_that_stops_answers_those_who_wait(redis_url: str) -> None:
    settings = GatewaySettings(
        jwt_secret=SECRET, jwt_issuer=ISSUER, redis_url=redis_url, drain_seconds=0, grace_seconds=10
    )
    async with shop_on(redis_url) as shop, open_gateway(settings) as parts:
        serving = running(settings, 0, parts.registrations, parts.arounds, parts.draining)
        port = await serving.__aenter__()
        async with connected(f"127.0.0.1:{port}", bearer("alice")) as alice:
            creating = asyncio.create_task(_create(alice))
            await subscribed(shop)
            async with asyncio.timeout(9):  # less than the wait
                await serving.__aexit__(None, None, None)
                assert await creating


async def _create(client: Client) -> str:
    return str((await client.create("alice", WAIT)).message.job_id)
