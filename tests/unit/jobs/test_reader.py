import pytest

from services.common.errors import InvalidRequest, JobNotFound
from services.jobs import keys
from services.jobs.values import Status, new_job_id
from tests.unit.jobs.shop import Shop, spec_of


async def test_an_unknown_job_is_not_found(shop: Shop) -> None:
    with pytest.raises(JobNotFound):
        await shop.reader.get(new_job_id())


async def test_pages_list_an_owners_jobs_newest_first_and_each_once(shop: Shop) -> None:
    jobs = sorted((shop.create() for _ in range(7)), reverse=True)
    shop.create(spec_of("bob"))
    seen, cursor = [], ""
    while True:
        page = await shop.reader.page("ada", None, 3, cursor)
        seen += [job.id for job in page.jobs]
        if not (cursor := page.next_cursor):
            break
    assert seen == jobs


async def test_a_page_of_one_state_holds_only_that(shop: Shop) -> None:
    ended = shop.completed()
    shop.create()
    page = await shop.reader.page("ada", Status.COMPLETED, 10, "")
    assert [job.id for job in page.jobs] == [ended]


async def test_a_foreign_cursor_is_refused(shop: Shop) -> None:
    with pytest.raises(InvalidRequest):
        await shop.reader.page("ada", None, 10, "[gen")


async def test_forgotten_jobs_drop_out_of_the_list(shop: Shop) -> None:
    job_id = shop.completed()
    shop.redis.delete(f"rq:job:{job_id}", keys.state(job_id))
    assert not (await shop.reader.page("ada", None, 10, "")).jobs
    assert shop.redis.zcard(keys.owned("ada")) == 0


async def test_a_record_that_cannot_be_read_does_not_hide_the_others(shop: Shop) -> None:
    jobs = [shop.completed() for _ in range(3)]
    shop.redis.hset(keys.state(jobs[1]), "result", '{"generation_id": "1", "master": {}}')
    page = await shop.reader.page("ada", None, 10, "")
    assert [job.id for job in page.jobs] == [jobs[2], jobs[0]]


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


async def test_jobs_that_ended_before_a_moment_are_found(shop: Shop) -> None:
    job_id, now = shop.completed(), shop.now()
    assert await shop.reader.ended_before(Status.COMPLETED, now + 1, 3600) == [job_id]
    assert await shop.reader.ended_before(Status.COMPLETED, now - 60, 3600) == []
