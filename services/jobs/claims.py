"""What a worker does with jobs: it takes and claims them, and settles its attempts.

A crash at any point leaves a job wholly in one status. A worker holds a lease on each job it works
on, named by a token: once the lease has been taken over, the worker can no longer change anything.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from services.common.errors import JobNotFound
from services.jobs import codec, keys
from services.jobs.claim import Claim, LeaseLost
from services.jobs.commands import Commands
from services.jobs.line import Line, Taken
from services.jobs.lost import bury
from services.jobs.move import Move
from services.jobs.places import IN_FLIGHT_TTL, line_up
from services.jobs.record import Record
from services.jobs.records import Records
from services.jobs.values import Failure, Result, Status

_DURATIONS_KEPT = 50


class Claims:
    """Takes, claims and settles jobs. Sync and thread-safe, for use in threads."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._redis = records.redis
        self._line = Line(records.redis)

    def take(self, timeout_seconds: float, *, urgent_only: bool = False) -> Taken | None:
        """Take the next job from the line; see Line.take."""
        return self._line.take(timeout_seconds, urgent_only=urgent_only)

    def put_back(self, job_id: str) -> None:
        """Put a job that was taken but not claimed back in line. Raises JobNotFound."""
        while True:
            record, commands = self._records.read(job_id), Commands()
            commands.add("LREM", keys.TAKEN, 0, job_id)
            if record.status is Status.WAITING:
                state = record.state
                line = keys.line(state.owner, gives_way=state.gives_way)
                commands.add("LREM", line, 0, job_id)
                line_up(commands, job_id, state, front=True)
            if self._records.run_if_unmoved(record, commands):
                return

    def claim(self, job_id: str, worker: str, token: str) -> Claim | None:
        """Begin an attempt at a taken job. None when it is no longer waiting.

        Claiming again with the same token, because an answer was lost, gives the same claim.
        """

        def decide(record: Record) -> Move | None:
            if record.status is not Status.WAITING:
                return None
            state = replace(record.state, attempts=record.state.attempts + 1)
            return Move(
                to=Status.ACTIVE, state=state, message="Starting", lease=token, worker=worker
            )

        try:
            before = self._records.move(job_id, decide)
        except JobNotFound:
            bury(self._redis, job_id)
            return None
        begun = before.status is Status.WAITING
        if not begun and before.state.lease != token:
            self._redis.lrem(keys.TAKEN, 0, job_id)
            return None
        return _claim(before, token, before.state.attempts + begun)

    def complete(self, job_id: str, token: str, result: Result) -> None:
        """Settle a successful attempt. Raises LeaseLost."""

        def move(record: Record) -> Move:
            text = "Job completed"
            return Move(
                to=Status.COMPLETED,
                state=replace(record.state, progress=100),
                message=text,
                log=text,
                result=result,
                also=_duration(record),
            )

        self._with_lease(job_id, token, move)

    def fail(self, job_id: str, token: str, failure: Failure) -> None:
        """Settle a failed attempt, and fail the job for good. Raises LeaseLost."""
        self._with_lease(job_id, token, lambda record: failed(record, failure))

    def delay(
        self, job_id: str, token: str, failure: Failure, pause: timedelta, *, refused: bool
    ) -> None:
        """Settle a failed attempt; the job is tried again after `pause`.

        `refused`: a service had no room, which is counted separately. Raises LeaseLost.
        """

        def move(record: Record) -> Move:
            state, what = record.state, f"Attempt {record.state.attempts} failed"
            if refused:
                what = "Put off"
                state = replace(state, attempts=state.attempts - 1, refusals=state.refusals + 1)
            return Move(
                to=Status.DELAYED,
                state=state,
                message=failure.message,
                log=f"{what}: {failure.message}",
                failure=failure,
                next_run_at=codec.moment(record.now) + pause,
            )

        self._with_lease(job_id, token, move)

    def hand_back(self, job_id: str, token: str) -> None:
        """Put back a job that a stopping worker could not finish; it costs the job no attempt.

        Raises LeaseLost.
        """

        def move(record: Record) -> Move:
            state = replace(record.state, attempts=record.state.attempts - 1)
            text = "Waiting for another worker"
            return Move(to=Status.WAITING, state=state, message=text, front=True)

        self._with_lease(job_id, token, move)

    def gone(self, job_id: str, token: str) -> None:
        """Note that a cancelled attempt will store nothing more."""
        self._redis.srem(keys.cut_off(job_id), token)

    def others_at_work(self, job_id: str) -> bool:
        """Return whether a cancelled attempt may still be storing what it has bought.

        Buying before it has ended would mean paying twice. The wait is bounded: see `cut_off.py`.
        """
        return bool(self._redis.exists(keys.cut_off(job_id)))

    def _with_lease(self, job_id: str, token: str, move: Callable[[Record], Move]) -> None:
        """Make `move` if `token` still names the job's lease. Raises LeaseLost otherwise."""

        def decide(record: Record) -> Move:
            if record.status is not Status.ACTIVE or record.state.lease != token:
                raise LeaseLost(job_id)
            return move(record)

        try:
            self._records.move(job_id, decide)
        except JobNotFound:
            raise LeaseLost(job_id) from None


def failed(record: Record, failure: Failure) -> Move:
    """Return the move that fails a job for good."""
    log = f"Job failed: {failure.message}"
    return Move(
        to=Status.FAILED, state=record.state, message=failure.message, log=log, failure=failure
    )


def _claim(record: Record, token: str, attempt: int) -> Claim:
    state = record.state
    return Claim(
        job_id=record.job_id,
        token=token,
        spec=record.spec,
        key=state.key,
        attempt=attempt,
        refusals=state.refusals,
        checkpoint=state.checkpoint,
        request_id=state.request_id,
        traceparent=state.traceparent,
        cut_off=state.cut_off,
        purchases=record.purchases,
        buy_again=state.buy_again,
    )


def _duration(record: Record) -> Commands:
    """Return the commands that record how long a job took, if it bought what it has made."""
    now, commands = datetime.now(UTC), Commands()
    if record.spec.source:  # far quicker: those who buy would be promised too much
        return commands
    seconds = (now - (record.rq.started_at or now)).total_seconds()
    commands.add("LPUSH", keys.DURATIONS, round(seconds, 2))
    commands.add("LTRIM", keys.DURATIONS, 0, _DURATIONS_KEPT - 1)
    commands.add("EXPIRE", keys.DURATIONS, int(IN_FLIGHT_TTL.total_seconds()))
    return commands
