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
        if seen.outbox:
            yield from _of_outbox(seen.outbox)

    async def _look(self) -> _Seen:
        watchers = self._hub.watchers
        try:
            async with asyncio.timeout(_REDIS_SECONDS):
                depths = await self._figures.counts()
                oldest = await self._figures.longest_wait_seconds()
                outbox = await outbox_figures(self._redis)
        except (RedisError, TimeoutError) as error:
            logger.warning("The queue could not be measured: %r", error)
            return _Seen(watchers=watchers)
        return _Seen(watchers=watchers, depths=depths, oldest_seconds=oldest, outbox=outbox)


def _of_outbox(outbox: OutboxFigures) -> Iterator[Metric]:
    """Yield the gauges of webhooks."""
    for name, value in (
        (WEBHOOK_PENDING, outbox.pending),
        (WEBHOOK_OLDEST, outbox.oldest_seconds),
        (WEBHOOK_LAG, outbox.lag_seconds),
        (WEBHOOK_FAILING, outbox.failing),
        (WEBHOOK_MISSED, outbox.missed),
    ):
        metric = gauge(name)
        metric.add_metric([], value)
        yield metric
