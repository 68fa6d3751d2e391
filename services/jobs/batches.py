"""Batches: which jobs were created by one call, and how far they are.

A batch is written with each of its jobs, by the script that creates the job. So it holds exactly
the jobs that there are, whatever dies in between.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from redis.asyncio import Redis

from services.common.errors import BatchNotFound, IdempotencyConflict
from services.jobs import keys
from services.jobs.commands import Commands
from services.jobs.once import KEPT_SECONDS, Once
from services.jobs.places import Places
from services.jobs.rq_record import STATUSES, key_of
from services.jobs.scripts import read_script
from services.jobs.state import State
from services.jobs.values import Status, created_at, new_batch_id

_OPEN_BATCH = read_script("open_batch")
_OURS = {theirs.value.encode(): ours for ours, theirs in STATUSES.items()}


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """A batch as it was at one moment: of its `total` jobs, those that are not forgotten yet."""

    id: str
    owner: str
    total: int
    counts: Mapping[Status, int]
    progress: int
    unfinished: Sequence[str]

    @property
    def created_at(self) -> datetime:
        """When it was created."""
        return created_at(self.id)

    @property
    def ended(self) -> bool:
        """True when every job has ended."""
        return not self.unfinished


class Batches:
    """Opens, reads and forgets batches. `redis` must not decode replies."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def open(self, once: Once | None) -> str:
        """Return the id for a new batch, or for the one that this request has begun before.

        Raises IdempotencyConflict.
        """
        new = new_batch_id()
        if once is None:
            return new
        terms = [once.digest, new, KEPT_SECONDS]
        found = await _OPEN_BATCH.run_async(self._redis, [once.key], terms)
        if found is None:
            raise IdempotencyConflict("This Idempotency-Key was used for another request.")
        return str(found.decode())

    async def read(self, batch_id: str) -> Batch:
        """Return a batch as it is. Raises BatchNotFound for one that is forgotten as well."""
        record = await cast(Any, self._redis.hgetall(keys.batch(batch_id)))
        found = await self._redis.zrange(keys.jobs_of_batch(batch_id), 0, -1)
        ids = [one.decode() for one in cast(list[bytes], found)]
        pipe = self._redis.pipeline(transaction=False)
        for job_id in ids:
            pipe.hget(key_of(job_id), "status")
            pipe.hget(keys.state(job_id), "progress")
        told = await pipe.execute()
        known = [
            (job_id, _OURS[status], int(progress or 0))
            for job_id, status, progress in zip(ids, told[::2], told[1::2], strict=True)
            if status in _OURS
        ]
        if not record or not known:
            raise BatchNotFound("There is no such batch. Check the batch's id.")
        total = int(record[b"total"])
        gone = total - len(known)
        done = sum(100 if status.ended else progress for _, status, progress in known)
        statuses = [status for _, status, _ in known]
        return Batch(
            id=batch_id,
            owner=record[b"owner"].decode(),
            total=total,
            counts={status: statuses.count(status) for status in Status},
            progress=(done + 100 * gone) // total,
            unfinished=[job_id for job_id, status, _ in known if not status.ended],
        )

    async def forget(self, owner: str) -> None:
        """Delete all batches of an owner, whose jobs are forgotten already."""
        found = await self._redis.zrange(keys.batches(owner), 0, -1)
        for batch_id in (one.decode() for one in cast(list[bytes], found)):
            kept = (keys.batch, keys.jobs_of_batch, keys.unfinished_of_batch)
            await self._redis.delete(*(key(batch_id) for key in kept))
            await self._redis.zrem(keys.OPEN_BATCHES, batch_id)
        await self._redis.delete(keys.batches(owner))


def join_batch(commands: Commands, places: Places, job_id: str, state: State) -> None:
    """Add the commands that make a new job one of its batch."""
    now, batch, index = datetime.now(UTC), keys.batch(state.batch), keys.batches(state.owner)
    seconds = int(places.longest.total_seconds())
    oldest = int((now - places.longest).timestamp() * 1000)
    places.index(commands, keys.jobs_of_batch(state.batch), job_id, now)
    commands.add("HSET", batch, "owner", state.owner)
    commands.add("HINCRBY", batch, "total", 1)
    commands.add("EXPIRE", batch, seconds)
    commands.add("ZADD", index, 0, state.batch)
    commands.add("ZREMRANGEBYLEX", index, "-", f"(batch-{oldest}")
    commands.add("EXPIRE", index, seconds)
