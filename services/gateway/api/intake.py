"""Admits new and retried jobs: once each, while there is room and as far as the policies allow.

Only a job that is written counts against the policy for jobs: an invalid request, a full queue, a
spent budget or a replay uses none of it up. A retry counts if it has to buy. A job that cuts again
has a policy of its own and no budget.
"""

import asyncio
from dataclasses import dataclass

from services.common.errors import AppError, IdempotencyConflict, JobLimitExceeded, QueueFull
from services.gateway.access.caller import Caller
from services.gateway.access.limits import Limits
from services.gateway.api.estimate import DurationEstimate
from services.jobs import keys
from services.jobs.batched import Batched
from services.jobs.conditions import Bounds, Conditions, Verdict
from services.jobs.creation import creation
from services.jobs.moving_window import Policy
from services.jobs.once import Once
from services.jobs.places import Places
from services.jobs.retrying import Retrying
from services.jobs.spend.budget import Budget
from services.jobs.values import JobSpec, new_job_id

_LONGEST_WAIT_SECONDS = 600.0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Allowance:
    """The policy against which `what` is counted, and the budget that it needs (0: none)."""

    what: str
    policy: Policy
    budget_micros: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Intake:
    """Creates and retries jobs."""

    redis: Batched
    places: Places
    retrying: Retrying
    bounds: Bounds
    limits: Limits
    budget: Budget
    estimate: DurationEstimate

    async def create(self, caller: Caller, spec: JobSpec, once: Once | None) -> tuple[str, bool]:
        """Create a job; return its id, and whether it already existed.

        Raises IdempotencyConflict, JobLimitExceeded, QueueFull, BudgetExceeded, RateLimitExceeded.
        """
        job_id = new_job_id()
        allowance = self._cuts if spec.cuts_again else self._new_jobs
        conditions = self._conditions(caller, allowance)
        new = creation(self.places, job_id, spec, conditions, once)
        became, told = await self.redis.run(new.script, new.keys, new.args)
        verdict = Verdict(became=became.decode(), told=told.decode())
        if verdict.became != "in":
            raise await self._refusal(verdict, allowance)
        return verdict.told, verdict.told != job_id

    async def retry(self, caller: Caller, job_id: str, *, buy_again: bool) -> None:
        """Put an ended job back in line.

        Raises JobNotFound, JobNotRetryable, JobLimitExceeded, QueueFull, and when the job has to
        buy BudgetExceeded and RateLimitExceeded.
        """
        conditions = self._conditions(caller, self._new_jobs)
        verdict = await asyncio.to_thread(
            self.retrying.retry, job_id, conditions, buy_again=buy_again
        )
        if verdict.became != "in":
            raise await self._refusal(verdict, self._new_jobs)

    @property
    def _new_jobs(self) -> _Allowance:
        policy = self.limits.policies.jobs
        return _Allowance(what="new jobs", policy=policy, budget_micros=self.budget.micros)

    @property
    def _cuts(self) -> _Allowance:
        return _Allowance(what="new cuts", policy=self.limits.policies.renditions)

    def _conditions(self, caller: Caller, allowance: _Allowance) -> Conditions:
        return Conditions(
            bounds=self.bounds,
            policy=allowance.policy,
            counted=keys.counted(allowance.what, caller.subject),
            budget_micros=allowance.budget_micros,
        )

    async def _refusal(self, verdict: Verdict, allowance: _Allowance) -> AppError:
        match verdict.became:
            case "conflict":
                return IdempotencyConflict("This Idempotency-Key was used for another request.")
            case "budget":
                return self.budget.refusal()
            case "policy":
                return self.limits.too_many(allowance.what, allowance.policy, verdict.told)
        wait = min(await self.estimate.seconds(), _LONGEST_WAIT_SECONDS)
        if verdict.became == "queue":
            return QueueFull("The queue is full. Please try again later.", retry_after_seconds=wait)
        most = self.bounds.in_flight
        text = f"You have {most} jobs that have not ended, which is the most. Wait for one."
        return JobLimitExceeded(text, retry_after_seconds=wait)
