"""Spans by the OpenTelemetry SDK, which reads its own standard variables (OTEL_...).

A span's parent is `context.traceparent`, which names the span itself while it lasts: so calls,
stored jobs and log lines carry the trace on without knowing OpenTelemetry.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from services.common import context
from services.common.spans import Attributes, Told
from services.common.version import VERSION

_LAST_SECONDS = 2.0


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
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
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
