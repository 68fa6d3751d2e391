"""Does harm to the parts, at random and by a seed."""

import asyncio
import signal
import time
from collections.abc import Callable, Coroutine
from contextlib import closing
from dataclasses import dataclass, field
from random import Random
from typing import Any, cast

from redis import Redis
from redis.exceptions import RedisError
from rq.job import Job as RqJob

from services.jobs import keys
from services.jobs.connections import open_redis
from tests.chaos.parts import GATEWAYS, S3, WORKERS, Parts
from tests.servers.redis_sentinels import SENTINELS, SERVERS

_LONGEST_LOOK_SECONDS = 120.0

HARM = (
    # weight, who, how
    (6, WORKERS, "kill"),
    (2, WORKERS, "terminate"),
    (1, WORKERS, "freeze"),
    (2, ("generator",), "kill"),
    (1, ("generator",), "terminate"),
    (2, ("resizer",), "kill"),
    (2, ("storage",), "kill"),
    (2, GATEWAYS, "kill"),
    (1, GATEWAYS, "terminate"),
    (1, ("redis",), "kill"),
    (2, ("redis",), "freeze"),
    (2, SERVERS, "kill"),
    (2, SERVERS, "freeze"),
    (1, SENTINELS, "kill"),
    (2, ("envoy",), "kill"),
    (1, ("envoy",), "terminate"),
    (1, (S3,), "kill"),
    (2, (S3,), "freeze"),
)


@dataclass(slots=True)
class Mischief:
    """What was done, and how long the jobs of dead workers lay about."""

    parts: Parts
    random: Random
    pause_seconds: float
    say: Callable[[str], None]
    done: dict[str, int] = field(default_factory=dict)
    recoveries: list[float] = field(default_factory=list)
    _busy: set[str] = field(default_factory=set)
    _tasks: "set[asyncio.Task[None]]" = field(default_factory=set)

    async def run(self, until: float) -> None:
        """Do harm until a moment of the monotonic clock, then repair everything."""
        harm = [row for row in HARM if row[1][0] in self.parts.by_name]
        while time.monotonic() < until:
            await asyncio.sleep(self.random.uniform(0.2, 2 * self.pause_seconds))
            _, names, how = self.random.choices(harm, [row[0] for row in harm])[0]
            name, pause = self.random.choice(names), self.random.uniform(0.2, 4.0)
            if name not in self._busy:
                self._begin(self._harm(name, how, pause))
        for part in self.parts.by_name.values():
            part.send(signal.SIGCONT)
        await asyncio.gather(*self._tasks)

    async def supervise(self) -> None:
        """Start again what has ended by itself, for lack of a peer perhaps; until cancelled."""
        while True:
            for part in self.parts.by_name.values():
                if part.name not in self._busy:
                    part.start()
            await asyncio.sleep(1)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _harm(self, name: str, how: str, pause_seconds: float) -> None:
        self._busy.add(name)
        part, key = self.parts.by_name[name], f"{how} {name.split('-')[0]}"
        self.done[key] = self.done.get(key, 0) + 1
        self.say(f"{how} {name} for {pause_seconds:.1f} s")
        if how == "freeze":
            part.send(signal.SIGSTOP)
            await asyncio.sleep(pause_seconds)
            part.send(signal.SIGCONT)
        else:
            held = await asyncio.to_thread(self._held_by, part.pid) if how == "kill" else []
            began = time.monotonic()
            number = signal.SIGKILL if how == "kill" else signal.SIGTERM
            await asyncio.to_thread(part.end, number)
            if held:
                self._begin(self._watch_recovery(held, part.pid, began))
            await asyncio.sleep(pause_seconds)
            part.start()
        self._busy.discard(name)

    def _held_by(self, pid: int) -> list[str]:
        """The jobs that are at work in one worker process."""
        try:
            with closing(open_redis(self.parts.environ["REDIS_URL"])) as redis:
                jobs = [one.decode() for one in cast(Any, redis.zrange(keys.LEASES, 0, -1))]
                return [job_id for job_id in jobs if _holder(redis, job_id) == pid]
        except RedisError:
            return []

    async def _watch_recovery(self, jobs: list[str], pid: int, began: float) -> None:
        """Measure how long it takes until none of `jobs` is that worker's any more."""

        def still_held() -> bool:
            now = set(self._held_by(pid))
            return bool(now & set(jobs)) or not self._answers()

        while await asyncio.to_thread(still_held):
            if time.monotonic() - began > _LONGEST_LOOK_SECONDS:
                break
            await asyncio.sleep(0.2)
        self.recoveries.append(time.monotonic() - began)

    def _answers(self) -> bool:
        try:
            with closing(open_redis(self.parts.environ["REDIS_URL"])) as redis:
                return bool(redis.ping())
        except RedisError:
            return False


def _holder(redis: Redis, job_id: str) -> int:
    name = cast(Any, redis.hget(RqJob.key_for(job_id), "worker_name"))
    return int(name.decode().split("-")[-2]) if name else 0
