"""Lists jobs, a page at a time: the work for a page is bounded, whatever the filters leave out.

The only write is to drop jobs that Redis has lost from the index that was read.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from redis.asyncio import Redis

from services.common.errors import InvalidRequest
from services.jobs import keys
from services.jobs.record import job_of
from services.jobs.rq_record import key_of, read_rq_record
from services.jobs.selection import Selection
from services.jobs.state import read_state
from services.jobs.values import JOB_ID, Job

logger = logging.getLogger(__name__)

_AT_ONCE = 100
_MOST_READ = 500
"""How many jobs are read for one page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class JobPage:
    """Some jobs, and the cursor of the next page ("" when there is none)."""

    jobs: Sequence[Job]
    next_cursor: str


class Listing:
    """Lists jobs. `redis` must not decode replies."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def page(self, selection: Selection, limit: int, cursor: str) -> JobPage:
        """Return at most `limit` jobs after `cursor`. There may be fewer although more follow.

        Raises InvalidRequest for an unknown cursor.
        """
        if cursor and not JOB_ID.fullmatch(cursor):
            raise InvalidRequest("cursor must be the nextCursor of an earlier page.")
        jobs: list[Job] = []
        at_once = _AT_ONCE if selection.is_filtered else limit
        for _ in range(0, _MOST_READ, at_once):
            ids = await self._ids(selection, cursor, at_once + 1)
            for cursor, job in await self._read(selection.index, ids[:at_once]):
                if job and selection.holds(job):
                    jobs.append(job)
                if len(jobs) == limit:
                    return JobPage(jobs=jobs, next_cursor=cursor if cursor != ids[-1] else "")
            if len(ids) <= at_once:
                return JobPage(jobs=jobs, next_cursor="")
        return JobPage(jobs=jobs, next_cursor=cursor)

    async def _ids(self, selection: Selection, cursor: str, most: int) -> list[str]:
        least, greatest = selection.bounds(cursor)
        backward = not selection.oldest_first
        found = await self._redis.zrange(
            selection.index,
            cast(Any, greatest if backward else least),
            cast(Any, least if backward else greatest),
            desc=backward,
            bylex=True,
            offset=0,
            num=most,
        )
        return [one.decode() for one in cast(list[bytes], found)]

    async def _read(self, index: str, ids: Sequence[str]) -> list[tuple[str, Job | None]]:
        """Return each id with its job, or with None if the job cannot be read."""
        pipe = self._redis.pipeline(transaction=False)
        for job_id in ids:
            pipe.hgetall(key_of(job_id))
            pipe.hgetall(keys.state(job_id))
        rows = await pipe.execute()
        read, gone = [], []
        for job_id, record, state in zip(ids, rows[::2], rows[1::2], strict=True):
            if not (record and state):
                gone.append(job_id)
            read.append((job_id, _readable(job_id, record, state)))
        if gone:
            await self._redis.zrem(index, *gone)
        return read


def _readable(
    job_id: str, record: Mapping[bytes, bytes], state: Mapping[bytes, bytes]
) -> Job | None:
    """Return the job, None if it cannot be read: the others can still be listed."""
    if not (record and state):
        return None
    try:
        return job_of(job_id, read_rq_record(record), read_state(state), ())
    except Exception:
        logger.exception("The record of a job cannot be read", extra={"job_id": job_id})
        return None
