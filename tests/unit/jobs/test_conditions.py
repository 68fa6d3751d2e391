from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

import pytest

from services.common.assets import Purchase
from services.jobs import codec, keys, rq_record
from services.jobs.checkpoint import Checkpoint
from services.jobs.conditions import Bounds, Conditions, KeyBounds, Verdict
from services.jobs.creation import creation
from services.jobs.moving_window import Policy
from services.jobs.source import Source
from services.jobs.spend.purchases import month_of
from services.jobs.uploads.upload import new_upload_id
from services.jobs.values import JobSpec, Status, new_job_id
from tests.servers.jobs import AMPLE
from tests.unit.jobs.shop import ADA, BOUGHT, Shop, spec_of

TWO_AN_HOUR = replace(
    AMPLE, policy=Policy.parse("2/hour"), counted=keys.counted("new jobs", "user:ada")
)
TWO_IN_FLIGHT = replace(AMPLE, bounds=Bounds(in_flight=2, waiting=100))
TWO_IN_LINE = replace(AMPLE, bounds=Bounds(in_flight=100, waiting=2))
TEN_CENTS = replace(AMPLE, budget_micros=100_000)


def come_in(shop: Shop, conditions: object = AMPLE, spec: JobSpec = ADA) -> Verdict:
    new = creation(shop.records.places, new_job_id(), spec, conditions)  # type: ignore[arg-type]
    became, told = new.script.run(shop.redis, new.keys, new.args)
    return Verdict(became=became.decode(), told=told.decode())


def spend(shop: Shop, **sums: int) -> None:
    shop.redis.hset(keys.spent("ada", month_of(datetime.now(UTC))), mapping=sums)  # type: ignore[arg-type]


def cancelled(shop: Shop, *bought: Purchase) -> str:
    job_id = shop.create()
    kept = codec.dumps(Checkpoint(purchases=list(bought)))
    shop.redis.hset(keys.state(job_id), "checkpoint", kept)
    shop.moves.cancel(job_id)
    return job_id


IMPORTER = KeyBounds(name="importer", in_flight=2, budget_micros=100_000)
BY_KEY = replace(AMPLE, key=IMPORTER)


@pytest.mark.parametrize(
    ("conditions", "refusal"),
    [(TWO_AN_HOUR, "policy"), (TWO_IN_FLIGHT, "jobs"), (TWO_IN_LINE, "queue")],
    ids=["policy", "jobs", "queue"],
)
def test_as_many_come_in_as_the_conditions_allow(
    shop: Shop, conditions: object, refusal: str
) -> None:
    became = [come_in(shop, conditions).became for _ in range(4)]
    assert became == ["in", "in", refusal, refusal]


def test_the_policy_says_when_the_next_one_may_come_in(shop: Shop) -> None:
    for _ in range(2):
        come_in(shop, TWO_AN_HOUR)
    free_at = float(come_in(shop, TWO_AN_HOUR).told)
    assert shop.now() + 3500 < free_at <= shop.now() + 3600


@pytest.mark.parametrize(
    ("sums", "became"),
    [
        ({}, "in"),
        ({"cost_micros": 99_999}, "in"),
        ({"cost_micros": 100_000}, "budget"),
        ({"uncertain_micros": 100_000}, "budget"),
        ({"cost_micros": 60_000, "uncertain_micros": 40_000}, "budget"),
    ],
)
def test_what_was_spent_and_what_may_have_been_count_against_the_budget(
    shop: Shop, sums: dict[str, int], became: str
) -> None:
    if sums:
        spend(shop, **sums)
    assert come_in(shop, TEN_CENTS).became == became
    assert come_in(shop, AMPLE).became == "in", "there is no budget"


def test_a_retry_that_has_to_buy_counts_as_a_new_job(shop: Shop) -> None:
    jobs = [cancelled(shop) for _ in range(3)]
    became = [shop.retrying.retry(job_id, TWO_AN_HOUR).became for job_id in jobs]
    assert became == ["in", "in", "policy"]
    assert come_in(shop, TWO_AN_HOUR).became == "policy"


def test_cancel_and_retry_in_turn_come_to_an_end(shop: Shop) -> None:
    job_id, became = cancelled(shop), []
    while (verdict := shop.retrying.retry(job_id, TWO_AN_HOUR)).became == "in":
        became.append(verdict.became)
        shop.moves.cancel(job_id)
    assert (len(became), verdict.became) == (2, "policy")


def test_a_retry_that_has_its_image_costs_nothing(shop: Shop) -> None:
    spend(shop, cost_micros=100_000)
    bought, missing = cancelled(shop, BOUGHT), cancelled(shop)
    assert shop.retrying.retry(bought, TEN_CENTS).became == "in"
    assert shop.retrying.retry(missing, TEN_CENTS).became == "budget"
    again = cancelled(shop, BOUGHT)
    assert shop.retrying.retry(again, TEN_CENTS, buy_again=True).became == "budget"


def test_a_job_with_a_source_never_has_to_buy(shop: Shop) -> None:
    spend(shop, cost_micros=100_000)
    source = Source(generation_id="01932d4e-7f00-7abc-8def-0123456789ab", master=1)
    job_id = shop.create(replace(ADA, source=source))
    shop.moves.cancel(job_id)
    assert shop.retrying.retry(job_id, TEN_CENTS, buy_again=True).became == "in"


def test_a_refused_retry_leaves_the_job_as_it_was(shop: Shop) -> None:
    job_id = cancelled(shop)
    before = shop.redis.hgetall(keys.state(job_id))
    full = replace(AMPLE, bounds=Bounds(in_flight=0, waiting=0))
    assert shop.retrying.retry(job_id, full).became == "jobs"
    assert shop.redis.hgetall(keys.state(job_id)) == before
    assert shop.redis.llen(rq_record.WAITING) == 0


def test_whoever_retries_may_allow_one_purchase_more(shop: Shop) -> None:
    job_id = cancelled(shop)
    assert shop.retrying.retry(job_id, AMPLE, buy_again=True).became == "in"
    assert shop.begin(job_id).buy_again
    shop.moves.cancel(job_id)
    shop.retry(job_id)
    assert not shop.begin(job_id).buy_again


@pytest.mark.parametrize("status", [Status.WAITING, Status.ACTIVE, Status.DELAYED])
def test_jobs_that_redis_has_lost_take_no_place(shop: Shop, status: Status) -> None:
    begin = {
        Status.WAITING: shop.create,
        Status.ACTIVE: lambda: shop.active().job_id,
        Status.DELAYED: lambda: shop.delayed().job_id,
    }[status]
    for part in (rq_record.key_of, keys.state):
        job_id: str = begin()  # type: ignore[no-untyped-call]
        shop.redis.delete(part(job_id))
    assert [come_in(shop, TWO_IN_FLIGHT).became for _ in range(3)] == ["in", "in", "jobs"]
    assert come_in(shop, TWO_IN_FLIGHT, spec_of("bob")).became == "in"


def test_the_unfinished_jobs_of_a_key_count_for_all_its_users_together(shop: Shop) -> None:
    assert come_in(shop, BY_KEY).became == "in"
    bobs = come_in(shop, BY_KEY, spec_of("bob"))
    assert come_in(shop, BY_KEY, spec_of("carol")).became == "key's jobs"
    assert come_in(shop, AMPLE, spec_of("carol")).became == "in", "she has created it herself"
    shop.moves.cancel(bobs.told)
    assert come_in(shop, BY_KEY, spec_of("carol")).became == "in"
    assert come_in(shop, BY_KEY, spec_of("carol")).became == "key's jobs"


def test_a_job_that_ended_unnoticed_takes_no_place_of_its_key(shop: Shop) -> None:
    jobs = [come_in(shop, BY_KEY).told for _ in range(2)]
    shop.redis.hset(rq_record.key_of(jobs[0]), "status", "finished")
    assert [come_in(shop, BY_KEY).became for _ in range(2)] == ["in", "key's jobs"]


def test_what_the_jobs_of_a_key_have_cost_counts_against_its_budget(shop: Shop) -> None:
    month = month_of(datetime.now(UTC))
    shop.redis.hset(keys.spent_by_key("importer", month), "uncertain_micros", 100_000)
    assert come_in(shop, BY_KEY).became == "key's budget"
    assert come_in(shop, replace(AMPLE, key=KeyBounds(name="importer"))).became == "in"
    assert come_in(shop, AMPLE).became == "in"


def test_a_worker_learns_which_key_has_created_its_job(shop: Shop) -> None:
    assert shop.begin(come_in(shop, BY_KEY).told).key == "importer"


def kept(shop: Shop, owner: str = "ada") -> str:
    upload_id = new_upload_id()
    shop.redis.hset(keys.upload(upload_id), "owner", owner)
    shop.redis.expire(keys.upload(upload_id), 60)
    return upload_id


def of_upload(shop: Shop, upload_id: str, conditions: Conditions = AMPLE) -> Verdict:
    spec = replace(ADA, prompt="", source=Source(upload_id=upload_id))
    new = creation(shop.records.places, new_job_id(), spec, conditions)
    became, told = new.script.run(shop.redis, new.keys, new.args)
    return Verdict(became=became.decode(), told=told.decode())


def test_a_job_holds_the_upload_that_it_was_created_with(shop: Shop) -> None:
    upload_id = kept(shop)
    jobs = {of_upload(shop, upload_id).told for _ in range(2)}
    holders = cast(set[bytes], shop.redis.smembers(keys.upload_jobs(upload_id)))
    assert {one.decode() for one in holders} == jobs
    assert 0 < shop.redis.ttl(keys.upload_jobs(upload_id)) <= 60


@pytest.mark.parametrize("owner", ["eve", None])
def test_another_owners_upload_is_as_missing_as_one_that_is_not_there(
    shop: Shop, owner: str | None
) -> None:
    upload_id = kept(shop, owner) if owner else new_upload_id()
    strict = replace(AMPLE, policy=Policy.parse("1/hour"))
    refused = of_upload(shop, upload_id, strict)
    assert refused == Verdict(became="upload", told=keys.upload(upload_id))
    assert not shop.redis.exists(keys.upload_jobs(upload_id))
    assert of_upload(shop, kept(shop), strict).became == "in"  # nothing was used up


def test_a_job_of_an_upload_needs_no_budget(shop: Shop) -> None:
    spend(shop, cost_micros=100_000)
    assert of_upload(shop, kept(shop), TEN_CENTS.without_budget()).became == "in"
