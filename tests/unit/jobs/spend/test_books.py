from datetime import UTC, datetime

from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from services.common.assets import ProviderCall
from services.jobs import keys
from services.jobs.spend.books import Books, Spent
from services.jobs.spend.purchases import month_of

NOW = month_of(datetime.now(UTC))


def call(outcome: str = "ok", cost_micros: int = 40_000) -> ProviderCall:
    return ProviderCall(
        request_id="req-1",
        model="gpt-image-2",
        outcome=outcome,
        input_tokens=10,
        output_tokens=1000,
        stand_in=False,
        cost_micros=cost_micros,
    )


async def test_calls_are_summed_by_owner_and_month(async_redis: AsyncRedis) -> None:
    books = Books(async_redis)
    for one in (call(), call(), call("PROVIDER_UNAVAILABLE", 0)):
        books.note("ada", one)
    books.note("bob", call())
    await books.close()
    assert await books.read("ada", NOW) == Spent(
        month=NOW, calls=3, images=2, input_tokens=30, output_tokens=3000, cost_micros=80_000
    )


async def test_a_month_without_calls_has_zeros(async_redis: AsyncRedis) -> None:
    assert await Books(async_redis).read("ada", "2020-01") == Spent(month="2020-01")


async def test_every_key_of_the_books_has_an_end(redis: Redis, async_redis: AsyncRedis) -> None:
    books = Books(async_redis)
    books.note("ada", call())
    await books.close()
    assert redis.exists(keys.spent("ada", NOW))
    assert all(redis.ttl(key) > 0 for key in redis.scan_iter())
