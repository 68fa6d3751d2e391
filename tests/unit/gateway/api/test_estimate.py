import pytest
from redis.asyncio import Redis

from services.gateway.api.estimate import DurationEstimate
from services.jobs import keys
from services.jobs.figures import Figures


@pytest.mark.parametrize(
    ("durations", "masters", "words"),
    [
        ((), 1, "30 seconds"),
        ((), 4, "2 minutes"),
        ((9, 10, 90), 1, "10 seconds"),
        ((9, 10, 90), 3, "30 seconds"),
        ((0.2,), 1, "1 second"),
    ],
)
async def test_each_master_takes_as_long_as_a_usual_job(
    async_redis: Redis, durations: tuple[float, ...], masters: int, words: str
) -> None:
    for seconds in durations:
        await async_redis.lpush(keys.DURATIONS, seconds)
    assert await DurationEstimate(Figures(async_redis), 1, 4.0).words(masters) == words
