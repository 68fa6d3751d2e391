import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from services.common.charge import Charge
from services.jobs import keys
from services.jobs.claim import LeaseLost
from services.jobs.spend.books import Books, Spent
from services.jobs.spend.purchases import Intent, Outcome, entries_from
from tests.unit.jobs.shop import FAILURE, Shop

MONTH = "2026-11"
CHARGED = Outcome(
    charge=Charge.CHARGED,
    calls=2,
    images=1,
    input_tokens=10,
    output_tokens=1000,
    cost_micros=40_000,
)
UNKNOWN = Outcome(charge=Charge.UNKNOWN)
NOT_CHARGED = Outcome(charge=Charge.NOT_CHARGED)
OPEN = Spent(month=MONTH, uncertain=1, uncertain_micros=50_000)
PAID = Spent(
    month=MONTH, calls=2, images=1, input_tokens=10, output_tokens=1000, cost_micros=40_000
)


def intent(job_id: str, number: int = 1) -> Intent:
    return Intent(
        owner="ada", job_id=job_id, master=1, number=number, estimate_micros=50_000, month=MONTH
    )


async def settled(redis: AsyncRedis, intent: Intent, *outcomes: Outcome) -> Spent:
    for outcome in outcomes:
        books = Books(redis)
        books.settle(intent, outcome)
        await books.close()
    return await Books(redis).read("ada", MONTH)


async def test_a_purchase_is_in_the_books_before_it_begins(
    shop: Shop, async_redis: AsyncRedis
) -> None:
    claim, books = shop.active(), Books(async_redis)
    await books.intend(claim.token, intent(claim.job_id))
    assert await books.read("ada", MONTH) == OPEN


@pytest.mark.parametrize(
    ("outcomes", "sums"),
    [
        ([CHARGED], PAID),
        ([CHARGED, CHARGED], PAID),
        ([CHARGED, UNKNOWN], PAID),
        ([NOT_CHARGED], Spent(month=MONTH, calls=1)),
        ([NOT_CHARGED, CHARGED], Spent(month=MONTH, calls=1)),
        ([UNKNOWN], Spent(month=MONTH, calls=1, uncertain=1, uncertain_micros=50_000)),
        ([UNKNOWN, UNKNOWN], Spent(month=MONTH, calls=1, uncertain=1, uncertain_micros=50_000)),
        (
            [UNKNOWN, CHARGED],
            Spent(
                month=MONTH,
                calls=1,
                images=1,
                input_tokens=10,
                output_tokens=1000,
                cost_micros=40_000,
            ),
        ),
        ([UNKNOWN, NOT_CHARGED], Spent(month=MONTH, calls=1)),
    ],
    ids=lambda case: "-".join(one.charge for one in case) if isinstance(case, list) else "",
)
async def test_each_outcome_counts_once_and_the_unknown_may_become_known(
    shop: Shop, async_redis: AsyncRedis, outcomes: list[Outcome], sums: Spent
) -> None:
    claim = shop.active()
    await Books(async_redis).intend(claim.token, intent(claim.job_id))
    assert await settled(async_redis, intent(claim.job_id), *outcomes) == sums


async def test_an_intent_that_is_sent_twice_counts_once(
    shop: Shop, async_redis: AsyncRedis
) -> None:
    claim, books = shop.active(), Books(async_redis)
    for _ in range(2):
        await books.intend(claim.token, intent(claim.job_id))
    assert await books.read("ada", MONTH) == OPEN


async def test_only_the_holder_of_the_lease_may_begin_a_purchase(
    shop: Shop, async_redis: AsyncRedis
) -> None:
    claim, books = shop.active(), Books(async_redis)
    with pytest.raises(LeaseLost):
        await books.intend("somebody else's", intent(claim.job_id))
    assert await books.read("ada", MONTH) == Spent(month=MONTH)


async def test_the_next_attempt_knows_what_was_begun_before_it(
    shop: Shop, async_redis: AsyncRedis
) -> None:
    claim, books = shop.active(), Books(async_redis)
    for number in (1, 2):
        await books.intend(claim.token, intent(claim.job_id, number))
    await settled(async_redis, intent(claim.job_id, 1), UNKNOWN)
    shop.claims.fail(claim.job_id, claim.token, FAILURE)
    shop.retry(claim.job_id)
    known = shop.begin(claim.job_id).purchases
    assert [(one.master, one.number, one.charge) for one in known] == [
        (1, 1, Charge.UNKNOWN),
        (1, 2, None),
    ]
    assert all(one.uncertain and one.estimate_micros == 50_000 for one in known)


async def test_purchases_are_sorted_by_number_and_not_by_name() -> None:
    entry = b'{"month":"2026-11","estimate_micros":1}'
    found = entries_from(dict.fromkeys((b"1.10", b"10.1", b"1.9", b"2.1"), entry))
    assert [(one.master, one.number) for one in found] == [(1, 9), (1, 10), (2, 1), (10, 1)]


async def test_every_key_of_a_purchase_has_an_end(
    shop: Shop, redis: Redis, async_redis: AsyncRedis
) -> None:
    claim = shop.active()
    await Books(async_redis).intend(claim.token, intent(claim.job_id))
    await settled(async_redis, intent(claim.job_id), CHARGED)
    assert redis.ttl(keys.purchases(claim.job_id)) > 0
    assert redis.ttl(keys.spent("ada", MONTH)) > 0
