import asyncio

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from services.common.refusal import CannotStart
from services.jobs.connections import open_async_redis
from services.jobs.redis_server import check_writes, refuse_eviction
from tests.eventually import eventually
from tests.servers.redis import free_port, redis_process

EVICTING = ["allkeys-lru", "allkeys-random", "volatile-lru", "volatile-ttl"]


@pytest.mark.parametrize("policy", EVICTING)
async def test_a_redis_that_evicts_stops_the_start_with_a_sentence(
    redis: Redis, redis_server: str, policy: str
) -> None:
    redis.config_set("maxmemory-policy", policy)
    with pytest.raises(CannotStart, match=f"is {policy} and must be noeviction"):
        await refuse_eviction(redis_server)
    redis.config_set("maxmemory-policy", "noeviction")
    await refuse_eviction(redis_server)


@pytest.mark.parametrize("forbidden", [["config"], ["info"], ["config", "info"]])
async def test_a_server_that_answers_no_such_question_is_let_pass_or_asked_another(
    redis: Redis, redis_server: str, forbidden: list[str]
) -> None:
    rules = [f"-{command}" for command in forbidden]
    redis.acl_setuser("guest", enabled=True, passwords=["+x"], categories=["+@all"], keys=["*"])
    redis.execute_command("ACL", "SETUSER", "guest", *rules)  # type: ignore[no-untyped-call]
    redis.config_set("maxmemory-policy", "allkeys-lru")
    guest = redis_server.replace("://", "://guest:x@")
    if len(forbidden) == 2:
        await refuse_eviction(guest)
    else:
        with pytest.raises(CannotStart):
            await refuse_eviction(guest)
    redis.config_set("maxmemory-policy", "noeviction")
    redis.acl_deluser("guest")


async def test_a_redis_that_stays_away_does_not_stop_the_start() -> None:
    await refuse_eviction("redis://127.0.0.1:1/0", patience_seconds=0)


async def test_a_redis_that_comes_late_is_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    port = free_port()
    starting = asyncio.create_task(refuse_eviction(f"redis://127.0.0.1:{port}/0"))
    await eventually(lambda: "Waiting for Redis" in caplog.text)
    with redis_process(port):
        await starting
    assert "does not tell" not in caplog.text


async def test_a_redis_is_good_while_it_takes_writes(async_redis: AsyncRedis) -> None:
    assert await check_writes(async_redis)


@pytest.mark.parametrize(
    "blow",
    [
        ("REPLICAOF", "127.0.0.1", "1"),
        ("CONFIG", "SET", "maxmemory", "1"),
        ("CONFIG", "SET", "min-replicas-to-write", "1"),
    ],
    ids=["replica", "out of memory", "no replicas"],
)
async def test_a_redis_that_answers_and_takes_no_writes_is_found_out(
    blow: tuple[str, ...],
) -> None:
    with redis_process() as (url, _):
        async with open_async_redis(url) as redis:
            await redis.execute_command(*blow)  # type: ignore[no-untyped-call]
            assert await redis.ping()
            assert not await check_writes(redis)
