"""Creates jobs: one script decides whether a new job is admitted, and writes it.

So the bounds and the policy hold however many gateways create jobs at once, equal requests make
one job, and a gateway that dies in the middle leaves nothing behind. If the script is sent twice,
because an answer was lost, it finds the job that it has written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from services.common import context
from services.jobs import keys
from services.jobs.batches import join_batch
from services.jobs.commands import Commands
from services.jobs.conditions import Conditions
from services.jobs.move import Move, enter
from services.jobs.once import KEPT_SECONDS, Once
from services.jobs.places import Places
from services.jobs.rq_record import QUEUES, WAITING, key_of, new_rq_record
from services.jobs.scripts import Script, read_script
from services.jobs.state import State
from services.jobs.values import JobSpec, Status, Urgency

_CREATE = read_script("create")


@dataclass(frozen=True, kw_only=True, slots=True)
class Creation:
    """The script that creates a job, with its arguments. It answers the fields of a Verdict."""

    script: Script
    keys: Sequence[str]
    args: Sequence[Any]


def creation(
    places: Places,
    job_id: str,
    spec: JobSpec,
    conditions: Conditions,
    once: Once | None = None,
    *,
    batch_id: str = "",
) -> Creation:
    """Return the script that creates a job on these conditions, and only `once`, in a batch."""
    record, uploads = key_of(job_id), dict.fromkeys(spec.uploads.values())
    state = State(
        owner=spec.user_id,
        request_id=context.request_id.get(),
        traceparent=context.traceparent.get(),
        answer=once.key if once else "",
        key=conditions.key.name,
        gives_way=spec.urgency is Urgency.BATCH,
        batch=batch_id,
    )
    return Creation(
        script=_CREATE,
        keys=[
            record,
            once.key if once else record,
            *conditions.keys(spec.user_id),
            *(key for one in uploads for key in (keys.upload(one), keys.upload_jobs(one))),
        ],
        args=[
            job_id,
            once.digest if once else "",
            KEPT_SECONDS,
            *conditions.args,
            spec.user_id,
            *_commands(places, job_id, spec, state).words,
        ],
    )


def _commands(places: Places, job_id: str, spec: JobSpec, state: State) -> Commands:
    """Return the commands that write a job and put it in line."""
    commands = Commands()
    record = new_rq_record(spec)
    commands.add("SADD", QUEUES, WAITING)
    commands.add("HSET", key_of(job_id), *(part for pair in record.items() for part in pair))
    places.index(commands, keys.owned(state.owner), job_id, datetime.now(UTC))
    if state.batch:
        join_batch(commands, places, job_id, state)
    move = Move(to=Status.WAITING, state=state, message="Waiting in the queue")
    enter(commands, places, job_id, None, move, 0.0)
    return commands
