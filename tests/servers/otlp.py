"""A receiver of traces that keeps what it is sent: OTLP over gRPC."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as pb
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """One span. Ids are lower-case hex; `parent` is "" for the first span of a trace."""

    service: str
    name: str
    trace: str
    id: str
    parent: str
    attributes: dict[str, str]


class Receiver(trace_service_pb2_grpc.TraceServiceServicer):
    """Takes spans from any number of processes. `endpoint` is what they are told."""

    endpoint: str

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spans: list[Span] = []

    @property
    def spans(self) -> list[Span]:
        """All that came until now."""
        with self._lock:
            return list(self._spans)

    def Export(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Keep the spans."""
        with self._lock:
            for sent in request.resource_spans:
                service = _texts(sent.resource.attributes)["service.name"]
                for span in (span for scope in sent.scope_spans for span in scope.spans):
                    self._spans.append(_span(service, span))
        return pb.ExportTraceServiceResponse()


@contextmanager
def running_receiver() -> Iterator[Receiver]:
    """Run a receiver for the length of the block."""
    receiver = Receiver()
    server = grpc.server(ThreadPoolExecutor(4))
    add: Any = trace_service_pb2_grpc.add_TraceServiceServicer_to_server
    add(receiver, server)
    receiver.endpoint = f"http://127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    try:
        yield receiver
    finally:
        server.stop(1).wait()


def _span(service: str, span: Any) -> Span:
    return Span(
        service=service,
        name=span.name,
        trace=span.trace_id.hex(),
        id=span.span_id.hex(),
        parent=span.parent_span_id.hex(),
        attributes=_texts(span.attributes),
    )


def _texts(attributes: Any) -> dict[str, str]:
    return {pair.key: pair.value.string_value for pair in attributes}
