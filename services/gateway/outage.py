"""What callers are told while Redis is away."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.exceptions import RedisError

from services.common.errors import Unavailable
from services.common.interceptors import Context

logger = logging.getLogger(__name__)

_RETRY_AFTER_SECONDS = 5.0


@asynccontextmanager
async def admit_outage(ctx: Context, method: str) -> AsyncIterator[None]:
    """Raise Unavailable when Redis does not answer."""
    try:
        yield
    except RedisError as error:
        logger.warning("Redis does not answer: %s", error)
        raise Unavailable(
            "The service cannot reach its queue just now. Please try again.",
            retry_after_seconds=_RETRY_AFTER_SECONDS,
        ) from error
