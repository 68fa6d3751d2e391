"""Every move of a job from one state to another, each as one Redis transaction.

A crash at any point leaves a job wholly in one state. Whoever runs a job holds its lease, named
by a token: a worker whose lease was taken over can no longer change anything.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from redis.client import Pipeline

from services.common.errors import JobNotCancellable, JobNotFound, JobNotRetryable
from services.jobs import codec, keys
from services.jobs.claim import Claim, LeaseLost
from services.jobs.cut_off import GONE_SECONDS
from services.jobs.spend.purchases import entries_from
from services.jobs.transition import OPEN_TTL, Record, Step, Transitions, now_ms
from services.jobs.values import Failure, Result, Status


class Moves:
    """Moves jobs. Sync and thread-safe, for use in threads.

    `moved` hears of every job that has ended or was delayed, once it is so.
    """

    def __init__(
        self,
        transitions: Transitions,
        moved: Callable[[str, Status], None] = lambda job_id, status: None,
    ) -> None:
        self._do = transitions
        self._moved = moved

    def take(self, timeout_seconds: float) -> str | None:
        """Take the next job from the line; see Line.take."""
        return self._do.line.take(timeout_seconds)

    def claim(self, job_id: str, worker: str, token: str) -> Claim | None:
        """Begin an attempt on a taken job. None when it is no longer waiting.

        Claiming again with the same token, after an answer was lost, gives the same claim.
        """

        def decide(pipe: Pipeline, record: Record) -> Claim | None:
            attempt, begun = record.attempts, cast(Any, pipe.hgetall(keys.purchases(job_id)))
            if record.status is Status.WAITING:
                attempt += 1
                record.rq.worker_name = worker
                state = {"lease": token, "attempts": str(attempt)}
                step = Step(to=Status.ACTIVE, message="Starting", state=state)
                self._do.apply(pipe, record, step)
            elif record.state.get("lease") != token:
                self._drop_taken(job_id)
                return None
            return Claim(
                job_id=job_id,
                token=token,
                spec=codec.spec_from_json(record.rq.kwargs),
                attempt=attempt,
                refusals=int(record.state.get("refusals", "0")),
                checkpoint=json.loads(record.state.get("checkpoint", "{}")),
                request_id=record.state.get("request_id", ""),
                traceparent=record.state.get("traceparent", ""),
                cut_off="cut_off" in record.state,
                purchases=entries_from(begun),
                buy_again="buy_again" in record.state,
            )

        try:
            return self._do.change(job_id, decide)
        except JobNotFound:
            self._do.redis.zrem(keys.WAITING, job_id)
            self._drop_taken(job_id)
            return None

    def complete(self, job_id: str, token: str, result: Result) -> None:
        """End an attempt well. Raises LeaseLost."""

        def step(record: Record) -> Step:
            text = "Job completed"
            state = {"progress": "100"}
            return Step(to=Status.COMPLETED, message=text, log=text, state=state, result=result)

        def durations(pipe: Pipeline, record: Record) -> None:
            began = record.rq.started_at or datetime.now(UTC)
            pipe.lpush(keys.DURATIONS, round((datetime.now(UTC) - began).total_seconds(), 2))
            pipe.ltrim(keys.DURATIONS, 0, 49)
            pipe.expire(keys.DURATIONS, OPEN_TTL)

        self._with_lease(job_id, token, step, durations)
        self._moved(job_id, Status.COMPLETED)

    def fail(self, job_id: str, token: str, failure: Failure) -> None:
        """End an attempt badly, for good. Raises LeaseLost."""
        self._with_lease(job_id, token, lambda record: _failed(failure))
        self._moved(job_id, Status.FAILED)

    def delay(
        self, job_id: str, token: str, failure: Failure, pause: timedelta, *, refused: bool
    ) -> None:
        """End an attempt badly; the job is tried again after `pause`.

        `refused`: a service had no room, which is counted for itself. Raises LeaseLost.
        """

        def step(record: Record) -> Step:
            what = "Put off" if refused else f"Attempt {record.attempts} failed"
            refusals = int(record.state.get("refusals", "0")) + 1
            counted = {"attempts": str(record.attempts - 1), "refusals": str(refusals)}
            return Step(
                to=Status.DELAYED,
                message=failure.message,
                log=f"{what}: {failure.message}",
                state=counted if refused else {},
                failure=failure,
                next_run_at=codec.moment(record.now) + pause,
            )

        self._with_lease(job_id, token, step)
        self._moved(job_id, Status.DELAYED)

    def hand_back(self, job_id: str, token: str) -> None:
        """Put a job that a stopping worker could not finish back; costs it no attempt."""

        def step(record: Record) -> Step:
            state = {"attempts": str(record.attempts - 1)}
            text = "Waiting for another worker"
            return Step(to=Status.WAITING, message=text, state=state, front=True)

        self._with_lease(job_id, token, step)

    def cancel(self, job_id: str) -> None:
        """Cancel a job in any state but completed or failed; the worker that has it is told.

        Raises JobNotFound, JobNotCancellable.
        """

        def decide(pipe: Pipeline, record: Record) -> bool:
            if record.status is Status.CANCELLED:
                return False
            if record.status.ended:
                raise JobNotCancellable(f"The job has {record.status}; there is nothing to cancel.")
            text, at_work = "Job cancelled", record.status is Status.ACTIVE
            state = {"cut_off": "1"} if at_work else {}
            step = Step(to=Status.CANCELLED, message=text, log=text, state=state)
            self._do.apply(pipe, record, step)
            if at_work:
                lease = record.state["lease"]
                pipe.sadd(keys.leaving(job_id), lease)
                pipe.pexpire(keys.leaving(job_id), timedelta(seconds=GONE_SECONDS))
                pipe.publish(keys.COMMANDS, codec.dumps({"cancel": job_id, "lease": lease}))
            return True

        if self._do.change(job_id, decide):
            self._moved(job_id, Status.CANCELLED)

    def left(self, job_id: str, token: str) -> None:
        """Say that an attempt that has lost its lease stores nothing more."""
        self._do.redis.srem(keys.leaving(job_id), token)

    def others_leave(self, job_id: str) -> bool:
        """Tell whether a cancelled attempt may still be storing what it has bought.

        Whoever buys before that has ended pays twice. It is bounded: no attempt leaves for long.
        """
        return bool(self._do.redis.exists(keys.leaving(job_id)))

    def retry(self, job_id: str, find_room: Callable[[Pipeline], None] = lambda pipe: None) -> None:
        """Put a failed or cancelled job back in line with fresh attempts; its checkpoint stays.

        `find_room` may watch, read and raise. Raises JobNotFound, JobNotRetryable.
        """

        def decide(pipe: Pipeline, record: Record) -> None:
            if record.status not in (Status.FAILED, Status.CANCELLED):
                raise JobNotRetryable(
                    f"Only failed and cancelled jobs can be retried; this one is {record.status}."
                )
            find_room(pipe)
            state = {"attempts": "0", "refusals": "0", "progress": "0"}
            text = "Waiting in the queue"
            step = Step(to=Status.WAITING, message=text, log="Retry requested", state=state)
            self._do.apply(pipe, record, step)

        self._do.change(job_id, decide)

    def forget(self, job_id: str, *, with_answer: bool = False) -> bool:
        """Delete an ended job. False when it has not ended or is gone.

        `with_answer`: also what its creator was told, so that the Idempotency-Key is new again.
        """

        def decide(pipe: Pipeline, record: Record) -> bool:
            if not record.status.ended:
                return False
            answer = record.state.get("answer", "") if with_answer else ""
            # The key may have been used for another job since.
            answered: Any = pipe.hget(answer, "job") if answer else None
            pipe.multi()
            if answered == job_id.encode():
                pipe.delete(answer)
            self._do.leave(pipe, record)
            pipe.zrem(keys.owned(record.owner), job_id)
            pipe.delete(record.rq.key, keys.state(job_id), keys.logs(job_id), keys.leaving(job_id))
            return True

        try:
            return self._do.change(job_id, decide)
        except JobNotFound:
            return False

    def wake(self, job_id: str) -> None:
        """Put a delayed job whose time has come back in line."""

        def decide(pipe: Pipeline, record: Record) -> None:
            due = codec.moment(record.state.get("next_run_at", 0))
            if record.status is Status.DELAYED and due <= codec.moment(record.now):
                text = "Waiting for another attempt"
                self._do.apply(pipe, record, Step(to=Status.WAITING, message=text, front=True))

        self._do.change(job_id, decide)

    def take_over(self, job_id: str, max_attempts: int) -> None:
        """Free a job whose worker has let the lease run out: back in line, or failed for good."""

        def decide(pipe: Pipeline, record: Record) -> Status | None:
            until: Any = pipe.zscore(keys.LEASES, job_id)
            if record.status is not Status.ACTIVE or until is None or until > record.now:
                return None
            text = "The worker was lost; another one takes over"
            step = Step(to=Status.WAITING, message=text, log=text, front=True)
            if record.attempts >= max_attempts:
                text = f"The worker was lost in the last of {record.attempts} attempts."
                step = _failed(Failure(code="WORKER_LOST", message=text, retryable=True))
            self._do.apply(pipe, record, step)
            return step.to

        if self._do.change(job_id, decide) is Status.FAILED:
            self._moved(job_id, Status.FAILED)

    def put_back(self, job_id: str) -> None:
        """Put a job that was taken from the line and never claimed back."""

        def decide(pipe: Pipeline, record: Record) -> None:
            pipe.multi()
            pipe.lrem(keys.TAKEN, 0, job_id)
            if record.status is Status.WAITING:
                self._do.line.remove(pipe, record.owner, job_id)
                self._do.line.push(pipe, record.owner, job_id, now_ms(), front=True)

        self._do.change(job_id, decide)

    def _drop_taken(self, job_id: str) -> None:
        self._do.redis.lrem(keys.TAKEN, 0, job_id)

    def _with_lease(
        self,
        job_id: str,
        token: str,
        step: Callable[[Record], Step],
        also: Callable[[Pipeline, Record], None] = lambda pipe, record: None,
    ) -> None:
        """Make `step` if `token` still names the job's lease. Raises LeaseLost otherwise."""

        def decide(pipe: Pipeline, record: Record) -> None:
            if record.status is not Status.ACTIVE or record.state.get("lease") != token:
                raise LeaseLost(job_id)
            self._do.apply(pipe, record, step(record))
            also(pipe, record)

        try:
            self._do.change(job_id, decide)
        except JobNotFound:
            raise LeaseLost(job_id) from None


def _failed(failure: Failure) -> Step:
    log = f"Job failed: {failure.message}"
    return Step(to=Status.FAILED, message=failure.message, log=log, failure=failure)
