"""The queue: what a job costs that does nothing, and what one weighs that only waits.

Each contender does the same job: it tells its progress ten times, as our pipeline does for one
platform, and does nothing else. One Redis server, with an append-only file, serves all.
"""

import asyncio
import os
import shutil
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from redis import Redis

from deploy.local.settings import PYTHON_PATH
from tests.bench.figures import Result, Row
from tests.bench.idle_job import idle_rows
from tests.bench.processes import Stopwatch, memory_mb
from tests.bench.queue_contenders import Contender, queues
from tests.bench.stage import Plan, redis_options
from tests.servers.redis import durable_redis

PART = "Queue"

_HELD_SECONDS, _PATIENCE_SECONDS, _LOOK_SECONDS = 600.0, 60.0, 0.01


async def measure(plan: Plan) -> Result:
    """Run the rounds."""
    folder = plan.folder / "queue"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rates, costs = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
    weights, held = dict[str, list[float]](), dict[str, list[float]]()
    many, few, slots = (100, 20, 100) if plan.quick else (1_000, 60, 500)
    with durable_redis(folder) as server:
        contenders = queues(server.url, slots)
        for _ in range(plan.rounds):
            for name, one in contenders.items():
                count = many if one.at_once > 2 else few
                rate, cost = await asyncio.to_thread(_drain, one, count)
                rates[name].append(rate)
                costs[name].append(cost)
        for name, one in contenders.items():
            held[name] = [one.at_once]
            weights[name] = [await asyncio.to_thread(_weigh, one)]
    rows = (
        ("a job that does nothing", "jobs/s", rates, True),
        ("a job that does nothing", "CPU ms of the worker", costs, False),
        ("jobs that wait", "held at once by one worker", held, True),
        ("jobs that wait", "MB each, worker included", weights, False),
    )
    compared = [
        Row(part=PART, what=what, unit=unit, taken=dict(taken), more_is_better=more)
        for what, unit, taken, more in rows
    ]
    return Result(rows=[*compared, *await idle_rows(plan, PART)])


def _drain(one: Contender, count: int) -> tuple[float, float]:
    """Let `count` jobs be done; return jobs a second, and CPU ms a job, after the first."""
    with _empty(one) as redis:
        one.enqueue(count, 0)
        with working(one, count, 0) as process:
            first = wait_for(redis, one.done, 1)
            watch = Stopwatch([process.pid])
            wait_for(redis, one.done, count)
            seconds, cpu = watch.read()
    done = max(1, count - first)
    return done / seconds, 1000 * cpu / done


def _weigh(one: Contender) -> float:
    """Return the MB that each job takes while one worker holds as many as it can."""
    with _empty(one) as redis:
        one.enqueue(one.at_once, _HELD_SECONDS)
        with working(one, one.at_once, _HELD_SECONDS) as process:
            wait_for(redis, one.active, one.at_once)
            return memory_mb([process.pid]) / one.at_once


@contextmanager
def _empty(one: Contender) -> Iterator["Redis"]:
    with Redis.from_url(one.url) as redis:
        redis.flushall()
        yield redis


@contextmanager
def working(one: Contender, count: int, seconds: float) -> "Iterator[subprocess.Popen[str]]":
    """Let the contender work for the length of the block."""
    environ = {
        **os.environ,
        "PYTHONPATH": PYTHON_PATH,
        "PEER_REDIS": redis_options(one.url),
        "NODE_ENV": "production",
    }
    pipe = subprocess.PIPE
    command = one.command(count, seconds)
    with subprocess.Popen(
        command,
        env=environ,
        stdin=pipe,
        stdout=pipe if one.asks else subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            if one.asks and process.stdin and process.stdout:
                process.stdout.readline()
                process.stdin.write("begin\n")
                process.stdin.flush()
            yield process
        finally:
            os.killpg(process.pid, 9)  # nothing of it is needed any more


def wait_for(redis: "Redis", key: str, count: int) -> int:
    """Wait until a list or a sorted set has `count` members; return how many it has."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        kind = redis.type(key)
        found = redis.llen(key) if kind == b"list" else redis.zcard(key)
        if found >= count:
            return int(found)
        time.sleep(_LOOK_SECONDS)
    raise RuntimeError(f"{key} has not come to {count} in {_PATIENCE_SECONDS:g} s")
