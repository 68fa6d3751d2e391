"""Keeps the worker's loops going for as long as it lives."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from redis.exceptions import RedisError

from services.common.backoff import Backoff

logger = logging.getLogger(__name__)

_BACKOFF = Backoff(first_seconds=1.0, longest_seconds=3.0)


async def forever(work: Callable[[], Awaitable[None]], pause_seconds: float) -> None:
    """Do `work` again and again, waiting out outages of Redis and surviving mistakes."""
    failures = 0
    while True:
        try:
            await work()
            failures = 0
        except RedisError as error:
            failures += 1
            logger.warning("Redis does not answer, trying again: %s", error)
            await asyncio.sleep(_BACKOFF.pause_seconds(failures))
        except Exception:  # without this loop the worker would look alive and do nothing
            failures += 1
            logger.exception("A loop of the worker failed; it carries on")
            await asyncio.sleep(_BACKOFF.pause_seconds(failures))
        await asyncio.sleep(pause_seconds)
