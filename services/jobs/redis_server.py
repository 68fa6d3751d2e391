"""Checks that jobs are safe in a Redis server: it never evicts keys, and it takes writes."""

import logging
from contextlib import suppress
from functools import partial

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from services.common.patience import answer_of
from services.common.refusal import CannotStart
from services.jobs import keys
from services.jobs.connections import open_async_redis

logger = logging.getLogger(__name__)

_NEVER = "noeviction"
_PROBE_KEPT_SECONDS = 60

_PATIENCE_SECONDS = 20.0
_AGAIN_SECONDS = 0.25


async def refuse_eviction(url: str, *, patience_seconds: float = _PATIENCE_SECONDS) -> None:
    """Raise CannotStart for a server that may evict keys: jobs would vanish in mid-work.

    One that does not answer yet is waited for, so that nobody is sent to a process that could do
    nothing for them. One that does not say, or stays away, passes with a warning.
    """
    try:
        async with open_async_redis(url) as redis:
            policy = await answer_of(
                partial(_policy, redis),
                RedisError,
                name="Redis",
                patience_seconds=patience_seconds,
                again_seconds=_AGAIN_SECONDS,
            )
    except RedisError as error:
        logger.warning("Redis does not tell its maxmemory-policy: %s", error)
        return
    if policy is None:
        logger.warning("Redis does not show its maxmemory-policy; it must be %s", _NEVER)
    elif policy != _NEVER:
        raise CannotStart(
            f"the server at REDIS_URL evicts keys when its memory is full, and jobs with them: "
            f"its maxmemory-policy is {policy} and must be {_NEVER}"
        )


async def check_writes(redis: Redis) -> bool:
    """Return whether the server takes writes: it may be a replica, full, or unable to save.

    Raises RedisError when it does not answer.
    """
    try:
        await redis.set(keys.PROBE, "1", ex=_PROBE_KEPT_SECONDS)
    except ResponseError as error:
        logger.warning("Redis does not accept writes: %s", error)
        return False
    return True


async def _policy(redis: Redis) -> str | None:
    """Return the policy; hosted servers often refuse one of the two commands that show it."""
    with suppress(ResponseError):
        if shown := (await redis.info("memory")).get("maxmemory_policy"):
            return str(shown)
    with suppress(ResponseError):
        for shown in (await redis.config_get("maxmemory-policy")).values():
            return shown.decode() if isinstance(shown, bytes) else str(shown)
    return None
