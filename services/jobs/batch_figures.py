"""Figures about batches, and about the jobs that give way to all others."""

import time
from dataclasses import dataclass

from redis.asyncio import Redis

from services.jobs import keys
from services.jobs.figures import Figures


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchFigures:
    """How many batches have unfinished jobs and how old the oldest one is, how many jobs of the
    urgency "batch" wait, and for how long the first of them has."""

    open: int
    oldest_seconds: float
    waiting: int
    longest_wait_seconds: float


async def batch_figures(redis: Redis, figures: Figures) -> BatchFigures:
    """Measure batches. `redis` must not decode replies."""
    pipe = redis.pipeline(transaction=True)
    pipe.zcard(keys.OPEN_BATCHES)
    pipe.zrange(keys.OPEN_BATCHES, 0, 0, withscores=True)
    count, oldest = await pipe.execute()
    return BatchFigures(
        open=count,
        oldest_seconds=max(0.0, time.time() - oldest[0][1] / 1000) if oldest else 0.0,
        waiting=await figures.giving_way(),
        longest_wait_seconds=await figures.longest_wait_seconds(gives_way=True),
    )
