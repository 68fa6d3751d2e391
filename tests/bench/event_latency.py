"""Events: how long from the worker's report to the client's socket, and what a watcher weighs.

Against Node with Redis pub/sub, and against a server that looks at each job every second.
"""

import asyncio
import random
import resource
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from redis.asyncio import Redis

from deploy.local.stack import Stack
from services.jobs import keys
from services.jobs.connections import open_redis
from services.jobs.records import Records
from services.jobs.reports import Report, Reports
from services.jobs.values import JobSpec
from tests.bench.figures import OURS, Result, Row, percentile
from tests.bench.processes import memory_mb
from tests.bench.stage import (
    Plan,
    node,
    our_stack,
    peer,
    peer_environ,
    peer_redis,
    pids,
)
from tests.bench.streams import Watchers
from tests.servers.jobs import put_in_line

PART = "Events"
PUBSUB, POLLING = "Node, pub/sub", "Node, polling every second"

_OWNER, _TOKEN = "user-0", "lease-of-the-benchmark"
_LEVELS, _QUICK_LEVELS = (1, 1_000, 5_000, 10_000), (1, 200)
_SPARE_FILES = 1_000
_EVENTS_PER_SECOND = 100
_ROUNDS_UP_TO = 1_000
_LATE_SECONDS = {OURS: 0.5, PUBSUB: 0.5, POLLING: 2.0}

# What Bull does at `job.progress(...)`: keeps it with the job, and publishes it.
_BULL_UPDATE = """
redis.call('HSET', KEYS[1], 'progress', ARGV[1])
redis.call('PUBLISH', KEYS[2], ARGV[1])
"""

Send = Callable[[str, str], Awaitable[None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Contender:
    """A server of streams: its port, its processes and what they weigh without watchers, and how a
    worker tells it of a change."""

    port: int
    pids: Sequence[int]
    empty_mb: float
    send: Send


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """What one contender showed at one number of watchers."""

    p50: float
    p99: float
    kb_per_watcher: float


async def measure(plan: Plan) -> Result:
    """Run the rounds, at one number of watchers after the other."""
    levels = _levels(plan)
    rows: list[Row] = []
    notes = [f"events: {_EVENTS_PER_SECOND} changes a second"]
    with our_stack(plan, "events") as stack, ExitStack() as running:
        jobs = make_jobs(stack, max(levels))
        redis = Redis.from_url(stack.environ["REDIS_URL"])
        peers = Redis.from_url(peer_redis(stack.environ["REDIS_URL"]))
        await let_report(redis, peers, jobs)
        contenders = _contenders(stack, redis, peers, running)
        for level in levels:
            turns = defaultdict[str, list[Turn]](list)
            for _ in range(plan.rounds if level <= _ROUNDS_UP_TO else 1):
                for name, contender in list(contenders.items()):
                    if name is POLLING and level == 1:
                        continue
                    try:
                        turn = await _turn(plan, name, contender, jobs[:level], stack)
                    except TimeoutError:
                        notes.append(f"{name} could not open {level:,} streams in time")
                        del contenders[name]
                    else:
                        turns[name].append(turn)
            rows += _rows(level, turns)
            plan.tell(f"  {level} watchers")
        await redis.aclose()
        await peers.aclose()
    return Result(rows=rows, notes=notes)


def _levels(plan: Plan) -> list[int]:
    """Return the numbers of watchers that this machine allows; each is one open file."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    wanted = _QUICK_LEVELS if plan.quick else _LEVELS
    levels = [level for level in wanted if level + _SPARE_FILES <= most]
    if len(levels) < len(wanted):
        plan.tell(f"  {max(wanted):,} watchers are left out: {most:,} open files are the most")
    return levels


def make_jobs(stack: Stack, count: int) -> list[str]:
    """Put jobs in line; nobody works on them, for the worker has been stopped."""
    stack.processes["worker"].terminate()
    stack.processes["worker"].join(10)
    redis = open_redis(stack.environ["REDIS_URL"])
    hour = timedelta(hours=1)
    records = Records(redis, retention=hour, lease=hour)
    spec = JobSpec(
        user_id=_OWNER,
        prompt="A beautiful sunset",
        platforms=("instagram-post",),
    )
    jobs = [put_in_line(records, spec) for _ in range(count)]
    redis.close()
    return jobs


async def let_report(redis: Redis, peers: Redis, jobs: Sequence[str]) -> None:
    """Give all jobs a lease, so that they may report, and make the peer's jobs of the same ids."""
    ours, theirs = redis.pipeline(transaction=False), peers.pipeline(transaction=False)
    for job_id in jobs:
        ours.hset(keys.state(job_id), "lease", _TOKEN)
        bull: dict[Any, Any] = {
            "name": "__default__",
            "data": "{}",
            "opts": "{}",
            "timestamp": "1",
            "progress": "0",
        }
        theirs.hset(f"bull:images:{job_id}", mapping=bull)
    await ours.execute()
    await theirs.execute()


def _contenders(
    stack: Stack, redis: Redis, peers: Redis, running: ExitStack
) -> dict[str, Contender]:
    reports, update = Reports(redis, timedelta(hours=1)), peers.register_script(_BULL_UPDATE)

    async def report(job_id: str, text: str) -> None:
        await reports.report(job_id, _TOKEN, Report(message=text))

    async def publish(job_id: str, text: str) -> None:
        event = f'{{"type":"progress","jobId":"{job_id}","progress":10,"message":"{text}"}}'
        await update(keys=[f"bull:images:{job_id}", f"peer:changes:{job_id}"], args=[event])

    async def store(job_id: str, text: str) -> None:
        await peers.hset(f"bull:images:{job_id}", "progress", f'{{"message":"{text}"}}')

    def contender(port: int, processes: Sequence[int], send: Send) -> Contender:
        return Contender(port=port, pids=processes, empty_mb=memory_mb(processes), send=send)

    found = {OURS: contender(stack.port, pids(stack, "envoy", "gateway"), report)}
    for name, how, send in ((PUBSUB, "pubsub", publish), (POLLING, "polling", store)):
        if node():
            environ = {**peer_environ(stack), "PEER_EVENTS": how}
            one = running.enter_context(peer("events.mjs", environ))
            found[name] = contender(one.port, [one.pid], send)
    return found


async def _turn(
    plan: Plan, name: str, contender: Contender, jobs: Sequence[str], stack: Stack
) -> Turn:
    watchers = Watchers()
    try:
        await watchers.open(contender.port, jobs, stack.token(_OWNER))
        weight = 1024 * (memory_mb(contender.pids) - contender.empty_mb) / len(jobs)
        await _tell_changes(plan, contender, watchers, jobs)
        await asyncio.sleep(_LATE_SECONDS[name])
    finally:
        watchers.close()
    await asyncio.sleep(1)  # for the servers to see them leave
    took = watchers.took + [float("inf")] * watchers.missing
    return Turn(p50=percentile(took, 50), p99=percentile(took, 99), kb_per_watcher=weight)


async def _tell_changes(
    plan: Plan, contender: Contender, watchers: Watchers, jobs: Sequence[str]
) -> None:
    count = int(plan.seconds * _EVENTS_PER_SECOND)
    # With enough jobs each reports once at most: polling every second sees only the last report.
    told = random.sample(jobs, count) if len(jobs) >= count else [*jobs] * count
    for job_id in told[:count]:
        await contender.send(job_id, watchers.stamp(job_id))
        await asyncio.sleep(1 / _EVENTS_PER_SECOND)


def _rows(level: int, turns: dict[str, list[Turn]]) -> list[Row]:
    watchers = f"{level:,} watcher{'s' if level > 1 else ''}"
    figures: tuple[tuple[str, Callable[[Turn], float]], ...] = (
        ("ms, p50", lambda turn: turn.p50),
        ("ms, p99", lambda turn: turn.p99),
        *(
            (("KB per watcher", lambda turn: turn.kb_per_watcher),)
            if level > _ROUNDS_UP_TO  # fewer weigh less than what a runtime frees by the way
            else ()
        ),
    )
    return [
        Row(
            part=PART,
            what=watchers,
            unit=unit,
            taken={name: [figure(turn) for turn in all_turns] for name, all_turns in turns.items()},
            aim="10 ms" if (level, unit) == (1_000, "ms, p50") else "",
        )
        for unit, figure in figures
    ]
