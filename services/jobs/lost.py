"""Frees the places of a job whose record Redis has lost, by eviction or by hand."""

import logging
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, cast

from redis import Redis

from services.jobs import codec, keys, rq_record
from services.jobs.values import Change, Failure, Status

logger = logging.getLogger(__name__)


def lost() -> Change:
    """Return the failure of a job that Redis no longer knows."""
    text = "The service lost this job. Please create it again."
    return Change(
        type="done",
        status=Status.FAILED,
        progress=0,
        message=text,
        sequence=2**31 - 1,
        at=datetime.now(UTC),
        failure=Failure(code="JOB_LOST", message=text, retryable=False),
    )


def bury(redis: Redis, job_id: str) -> None:
    """Take a lost job out of its places, delete what is left of it and tell its watchers.

    A job that is whole is left alone. If nothing is left of a job, its owner is unknown: it stays
    in the owner's indexes until that owner looks for it or needs its place.
    """
    record = cast(dict[bytes, bytes], redis.hgetall(rq_record.key_of(job_id)))
    owner = cast(bytes | None, redis.hget(keys.state(job_id), "owner"))
    if record and owner:
        return
    logger.warning("A job is lost: Redis no longer has its record", extra={"job_id": job_id})
    pipe = cast(Any, redis.pipeline(transaction=True))
    pipe.delete(rq_record.key_of(job_id), keys.state(job_id), keys.logs(job_id))
    pipe.lrem(keys.TAKEN, 0, job_id)
    pipe.lrem(rq_record.WAITING, 0, job_id)
    pipe.zrem(keys.LEASES, job_id)
    for status, registry in rq_record.REGISTRIES.items():
        if (
            status is Status.ACTIVE
        ):  # its members are pairs of job and lease, all with the same score
            pipe.zremrangebylex(registry, f"[{job_id}:", f"({job_id};")
        else:
            pipe.zrem(registry, job_id)
    for name in _names_of_owner(job_id, record, owner):
        for gives_way in (False, True):
            pipe.lrem(keys.line(name, gives_way=gives_way), 0, job_id)
        for place in (None, *Status):
            pipe.zrem(keys.owned(name, place), job_id)
    pipe.publish(keys.channel(job_id), codec.change_to_json(lost()))
    pipe.execute()


def _names_of_owner(job_id: str, record: dict[bytes, bytes], owner: bytes | None) -> list[str]:
    if owner:
        return [owner.decode()]
    with suppress(Exception):  # what is left may be any part of it
        return [rq_record.read_rq_record(job_id, record).spec.user_id]
    return []
