import json
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from snapasset.gateway.v1.jobs_pb2 import CancelJobRequest, RetryJobRequest
from snapasset.gateway.v1.usage_pb2 import GetUsageRequest
from snapasset.gateway.v1.usage_pb2_grpc import UsageServiceStub

from services.common.charge import Charge
from services.jobs import keys
from services.jobs.checkpoint import Checkpoint
from services.jobs.claims import Claims
from services.jobs.records import Records
from services.jobs.spend.books import Books
from services.jobs.spend.purchases import Intent, Outcome, month_of
from tests.servers.gateway import bearer, connected, running_gateway
from tests.unit.jobs.shop import BOUGHT

PAID = Outcome(
    charge=Charge.CHARGED, images=1, input_tokens=10, output_tokens=1000, cost_micros=40_000
)


async def spend(redis_url: str, owner: str) -> None:
    async with AsyncRedis.from_url(redis_url) as redis:
        books = Books(redis)
        bought = Intent(owner=owner, job_id="gen-1", master=1, number=1, estimate_micros=0)
        books.settle(bought, PAID)
        await books.close()


async def test_usage_shows_the_callers_month(redis_url: str) -> None:
    await spend(redis_url, "alice")
    async with (
        running_gateway(redis_url, budget_usd=1.5) as address,
        connected(address, bearer("alice")) as alice,
    ):
        rpc = UsageServiceStub(alice.channel).GetUsage
        usage = (await alice.call(rpc, GetUsageRequest())).message
    assert (usage.user_id, usage.month) == ("alice", month_of(datetime.now(UTC)))
    assert (usage.calls, usage.images, usage.output_tokens) == (1, 1, 1000)
    assert (usage.estimated_cost_usd, usage.budget_usd) == (0.04, 1.5)


async def test_usage_shows_purchases_that_may_have_been_paid(redis_url: str) -> None:
    async with (
        running_gateway(redis_url) as address,
        connected(address, bearer("alice")) as alice,
    ):
        job_id = (await alice.create("alice")).message.job_id
        with Redis.from_url(redis_url) as redis:
            hour = timedelta(hours=1)
            claims = Claims(Records(redis, retention=hour, lease=hour))
            assert claims.claim(job_id, "worker-1", "token")
        begun = Intent(owner="alice", job_id=job_id, master=1, number=1, estimate_micros=50_000)
        async with AsyncRedis.from_url(redis_url) as async_redis:
            await Books(async_redis).intend("token", begun)
        rpc = UsageServiceStub(alice.channel).GetUsage
        usage = (await alice.call(rpc, GetUsageRequest())).message
    assert (usage.uncertain, usage.uncertain_cost_usd) == (1, 0.05)
    assert (usage.calls, usage.estimated_cost_usd) == (0, 0)


async def test_what_is_no_month_or_no_business_of_the_caller_is_refused(redis_url: str) -> None:
    async with (
        running_gateway(redis_url) as address,
        connected(address, bearer("alice")) as alice,
    ):
        rpc = UsageServiceStub(alice.channel).GetUsage
        codes = [
            (await alice.call(rpc, GetUsageRequest(month="November"))).code,
            (await alice.call(rpc, GetUsageRequest(user_id="bob"))).code,
        ]
    assert codes == ["INVALID_REQUEST", "FORBIDDEN"]


async def test_a_spent_budget_refuses_new_jobs(redis_url: str) -> None:
    await spend(redis_url, "alice")
    async with running_gateway(redis_url, budget_usd=0.04) as address:
        async with connected(address, bearer("alice")) as alice:
            refused = await alice.create("alice")
        async with connected(address, bearer("bob")) as bob:
            accepted = await bob.create("bob")
    assert (refused.code, accepted.code) == ("BUDGET_EXCEEDED", "")


async def test_a_replay_is_answered_though_the_budget_is_spent_by_now(redis_url: str) -> None:
    key = ("idempotency-key", "once")
    async with (
        running_gateway(redis_url, budget_usd=0.04) as address,
        connected(address, bearer("alice")) as alice,
    ):
        first = await alice.create("alice", key)
        await spend(redis_url, "alice")
        again, another = await alice.create("alice", key), await alice.create("alice")
    assert again.message.job_id == first.message.job_id
    assert another.code == "BUDGET_EXCEEDED"


async def test_a_retry_that_has_to_buy_is_held_against_the_limit_on_jobs(redis_url: str) -> None:
    async with (
        running_gateway(redis_url, rate_limit_jobs="2/hour") as address,
        connected(address, bearer("alice")) as alice,
    ):
        job_id = (await alice.create("alice")).message.job_id
        codes, headers = [], {}
        for _ in range(2):
            await alice.call(alice.jobs.CancelJob, CancelJobRequest(job_id=job_id))
            answer = await alice.call(alice.jobs.RetryJob, RetryJobRequest(job_id=job_id))
            codes.append(answer.code)
            headers = answer.headers
    assert codes == ["", "RATE_LIMIT_EXCEEDED"]
    assert (headers["x-ratelimit-limit"], headers["x-ratelimit-remaining"]) == ("2", "0")


@pytest.mark.parametrize(
    ("checkpoint", "code"),
    [(Checkpoint(), "BUDGET_EXCEEDED"), (Checkpoint(purchases=[BOUGHT]), "")],
)
async def test_a_spent_budget_refuses_a_retry_that_has_its_image_still_to_buy(
    redis_url: str, checkpoint: Checkpoint, code: str
) -> None:
    async with (
        running_gateway(redis_url, budget_usd=0.04) as address,
        connected(address, bearer("alice")) as alice,
    ):
        job_id = (await alice.create("alice")).message.job_id
        await alice.call(alice.jobs.CancelJob, CancelJobRequest(job_id=job_id))
        with Redis.from_url(redis_url) as redis:
            redis.hset(keys.state(job_id), "checkpoint", json.dumps(checkpoint.to_json()))
        await spend(redis_url, "alice")
        answer = await alice.call(alice.jobs.RetryJob, RetryJobRequest(job_id=job_id))
    assert answer.code == code
