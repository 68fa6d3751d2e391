"""Redis is opened in one place, which follows a failover."""

import ast
from pathlib import Path

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

import services
from services.jobs.connections import open_async_redis, open_redis

_DOOR = "jobs/connections.py"


def opens_redis(file: Path) -> bool:
    """Return whether a module makes a client by itself."""
    calls = [one for one in ast.walk(ast.parse(file.read_text())) if isinstance(one, ast.Call)]
    names = {ast.unparse(call.func) for call in calls}
    return bool(names & {"Redis", "AsyncRedis", "Redis.from_url", "AsyncRedis.from_url"})


def test_nobody_opens_redis_but_one_module() -> None:
    root = Path(services.__file__).parent
    opening = {str(file.relative_to(root)) for file in root.rglob("*.py") if opens_redis(file)}
    assert opening == {_DOOR}


async def test_silent_sentinels_are_told_of_in_few_words_and_without_a_password() -> None:
    url = "redis+sentinel://:password@127.0.0.1:1,127.0.0.1:2/jobs/0"
    redis, async_redis = open_redis(url), open_async_redis(url)
    said = "^No Sentinel knows a live primary of jobs$"
    with pytest.raises(RedisConnectionError, match=said):
        redis.ping()
    with pytest.raises(RedisConnectionError, match=said):
        await async_redis.ping()
    redis.close()
    await async_redis.aclose()
