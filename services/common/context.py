"""What every log line and every outgoing call of one request or job shares."""

from contextvars import ContextVar
from uuid import uuid4

REQUEST_ID_KEY = "x-request-id"
"""The metadata key and HTTP header that carries the request id through every call."""

request_id: ContextVar[str] = ContextVar("request_id", default="")
job_id: ContextVar[str] = ContextVar("job_id", default="")


def new_request_id() -> str:
    """Return a request id for work that no caller has named."""
    return str(uuid4())
