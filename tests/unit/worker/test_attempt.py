"""What an attempt makes of its end; the work itself is a fake generator's."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from services.common.errors import (
    AppError,
    Busy,
    InternalError,
    ModerationBlocked,
    ProviderRateLimited,
    ProviderUnavailable,
)
from services.common.options import JobOptions
from services.common.telemetry import Telemetry
from services.jobs.claims import Claims
from services.jobs.line import Taken
from services.jobs.reader import Reader
from services.jobs.records import Records
from services.jobs.repairs import Repairs
from services.jobs.replication import Replication
from services.jobs.reports import Reports
from services.jobs.spend.books import Books
from services.jobs.values import Job, JobSpec, Status
from services.leaves.purchases import ImageOrder
from services.worker.attempt import Attempts
from services.worker.observing import Observing
from services.worker.pipeline.work import Ports
from services.worker.settling import RetryPolicy
from services.worker.spending import LeasedSpending, SpendMetrics
from tests.servers.jobs import put_in_line
from tests.unit.worker.pipeline.test_partial import Picky
from tests.unit.worker.pipeline.world import World

SPEC = JobSpec(user_id="ada", prompt="A lighthouse", platforms=("twitter-post",))


class Broken(World):
    """A world whose generator raises what it is told."""

    def __init__(self, error: Exception) -> None:
        super().__init__(SPEC)
        self.error = error

    async def generate(self, order: ImageOrder) -> AsyncIterator[Any]:
        raise self.error
        yield


async def attempt(redis: Redis, async_redis: AsyncRedis, world: World, *, times: int = 1) -> Job:
    """Run a job so often, each time as soon as it is delayed; return it as it is then."""
    lease = timedelta(seconds=20)
    records = Records(redis, retention=timedelta(hours=1), lease=lease)
    claims, repairs = Claims(records), Repairs(records)
    books, metrics = Books(async_redis), SpendMetrics(CollectorRegistry())
    attempts = Attempts(
        claims,
        Reports(async_redis, lease),
        Ports(generator=world, resizer=world, store=world, uploads=world.uploads),
        spool=world,
        spending=lambda token: LeasedSpending(books, metrics, Replication(async_redis, 0), token),
        observing=Observing(Telemetry()),
        policy=RetryPolicy(attempts=3, refusals=6, backoff_seconds=10),
    )
    job_id = put_in_line(records, world.spec)
    for number in range(times):
        if number:
            redis.hset(f"snapasset:job:{job_id}", "next_run_at", 0)
            repairs.wake(job_id)
        assert claims.take(1) == Taken(job_id=job_id, gave_way=False)
        await attempts.make(job_id, "worker-1", lambda: False)
    assert not attempts.tokens
    await books.close()
    return await Reader(async_redis).get(job_id)


async def test_an_attempt_that_goes_well_completes_the_job(
    redis: Redis, async_redis: AsyncRedis
) -> None:
    job = await attempt(redis, async_redis, World(SPEC))
    assert (job.status, job.progress) == (Status.COMPLETED, 100)


@pytest.mark.parametrize(
    ("error", "times", "status", "attempts"),
    [
        (ModerationBlocked("No."), 1, Status.FAILED, 1),
        (ProviderUnavailable("Later."), 1, Status.DELAYED, 1),
        (ProviderUnavailable("Later."), 3, Status.FAILED, 3),
        (Busy("Full."), 1, Status.DELAYED, 0),
        (Busy("Full."), 5, Status.DELAYED, 0),
        (Busy("Full."), 6, Status.FAILED, 1),
        (ZeroDivisionError("a mistake of ours"), 1, Status.DELAYED, 1),
    ],
)
async def test_an_attempt_that_fails_fails_or_delays_the_job(
    redis: Redis,
    async_redis: AsyncRedis,
    error: Exception,
    times: int,
    status: Status,
    attempts: int,
) -> None:
    job = await attempt(redis, async_redis, Broken(error), times=times)
    assert (job.status, job.attempts) == (status, attempts)
    assert job.failure
    shown = error if isinstance(error, AppError) else InternalError("")
    assert job.failure.code == shown.code
    assert "mistake" not in job.failure.message


async def test_a_service_without_room_is_asked_less_and_less_often(
    redis: Redis, async_redis: AsyncRedis
) -> None:
    for times, least, most in ((1, 5, 15), (2, 10, 30), (5, 30, 30)):
        began = datetime.now(UTC)
        job = await attempt(redis, async_redis, Broken(Busy("Full.")), times=times)
        assert job.next_run_at
        assert least <= (job.next_run_at - began).total_seconds() < most + 1


@pytest.mark.parametrize(
    ("wanted", "least", "most"), [(None, 5, 15), (60.0, 60, 66.5), (900.0, 900, 990.5)]
)
async def test_the_pause_is_never_shorter_than_asked(
    redis: Redis, async_redis: AsyncRedis, wanted: float | None, least: float, most: float
) -> None:
    began = datetime.now(UTC)
    error = ProviderRateLimited("Slow down.", retry_after_seconds=wanted)
    job = await attempt(redis, async_redis, Broken(error))
    assert job.next_run_at
    assert least <= (job.next_run_at - began).total_seconds() < most + 1


async def test_a_job_that_can_be_made_in_part_completes_and_tells_what_is_missing(
    redis: Redis, async_redis: AsyncRedis
) -> None:
    spec = replace(SPEC, options=JobOptions(variants=2))
    world = Picky(spec, master_2=ProviderUnavailable("Later."))
    job = await attempt(redis, async_redis, world)
    assert (job.status, len(job.images)) == (Status.DELAYED, 1)
    redis.flushdb()
    world = Picky(spec, master_2=ProviderUnavailable("Later."))
    job = await attempt(redis, async_redis, world, times=3)
    assert (job.status, job.progress, job.failure) == (Status.COMPLETED, 100, None)
    assert job.result
    [missing] = job.result.failures
    assert (missing.master, missing.failure.code) == (2, "PROVIDER_UNAVAILABLE")
    assert world.charged == 1
