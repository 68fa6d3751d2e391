from dataclasses import replace

import pytest

from services.common.errors import JobNotFound
from services.jobs.source import Source
from services.jobs.values import Status, new_job_id
from tests.unit.jobs.shop import ADA, RESULT, Shop


async def test_an_unknown_job_is_not_found(shop: Shop) -> None:
    with pytest.raises(JobNotFound):
        await shop.reader.get(new_job_id())


async def test_every_state_is_counted(shop: Shop) -> None:
    shop.completed()
    shop.failed()
    shop.moves.cancel(shop.create())
    shop.active()
    shop.delayed()
    shop.create()
    assert set((await shop.figures.counts()).items()) == {(status, 1) for status in Status}


async def test_the_usual_duration_is_that_of_completed_jobs(shop: Shop) -> None:
    assert await shop.figures.usual_seconds() is None
    shop.completed()
    usual = await shop.figures.usual_seconds()
    assert usual is not None
    assert 0 <= usual < 5


async def test_a_job_that_buys_nothing_does_not_shorten_what_others_are_promised(
    shop: Shop,
) -> None:
    claim = shop.active(replace(ADA, source=Source(generation_id=RESULT.generation_id, master=1)))
    shop.claims.complete(claim.job_id, claim.token, RESULT)
    assert await shop.figures.usual_seconds() is None


async def test_jobs_that_ended_before_a_moment_are_found(shop: Shop) -> None:
    job_id, now = shop.completed(), shop.now()
    assert await shop.reader.ended_before(Status.COMPLETED, now + 1, 3600) == [job_id]
    assert await shop.reader.ended_before(Status.COMPLETED, now - 60, 3600) == []
