from dataclasses import replace
from datetime import UTC, datetime

from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from services.common.charge import Charge
from services.jobs import keys
from services.jobs.spend.books import Books, Spent
from services.jobs.spend.purchases import Intent, Outcome, month_of

NOW = month_of(datetime.now(UTC))
PAID = Outcome(
    charge=Charge.CHARGED, images=1, input_tokens=10, output_tokens=1000, cost_micros=40_000
)


def begun(number: int, owner: str = "ada") -> Intent:
    return Intent(owner=owner, job_id="gen-1", master=1, number=number, estimate_micros=50_000)


async def test_purchases_are_summed_by_owner_and_month(async_redis: AsyncRedis) -> None:
    books = Books(async_redis)
    books.settle(begun(1), PAID)
    books.settle(begun(2), PAID)
    books.settle(begun(3), Outcome(charge=Charge.NOT_CHARGED))
    books.settle(begun(4, "bob"), PAID)
    await books.close()
    assert await books.read("ada", NOW) == Spent(
        month=NOW, calls=3, images=2, input_tokens=20, output_tokens=2000, cost_micros=80_000
    )


async def test_a_month_without_calls_has_zeros(async_redis: AsyncRedis) -> None:
    assert await Books(async_redis).read("ada", "2020-01") == Spent(month="2020-01")


async def test_a_sum_that_a_later_version_has_added_is_left_out(
    redis: Redis, async_redis: AsyncRedis
) -> None:
    redis.hset(keys.spent("ada", NOW), mapping={"calls": 2, "from the future": 3})
    assert await Books(async_redis).read("ada", NOW) == Spent(month=NOW, calls=2)


async def test_every_key_of_the_books_has_an_end(redis: Redis, async_redis: AsyncRedis) -> None:
    books = Books(async_redis)
    books.settle(begun(1), PAID)
    await books.close()
    assert redis.exists(keys.spent("ada", NOW))
    assert all(redis.ttl(key) > 0 for key in redis.scan_iter())


async def test_purchases_for_the_jobs_of_a_key_are_summed_for_it_as_well(
    redis: Redis, async_redis: AsyncRedis
) -> None:
    books = Books(async_redis)
    redis.hset(keys.state("gen-1"), "lease", "token")
    purchases = [begun(1, "ada"), begun(2, "bob")]
    intents = [replace(one, key="importer") for one in purchases]
    for intent in intents:
        await books.intend("token", intent)
    books.settle(intents[0], PAID)
    await books.close()
    sums = redis.hgetall(keys.spent_by_key("importer", NOW))
    assert sums[b"cost_micros"] == b"40000"
    assert (sums[b"uncertain"], sums[b"uncertain_micros"]) == (b"1", b"50000")
