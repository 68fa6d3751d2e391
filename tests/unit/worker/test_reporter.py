"""What reaches Redis of an attempt's reports, and when."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, cast

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import ConnectionError as RedisConnectionError

from services.jobs import keys
from services.jobs.checkpoint import Checkpoint
from services.jobs.claim import LeaseLost
from services.jobs.reports import Report, Reports
from services.worker.reporter import LeasedReporter
from tests.unit.jobs.shop import BOUGHT, open_shop

KEPT = Checkpoint(purchases=[BOUGHT])


class Noted(Reports):
    """Notes the reports instead of writing them; raises `error` if there is one."""

    def __init__(self, error: Exception | None = None) -> None:
        self.told: list[Report] = []
        self.error = error
        self.changed = asyncio.Event()

    async def report(self, job_id: str, token: str, report: Report) -> None:
        self.told.append(report)
        self.changed.set()
        if self.error:
            raise self.error


async def test_what_comes_together_is_one_report_with_the_latest_words() -> None:
    noted = Noted()
    async with LeasedReporter(noted, "job", "token") as reporter:
        await reporter.report(progress=10, message="Starting", log="one")
        await reporter.report(progress=5)
        await reporter.report(message="Painting", log="two")
        assert noted.told == []
        await noted.changed.wait()
    assert noted.told == [Report(progress=10, message="Painting", logs=("one", "two"))]


async def test_a_checkpoint_is_written_at_once_and_takes_along_what_was_held_back() -> None:
    noted = Noted()
    async with LeasedReporter(noted, "job", "token") as reporter:
        await reporter.report(log="one")
        await reporter.report(progress=40, checkpoint=KEPT)
        assert noted.told == [Report(progress=40, logs=("one",), checkpoint=KEPT)]


async def test_a_preview_is_a_report_of_its_own_behind_what_was_held_back() -> None:
    noted = Noted()
    async with LeasedReporter(noted, "job", "token") as reporter:
        await reporter.report(log="one")
        await reporter.report(preview="data:image/jpeg;x")
        assert noted.told == [Report(logs=("one",)), Report(preview="data:image/jpeg;x")]


async def test_log_lines_are_written_before_the_block_ends_however_it_ends() -> None:
    noted = Noted()
    with suppress(ZeroDivisionError):
        async with LeasedReporter(noted, "job", "token") as reporter:
            await reporter.report(progress=99, log="one")
            raise ZeroDivisionError
    assert noted.told == [Report(progress=99, logs=("one",))]


async def test_progress_that_the_end_of_the_job_overtakes_is_not_written() -> None:
    noted = Noted()
    async with LeasedReporter(noted, "job", "token") as reporter:
        await reporter.report(progress=99)
    assert noted.told == []


@pytest.mark.parametrize("error", [RedisConnectionError("away"), TimeoutError()])
async def test_an_outage_costs_a_report_and_never_the_attempt(error: Exception) -> None:
    noted = Noted(error)
    async with LeasedReporter(noted, "job", "token") as reporter:
        await reporter.report(log="one")
        await noted.changed.wait()
        await reporter.report(log="two")
    assert [one.logs for one in noted.told] == [("one",), ("two",)]


async def test_an_attempt_without_its_lease_learns_so_from_its_next_report() -> None:
    noted = Noted(LeaseLost("job"))
    async with LeasedReporter(noted, "job", "token") as reporter:
        await reporter.report(log="one")
        await noted.changed.wait()
        with pytest.raises(LeaseLost):
            await reporter.report(log="two")
    assert len(noted.told) == 1


async def test_reports_reach_redis_in_their_order(redis: Redis, async_redis: AsyncRedis) -> None:
    shop = open_shop(redis, async_redis)
    claim = shop.active()
    reports = Reports(async_redis, timedelta(seconds=20))
    async with LeasedReporter(reports, claim.job_id, claim.token) as reporter:
        for number in range(60):
            checkpoint = KEPT if number % 7 == 0 else None
            await reporter.report(log=f"line {number}", checkpoint=checkpoint)
    kept = cast(Sequence[Any], redis.lrange(keys.logs(claim.job_id), 0, -1))
    assert [line.decode() for line in kept] == [f"line {number}" for number in range(60)]
