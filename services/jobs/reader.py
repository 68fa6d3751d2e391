"""Reads jobs for callers: one, a page of an owner's, and the counts of all. Async, never writes
but for dropping forgotten jobs from an owner's list."""

import json
import logging
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from redis.asyncio import Redis
from rq.job import Job as RqJob
from rq.registry import (
    BaseRegistry,
    CanceledJobRegistry,
    FailedJobRegistry,
    FinishedJobRegistry,
    ScheduledJobRegistry,
    StartedJobRegistry,
)
from rq.serializers import JSONSerializer
from rq.suspension import WORKERS_SUSPENDED

from services.common.errors import InvalidRequest, JobNotFound
from services.jobs import codec, keys
from services.jobs.batched import Batched
from services.jobs.groups import groups
from services.jobs.scripts import read_script
from services.jobs.transition import OUR_STATUS, pairs
from services.jobs.values import JOB_ID, Job, Status

logger = logging.getLogger(__name__)

_REGISTRIES: Mapping[Status, type[BaseRegistry]] = {
    Status.ACTIVE: StartedJobRegistry,
    Status.DELAYED: ScheduledJobRegistry,
    Status.COMPLETED: FinishedJobRegistry,
    Status.FAILED: FailedJobRegistry,
    Status.CANCELLED: CanceledJobRegistry,
}


_GET = read_script("get")


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
        names = [RqJob.key_for(job_id), keys.state(job_id), keys.logs(job_id)]
        record, state, logs = await self._batched.run(_GET, names, [])
        if not record or not state:
            raise JobNotFound("There is no such job. Check the job id.")
        return _job(job_id, pairs(record), pairs(state), logs)

    async def page(self, owner: str, status: Status | None, limit: int, cursor: str) -> Page:
        """Return `owner`'s jobs behind `cursor`. Raises InvalidRequest for a foreign cursor."""
        if cursor and not JOB_ID.fullmatch(cursor):
            raise InvalidRequest("cursor must be the nextCursor of an earlier page.")
        index = keys.owned(owner, status)
        behind = f"({cursor}" if cursor else "+"
        found = await self._redis.zrevrangebylex(index, behind, "-", 0, limit + 1)
        ids = [one.decode() for one in cast(list[bytes], found)]
        pipe = self._redis.pipeline(transaction=False)
        for job_id in ids[:limit]:
            pipe.hgetall(RqJob.key_for(job_id))
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

    async def counts(self) -> Mapping[Status, int]:
        """Count the jobs of all owners by state, those to be forgotten left out."""
        pipe = self._redis.pipeline(transaction=True)
        pipe.zcard(keys.WAITING)
        for status, registry in _REGISTRIES.items():
            alive_from = time.time() if status.ended else "-inf"
            pipe.zcount(registry.key_template.format(keys.QUEUE), cast(Any, alive_from), "+inf")
        numbers = await pipe.execute()
        return dict(zip((Status.WAITING, *_REGISTRIES), numbers, strict=True))

    async def longest_wait_seconds(self) -> float:
        """Return how long the job that waits longest has been in line, 0 when none waits."""
        first = cast(Any, await self._redis.zrange(keys.WAITING, 0, 0, withscores=True))
        return max(0.0, time.time() - first[0][1] / 1000) if first else 0.0

    async def open_jobs(self, owner: str) -> int:
        """Count `owner`'s jobs that have not ended."""
        pipe = self._redis.pipeline(transaction=False)
        for status in (Status.WAITING, Status.ACTIVE, Status.DELAYED):
            pipe.zcard(keys.owned(owner, status))
        return sum(await pipe.execute())

    async def ended_before(self, status: Status, ended: float, retention: float) -> list[str]:
        """Return at most 10,000 jobs in `status` that ended before `ended` (s since 1970)."""
        key = _REGISTRIES[status].key_template.format(keys.QUEUE)
        found = await self._redis.zrangebyscore(key, "-inf", ended + retention, 0, 10_000)
        return [one.decode() for one in cast(list[bytes], found)]

    async def usual_seconds(self) -> float | None:
        """Return the median duration of the last 50 completed jobs, None when there is none."""
        raw = cast(list[bytes], await self._redis.lrange(keys.DURATIONS, 0, -1))
        return statistics.median(map(float, raw)) if raw else None

    async def paused(self) -> bool:
        """Tell whether the workers are told to take nothing new."""
        return bool(await self._redis.exists(WORKERS_SUSPENDED))

    async def workers(self, silent_after_seconds: float) -> int:
        """Count the worker processes that were heard of lately."""
        names = cast(set[bytes], await self._redis.smembers("rq:workers:" + keys.QUEUE))
        pipe = self._redis.pipeline(transaction=False)
        for name in names:
            pipe.hmget(name.decode(), ["last_heartbeat", "death"])
        now = datetime.now(UTC)
        alive = 0
        for heartbeat, death in await pipe.execute():
            if heartbeat and not death:
                heard = datetime.fromisoformat(heartbeat.decode())
                alive += (now - heard).total_seconds() < silent_after_seconds
        return alive


def _readable(job_id: str, record: Any, state: Mapping[bytes, bytes]) -> Job | None:
    """Return the job, None for one that another version wrote: the others can still be listed."""
    try:
        return _job(job_id, record, state, ())
    except Exception:
        logger.exception("The record of a job cannot be read", extra={"job_id": job_id})
        return None


def _job(job_id: str, record: Any, state: Mapping[bytes, bytes], logs: Sequence[bytes]) -> Job:
    rq = RqJob(job_id, connection=cast(Any, _NO_CONNECTION), serializer=JSONSerializer)
    rq.restore(record)

    def text(name: str, default: str = "") -> str:
        return state.get(name.encode(), default.encode()).decode()

    spec = codec.spec_from_json(rq.kwargs)
    bought = json.loads(text("checkpoint", "{}")).get("purchases", ())
    return Job(
        id=job_id,
        spec=spec,
        status=OUR_STATUS[rq.get_status(refresh=False)],
        created_at=_utc(rq.created_at) or datetime.now(UTC),
        progress=int(text("progress", "0")),
        message=text("message"),
        logs=tuple(line.decode() for line in logs),
        attempts=int(text("attempts", "0")),
        sequence=int(text("sequence", "0")),
        processed_at=_utc(rq.started_at),
        finished_at=_utc(rq.ended_at),
        next_run_at=codec.moment(text("next_run_at")) if text("next_run_at") else None,
        images=codec.images_from_json(json.loads(text("images", "[]"))),
        result=codec.result_from_json(json.loads(text("result", "null"))),
        failure=codec.failure_from_json(json.loads(text("failure", "null"))),
        request_id=text("request_id"),
        paid=len(bought) == len(groups(spec)),
    )


class _NoConnection:
    """Stands where RQ wants a connection for decoding a record; it is never used."""


_NO_CONNECTION = _NoConnection()


def _utc(when: datetime | None) -> datetime | None:
    return when.astimezone(UTC) if when else None
