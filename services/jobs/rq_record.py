"""RQ's record of a job: the hash, the registries and the list that RQ's own tools read.

We write it as RQ would, but only the parts that `rq info` and rq-dashboard show, so that they show
the truth.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from rq import Queue
from rq.job import Job, JobStatus
from rq.registry import (
    CanceledJobRegistry,
    FailedJobRegistry,
    FinishedJobRegistry,
    ScheduledJobRegistry,
    StartedJobRegistry,
)
from rq.serializers import JSONSerializer

from services.jobs import codec, keys
from services.jobs.values import JobSpec, Status

QUEUES = Queue.redis_queues_keys
"""Set of the queues known to RQ."""

WAITING = f"{Queue.redis_queue_namespace_prefix}{keys.QUEUE}"
"""RQ's queue: the list of all waiting jobs, in the order in which they were put in line. It is
there to be counted and shown; `line.py` decides whose turn it is."""

REGISTRIES: Mapping[Status, str] = {
    status: registry.key_template.format(keys.QUEUE)
    for status, registry in (
        (Status.ACTIVE, StartedJobRegistry),
        (Status.DELAYED, ScheduledJobRegistry),
        (Status.COMPLETED, FinishedJobRegistry),
        (Status.FAILED, FailedJobRegistry),
        (Status.CANCELLED, CanceledJobRegistry),
    )
}
"""Sorted sets of the jobs that are not waiting, by status."""

STATUSES: Mapping[Status, JobStatus] = {
    Status.WAITING: JobStatus.QUEUED,
    Status.ACTIVE: JobStatus.STARTED,
    Status.DELAYED: JobStatus.SCHEDULED,
    Status.COMPLETED: JobStatus.FINISHED,
    Status.FAILED: JobStatus.FAILED,
    Status.CANCELLED: JobStatus.CANCELED,
}
"""RQ's name for each of our states."""

_OURS = {theirs: ours for ours, theirs in STATUSES.items()}

_FUNCTION = "services.worker.pipeline"
"""The function that the record names; our worker never looks it up."""

_WINDOW_BITS = 12
"""A call is short: with zlib's usual window, preparing the window takes longer than the rest."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RqRecord:
    """What RQ's record says about a job."""

    spec: JobSpec
    status: Status
    started_at: datetime | None
    ended_at: datetime | None


def key_of(job_id: str) -> str:
    """Return the key of the record."""
    return Job.key_for(job_id)


def read_rq_record(raw: Mapping[bytes, bytes]) -> RqRecord:
    """Return what a job's hash says."""
    _, _, _, spec = json.loads(zlib.decompress(raw[b"data"]))
    return RqRecord(
        spec=codec.spec_from_json(spec),
        status=_OURS[JobStatus(raw[b"status"].decode())],
        started_at=_moment(raw.get(b"started_at")),
        ended_at=_moment(raw.get(b"ended_at")),
    )


def new_rq_record(spec: JobSpec) -> Mapping[str, Any]:
    """Return the fields of a new job's record."""
    call = (_FUNCTION, None, (), codec.spec_to_json(spec))
    return {
        **_BLANK,
        "created_at": _text(datetime.now(UTC)),
        "data": zlib.compress(json.dumps(call).encode(), level=1, wbits=_WINDOW_BITS),
        "description": f"{len(spec.platforms)} platforms",
    }


def rq_changes(to: Status, now: datetime, worker: str) -> Mapping[str, str]:
    """Return the fields of the record that change when a job enters a status."""
    moment = _text(now)
    times: dict[str, str] = {}
    if to is Status.WAITING:
        times = {"enqueued_at": moment, "ended_at": ""}
    elif to is Status.ACTIVE:
        times = {"started_at": moment, "worker_name": worker}
    elif to.ended:
        times = {"ended_at": moment}
    return {"status": STATUSES[to].value, **times}


class _NoConnection:
    """Stands in for the connection that RQ wants even when it only encodes a record."""


_BLANK: Mapping[str, Any] = Job.create(
    _FUNCTION,
    connection=cast(Any, _NoConnection()),
    serializer=JSONSerializer,
    origin=keys.QUEUE,
    status=JobStatus.CREATED,
).to_dict(include_meta=False, include_result=False)
"""What RQ writes for any new job; to ask it for each takes longer than the rest of a creation."""


def _text(when: datetime) -> str:
    plain = when.astimezone(UTC).replace(tzinfo=None)
    return f"{plain.isoformat(timespec='microseconds')}Z"


def _moment(text: bytes | None) -> datetime | None:
    return datetime.fromisoformat(text.decode()).astimezone(UTC) if text else None
