"""Redis: what one server has to do for a job, from its creation to the last event of its watcher.

All jobs share nothing but Redis, which runs on one core: it takes as many jobs a second as this CPU
time fits into a second. The jobs are created through Envoy, each has a watcher and the guide's four
platforms, and our worker runs them with services that answer at once.
"""

import asyncio
import json

from redis import Redis

from deploy.local.stack import Stack
from tests.bench.figures import OURS, Result, Row
from tests.bench.load import Server, request, run_load
from tests.bench.processes import Stopwatch
from tests.bench.queue_contenders import our_worker
from tests.bench.queue_overhead import wait_for, working
from tests.bench.stage import Plan, our_stack, pids
from tests.bench.streams import Watchers

PART = "Redis"

_JOBS, _QUICK_JOBS, _SLOTS = 500, 60, 32
_OWNERS, _CONNECTIONS, _PATIENCE_SECONDS = 20, 8, 60.0
_PLATFORMS = ("instagram-post", "instagram-story", "twitter-post", "facebook-post")


async def measure(plan: Plan) -> Result:
    """Create some jobs, then run and watch them; add up what both cost Redis for each."""
    count = _QUICK_JOBS if plan.quick else _JOBS
    costs: list[float] = []
    for _ in range(plan.rounds):
        with our_stack(plan, "redis", GATEWAYS="1") as stack:
            costs.append(await _cost(stack, count))
    rows = (
        ("a job with four platforms and a watcher", "CPU ms of Redis", costs, False, "2 ms"),
        ("the same", "jobs/s on one core", [1000 / one for one in costs], True, "500"),
    )
    return Result(
        rows=[
            Row(part=PART, what=what, unit=unit, taken={OURS: taken}, more_is_better=more, aim=aim)
            for what, unit, taken, more, aim in rows
        ]
    )


async def _cost(stack: Stack, count: int) -> float:
    """Return the CPU ms that each of so many jobs costs Redis."""
    stack.processes["worker"].terminate()
    stack.processes["worker"].join(10)
    tokens = {owner: stack.token(owner) for owner in map("user-{}".format, range(_OWNERS))}
    worker, watchers = our_worker(stack.environ["REDIS_URL"], _SLOTS), Watchers()
    watch = Stopwatch(pids(stack, "redis"))
    with Redis.from_url(stack.environ["REDIS_URL"]) as redis:
        try:
            for owner, token in tokens.items():
                jobs = await _create(stack, owner, token, count // _OWNERS)
                await watchers.open(stack.port, jobs, token)
            with working(worker, count, 0):
                await asyncio.to_thread(wait_for, redis, worker.done, count)
        finally:
            watchers.close()
    _, cpu = watch.read()
    return 1000 * cpu / count


async def _create(stack: Stack, owner: str, token: str, count: int) -> list[str]:
    """Create so many jobs of an owner; return their ids."""
    job = {"userId": owner, "prompt": "A beautiful sunset", "platforms": _PLATFORMS}
    headers = {"Authorization": f"Bearer {token}"}
    order = request("POST", "/api/jobs", stack.port, headers, json.dumps(job).encode())
    made = await run_load(
        Server(port=stack.port, pids=[]),
        [order] * count,
        seconds=_PATIENCE_SECONDS,
        connections=_CONNECTIONS,
        wanted=201,
    )
    return [json.loads(answer)["jobId"] for _, answer in made.answers]
