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

    async def longest_wait_seconds(self, *, gives_way: bool = False) -> float:
        """Return how long the first job of an owner's line has been there, for the owner for whom
        that is longest; 0 when none waits. Either jobs that give way to others count, or the rest.

        Looks at the thousand owners whose turns come first.
        """
        turns = keys.LATER_TURNS if gives_way else keys.TURNS
        owners = cast(list[bytes], await cast(Any, self._redis.lrange(turns, 0, 999)))
        pipe = self._redis.pipeline(transaction=False)
        for owner in owners:
            pipe.lindex(keys.line(owner.decode(), gives_way=gives_way), 0)
        firsts = await pipe.execute()
        for first in filter(None, firsts):
            pipe.hget(rq_record.key_of(first.decode()), "enqueued_at")
        moments = await pipe.execute()  # those that have been taken or forgotten have none
        return max((0.0, *(_seconds_since(moment) for moment in moments if moment)))

    async def giving_way(self) -> int:
        """Count the waiting jobs that give way to others."""
        owners = cast(list[bytes], await cast(Any, self._redis.lrange(keys.LATER_TURNS, 0, -1)))
        pipe = self._redis.pipeline(transaction=False)
        for owner in owners:
            pipe.llen(keys.line(owner.decode(), gives_way=True))
        return sum(await pipe.execute())

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
