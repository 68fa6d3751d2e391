"""Frees the places of a job whose record Redis has lost, by eviction or by hand."""

import logging
from contextlib import suppress
from datetime import UTC, datetime
from typing import cast

from redis import Redis

from services.jobs import codec, keys, rq_record
from services.jobs.commands import Commands
from services.jobs.places import end_in_batch
from services.jobs.rq_record import key_of, new_rq_record, read_rq_record, rq_changes
from services.jobs.scripts import read_script
from services.jobs.state import State, changes
from services.jobs.values import Change, Failure, JobSpec, Status
from services.jobs.webhooks.telling import tell

logger = logging.getLogger(__name__)

_BURY = read_script("bury")


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
    """Take a lost job out of its places, delete what is left of it, tell watchers and webhooks.

    A job that is whole is left alone. If nothing is left of a job, its owner is unknown: no webhook
    is told, and it stays in the owner's indexes until that owner looks for it or needs its place.
    """
    record = cast(dict[bytes, bytes], redis.hgetall(key_of(job_id)))
    owner, batch = cast(list[bytes | None], redis.hmget(keys.state(job_id), ["owner", "batch"]))
    if record and owner:
        return
    logger.warning("A job is lost: Redis no longer has its record", extra={"job_id": job_id})
    change, commands = lost(), Commands()
    if spec := _spec(job_id, record, owner):
        _tell(commands, job_id, spec, change)
    if batch:
        end_in_batch(commands, batch.decode(), job_id)
    commands.add("DEL", key_of(job_id), keys.state(job_id), keys.logs(job_id))
    commands.add("LREM", keys.TAKEN, 0, job_id)
    commands.add("LREM", rq_record.WAITING, 0, job_id)
    commands.add("ZREM", keys.LEASES, job_id)
    for status, registry in rq_record.REGISTRIES.items():
        if (
            status is Status.ACTIVE
        ):  # its members are pairs of job and lease, all with the same score
            commands.add("ZREMRANGEBYLEX", registry, f"[{job_id}:", f"({job_id};")
        else:
            commands.add("ZREM", registry, job_id)
    if spec:
        for gives_way in (False, True):
            commands.add("LREM", keys.line(spec.user_id, gives_way=gives_way), 0, job_id)
        for place in (None, *Status):
            commands.add("ZREM", keys.owned(spec.user_id, place), job_id)
    commands.add("PUBLISH", keys.channel(job_id), codec.change_to_json(change))
    _BURY.run(redis, [], commands.words)


def _spec(job_id: str, record: dict[bytes, bytes], owner: bytes | None) -> JobSpec | None:
    """Return what is known of what was asked for, None when even the owner is not."""
    if owner:
        return JobSpec(user_id=owner.decode(), prompt="")
    with suppress(Exception):  # what is left may be any part of it
        return read_rq_record(record).spec
    return None


def _tell(commands: Commands, job_id: str, spec: JobSpec, change: Change) -> None:
    """Add the commands that write what is known of the job, as failed, and tell of it."""
    state, _ = changes(
        None, State(owner=spec.user_id, message=change.message, failure=change.failure)
    )
    record = {**new_rq_record(spec), **rq_changes(change.status, change.at, "")}
    commands.add("DEL", key_of(job_id), keys.state(job_id))
    for key, fields in ((key_of(job_id), record), (keys.state(job_id), state)):
        commands.add("HSET", key, *(part for pair in fields.items() for part in pair))
    tell(commands, spec.user_id, job_id, change.status, spec.webhook_url)
