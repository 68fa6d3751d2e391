"""Spans by the OpenTelemetry SDK, which reads its own standard variables (OTEL_...).

A span's parent is `context.traceparent`, which names the span itself while it lasts: so calls,
stored jobs and log lines carry the trace on without knowing OpenTelemetry.
"""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from services.common import context
from services.common.spans import Attributes, Told
from services.common.version import VERSION

logger = logging.getLogger(__name__)

_LAST_SECONDS = 2.0

_NOISY = {
    "opentelemetry.exporter.otlp.proto.grpc.exporter": logging.CRITICAL,
    "opentelemetry.sdk._shared_internal": logging.ERROR,
}
"""Loggers of the SDK that tell of each try while the receiver is away, and from which level on they
are heard: `TellingExporter` says all of it once."""


class TellingExporter(SpanExporter):
    """Sends spans by another exporter; says once when nobody takes them, and once when one does."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._away = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Return whether the receiver took the spans; blocks for some seconds if it is away."""
        result = self._exporter.export(spans)
        away = result is not SpanExportResult.SUCCESS
        if away and not self._away:
            logger.warning(
                "Nobody takes traces at OTEL_EXPORTER_OTLP_ENDPOINT, so they are dropped; start "
                "the receiver, correct the address, or leave it empty"
            )
        elif self._away and not away:
            logger.info("Traces are taken again")
        self._away = away
        return result

    def shutdown(self) -> None:
        """Send nothing more."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Return whether nothing is left to send."""
        return self._exporter.force_flush(timeout_millis)


class Tracing:
    """Makes spans and sends them in the background; what the receiver does not take is dropped."""

    def __init__(self, service: str) -> None:
        ours = {
            "service.name": service,
            "service.namespace": "snapasset",
            "service.version": VERSION,
        }
        resource = Resource.create(ours).merge(OTELResourceDetector().detect())
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(TellingExporter(OTLPSpanExporter())))
        for name, level in _NOISY.items():
            logging.getLogger(name).setLevel(level)
        self._tracer = self._provider.get_tracer("snapasset", VERSION)
        self._propagator = TraceContextTextMapPropagator()

    @contextmanager
    def span(self, name: str, kind: str, attributes: Attributes) -> Iterator[Told]:
        """Run the block as a span; the block reports how it ended, or an exception does."""
        parent = context.traceparent.get()
        carrier = {context.TRACEPARENT_KEY: parent}
        span = self._tracer.start_span(
            name,
            context=self._propagator.extract(carrier) if parent else Context(),
            kind=trace.SpanKind[kind],
            attributes=dict(attributes),
        )
        itself = span.get_span_context()
        context.traceparent.set(
            f"00-{itself.trace_id:032x}-{itself.span_id:016x}-{itself.trace_flags:02x}"
        )

        known = False

        def told(ending: str, *, failed: bool) -> None:
            nonlocal known
            known = True
            span.set_attribute("snapasset.ending", ending)
            if failed:
                span.set_status(trace.StatusCode.ERROR, ending)

        try:
            yield told
        except Exception as error:
            if not known:
                told(type(error).__name__, failed=True)
            raise
        finally:
            context.traceparent.set(parent)
            span.end()

    def close(self) -> None:
        """Send what is left, briefly: a receiver that is away must not delay our exit."""
        last = threading.Thread(target=self._provider.shutdown, daemon=True)
        last.start()
        last.join(_LAST_SECONDS)
