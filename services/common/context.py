"""The ids that every log line and every outgoing call of one request or job share."""

import re
from contextvars import ContextVar
from uuid import uuid4

REQUEST_ID_KEY = "x-request-id"
"""The metadata key and HTTP header that carries the request id through every call."""

TRACEPARENT_KEY = "traceparent"
"""The metadata key that carries the W3C trace context."""

request_id: ContextVar[str] = ContextVar("request_id", default="")
job_id: ContextVar[str] = ContextVar("job_id", default="")
traceparent: ContextVar[str] = ContextVar("traceparent", default="")
"""The current span in W3C form; "" outside any trace."""

request: ContextVar[object] = ContextVar("request", default=None)
"""The request of the current rpc; for a stream of them, what iterates over it."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def new_request_id() -> str:
    """Return a request id for work that no caller has named."""
    return str(uuid4())


def set_request_id(given: str) -> None:
    """Adopt the caller's id, or make one: no id of any other form gets past Envoy."""
    request_id.set(given if _REQUEST_ID.fullmatch(given) else new_request_id())


def set_traceparent(given: str) -> None:
    """Continue the caller's trace; a malformed one is ignored."""
    traceparent.set(given if _TRACEPARENT.fullmatch(given) else "")


def trace_id() -> str:
    """Return the id of the current trace, "" when there is none."""
    return traceparent.get()[3:35]
