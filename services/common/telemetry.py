"""What a process reports about itself: metrics to a scraper, spans to a receiver of traces.

Both are off unless configured, and then cost next to nothing.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import (
    AbstractContextManager,
    AsyncExitStack,
    asynccontextmanager,
)
from dataclasses import dataclass, field
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, ProcessCollector, start_http_server

from services.common.metrics import CallMetrics
from services.common.process_settings import ProcessSettings
from services.common.spans import Attributes, Told, no_span

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Telemetry:
    """`registry` holds the metrics of the process; `span` runs a block as one span of its trace.

    `calls` is None when metrics are off; `span` is `no_span` when traces are off.
    """

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    calls: CallMetrics | None = None
    span: Callable[[str, str, Attributes], AbstractContextManager[Told]] = no_span


@asynccontextmanager
async def open_telemetry(service: str, settings: ProcessSettings) -> AsyncIterator[Telemetry]:
    """Serve metrics and send traces for the length of the block, as the settings say.

    If the metrics port is taken, the process runs without metrics.
    """
    registry = CollectorRegistry()
    async with AsyncExitStack() as stack:
        calls, span = None, no_span
        if settings.metrics_port and (server := _show(registry, settings)):
            ProcessCollector(registry=registry)
            calls = CallMetrics(registry)
            stack.callback(server.server_close)
            stack.push_async_callback(asyncio.to_thread, server.shutdown)
            logger.info("Metrics on %s:%d", settings.host, settings.metrics_port)
        if settings.traced:
            # Here, because the SDK takes a while to import.
            from services.common.tracing import Tracing

            tracing = Tracing(service)
            stack.push_async_callback(asyncio.to_thread, tracing.close)
            span = tracing.span
        yield Telemetry(registry=registry, calls=calls, span=span)


def _show(registry: CollectorRegistry, settings: ProcessSettings) -> WSGIServer | None:
    try:
        return start_http_server(settings.metrics_port, settings.host, registry)[0]
    except OSError as error:
        logger.error(
            "No metrics: port %d cannot be bound (%s); set another METRICS_PORT",
            settings.metrics_port,
            error.strerror,
        )
        return None
