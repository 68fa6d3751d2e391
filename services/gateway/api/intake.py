"""Admits new and retried jobs: once each, while there is room and as far as the policies allow.

Only a job that is written counts against the policy for jobs: an invalid request, a full queue, a
spent budget or a replay uses none of it up. A retry counts if it has to buy. A job that cuts again
has a policy of its own, and one that cuts an upload counts as a new job; neither needs a budget.
"""

import asyncio
from dataclasses import dataclass, replace

from services.common.errors import (
    AppError,
    FieldMistake,
    IdempotencyConflict,
    JobLimitExceeded,
    QueueFull,
    UploadNotFound,
)
from services.gateway.access.caller import EACH_USER, Caller
from services.gateway.access.limits import Limits
from services.gateway.api.estimate import DurationEstimate
from services.jobs import keys
from services.jobs.batched import Batched
from services.jobs.conditions import Bounds, Conditions, KeyBounds, Verdict
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
    """The policies against which `what` is counted: how often, and for how much (0: no budget)."""

    what: str
    policy: Policy
    budget_micros: int = 0
    key_budget_micros: int = 0


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

    async def create(
        self, caller: Caller, spec: JobSpec, once: Once | None, *, batch_id: str = ""
    ) -> tuple[str, bool]:
        """Create a job, perhaps in a batch; return its id, and whether it already existed.

        Raises IdempotencyConflict, UploadNotFound, JobLimitExceeded, QueueFull, BudgetExceeded,
        RateLimitExceeded.
        """
        job_id, owner = new_job_id(), spec.user_id
        allowance = self._cuts if spec.cuts_again else self._new_jobs(caller)
        conditions = self._conditions(caller, owner, allowance)
        if spec.source:
            conditions = conditions.without_budget()
        new = creation(self.places, job_id, spec, conditions, once, batch_id=batch_id)
        became, told = await self.redis.run(new.script, new.keys, new.args)
        verdict = Verdict(became=became.decode(), told=told.decode())
        if verdict.became != "in":
            missing = _missing(spec, verdict)
            raise missing or await self._refusal(caller, owner, verdict, conditions, allowance.what)
        return verdict.told, verdict.told != job_id

    async def retry(self, caller: Caller, owner: str, job_id: str, *, buy_again: bool) -> None:
        """Put an ended job of `owner` back in line.

        Raises JobNotFound, JobNotRetryable, JobLimitExceeded, QueueFull, and when the job has to
        buy BudgetExceeded and RateLimitExceeded.
        """
        allowance = self._new_jobs(caller)
        conditions = self._conditions(caller, owner, allowance)
        verdict = await asyncio.to_thread(
            self.retrying.retry, job_id, conditions, buy_again=buy_again
        )
        if verdict.became != "in":
            raise await self._refusal(caller, owner, verdict, conditions, allowance.what)

    def _new_jobs(self, caller: Caller) -> _Allowance:
        return _Allowance(
            what="new jobs",
            policy=caller.limits.jobs or self.limits.policies.jobs,
            budget_micros=caller.limits.budget_of_user(self.budget.micros),
            key_budget_micros=caller.limits.together.budget_micros,
        )

    @property
    def _cuts(self) -> _Allowance:
        return _Allowance(what="new cuts", policy=self.limits.policies.renditions)

    def _conditions(self, caller: Caller, owner: str, allowance: _Allowance) -> Conditions:
        together = caller.limits.together
        in_flight = caller.limits.in_flight_of_user(self.bounds.in_flight)
        return Conditions(
            bounds=replace(self.bounds, in_flight=in_flight),
            policy=allowance.policy,
            counted=keys.counted(allowance.what, caller.subject_for(owner)),
            budget_micros=allowance.budget_micros,
            key=KeyBounds(
                name=caller.key,
                in_flight=together.in_flight or 0,
                budget_micros=allowance.key_budget_micros,
            ),
        )

    async def _refusal(
        self, caller: Caller, owner: str, verdict: Verdict, conditions: Conditions, what: str
    ) -> AppError:
        sharing = caller.sharing_for(owner)
        match verdict.became:
            case "conflict":
                return IdempotencyConflict("This Idempotency-Key was used for another request.")
            case "budget":
                return Budget(conditions.budget_micros).refusal(EACH_USER if caller.key else "")
            case "key's budget":
                return Budget(conditions.key.budget_micros).refusal(sharing)
            case "policy":
                return self.limits.too_many(what, conditions.policy, verdict.told, sharing)
        wait = min(await self.estimate.seconds(), _LONGEST_WAIT_SECONDS)
        if verdict.became == "queue":
            return QueueFull("The queue is full. Please try again later.", retry_after_seconds=wait)
        whose, most = "This user has" if caller.key else "You have", conditions.bounds.in_flight
        if verdict.became == "key's jobs":
            whose, most = "The users of this API key have", conditions.key.in_flight
        jobs = "unfinished job" if most == 1 else "unfinished jobs"
        text = f"{whose} {most} {jobs}, and may have no more. Wait until one has ended."
        return JobLimitExceeded(text, retry_after_seconds=wait)


def _missing(spec: JobSpec, verdict: Verdict) -> UploadNotFound | None:
    """Return the error for an upload that is not there, or not the owner's."""
    fields = [name for name, one in spec.uploads.items() if keys.upload(one) == verdict.told]
    if verdict.became != "upload":
        return None
    text = "There is no such upload. Check its id; it may have expired."
    return UploadNotFound(
        text, fields=[FieldMistake(name, "does not exist, or has expired") for name in fields]
    )
