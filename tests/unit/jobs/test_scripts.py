import re
from pathlib import Path

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from services import jobs
from services.jobs.scripts import Script, read_script

LUA = Path(jobs.__file__).parent / "lua"
NAMES = sorted(path.stem for path in LUA.glob("*.lua"))
ECHO = Script.of("return ARGV[1]")


@pytest.mark.parametrize("name", NAMES)
def test_each_script_compiles_and_says_what_it_is_called_with(name: str, redis: Redis) -> None:
    script = read_script(name)
    assert redis.script_load(script.text) in (script.sha, script.sha.encode())
    top = script.text[: re.search(r"^[^-]", script.text, re.MULTILINE).start()]  # type: ignore[union-attr]
    for part, used in (("-- KEYS:", "KEYS["), ("-- ARGV:", "ARGV[")):
        assert (part in top) or used not in script.text, f"{name}.lua does not say its {part[3:7]}"


@pytest.mark.parametrize("name", sorted(path.stem for path in (LUA / "functions").glob("*.lua")))
def test_shared_functions_are_used_by_a_script(name: str) -> None:
    used = [one for one in NAMES if f"local function {name}(" in read_script(one).text]
    assert used, f"nobody includes functions/{name}.lua"


def test_redis_hears_a_script_once_and_then_its_hash(redis: Redis) -> None:
    redis.script_flush()
    redis.config_resetstat()
    answers = [ECHO.run(redis, [], [number]) for number in range(5)]
    calls = {name: told["calls"] for name, told in redis.info("commandstats").items()}
    assert answers == [b"0", b"1", b"2", b"3", b"4"]
    assert calls["cmdstat_script|load" if "cmdstat_script|load" in calls else "cmdstat_script"] == 1
    assert "cmdstat_eval" not in calls


def test_a_script_that_redis_has_forgotten_is_loaded_anew(redis: Redis) -> None:
    ECHO.run(redis, [], [1])
    redis.script_flush()
    assert ECHO.run(redis, [], [2]) == b"2"


async def test_the_same_holds_for_an_event_loop(async_redis: AsyncRedis) -> None:
    await ECHO.run_async(async_redis, [], [1])
    await async_redis.script_flush()
    assert await ECHO.run_async(async_redis, [], [2]) == b"2"
