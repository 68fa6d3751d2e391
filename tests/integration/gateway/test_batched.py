"""Scripts that share a round trip keep their own answers, errors and cancellations."""

import asyncio

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from services.jobs.batched import Batched
from services.jobs.connections import open_async_redis
from services.jobs.scripts import Script

ECHO = Script.of("return ARGV[1]")


async def test_each_caller_gets_its_own_answer_in_few_round_trips(redis_url: str) -> None:
    async with open_async_redis(redis_url) as redis:
        batched = Batched(redis)
        await batched.run(ECHO, [], [0])  # now it is connected, and Redis knows the script
        before = await trips(redis)
        asked = (batched.run(ECHO, [], [number]) for number in range(100))
        answers = await asyncio.gather(*asked)
        spent = await trips(redis) - before
    assert [int(answer) for answer in answers] == list(range(100))
    assert spent < 5


async def test_one_mistake_is_the_mistake_of_one(redis_url: str) -> None:
    async with open_async_redis(redis_url) as redis:
        batched = Batched(redis)
        wrong = batched.run(Script.of("return redis.call('GET')"), [], [])
        asked = (batched.run(ECHO, [], [1]), wrong, batched.run(ECHO, [], [3]))
        answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [answers[0], answers[2]] == [b"1", b"3"]
    assert isinstance(answers[1], ResponseError)


async def test_a_script_that_redis_has_forgotten_is_loaded_anew(redis_url: str) -> None:
    async with open_async_redis(redis_url) as redis:
        batched = Batched(redis)
        await batched.run(ECHO, [], [0])
        await redis.script_flush()
        other = Script.of("return 'other'")
        await redis.script_load(other.text)
        asked = [batched.run(one, [], [1]) for one in (ECHO, other, ECHO)]
        answers = await asyncio.gather(*asked)
    assert answers == [b"1", b"other", b"1"]


async def test_who_goes_away_takes_nobody_along(redis_url: str) -> None:
    async with open_async_redis(redis_url) as redis:
        batched = Batched(redis)
        gone = asyncio.create_task(batched.run(ECHO, [], [1]))
        stays = asyncio.create_task(batched.run(ECHO, [], [2]))
        await asyncio.sleep(0)  # both have asked, nothing has been sent
        gone.cancel()
        assert await stays == b"2"
        assert gone.cancelled()


async def test_a_connection_that_redis_has_closed_is_replaced(redis_url: str) -> None:
    async with open_async_redis(redis_url) as redis:
        batched = Batched(redis)
        await batched.run(ECHO, [], [1])
        await redis.client_kill_filter(_type="normal", skipme=True)
        assert await batched.run(ECHO, [], [2]) == b"2"


async def test_who_asks_during_an_outage_does_not_wait_for_another_one(redis_url: str) -> None:
    async with open_async_redis(redis_url) as redis:
        batched = Batched(redis)
        await batched.run(ECHO, [], [1])
        await redis.client_pause(60_000)
        first = asyncio.create_task(batched.run(ECHO, [], [2]))
        for _ in ("asked", "on its way"):
            await asyncio.sleep(0)
        second = asyncio.create_task(batched.run(ECHO, [], [3]))
        _, waiting = await asyncio.wait([first, second], return_when=asyncio.FIRST_EXCEPTION)
        answers = await asyncio.gather(first, second, return_exceptions=True)
    assert not waiting
    assert all(isinstance(answer, RedisTimeoutError) for answer in answers)


async def test_everybody_hears_that_redis_is_away() -> None:
    async with open_async_redis("redis://127.0.0.1:1/0") as redis:
        batched = Batched(redis)
        asked = (batched.run(ECHO, [], [number]) for number in range(3))
        answers = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(answer, RedisConnectionError) for answer in answers)


async def trips(redis: Redis) -> int:
    """Return how often Redis has read from a connection."""
    stats = await redis.info("stats")
    return int(stats["total_reads_processed"])


@pytest.mark.parametrize("size", [1, 5000])
async def test_a_batch_of_any_size_is_answered(redis_url: str, size: int) -> None:
    async with open_async_redis(redis_url) as redis:
        batched = Batched(redis)
        answers = await asyncio.gather(*(batched.run(ECHO, [], ["x" * 99]) for _ in range(size)))
    assert answers == [b"x" * 99] * size
