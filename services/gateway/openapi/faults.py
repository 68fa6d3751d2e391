"""Which errors each rpc may answer with over HTTP, and their shape."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import grpc
from snapasset.options.v1.methods_pb2 import Access

from services.common.contracts import Rpc
from services.common.errors import (
    AppError,
    DeadlineExceeded,
    Forbidden,
    IdempotencyConflict,
    InternalError,
    InvalidRequest,
    PayloadTooLarge,
    RateLimitExceeded,
    RequestTimeout,
    Unauthorized,
    Unavailable,
    all_errors,
)
from services.common.refusal import CannotStart

Code = grpc.StatusCode

HTTP_STATUS: Mapping[grpc.StatusCode, int] = {
    Code.INVALID_ARGUMENT: 400,
    Code.OUT_OF_RANGE: 400,
    Code.FAILED_PRECONDITION: 400,
    Code.UNAUTHENTICATED: 401,
    Code.PERMISSION_DENIED: 403,
    Code.NOT_FOUND: 404,
    Code.ABORTED: 409,
    Code.RESOURCE_EXHAUSTED: 429,
    Code.INTERNAL: 500,
    Code.UNAVAILABLE: 503,
    Code.DEADLINE_EXCEEDED: 504,
}
"""The HTTP status to which Envoy's transcoder maps each gRPC code that we raise."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One error of the REST surface."""

    status: int
    code: str
    title: str
    meaning: str

    @property
    def example(self) -> dict[str, str]:
        """Return a body that tells it."""
        return {
            "error": self.title,
            "message": self.meaning,
            "code": self.code,
            "timestamp": "2026-11-23T10:00:00Z",
            "requestId": "7d1fef25-f7d5-4622-9d53-ea38af7867d2",
        }


NO_SUCH_PATH = Fault(404, "NOT_FOUND", "Not found", "Nothing is at this path.")

_ALWAYS: tuple[type[AppError], ...] = (InvalidRequest, InternalError, Unavailable, DeadlineExceeded)
_BY_ACCESS: Mapping[Access.ValueType, tuple[type[AppError], ...]] = {
    Access.ACCESS_EVERYBODY: (),
    Access.ACCESS_WATCHER: (Unauthorized, Forbidden),
    Access.ACCESS_CALLER: (Unauthorized,),
    Access.ACCESS_JOBS: (Unauthorized, Forbidden),
    Access.ACCESS_ADMIN: (Unauthorized, Forbidden),
}


def faults(rpc: Rpc) -> Iterator[Fault]:
    """Yield the errors of `rpc`, whoever makes them. Raises CannotStart for an unknown code."""
    for kind in (*_ALWAYS, *_of_access(rpc), *_own(rpc)):
        yield as_fault(kind)
    if any(binding.variables for binding in rpc.bindings):
        yield NO_SUCH_PATH
    if any(binding.body for binding in rpc.bindings):
        yield as_fault(RequestTimeout)
        yield as_fault(PayloadTooLarge)


def _of_access(rpc: Rpc) -> Iterator[type[AppError]]:
    if rpc.endpoint.counted:
        yield RateLimitExceeded
    yield from _BY_ACCESS[rpc.endpoint.access]


def _own(rpc: Rpc) -> Iterator[type[AppError]]:
    if rpc.endpoint.takes_idempotency_key:
        yield IdempotencyConflict
    kinds = {kind.code: kind for kind in all_errors()}
    for code in rpc.endpoint.errors:
        if code not in kinds:
            raise CannotStart(
                f"{rpc.service}.{rpc.name} names the error {code}, which does not exist"
            )
        yield kinds[code]


def as_fault(kind: type[AppError]) -> Fault:
    """Return how REST shows an error of ours."""
    meaning = (kind.__doc__ or "").partition("\n")[0]
    return Fault(status_of(kind), kind.code, kind.title, meaning)


def status_of(kind: type[AppError]) -> int:
    """Return the HTTP status of an error."""
    return kind.http_status or HTTP_STATUS[kind.grpc_code]


ERROR_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "Every error has this shape, whichever part of the service made it.",
    "properties": {
        "error": {"type": "string", "description": "A title for people."},
        "message": {"type": "string", "description": "What is wrong and what to do, for people."},
        "code": {"type": "string", "description": "What is wrong, for programs. Stable."},
        "timestamp": {"type": "string", "format": "date-time", "description": "When it happened."},
        "requestId": {
            "type": ["string", "null"],
            "description": "What the service's logs call this request; null where it could not "
            "even be read.",
        },
        "fields": {
            "type": "array",
            "description": "What is wrong with each field of the request.",
            "items": {
                "type": "object",
                "properties": {
                    "field": {
                        "type": "string",
                        "description": "Its path in the body.",
                        "examples": ["platforms[1]"],
                    },
                    "message": {"type": "string", "description": "What it must be."},
                },
                "required": ["field", "message"],
            },
        },
        "retryAfter": {
            "type": "integer",
            "minimum": 1,
            "description": "Seconds to wait before the next try; also in the header Retry-After.",
        },
    },
    "required": ["error", "message", "code", "timestamp", "requestId"],
}
