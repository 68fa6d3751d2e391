import json
from collections.abc import Callable
from typing import Any, cast

import pytest
from redis.client import PubSub

from services.jobs import keys, rq_record
from services.jobs.lost import bury
from services.jobs.values import Status
from tests.unit.jobs.shop import Shop

PARTS = {"RQ's record": [rq_record.key_of], "our state": [keys.state]}
STATUSES: dict[str, Callable[[Shop], str]] = {
    "waiting": Shop.create,
    "active": lambda shop: shop.active().job_id,
    "delayed": lambda shop: shop.delayed().job_id,
    "failed": Shop.failed,
}


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
@pytest.mark.parametrize("begin", STATUSES.values(), ids=STATUSES)
def test_a_lost_job_leaves_no_trace(
    shop: Shop, begin: Callable[[Shop], str], part: list[Callable[[str], str]]
) -> None:
    job_id, other = begin(shop), begin(shop)
    for key in part:
        shop.redis.delete(key(job_id))
    bury(shop.redis, job_id)
    assert not [key for key in shop.redis.scan_iter() if holds(shop, key, job_id)]
    assert [key for key in shop.redis.scan_iter() if holds(shop, key, other)]


def test_a_job_that_is_whole_is_left_alone(shop: Shop) -> None:
    job_id = shop.create()
    bury(shop.redis, job_id)
    assert shop.begin(job_id)


def test_the_watchers_of_a_lost_job_are_told(shop: Shop) -> None:
    job_id = shop.create()
    with cast(PubSub, cast(Any, shop.redis).pubsub()) as pubsub:
        pubsub.subscribe(keys.channel(job_id))
        pubsub.get_message(timeout=5)
        shop.redis.delete(rq_record.key_of(job_id))
        bury(shop.redis, job_id)
        told = json.loads(pubsub.get_message(timeout=5)["data"])
    assert (told["type"], told["failure"]["code"]) == ("done", "JOB_LOST")


async def test_a_worker_gives_up_a_job_whose_record_is_lost(shop: Shop) -> None:
    lost, kept = shop.active(), shop.active()
    shop.redis.delete(rq_record.key_of(lost.job_id))
    tokens = {one.job_id: one.token for one in (lost, kept)}
    assert await shop.reports.renew(tokens) == [lost.job_id]


async def test_lost_jobs_are_found_among_many(shop: Shop) -> None:
    jobs = [shop.create() for _ in range(5)]
    shop.redis.delete(rq_record.key_of(jobs[1]))
    shop.redis.delete(keys.state(jobs[3]))
    assert await shop.reader.gone(jobs) == [jobs[1], jobs[3]]


async def test_a_lost_job_frees_its_place_when_it_is_taken(shop: Shop) -> None:
    waiting = shop.create()
    shop.redis.delete(rq_record.key_of(waiting))
    assert shop.claims.claim(str(shop.take()), "worker-1", "token") is None
    counts = await shop.figures.counts()
    assert counts[Status.WAITING] == 0
    assert not shop.redis.exists(keys.owned("ada"), keys.owned("ada", Status.WAITING), keys.TAKEN)


def holds(shop: Shop, key: bytes, job_id: str) -> bool:
    """Return whether a key is named after a job or has it in it."""
    if job_id.encode() in key:
        return True
    kind = shop.redis.type(key)
    members: list[Any] = []
    if kind == b"list":
        members = shop.redis.lrange(key, 0, -1)
    elif kind == b"zset":
        members = shop.redis.zrange(key, 0, -1)
    return any(job_id.encode() in member for member in members)
