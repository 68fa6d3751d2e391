"""Counts requests for all gateways together, and says in headers and errors how many are left.

Refused requests are not counted, and neither are health, images and the pages of the documentation;
opening a stream counts as one request. New jobs are counted where they are written: see
creation.py.
"""

import asyncio
import math
import time
from dataclasses import dataclass

from redis.asyncio import Redis
from redis.exceptions import TimeoutError as RedisTimeoutError

from services.common.errors import RateLimitExceeded
from services.gateway.headers import respond_also_with, respond_with
from services.jobs import keys
from services.jobs.batched import Batched
from services.jobs.moving_window import Policy
from services.jobs.scripts import read_script

_PATIENCE_SECONDS = 3.0
"""Counting comes first in a call, so callers learn after this long that Redis hangs."""

_COUNT_REQUEST = read_script("count_request")


@dataclass(frozen=True, kw_only=True, slots=True)
class Policies:
    """What is allowed."""

    requests: Policy
    jobs: Policy
    renditions: Policy


class Limits:
    """Counts against the policy for requests, and reports on all policies."""

    def __init__(self, redis: Redis, policies: Policies) -> None:
        self.policies = policies
        self._redis = Batched(redis)

    async def count_request(
        self, subject: str, own: Policy | None = None, sharing: str = ""
    ) -> None:
        """Count a request of `subject` and say how many are left; `own` is its own policy, and
        `sharing` says who shares it.

        Raises RateLimitExceeded.
        """
        policy = own or self.policies.requests
        terms = [policy.amount, policy.seconds]
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                counted = [keys.counted("requests", subject)]
                passes, left, free_at = await self._redis.run(_COUNT_REQUEST, counted, terms)
        except TimeoutError as error:
            raise RedisTimeoutError("no answer in time") from error
        reset = _say("requests", policy, left, free_at)
        if not passes:
            raise _too_many("requests", policy, reset, sharing)

    def too_many(
        self, what: str, policy: Policy, free_at: str, sharing: str = ""
    ) -> RateLimitExceeded:
        """Return the error for a caller whom `policy` allows no more of `what` until `free_at` (s
        since 1970); `sharing` says who shares it."""
        return _too_many(what, policy, _say(what, policy, 0, free_at), sharing)


def _say(what: str, policy: Policy, left: int, free_at: str | bytes) -> int:
    """Say in headers what is left: in the guide's for the policy that was checked last, in those
    of draft-ietf-httpapi-ratelimit-headers-11 for each."""
    reset = math.floor(float(free_at)) + 1  # never a moment too early
    respond_with("x-ratelimit-limit", str(policy.amount))
    respond_with("x-ratelimit-remaining", str(left))
    respond_with("x-ratelimit-reset", str(reset))
    wait = max(0, math.ceil(reset - time.time()))
    respond_also_with("ratelimit-policy", f'"{what}";q={policy.amount};w={policy.seconds}')
    respond_also_with("ratelimit", f'"{what}";r={left};t={wait}')
    return reset


def _too_many(what: str, policy: Policy, reset: int, sharing: str) -> RateLimitExceeded:
    allowed = f"{policy.text} are allowed{sharing and f' for {sharing}'}"
    text = f"Too many {what}: {allowed}. Wait and retry."
    return RateLimitExceeded(text, retry_after_seconds=reset - time.time())
