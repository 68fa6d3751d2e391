"""Takes jobs in: once each, where there is room, and as many as the policies allow.

Only a job that is about to be written counts against the policy for jobs: neither a mistake in the
request, nor a full queue, nor a spent budget, nor a replay uses any of it up.
"""

import asyncio
from dataclasses import dataclass

from services.common import context
from services.common.errors import AppError, Unavailable
from services.gateway.admission import Admission, give_up_place
from services.gateway.auth.caller import Caller
from services.gateway.idempotency import Once
from services.gateway.jobs.moves import Moves
from services.gateway.jobs.values import Job, JobSpec, new_job_id
from services.gateway.limits import Limits
from services.gateway.spend.budget import Budget

_TWIN_SECONDS, _LOOK_SECONDS = 5.0, 0.05


@dataclass(frozen=True, kw_only=True, slots=True)
class Intake:
    """Creates and retries jobs."""

    admission: Admission
    limits: Limits
    budget: Budget
    moves: Moves

    async def create(self, caller: Caller, spec: JobSpec, once: Once | None) -> tuple[str, bool]:
        """Create a job; return its id, and whether it was there before.

        Raises IdempotencyConflict, JobLimitExceeded, QueueFull, BudgetExceeded, RateLimitExceeded.
        """
        job_id, owner = new_job_id(), spec.user_id
        answers = await self._take_place(job_id, owner, once)
        if answers != job_id:
            return answers, True
        try:
            await self.budget.check(owner)
            await self.limits.count_job(caller.subject)
        except AppError:
            await self.admission.give_up(job_id, owner, once)
            raise
        settle = give_up_place(job_id, owner, once)
        await asyncio.to_thread(self.moves.create, job_id, spec, context.request_id.get(), settle)
        return job_id, False

    async def retry(self, job: Job) -> None:
        """Put an ended job back in line.

        Raises JobNotRetryable, JobLimitExceeded, QueueFull, and BudgetExceeded when the job has
        a master still to buy.
        """
        owner = job.spec.user_id
        if job.status.ended:
            await self.admission.take_place(job.id, owner)
        try:
            if not job.paid:
                await self.budget.check(owner)
            await asyncio.to_thread(self.moves.retry, job.id)
        finally:
            await self.admission.give_up(job.id, owner)

    async def _take_place(self, job_id: str, owner: str, once: Once | None) -> str:
        """Take a place; let an equal request that came at the same time end first."""
        for _ in range(int(_TWIN_SECONDS / _LOOK_SECONDS)):
            if answers := await self.admission.take_place(job_id, owner, once):
                return answers
            await asyncio.sleep(_LOOK_SECONDS)
        raise Unavailable("The same request is still at work.", retry_after_seconds=1)
