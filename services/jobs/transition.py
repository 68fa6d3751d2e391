"""One step of a job from state to state, over RQ's record and ours, as one Redis transaction."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, cast

from redis import Redis
from redis.client import Pipeline
from rq import Queue
from rq.job import Job as RqJob
from rq.job import JobStatus
from rq.registry import BaseRegistry
from rq.serializers import JSONSerializer

from services.common.errors import JobNotFound
from services.jobs import codec, keys
from services.jobs.line import Line
from services.jobs.values import Change, Failure, Result, Status

T = TypeVar("T")

RQ_STATUS: dict[Status, JobStatus] = {
    Status.WAITING: JobStatus.QUEUED,
    Status.ACTIVE: JobStatus.STARTED,
    Status.DELAYED: JobStatus.SCHEDULED,
    Status.COMPLETED: JobStatus.FINISHED,
    Status.FAILED: JobStatus.FAILED,
    Status.CANCELLED: JobStatus.CANCELED,
}
OUR_STATUS = {rq: ours for ours, rq in RQ_STATUS.items()}

OPEN_TTL = timedelta(days=30)
"""An open job that nothing has touched for so long is forgotten: no key lives for ever."""

MAX_LOGS = 100


# KEYS: RQ's record, our state.
_READ = """
return {redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[2]), redis.call('TIME')}
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """RQ's record and our state of one job, as read under WATCH.

    `now` are the seconds since 1970 by Redis's clock, the only one that leases and retries trust.
    """

    rq: RqJob
    state: Mapping[str, str]
    now: float = 0.0

    @property
    def status(self) -> Status:
        """The job's state as RQ records it."""
        return OUR_STATUS[self.rq.get_status(refresh=False)]

    @property
    def owner(self) -> str:
        """Whose job it is."""
        return self.state["owner"]

    @property
    def attempts(self) -> int:
        """How often work on it has begun."""
        return int(self.state["attempts"])


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """Where a job goes and what is written with it. `state` are fields of its hash."""

    to: Status
    message: str
    log: str | None = None
    state: Mapping[str, str] = field(default_factory=dict)
    front: bool = False
    failure: Failure | None = None
    result: Result | None = None
    next_run_at: datetime | None = None


class Transitions:
    """Reads jobs under WATCH and queues the commands of a step."""

    def __init__(self, redis: Redis, *, retention: timedelta, lease: timedelta) -> None:
        self.redis = redis
        self.queue = Queue(keys.QUEUE, connection=redis, serializer=JSONSerializer)
        self.line = Line(redis)
        self._retention = retention
        self._lease = lease
        self._registries: dict[Status, BaseRegistry] = {
            Status.ACTIVE: self.queue.started_job_registry,
            Status.DELAYED: self.queue.scheduled_job_registry,
            Status.COMPLETED: self.queue.finished_job_registry,
            Status.FAILED: self.queue.failed_job_registry,
            Status.CANCELLED: self.queue.canceled_job_registry,
        }

    def change(self, job_id: str, decide: Callable[[Pipeline, Record], T]) -> T:
        """Run `decide` on the job as it is; again when it was changed meanwhile.

        `decide` may read from the pipeline and then calls `apply`, or returns without writing.
        Raises JobNotFound.
        """

        def attempt(pipe: Pipeline) -> T:
            return decide(pipe, self._read(pipe, job_id))

        watched = (RqJob.key_for(job_id), keys.state(job_id))
        outcome = self.redis.transaction(cast(Any, attempt), *watched, value_from_callable=True)
        return cast(T, outcome)

    def apply(self, pipe: Pipeline, record: Record, step: Step) -> None:
        """Queue the commands of `step`, its event included."""
        pipe.multi()
        self.leave(pipe, record)
        self.enter(pipe, record, step)
        if step.to is Status.WAITING:
            self.line.push(pipe, record.owner, record.rq.id, now_ms(), front=step.front)

    def leave(self, pipe: Pipeline, record: Record) -> None:
        """Take the job out of the place of its present state."""
        status, job_id = record.status, record.rq.id
        pipe.zrem(keys.owned(record.owner, status), job_id)
        if status is Status.WAITING:
            self.line.remove(pipe, record.owner, job_id)
        elif status is Status.ACTIVE:
            pipe.zrem(self._registries[status].key, f"{job_id}:{record.state.get('lease')}")
            pipe.zrem(keys.LEASES, job_id)
        else:
            self._registries[status].remove(record.rq, pipeline=pipe)
        pipe.hdel(keys.state(job_id), "lease", "next_run_at", "failure")

    def enter(self, pipe: Pipeline, record: Record, step: Step) -> None:
        """Put the job into the place of its next state, the line aside, and say so."""
        rq, job_id, now = record.rq, record.rq.id, datetime.now(UTC)
        ttl = self._retention if step.to.ended else OPEN_TTL
        if step.to is Status.WAITING:
            rq.enqueued_at, rq.ended_at = now, None
        elif step.to is Status.ACTIVE:
            rq.started_at = now
            # RQ must never call an execution abandoned: leases decide that.
            execution = f"{job_id}:{step.state['lease']}"
            pipe.zadd(self._registries[step.to].key, {execution: "+inf"})
            pipe.zadd(keys.LEASES, {job_id: record.now + self._lease.total_seconds()})
        elif step.to is Status.DELAYED:
            # RQ's own schedule() cuts to whole seconds: too early for a provider's Retry-After.
            due = cast(datetime, step.next_run_at).timestamp()
            pipe.zadd(self._registries[step.to].key, {job_id: due})
        else:
            rq.ended_at = now
            registry = self._registries[step.to].key
            pipe.zadd(registry, {job_id: time.time() + ttl.total_seconds()})
            pipe.zremrangebyscore(registry, "-inf", time.time())
        rq.set_status(RQ_STATUS[step.to], pipeline=pipe)
        rq.save(pipeline=pipe, include_meta=False, include_result=False)
        self.index(pipe, keys.owned(record.owner, step.to), job_id)
        if step.log:
            pipe.rpush(keys.logs(job_id), step.log)
            pipe.ltrim(keys.logs(job_id), -MAX_LOGS, -1)
        self._say(pipe, record, step, now)
        for key in (rq.key, keys.state(job_id), keys.logs(job_id)):
            pipe.expire(key, ttl)

    def index(self, pipe: Pipeline, key: str, job_id: str) -> None:
        """Add a job to an owner's index, and drop those that are surely forgotten."""
        oldest = now_ms() - int((OPEN_TTL + self._retention).total_seconds() * 1000)
        pipe.zadd(key, {job_id: 0})
        pipe.zremrangebylex(key, "-", f"(gen-{oldest}")
        pipe.expire(key, OPEN_TTL + self._retention)

    def _say(self, pipe: Pipeline, record: Record, step: Step, now: datetime) -> None:
        """Write our state and publish the change that tells of it."""
        job_id = record.rq.id
        progress = step.state.get("progress", record.state.get("progress", "0"))
        sequence = int(record.state.get("sequence", "0")) + 1
        fields = {**step.state, "message": step.message, "sequence": str(sequence)}
        if step.failure:
            fields["failure"] = codec.dumps(step.failure)
        if step.result:
            fields["result"] = codec.dumps(step.result)
        if step.next_run_at:
            fields["next_run_at"] = str(step.next_run_at.timestamp())
        pipe.hset(keys.state(job_id), mapping=cast(Any, fields))
        change = Change(
            type="done" if step.to.ended else "status",
            status=step.to,
            progress=int(progress),
            message=step.message,
            sequence=sequence,
            at=now,
            result=step.result,
            failure=step.failure,
            next_run_at=step.next_run_at,
            images=codec.images_from_json(json.loads(record.state.get("images", "[]"))),
        )
        pipe.publish(keys.channel(job_id), codec.change_to_json(change))

    def _read(self, pipe: Pipeline, job_id: str) -> Record:
        read: Any = pipe.eval(_READ, 2, RqJob.key_for(job_id), keys.state(job_id))
        raw, state, time = read
        if not raw or not state:
            raise JobNotFound("There is no such job.")
        rq = RqJob(job_id, connection=self.redis, serializer=JSONSerializer)
        rq.restore(pairs(raw))
        texts = {name.decode(): value.decode() for name, value in pairs(state).items()}
        return Record(rq=rq, state=texts, now=_seconds(time))

    def now(self) -> float:
        """Return the seconds since 1970 by Redis's clock."""
        return _seconds(cast(Any, self.redis.time()))


def _seconds(time: Sequence[Any]) -> float:
    """Return Redis's TIME as seconds since 1970."""
    return int(time[0]) + int(time[1]) / 1e6


def pairs(flat: Sequence[bytes]) -> dict[bytes, bytes]:
    """Return a hash as a script gives it: names and values in turn."""
    return dict(zip(flat[::2], flat[1::2], strict=True))


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000
