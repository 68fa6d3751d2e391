"""Figures about the queue: how many jobs there are, how long they wait and take, who is working."""

import statistics
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from redis.asyncio import Redis
from rq.suspension import WORKERS_SUSPENDED

from services.jobs import keys, rq_record
from services.jobs.values import Status


class Figures:
    """Measures the queue. `redis` must not decode replies."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def counts(self) -> Mapping[Status, int]:
        """Count the jobs of all owners by status, leaving out those past their retention."""
        pipe = self._redis.pipeline(transaction=True)
        pipe.llen(rq_record.WAITING)
        for status, registry in rq_record.REGISTRIES.items():
            alive_from = time.time() if status.ended else "-inf"
            pipe.zcount(registry, cast(Any, alive_from), "+inf")
        numbers = await pipe.execute()
        return dict(zip((Status.WAITING, *rq_record.REGISTRIES), numbers, strict=True))

    async def longest_wait_seconds(self) -> float:
        """Return how long the oldest waiting job has been in line, 0 when none waits."""
        first = cast(bytes | None, await cast(Any, self._redis.lindex(rq_record.WAITING, 0)))
        if first is None:
            return 0.0
        record = rq_record.key_of(first.decode())
        since = cast(bytes | None, await cast(Any, self._redis.hget(record, "enqueued_at")))
        if not since:  # it has since been taken or forgotten
            return 0.0
        return max(0.0, _seconds_since(since))

    async def usual_seconds(self) -> float | None:
        """Return the median duration of the last 50 completed jobs, None when there is none."""
        raw = cast(list[bytes], await cast(Any, self._redis.lrange(keys.DURATIONS, 0, -1)))
        return statistics.median(map(float, raw)) if raw else None

    async def paused(self) -> bool:
        """Return whether the workers have been told to take no new jobs."""
        return bool(await self._redis.exists(WORKERS_SUSPENDED))

    async def workers(self, silent_after_seconds: float) -> int:
        """Count the worker processes that were heard from recently."""
        members = cast(Any, self._redis.smembers(f"rq:workers:{keys.QUEUE}"))
        pipe = self._redis.pipeline(transaction=False)
        for name in cast(set[bytes], await members):
            pipe.hmget(name.decode(), ["last_heartbeat", "death"])
        return sum(
            not death and _seconds_since(heartbeat) < silent_after_seconds
            for heartbeat, death in await pipe.execute()
            if heartbeat
        )


def _seconds_since(moment: bytes) -> float:
    return (datetime.now(UTC) - datetime.fromisoformat(moment.decode())).total_seconds()
