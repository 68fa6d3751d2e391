"""Counts requests and created jobs, for all gateways together in Redis.

Windows move: in no stretch of 15 minutes do more than 100 requests pass, and who has used them up
gets the next one when the oldest is 15 minutes old, which is what X-RateLimit-Reset says. A fixed
window would let twice as many pass around its edge. What is refused is not counted. Health, images
and the documentation's pages are not counted either; opening a stream counts as one request.
"""

import asyncio
import math
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self, cast

from redis.asyncio import Redis
from redis.exceptions import TimeoutError as RedisTimeoutError

from services.common.errors import RateLimitExceeded
from services.gateway.batched import Batched
from services.gateway.headers import respond_with
from services.gateway.jobs import keys

_PATIENCE_SECONDS = 3.0
"""Counting comes first in a call, so this is how soon callers hear that Redis hangs."""

_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_FORM = re.compile(rf"(\d{{1,9}}) ?(?:/|per) ?([1-9]\d{{0,4}})? ?({'|'.join(_UNITS)})s?")

# KEYS: when the subject's last requests passed. ARGV: the most in a window, its seconds.
# Returns whether this one passes, how many are left, and when the next one is free (s since 1970).
_COUNT = """
local clock = redis.call('TIME')
local now, most, window = clock[1] + clock[2] / 1e6, tonumber(ARGV[1]), tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
local left = most - redis.call('ZCARD', KEYS[1])
local passes = left > 0
if passes then
  redis.call('ZADD', KEYS[1], now, clock[1] .. '.' .. clock[2])
  redis.call('EXPIRE', KEYS[1], window)
  left = left - 1
end
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
return {passes and 1 or 0, left, tostring(oldest + window)}
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """At most `amount` in any `seconds`, written as in "100/15 minutes"."""

    text: str
    amount: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the policy of a text. Raises ValueError."""
        form = _FORM.fullmatch(text.strip().lower())
        if not form:
            raise ValueError("must be one policy such as 100/15 minutes")
        if not int(form[1]):
            raise ValueError("must allow at least one")
        return cls(text=text, amount=int(form[1]), seconds=int(form[2] or 1) * _UNITS[form[3]])


def policy_mistake(text: str) -> str | None:
    """Check for settings that hold a policy."""
    try:
        Policy.parse(text)
    except ValueError as error:
        return str(error)
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Policies:
    """What is allowed."""

    requests: Policy
    jobs: Policy


class Limits:
    """Counts against the two policies."""

    def __init__(self, redis: Redis, policies: Policies) -> None:
        self._policies = policies
        self._redis = Batched(redis)

    async def count_request(self, subject: str) -> None:
        """Count a request of `subject` and say how many are left. Raises RateLimitExceeded."""
        await self._count("requests", self._policies.requests, subject, always_say=True)

    async def count_job(self, subject: str) -> None:
        """Count a new job of `subject`. Raises RateLimitExceeded, and the headers say so too."""
        await self._count("new jobs", self._policies.jobs, subject, always_say=False)

    async def _count(self, what: str, policy: Policy, subject: str, *, always_say: bool) -> None:
        key = keys.counted(what, subject)
        async with _patience():
            told = await self._redis.eval(_COUNT, [key], [policy.amount, policy.seconds])
        passes, left, free_at = cast(tuple[int, int, bytes], told)
        if passes and not always_say:
            return
        reset = math.floor(float(free_at)) + 1  # never a moment too early
        respond_with("x-ratelimit-limit", str(policy.amount))
        respond_with("x-ratelimit-remaining", str(left))
        respond_with("x-ratelimit-reset", str(reset))
        if not passes:
            text = f"Too many {what}: {policy.text} are allowed. Wait and retry."
            raise RateLimitExceeded(text, retry_after_seconds=reset - time.time())


@asynccontextmanager
async def _patience() -> AsyncIterator[None]:
    """Raise Redis's error for a timeout when the block takes too long."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            yield
    except TimeoutError as error:
        raise RedisTimeoutError("no answer in time") from error
