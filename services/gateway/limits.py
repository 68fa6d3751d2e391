"""Counts requests and created jobs, for all gateways together in Redis.

Windows move: in no stretch of 15 minutes do more than 100 requests pass, and who has used them up
gets the next one when the oldest is 15 minutes old, which is what X-RateLimit-Reset says. A fixed
window would let twice as many pass around its edge. What is refused is not counted. Health, images
and the documentation's pages are not counted either; opening a stream counts as one request.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from limits import parse_many
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.asyncio import Redis
from redis.exceptions import TimeoutError as RedisTimeoutError

from services.common.errors import RateLimitExceeded
from services.gateway.headers import respond_with

_PREFIX = "snapasset:limits"
_PATIENCE_SECONDS = 3.0
"""Counting comes first in a call, so this is how soon callers hear that Redis hangs."""


def policy_mistake(text: str) -> str | None:
    """Check for settings that hold a policy."""
    try:
        [policy] = parse_many(text)
    except ValueError:
        return "must be one policy such as 100/15 minutes"
    return None if policy.amount > 0 else "must allow at least one"


@dataclass(frozen=True, kw_only=True, slots=True)
class Policies:
    """What is allowed, in the notation of the `limits` library."""

    requests: str
    jobs: str


class Limits:
    """Counts against the two policies."""

    def __init__(self, redis: Redis, policies: Policies) -> None:
        self._policies = policies
        # The URL is for show; the pool, with its timeouts, is ours.
        storage = RedisStorage(
            "async+redis://",
            implementation="redispy",
            key_prefix=_PREFIX,
            connection_pool=redis.connection_pool,  # type: ignore[arg-type]
        )
        self._window = MovingWindowRateLimiter(storage)

    async def count_request(self, subject: str) -> None:
        """Count a request of `subject` and say how many are left. Raises RateLimitExceeded."""
        await self._count("requests", self._policies.requests, subject, always_say=True)

    async def count_job(self, subject: str) -> None:
        """Count a new job of `subject`. Raises RateLimitExceeded, and the headers say so too."""
        await self._count("new jobs", self._policies.jobs, subject, always_say=False)

    async def _count(self, what: str, allowed: str, subject: str, *, always_say: bool) -> None:
        [policy] = parse_many(allowed)
        async with _patience():
            passed = await self._window.hit(policy, what, subject)
            if passed and not always_say:
                return
            stats = await self._window.get_window_stats(policy, what, subject)
        reset = int(stats.reset_time) + 1  # never a moment too early
        respond_with("x-ratelimit-limit", str(policy.amount))
        respond_with("x-ratelimit-remaining", str(stats.remaining))
        respond_with("x-ratelimit-reset", str(reset))
        if not passed:
            text = f"Too many {what}: {allowed} are allowed. Wait and retry."
            raise RateLimitExceeded(text, retry_after_seconds=reset - time.time())


@asynccontextmanager
async def _patience() -> AsyncIterator[None]:
    """Raise Redis's error for a timeout when the block takes too long."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            yield
    except TimeoutError as error:
        raise RedisTimeoutError("no answer in time") from error
