"""What a scrape of the gateway reads: the state of the queue in Redis, and the open streams."""

import asyncio
import logging
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError
from dataclasses import dataclass

from prometheus_client.core import Metric
from prometheus_client.registry import Collector
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.common.metrics import (
    BATCH_OLDEST,
    BATCH_WAIT,
    BATCH_WAITING,
    BATCHES_OPEN,
    QUEUE_DEPTH,
    QUEUE_OLDEST,
    WATCHERS,
    WEBHOOK_FAILING,
    WEBHOOK_LAG,
    WEBHOOK_MISSED,
    WEBHOOK_OLDEST,
    WEBHOOK_PENDING,
    gauge,
)
from services.gateway.events.hub import EventHub
from services.jobs.batch_figures import BatchFigures, batch_figures
from services.jobs.figures import Figures
from services.jobs.values import Status
from services.jobs.webhooks.figures import OutboxFigures, outbox_figures

logger = logging.getLogger(__name__)

_REDIS_SECONDS = 1.0
_LOOP_SECONDS = 2.0
"""A scrape waits no longer than this, whatever has become of the process."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Seen:
    watchers: int
    depths: Mapping[Status, int] | None = None
    oldest_seconds: float = 0.0
    batches: BatchFigures | None = None
    outbox: OutboxFigures | None = None


class QueueCollector(Collector):
    """Queries the gateway's event loop from the thread of a scrape."""

    def __init__(self, redis: Redis, figures: Figures, hub: EventHub) -> None:
        self._redis = redis
        self._figures = figures
        self._hub = hub
        self._loop = asyncio.get_running_loop()

    def describe(self) -> Iterator[Metric]:
        """Describe nothing: registering the collector must not involve Redis."""
        yield from ()

    def collect(self) -> Iterator[Metric]:
        """Yield what is known; without Redis, only the streams."""
        asked = asyncio.run_coroutine_threadsafe(self._look(), self._loop)
        try:
            seen = asked.result(_LOOP_SECONDS)
        except (TimeoutError, CancelledError):
            asked.cancel()
            return
        watchers = gauge(WATCHERS)
        watchers.add_metric([], seen.watchers)
        yield watchers
        if seen.depths is None:
            return
        depth, oldest = gauge(QUEUE_DEPTH), gauge(QUEUE_OLDEST)
        for status, count in seen.depths.items():
            depth.add_metric([status], count)
        oldest.add_metric([], seen.oldest_seconds)
        yield depth
        yield oldest
        if seen.batches:
            yield from _of_batches(seen.batches)
        if seen.outbox:
            yield from _of_outbox(seen.outbox)

    async def _look(self) -> _Seen:
        watchers = self._hub.watchers
        try:
            async with asyncio.timeout(_REDIS_SECONDS):
                depths = await self._figures.counts()
                oldest = await self._figures.longest_wait_seconds()
                batches = await batch_figures(self._redis, self._figures)
                outbox = await outbox_figures(self._redis)
        except (RedisError, TimeoutError) as error:
            logger.warning("The queue could not be measured: %r", error)
            return _Seen(watchers=watchers)
        return _Seen(
            watchers=watchers,
            depths=depths,
            oldest_seconds=oldest,
            batches=batches,
            outbox=outbox,
        )


def _of_batches(batches: BatchFigures) -> Iterator[Metric]:
    return _gauges(
        {
            BATCHES_OPEN: batches.open,
            BATCH_OLDEST: batches.oldest_seconds,
            BATCH_WAITING: batches.waiting,
            BATCH_WAIT: batches.longest_wait_seconds,
        }
    )


def _of_outbox(outbox: OutboxFigures) -> Iterator[Metric]:
    return _gauges(
        {
            WEBHOOK_PENDING: outbox.pending,
            WEBHOOK_OLDEST: outbox.oldest_seconds,
            WEBHOOK_LAG: outbox.lag_seconds,
            WEBHOOK_FAILING: outbox.failing,
            WEBHOOK_MISSED: outbox.missed,
        }
    )


def _gauges(values: Mapping[str, float]) -> Iterator[Metric]:
    """Yield gauges without labels."""
    for name, value in values.items():
        metric = gauge(name)
        metric.add_metric([], value)
        yield metric
