"""Outlasting a Redis that is away."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

T = TypeVar("T")

_FIRST_SECONDS, _LAST_SECONDS = 0.2, 3.0


async def steadily(call: Callable[[], Awaitable[T]]) -> T:
    """Return what `call` returns, calling it again with backoff until Redis answers.

    Only for calls that may be repeated. Ends when the task is cancelled.
    """
    pause = _FIRST_SECONDS
    while True:
        try:
            return await call()
        except RedisError as error:
            logger.warning("Redis does not answer, trying again: %s", error)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LAST_SECONDS)
