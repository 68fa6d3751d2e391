"""The queues that are compared: how each gets its jobs, and who works on them."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from services.jobs.records import Records
from services.jobs.values import JobSpec
from tests.bench.figures import OURS
from tests.bench.stage import CONTENDERS, node, peer_redis
from tests.servers.jobs import put_in_line

FORKING, POOL, BULL = "RQ, forking worker", "RQ, pool of 2", "Bull"

_SLOTS = 32
"""How many jobs at once, where that is a choice: what our worker has by default."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Contender:
    """A queue. `command` and `enqueue` are given the number of jobs and the seconds each waits.

    `asks` begins when it is told to, for its jobs come from itself.
    """

    url: str
    enqueue: Callable[[int, float], None]
    command: Callable[[int, float], list[str]]
    done: str
    active: str
    at_once: int = 1
    asks: bool = False


def queues(url: str, slots: int) -> Mapping[str, Contender]:
    """Return all that can run here; `slots` is how many waiting jobs those hold that can."""
    theirs = peer_redis(url)
    found = {OURS: our_worker(url, slots)}
    found[FORKING] = _rq(theirs, 1, "worker", "--logging_level", "WARNING")
    found[POOL] = _rq(theirs, 2, "worker-pool", "--num-workers", "2", "--logging-level", "WARNING")
    if program := node():
        found[BULL] = _bull(theirs, program, slots)
    return found


def our_worker(url: str, slots: int) -> Contender:
    """Return our worker on a Redis."""

    def command(count: int, seconds: float) -> list[str]:
        module = "tests.bench.contenders.instant_worker"
        return [sys.executable, "-m", module, url, str(slots if seconds else _SLOTS), str(seconds)]

    def enqueue(count: int, seconds: float) -> None:
        with Redis.from_url(url) as redis:
            hour = timedelta(hours=1)
            records = Records(redis, retention=hour, lease=hour)
            spec = JobSpec(user_id="ada", prompt="A sunset", platforms=("instagram-post",))
            for _ in range(count):
                put_in_line(records, spec)

    return Contender(
        url=url,
        enqueue=enqueue,
        command=command,
        done="rq:finished:snapasset",
        active="rq:wip:snapasset",
        at_once=slots,
    )


def _rq(url: str, at_once: int, *words: str) -> Contender:
    name = str(Path(sys.executable).with_name("rq"))
    tail = ["bench", "--url", url, "--serializer", "rq.serializers.JSONSerializer"]

    def enqueue(count: int, seconds: float) -> None:
        with Redis.from_url(url) as redis:
            queue = Queue("bench", connection=redis, serializer=JSONSerializer)
            work = "tests.bench.contenders.rq_job.work"
            queue.enqueue_many([queue.prepare_data(work, (seconds,)) for _ in range(count)])

    return Contender(
        url=url,
        enqueue=enqueue,
        command=lambda count, seconds: [
            name,
            *words,
            *tail,
        ],
        done="rq:finished:bench",
        active="rq:wip:bench",
        at_once=at_once,
    )


def _bull(url: str, program: str, slots: int) -> Contender:
    script = str(CONTENDERS / "bull_worker.mjs")

    def command(count: int, seconds: float) -> list[str]:
        at_once = str(slots if seconds else _SLOTS)
        return [program, script, str(count), str(seconds), at_once]

    return Contender(
        url=url,
        enqueue=lambda count, seconds: None,
        command=command,
        done="bull:bench:completed",
        active="bull:bench:active",
        at_once=slots,
        asks=True,
    )
