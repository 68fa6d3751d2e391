import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from redis.client import PubSub

from services.common.errors import JobNotCancellable, JobNotFound, JobNotRetryable
from services.jobs import codec, keys, rq_record
from services.jobs.checkpoint import Checkpoint
from services.jobs.claim import LeaseLost
from services.jobs.values import PartFailure, Status, new_job_id
from tests.unit.jobs.shop import ADA, BOUGHT, FAILURE, RESULT, Shop


async def test_a_new_job_waits(shop: Shop) -> None:
    job = await shop.reader.get(shop.create())
    assert (job.spec, job.status, job.progress, job.attempts) == (ADA, Status.WAITING, 0, 0)
    assert job.request_id == "request-1"
    assert [job.processed_at, job.finished_at, job.failure, job.result] == [None] * 4


async def test_a_claimed_job_is_active_and_counts_an_attempt(shop: Shop) -> None:
    claim = shop.active()
    job = await shop.reader.get(claim.job_id)
    assert (job.status, job.attempts, claim.attempt) == (Status.ACTIVE, 1, 1)
    assert (claim.spec, claim.checkpoint, claim.request_id) == (ADA, Checkpoint(), "request-1")
    assert job.processed_at


def test_only_one_of_many_workers_claims_a_job(shop: Shop) -> None:
    job_id = shop.create()
    claims = []

    def claim(number: int) -> None:
        claims.append(shop.claims.claim(job_id, f"worker-{number}", f"token-{number}"))

    threads = [threading.Thread(target=claim, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in claims if one]) == 1


def test_a_claim_whose_answer_was_lost_can_be_repeated(shop: Shop) -> None:
    first = shop.active()
    assert shop.claims.claim(first.job_id, "worker-1", first.token) == first


async def test_a_completed_job_shows_its_result(shop: Shop) -> None:
    job = await shop.reader.get(shop.completed())
    assert (job.status, job.progress, job.result) == (Status.COMPLETED, 100, RESULT)
    assert job.finished_at


async def test_a_failed_job_shows_why(shop: Shop) -> None:
    job = await shop.reader.get(shop.failed())
    assert (job.status, job.failure) == (Status.FAILED, FAILURE)


async def test_a_delayed_job_shows_why_and_when_it_runs_next(shop: Shop) -> None:
    before = datetime.now(UTC)
    claim = shop.delayed(timedelta(seconds=90))
    job = await shop.reader.get(claim.job_id)
    assert (job.status, job.failure, job.attempts) == (Status.DELAYED, FAILURE, 1)
    assert job.next_run_at
    assert before + timedelta(seconds=90) <= job.next_run_at < before + timedelta(seconds=95)


async def test_an_attempt_that_was_not_begun_does_not_count(shop: Shop) -> None:
    claim = shop.active()
    shop.claims.delay(claim.job_id, claim.token, FAILURE, timedelta(0), refused=True)
    assert (await shop.reader.get(claim.job_id)).attempts == 0


async def test_a_job_handed_back_is_the_next_one_and_has_lost_no_attempt(shop: Shop) -> None:
    claim = shop.active()
    shop.create()
    shop.claims.hand_back(claim.job_id, claim.token)
    assert (await shop.reader.get(claim.job_id)).attempts == 0
    assert shop.begin(claim.job_id).attempt == 1


@pytest.mark.parametrize("begin", [Shop.create, lambda shop: shop.active().job_id,
                                   lambda shop: shop.delayed().job_id])  # fmt: skip
async def test_a_job_that_has_not_ended_can_be_cancelled(
    shop: Shop, begin: Callable[[Shop], str]
) -> None:
    job_id = begin(shop)
    shop.moves.cancel(job_id)
    shop.moves.cancel(job_id)  # again changes nothing
    job = await shop.reader.get(job_id)
    assert (job.status, job.next_run_at, job.failure) == (Status.CANCELLED, None, None)
    assert shop.take() is None
    assert not shop.redis.exists(keys.LEASES, rq_record.WAITING, "rq:scheduled:snapasset")


@pytest.mark.parametrize("end", [Shop.completed, Shop.failed])
def test_an_ended_job_cannot_be_cancelled(shop: Shop, end: Callable[[Shop], str]) -> None:
    with pytest.raises(JobNotCancellable):
        shop.moves.cancel(end(shop))


async def test_a_failed_job_is_retried_with_fresh_attempts_and_its_checkpoint(shop: Shop) -> None:
    claim = shop.active()
    kept = Checkpoint(purchases=[BOUGHT])
    shop.redis.hset(keys.state(claim.job_id), "checkpoint", codec.dumps(kept))
    shop.claims.fail(claim.job_id, claim.token, FAILURE)
    shop.retry(claim.job_id)
    job = await shop.reader.get(claim.job_id)
    assert (job.status, job.progress, job.attempts) == (Status.WAITING, 0, 0)
    assert (job.failure, job.finished_at) == (None, None)
    again = shop.begin(claim.job_id)
    assert (again.attempt, again.checkpoint) == (1, kept)


async def test_a_job_that_completed_with_failures_is_retried_without_its_result(
    shop: Shop,
) -> None:
    claim = shop.active()
    missing = PartFailure(master=2, failure=FAILURE)
    shop.claims.complete(claim.job_id, claim.token, replace(RESULT, failures=(missing,)))
    shop.retry(claim.job_id)
    job = await shop.reader.get(claim.job_id)
    assert (job.status, job.progress, job.result) == (Status.WAITING, 0, None)


@pytest.mark.parametrize("begin", [Shop.create, Shop.completed])
def test_only_failed_and_cancelled_jobs_can_be_retried(
    shop: Shop, begin: Callable[[Shop], str]
) -> None:
    with pytest.raises(JobNotRetryable):
        shop.retry(begin(shop))


@pytest.mark.parametrize("move", ["complete", "fail", "delay", "hand_back"])
@pytest.mark.parametrize("lost_by", ["cancel", "take_over"])
def test_a_worker_that_has_lost_its_lease_changes_nothing(
    shop: Shop, move: str, lost_by: str
) -> None:
    claim = shop.active()
    shop.lose_lease(claim.job_id)
    if lost_by == "cancel":
        shop.moves.cancel(claim.job_id)
    else:
        shop.repairs.take_over(claim.job_id, 3)
        shop.begin(claim.job_id)
    before = shop.redis.hgetall(keys.state(claim.job_id))
    moves: dict[str, Callable[[], None]] = {
        "complete": lambda: shop.claims.complete(claim.job_id, claim.token, RESULT),
        "fail": lambda: shop.claims.fail(claim.job_id, claim.token, FAILURE),
        "delay": lambda: shop.claims.delay(
            claim.job_id, claim.token, FAILURE, timedelta(0), refused=False
        ),
        "hand_back": lambda: shop.claims.hand_back(claim.job_id, claim.token),
    }
    with pytest.raises(LeaseLost):
        moves[move]()
    assert shop.redis.hgetall(keys.state(claim.job_id)) == before


def test_a_job_whose_lease_holds_is_not_taken_over(shop: Shop) -> None:
    claim = shop.active()
    shop.repairs.take_over(claim.job_id, 3)
    shop.claims.complete(claim.job_id, claim.token, RESULT)


async def test_a_job_that_loses_its_worker_each_time_fails_at_last(shop: Shop) -> None:
    job_id = shop.create()
    for _ in range(3):
        claim = shop.begin(job_id)
        shop.lose_lease(job_id)
        shop.repairs.take_over(job_id, 3)
    job = await shop.reader.get(job_id)
    assert claim.attempt == 3
    assert job.status is Status.FAILED
    assert job.failure
    assert (job.failure.code, job.failure.retryable) == ("WORKER_LOST", True)


def test_an_ended_job_is_forgotten_without_a_trace(shop: Shop) -> None:
    job_id = shop.completed()
    assert shop.moves.forget(job_id)
    assert not shop.moves.forget(job_id)
    left = {key.decode() for key in all_keys(shop)}
    assert not [key for key in left if job_id in key or ":owner:" in key]


def test_a_job_at_work_is_not_forgotten(shop: Shop) -> None:
    assert not shop.moves.forget(shop.active().job_id)


def test_a_job_that_does_not_exist_is_not_found(shop: Shop) -> None:
    with pytest.raises(JobNotFound):
        shop.moves.cancel(new_job_id())


def test_each_change_has_a_higher_sequence_than_the_one_before(shop: Shop) -> None:
    redis = cast(Any, shop.redis)
    with cast(PubSub, redis.pubsub(ignore_subscribe_messages=True)) as pubsub:
        pubsub.psubscribe(keys.channel("*"))
        pubsub.get_message(timeout=5)
        shop.completed()
        told: list[bytes] = []
        while len(told) < 2:  # nobody can know of a new job
            if message := pubsub.get_message(timeout=5):
                told.append(message["data"])
    assert [b'"sequence":%d' % n in one for n, one in enumerate(told, 2)] == [True] * 2
    assert [b'"status":"%s"' % s in one for s, one in zip(
        (b"active", b"completed"), told, strict=True)] == [True] * 2  # fmt: skip


def all_keys(shop: Shop) -> list[bytes]:
    return cast(list[bytes], shop.redis.keys())


KNOWN_WITHOUT_END = {
    "rq:queues",
    "rq:finished:snapasset",
    "rq:failed:snapasset",
    "rq:canceled:snapasset",
    "rq:scheduled:snapasset",
    "rq:wip:snapasset",
    keys.LEASES,
    keys.TURNS,
    rq_record.WAITING,
    keys.line("ada"),
}
"""Indexes: what is in them leaves with its job or by its age."""


def test_no_key_lives_for_ever_but_the_indexes(shop: Shop) -> None:
    shop.completed()
    shop.failed()
    shop.delayed()
    shop.moves.cancel(shop.create())
    shop.active()
    shop.create()
    endless = {key.decode() for key in all_keys(shop) if shop.redis.ttl(key) < 0}
    assert endless <= KNOWN_WITHOUT_END


def test_indexes_of_ended_jobs_are_cut_by_age(shop: Shop) -> None:
    shop.redis.zadd("rq:finished:snapasset", {"gen-old": 1.0})
    shop.redis.zadd(keys.owned("ada"), {f"gen-1000000000000-{'0' * 32}": 0})
    job_id = shop.completed()
    assert shop.redis.zrange("rq:finished:snapasset", 0, -1) == [job_id.encode()]
    assert shop.redis.zrange(keys.owned("ada"), 0, -1) == [job_id.encode()]
