"""Reads single jobs for callers, and finds those that have ended or are lost."""

from collections.abc import Sequence
from typing import cast

from redis.asyncio import Redis

from services.common.errors import JobNotFound
from services.jobs import keys
from services.jobs.batched import Batched
from services.jobs.record import job_of, pairs
from services.jobs.rq_record import REGISTRIES, key_of, read_rq_record
from services.jobs.scripts import read_script
from services.jobs.state import read_state
from services.jobs.values import Job, Status

_GET = read_script("get")
_GONE = read_script("gone")


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
        rq, ours = read_rq_record(pairs(record)), read_state(pairs(state))
        return job_of(job_id, rq, ours, logs)

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
