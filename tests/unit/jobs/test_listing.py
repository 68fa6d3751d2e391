from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.common.errors import InvalidRequest
from services.jobs import keys
from services.jobs.selection import Selection
from services.jobs.values import CustomSize, Status, created_at
from tests.unit.jobs.shop import ADA, Shop, spec_of

ALL = Selection(owner="ada")
STORY = replace(ADA, platforms=("instagram-story",))


async def listed(shop: Shop, selection: Selection, limit: int = 3) -> list[str]:
    """Return the ids on all pages."""
    seen, cursor = [], ""
    while True:
        page = await shop.listing.page(selection, limit, cursor)
        assert len(page.jobs) <= limit
        seen += [job.id for job in page.jobs]
        if not (cursor := page.next_cursor):
            return seen


async def test_pages_list_an_owners_jobs_newest_first_and_each_once(shop: Shop) -> None:
    jobs = sorted((shop.create() for _ in range(7)), reverse=True)
    shop.create(spec_of("bob"))
    assert await listed(shop, ALL) == jobs
    assert await listed(shop, ALL, limit=7) == jobs


async def test_pages_from_the_oldest_on_also_show_what_is_created_meanwhile(shop: Shop) -> None:
    jobs = sorted(shop.create() for _ in range(4))
    oldest_first = replace(ALL, oldest_first=True)
    first = await shop.listing.page(oldest_first, 3, "")
    late = shop.create()
    second = await shop.listing.page(oldest_first, 3, first.next_cursor)
    assert [job.id for job in (*first.jobs, *second.jobs)] == [*jobs, late]


async def test_a_page_of_one_state_holds_only_that(shop: Shop) -> None:
    ended = shop.completed()
    shop.create()
    assert await listed(shop, replace(ALL, status=Status.COMPLETED)) == [ended]


async def test_a_stretch_of_time_begins_with_its_first_moment_and_ends_before_its_last(
    shop: Shop,
) -> None:
    early, late = shop.create(), shop.create()
    while created_at(early) == created_at(late):
        late = shop.create()
    by_time = replace(ALL, created_from=created_at(early), created_before=created_at(late))
    assert early in await listed(shop, by_time)
    assert late not in await listed(shop, by_time)
    after = replace(ALL, created_from=created_at(early) + timedelta(microseconds=1))
    assert early not in await listed(shop, after)
    assert late in await listed(shop, replace(after, oldest_first=True), limit=1)


async def test_a_stretch_that_ends_before_it_begins_holds_no_job(shop: Shop) -> None:
    begins = created_at(shop.create()) - timedelta(hours=1)
    ends = begins - timedelta(seconds=1)
    assert await listed(shop, replace(ALL, created_from=begins, created_before=ends)) == []


async def test_a_cursor_is_a_place_from_which_other_filters_go_on(shop: Shop) -> None:
    ended = shop.completed()
    jobs = sorted([ended, *(shop.create() for _ in range(3))])
    middle = (await shop.listing.page(ALL, 2, "")).next_cursor
    assert middle == jobs[2]
    for selection, found in (
        (ALL, jobs[1::-1]),
        (replace(ALL, status=Status.COMPLETED), [one for one in jobs[1::-1] if one == ended]),
        (replace(ALL, platform="x-header"), []),
        (replace(ALL, oldest_first=True), jobs[3:]),
    ):
        page = await shop.listing.page(selection, 10, middle)
        assert [job.id for job in page.jobs] == found


@pytest.mark.parametrize("moment", [datetime.min, datetime.max])
async def test_a_time_beyond_all_jobs_is_a_time(shop: Shop, moment: datetime) -> None:
    job, moment = shop.create(), moment.replace(tzinfo=UTC)
    before = [job] if moment.year == datetime.max.year else []
    assert await listed(shop, replace(ALL, created_before=moment)) == before
    assert await listed(shop, replace(ALL, created_from=moment)) == ([] if before else [job])


async def test_jobs_are_found_by_platform_and_by_the_name_of_a_size(shop: Shop) -> None:
    story = shop.create(STORY)
    poster = shop.create(replace(STORY, sizes=(CustomSize(name="poster", width=100, height=100),)))
    shop.create()
    # Made within one millisecond, they stand in either order.
    assert {*await listed(shop, replace(ALL, platform="instagram-story"))} == {poster, story}
    assert await listed(shop, replace(ALL, platform="poster")) == [poster]


async def test_a_page_reads_a_bounded_number_of_jobs_however_few_match(shop: Shop) -> None:
    wanted = shop.create(STORY)
    for _ in range(501):
        shop.create()
    selection = replace(ALL, platform="instagram-story")
    page = await shop.listing.page(selection, 10, "")
    assert (page.jobs, page.next_cursor != "") == ([], True)
    assert await listed(shop, selection) == [wanted]


async def test_a_foreign_cursor_is_refused(shop: Shop) -> None:
    with pytest.raises(InvalidRequest):
        await shop.listing.page(ALL, 10, "[gen")


async def test_forgotten_jobs_drop_out_of_the_list(shop: Shop) -> None:
    job_id = shop.completed()
    shop.redis.delete(f"rq:job:{job_id}", keys.state(job_id))
    assert await listed(shop, ALL) == []
    assert shop.redis.zcard(keys.owned("ada")) == 0


async def test_a_record_that_cannot_be_read_does_not_hide_the_others(shop: Shop) -> None:
    jobs = [shop.completed() for _ in range(3)]
    shop.redis.hset(keys.state(jobs[1]), "result", '{"generation_id": "1", "master": {}}')
    assert await listed(shop, ALL) == [jobs[2], jobs[0]]
