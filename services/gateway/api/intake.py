"""Takes jobs in: once each, where there is room, and as many as the policies allow.

Only a job that is written counts against the policy for jobs: neither a mistake in the request, nor
a full queue, nor a spent budget, nor a replay uses any of it up.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, cast

from redis.client import Pipeline

from services.common.errors import IdempotencyConflict, JobLimitExceeded, QueueFull
from services.gateway.access.caller import Caller
from services.gateway.access.limits import Limits
from services.gateway.api.estimate import Estimate
from services.jobs import keys
from services.jobs.batched import Batched
from services.jobs.creation import IN_FLIGHT, Bounds, Terms, creation
from services.jobs.moves import Moves
from services.jobs.once import Once
from services.jobs.spend.budget import Budget
from services.jobs.transition import Transitions
from services.jobs.values import Job, JobSpec, new_job_id

_LONGEST_WAIT_SECONDS = 600.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Intake:
    """Creates and retries jobs."""

    redis: Batched
    transitions: Transitions
    moves: Moves
    bounds: Bounds
    limits: Limits
    budget: Budget
    estimate: Estimate

    async def create(self, caller: Caller, spec: JobSpec, once: Once | None) -> tuple[str, bool]:
        """Create a job; return its id, and whether it was there before.

        Raises IdempotencyConflict, JobLimitExceeded, QueueFull, BudgetExceeded, RateLimitExceeded.
        """
        job_id = new_job_id()
        spent = await self.budget.refusal(spec.user_id)
        terms = Terms(
            bounds=self.bounds,
            policy=self.limits.policies.jobs,
            counted=keys.counted("new jobs", caller.subject),
            once=once,
            spent=spent is not None,
        )
        new = creation(self.transitions, job_id, spec, terms)
        became, told = await self.redis.run(new.script, new.keys, new.args)
        if became == b"known":
            return told.decode(), told.decode() != job_id
        if became == b"policy":
            raise self.limits.too_many_jobs(told)
        if became == b"conflict":
            raise IdempotencyConflict("This Idempotency-Key was used for another request.")
        if spent and became == b"budget":
            raise spent
        wait = await self._wait()
        raise _queue_full(wait) if became == b"queue" else self._too_many_in_flight(wait)

    async def retry(self, job: Job) -> None:
        """Put an ended job back in line.

        Raises JobNotRetryable, JobLimitExceeded, QueueFull, and BudgetExceeded when the job has
        a master still to buy.
        """
        if not job.paid and (spent := await self.budget.refusal(job.spec.user_id)):
            raise spent
        wait = await self._wait()
        in_flight = [keys.owned(job.spec.user_id, status) for status in IN_FLIGHT]

        def find_room(pipe: Pipeline) -> None:
            pipe.watch(*in_flight)  # type: ignore[no-untyped-call]
            if sum(cast(Any, pipe.zcard(one)) for one in in_flight) >= self.bounds.in_flight:
                raise self._too_many_in_flight(wait)
            if cast(Any, pipe.zcard(keys.WAITING)) >= self.bounds.waiting:
                raise _queue_full(wait)

        await asyncio.to_thread(self.moves.retry, job.id, find_room)

    async def _wait(self) -> float:
        return min(await self.estimate.seconds(), _LONGEST_WAIT_SECONDS)

    def _too_many_in_flight(self, wait: float) -> JobLimitExceeded:
        most = self.bounds.in_flight
        text = f"You have {most} jobs that have not ended, which is the most. Wait for one."
        return JobLimitExceeded(text, retry_after_seconds=wait)


def _queue_full(wait: float) -> QueueFull:
    return QueueFull("The queue is full. Please try again later.", retry_after_seconds=wait)
