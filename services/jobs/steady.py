"""Waits out an outage of Redis."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from redis.exceptions import RedisError

from services.common.backoff import Backoff

logger = logging.getLogger(__name__)

T = TypeVar("T")

_BACKOFF = Backoff(first_seconds=0.2, longest_seconds=3.0)


async def steadily(call: Callable[[], Awaitable[T]]) -> T:
    """Return what `call` returns, calling it again with backoff until Redis answers.

    Only for calls that may be repeated. Ends when the task is cancelled.
    """
    failures = 0
    while True:
        try:
            return await call()
        except RedisError as error:
            logger.warning("Redis does not answer, trying again: %s", error)
            failures += 1
            await asyncio.sleep(_BACKOFF.pause_seconds(failures))
