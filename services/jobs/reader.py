"""Reads jobs for callers: one, or a page of an owner's. Its only write is to drop jobs that Redis
has lost from an owner's list."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from redis.asyncio import Redis

from services.common.errors import InvalidRequest, JobNotFound
from services.jobs import keys
from services.jobs.batched import Batched
from services.jobs.record import job_of, pairs
from services.jobs.rq_record import REGISTRIES, key_of, read_rq_record
from services.jobs.scripts import read_script
from services.jobs.state import read_state
from services.jobs.values import JOB_ID, Job, Status

logger = logging.getLogger(__name__)

_Hash = Mapping[bytes, bytes]

_GET = read_script("get")
_GONE = read_script("gone")


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Some jobs, newest first, and the cursor of the next page ("" when there is none)."""

    jobs: Sequence[Job]
    next_cursor: str


class Reader:
    """Reads jobs. `redis` must not decode replies."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._batched = Batched(redis)

    async def get(self, job_id: str) -> Job:
        """Return a job. Raises JobNotFound."""
        names = [key_of(job_id), keys.state(job_id), keys.logs(job_id)]
        record, state, logs = await self._batched.run(_GET, names, [])
        if not record or not state:
            raise JobNotFound("There is no such job. Check the job id.")
        return _job(job_id, pairs(record), pairs(state), logs)

    async def page(self, owner: str, status: Status | None, limit: int, cursor: str) -> Page:
        """Return `owner`'s jobs after `cursor`. Raises InvalidRequest for an unknown cursor."""
        if cursor and not JOB_ID.fullmatch(cursor):
            raise InvalidRequest("cursor must be the nextCursor of an earlier page.")
        index = keys.owned(owner, status)
        behind = f"({cursor}" if cursor else "+"
        found = await self._redis.zrevrangebylex(index, behind, "-", 0, limit + 1)
        ids = [one.decode() for one in cast(list[bytes], found)]
        pipe = self._redis.pipeline(transaction=False)
        for job_id in ids[:limit]:
            pipe.hgetall(key_of(job_id))
            pipe.hgetall(keys.state(job_id))
        rows = await pipe.execute()
        jobs, gone = [], []
        for job_id, record, state in zip(ids, rows[::2], rows[1::2], strict=False):
            if not (record and state):
                gone.append(job_id)
            elif job := _readable(job_id, record, state):
                jobs.append(job)
        if gone:
            await self._redis.zrem(index, *gone)
        more = len(ids) > limit
        return Page(jobs=jobs, next_cursor=ids[limit - 1] if more else "")

    async def ended_before(self, status: Status, ended: float, retention: float) -> list[str]:
        """Return at most 10,000 jobs in `status` that ended before `ended` (s since 1970)."""
        key = REGISTRIES[status]
        found = await self._redis.zrangebyscore(key, "-inf", ended + retention, 0, 10_000)
        return [one.decode() for one in cast(list[bytes], found)]

    async def gone(self, job_ids: Sequence[str]) -> list[str]:
        """Return the ids of those jobs that Redis has lost, in whole or in part."""
        names = [key for job_id in job_ids for key in (key_of(job_id), keys.state(job_id))]
        found = await self._batched.run(_GONE, names, job_ids)
        return [one.decode() for one in found]


def _readable(job_id: str, record: _Hash, state: _Hash) -> Job | None:
    """Return the job, None if it cannot be read: the others can still be listed."""
    try:
        return _job(job_id, record, state, ())
    except Exception:
        logger.exception("The record of a job cannot be read", extra={"job_id": job_id})
        return None


def _job(job_id: str, record: _Hash, state: _Hash, logs: Sequence[bytes]) -> Job:
    return job_of(job_id, read_rq_record(job_id, record), read_state(state), logs)
