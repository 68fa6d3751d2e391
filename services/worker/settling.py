"""Decides whether a job whose attempt failed fails for good or waits for another one."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from services.common.backoff import Backoff
from services.common.errors import AppError, Busy
from services.jobs.claim import Claim
from services.jobs.claims import Claims
from services.jobs.values import Failure

logger = logging.getLogger(__name__)

_LONGEST_PAUSE_SECONDS = 600.0
_LONGEST_REFUSED_SECONDS = 30.0
"""Room can come back at any time, and the bought image waits for it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RetryPolicy:
    """How often a job is tried: `attempts`, and `refusals` by services that had no room for it.

    `uncertain_purchases` is how often a master that may be paid for may be bought again.
    """

    attempts: int
    refusals: int = 100
    backoff_seconds: float
    uncertain_purchases: int = 1

    def pause(self, claim: Claim, error: AppError) -> timedelta | None:
        """Return how long to wait before the next attempt, None when there is none."""
        refused = is_refusal(error)
        number = claim.refusals + 1 if refused else claim.attempt
        if not error.retryable or number >= (self.refusals if refused else self.attempts):
            return None
        backoff = Backoff(
            first_seconds=self.backoff_seconds,
            longest_seconds=_LONGEST_REFUSED_SECONDS if refused else _LONGEST_PAUSE_SECONDS,
        )
        return timedelta(seconds=backoff.pause_seconds(number, error.retry_after_seconds or 0.0))


def is_refusal(error: AppError) -> bool:
    """Return whether a service had no room and never began: that does not count as an attempt."""
    return isinstance(error, Busy)


def settle(claims: Claims, policy: RetryPolicy, claim: Claim, error: AppError) -> None:
    """Fail the job for good, or delay it for another attempt. Blocks. Raises LeaseLost."""
    failure = Failure(code=error.code, message=error.message, retryable=error.retryable)
    pause = policy.pause(claim, error)
    if pause is None:
        logger.warning("Job failed: %s", error.message, extra={"code": error.code})
        claims.fail(claim.job_id, claim.token, failure)
        return
    logger.warning(
        "Attempt %d failed, next one in %.1f s: %s",
        claim.attempt,
        pause.total_seconds(),
        error.message,
    )
    claims.delay(claim.job_id, claim.token, failure, pause, refused=is_refusal(error))
