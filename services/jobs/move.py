"""A move of a job from one status to another, and the commands that make it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from services.jobs import codec, keys
from services.jobs.commands import Commands
from services.jobs.places import Places, line_up
from services.jobs.rq_record import key_of, rq_changes
from services.jobs.state import State, changes
from services.jobs.values import Change, Failure, Result, Status

MAX_LOGS = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """Where a job goes, and what is written with it.

    `state` is the state as read, with the changes of the move. The fields that belong to a status
    (lease, failure, time of the next attempt) are set from here, so every other move clears them.
    """

    to: Status
    state: State
    message: str
    log: str = ""
    front: bool = False
    """Whether it goes ahead of its owner's other jobs in line."""
    lease: str = ""
    worker: str = ""
    failure: Failure | None = None
    result: Result | None = None
    next_run_at: datetime | None = None
    also: Commands | None = None
    """Further commands to run with it."""


def enter(
    commands: Commands, places: Places, job_id: str, before: State | None, move: Move, clock: float
) -> None:
    """Add the commands that write a move, put the job into its new place and publish the change.

    `before` is None for a new job; `clock` is Redis's time (s).
    """
    now, to = datetime.now(UTC), move.to
    after = replace(
        move.state,
        message=move.message,
        sequence=move.state.sequence + 1,
        lease=move.lease,
        failure=move.failure,
        result=move.result or move.state.result,
        next_run_at=move.next_run_at,
    )
    record, state, logs = key_of(job_id), keys.state(job_id), keys.logs(job_id)
    written, deleted = changes(before, after)
    commands.add("HSET", record, *_flat(rq_changes(to, now, move.worker)))
    commands.add("HSET", state, *_flat(written))
    if deleted:
        commands.add("HDEL", state, *deleted)
    places.occupy(commands, job_id, after, to, now, clock)
    if to is Status.WAITING:
        line_up(commands, job_id, after, front=move.front)
    if move.log:
        commands.add("RPUSH", logs, move.log)
        commands.add("LTRIM", logs, -MAX_LOGS, -1)
    kept = int(places.kept(to).total_seconds())
    for key in (record, state, logs) if before or move.log else (record, state):
        commands.add("EXPIRE", key, kept)
    if before:  # nobody can watch a new job: its id is not known yet
        commands.add("PUBLISH", keys.channel(job_id), codec.change_to_json(_change(after, to, now)))


def _change(state: State, to: Status, now: datetime) -> Change:
    return Change(
        type="done" if to.ended else "status",
        status=to,
        progress=state.progress,
        message=state.message,
        sequence=state.sequence,
        at=now,
        result=state.result if to is Status.COMPLETED else None,
        failure=state.failure,
        next_run_at=state.next_run_at,
        images=state.images,
    )


def _flat(fields: Mapping[str, str]) -> list[str]:
    return [part for pair in fields.items() for part in pair]
