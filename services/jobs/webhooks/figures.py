"""Figures about the outbox."""

import time
from dataclasses import dataclass
from typing import Any, cast

from redis.asyncio import Redis

from services.jobs.webhooks import keys


@dataclass(frozen=True, kw_only=True, slots=True)
class OutboxFigures:
    """How much is pending and for how long, how long the webhook that has waited longest for a
    sender has waited, how many targets failed to take what they were last sent, and how many
    deliveries were missed so far."""

    pending: int
    oldest_seconds: float
    lag_seconds: float
    failing: int
    missed: int


async def outbox_figures(redis: Redis) -> OutboxFigures:
    """Measure the outbox. `redis` must not decode replies."""
    pipe = cast(Any, redis).pipeline(transaction=True)
    pipe.zcard(keys.PENDING)
    pipe.zrange(keys.PENDING, 0, 0, withscores=True)
    pipe.zrange(keys.SOUND, 0, 0, withscores=True)
    pipe.hlen(keys.FAILURES)
    pipe.get(keys.MISSED)
    pending, oldest, next_due, failing, missed = await pipe.execute()
    now = time.time()
    return OutboxFigures(
        pending=pending,
        oldest_seconds=max(0.0, now - oldest[0][1] / 1000) if oldest else 0.0,
        lag_seconds=max(0.0, now - next_due[0][1]) if next_due else 0.0,
        failing=failing,
        missed=int(missed or 0),
    )
