"""A look at a job while more and more jobs are in line: ours, and Bull's.

Bull finds out the state of a waiting job by searching its line for it; our record says it.
"""

import itertools
import json
from contextlib import ExitStack
from datetime import timedelta

from redis import Redis
from rq.suspension import suspend

from deploy.local.stack import Stack
from services.jobs.connections import open_redis
from services.jobs.records import Records
from services.jobs.values import JobSpec
from tests.bench.figures import OURS, Result, Row
from tests.bench.load import Load, Server, request, run_load
from tests.bench.stage import Plan, node, our_stack, peer, peer_environ, pids
from tests.servers.jobs import put_in_line

PART = "Long line"

_LINES, _QUICK_LINES = (10, 1_000, 10_000), (10, 300)
_OWNER, _PEER = "user-0", "Express + Bull"
_CONNECTIONS, _LOOK_SECONDS, _PATIENCE_SECONDS = 32, 2.0, 300.0
_BODY = {"userId": _OWNER, "prompt": "A beautiful sunset", "platforms": ["twitter-post"]}


async def measure(plan: Plan) -> Result:
    """Lengthen both lines step by step, and look at the jobs in them."""
    rows: list[Row] = []
    with our_stack(plan, "long-line") as stack, ExitStack() as running:
        with Redis.from_url(stack.environ["REDIS_URL"]) as redis:
            suspend(redis)
        servers = {OURS: Server(port=stack.port, pids=pids(stack, "envoy", "gateway", "redis"))}
        if node():
            one = running.enter_context(peer("express_bull.mjs", peer_environ(stack)))
            servers[_PEER] = Server(port=one.port, pids=[one.pid, *pids(stack, "redis")])
        headers = {"Authorization": f"Bearer {stack.token(_OWNER)}"}
        jobs: dict[str, list[str]] = {name: [] for name in servers}
        for line in _QUICK_LINES if plan.quick else _LINES:
            looks: dict[str, list[Load]] = {}
            for name, server in servers.items():
                more = line - len(jobs[name])
                if name == OURS:
                    jobs[name] += _put(stack, more)
                else:
                    jobs[name] += await _order(server, headers, more)
            for name, server in servers.items():
                looks[name] = [await _look(server, headers, jobs[name]) for _ in range(plan.rounds)]
            rows += _rows(line, looks)
    return Result(rows=rows)


def _put(stack: Stack, count: int) -> list[str]:
    redis, hour = open_redis(stack.environ["REDIS_URL"]), timedelta(hours=1)
    records = Records(redis, retention=hour, lease=hour)
    spec = JobSpec(user_id=_OWNER, prompt=str(_BODY["prompt"]), platforms=("twitter-post",))
    made = [put_in_line(records, spec) for _ in range(count)]
    redis.close()
    return made


async def _order(server: Server, headers: dict[str, str], count: int) -> list[str]:
    order = request("POST", "/api/jobs", server.port, headers, json.dumps(_BODY).encode())
    made = await run_load(
        server, [order] * count, seconds=_PATIENCE_SECONDS, connections=8, wanted=201
    )
    return [json.loads(answer)["jobId"] for _, answer in made.answers]


async def _look(server: Server, headers: dict[str, str], jobs: list[str]) -> Load:
    """Read the jobs from the line's beginning to its end, over and over."""
    step = max(1, len(jobs) // 500)
    reads = [request("GET", f"/api/jobs/{one}", server.port, headers) for one in jobs[::step]]
    return await run_load(
        server,
        itertools.cycle(reads),
        seconds=_LOOK_SECONDS,
        connections=_CONNECTIONS,
        wanted=200,
    )


def _rows(line: int, looks: dict[str, list[Load]]) -> list[Row]:
    what = f"get, {line:,} jobs in line"
    rates = {name: [load.rate for load in loads] for name, loads in looks.items()}
    costs = {name: [load.cpu_ms for load in loads] for name, loads in looks.items()}
    return [
        Row(part=PART, what=what, unit="requests/s", taken=rates, more_is_better=True),
        Row(part=PART, what=what, unit="CPU ms", taken=costs),
    ]
