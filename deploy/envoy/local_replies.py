"""The errors that Envoy itself answers with, in the format of the API guide."""

from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]
Headers = Sequence[Json]

BUSY = "The service is down or busy. Please try again."
OURS = "Something went wrong on our side. Please try again."

ERRORS = {
    # Envoy's own text says which field or byte it stumbled over.
    400: (
        "INVALID_REQUEST",
        "Invalid request",
        "The request cannot be understood. %LOCAL_REPLY_BODY%",
    ),
    403: (
        "UPGRADE_REFUSED",
        "Upgrade refused",
        "Upgrades and tunnels are not taken. GET /api/sse/jobs/{jobId} streams a job's events.",
    ),
    404: ("NOT_FOUND", "Not found", "There is nothing at this path. GET /api lists what there is."),
    405: (
        "METHOD_NOT_ALLOWED",
        "Method not allowed",
        "The header Allow names what this path takes.",
    ),
    408: ("REQUEST_TIMEOUT", "Request timeout", "The request did not arrive in time."),
    413: ("PAYLOAD_TOO_LARGE", "Payload too large", "The body is too long."),
    426: ("UPGRADE_REQUIRED", "Upgrade required", "Please use HTTP/1.1 or HTTP/2."),
    431: ("HEADERS_TOO_LARGE", "Headers too large", "The headers are too many or too long."),
    500: ("INTERNAL_ERROR", "Internal server error", OURS),
    501: (
        "NOT_IMPLEMENTED",
        "Not implemented",
        "The transfer encoding is unknown; send the body as it is, or chunked.",
    ),
    502: ("SERVICE_UNAVAILABLE", "Service unavailable", BUSY),
    503: ("SERVICE_UNAVAILABLE", "Service unavailable", BUSY),
    504: ("DEADLINE_EXCEEDED", "Deadline exceeded", "The request took too long. Please try again."),
}
"""HTTP status: code, error and message."""

_OTHERS = (500, 400)
"""A status without a row of its own is told like the first of these that is not above it."""


def mappers(headers: Headers) -> list[Json]:
    """Return the mappers of Envoy's local_reply_config, which also add `headers`.

    The first that matches is used. A gRPC call keeps the bare text: it becomes the message of its
    status.
    """
    return [
        _for_grpc(headers),
        *(_reply(_status("EQ", status), ERRORS[status], headers) for status in ERRORS),
        *(_reply(_status("GE", status), ERRORS[status], headers) for status in _OTHERS),
    ]


def _for_grpc(headers: Headers) -> Json:
    is_grpc = {
        "filter": "snapasset",
        "path": [{"key": "grpc"}],
        "value": {"bool_match": True},
    }
    return {
        "filter": {"metadata_filter": {"matcher": is_grpc, "match_if_key_not_found": False}},
        "body_format_override": {"text_format_source": {"inline_string": "%LOCAL_REPLY_BODY%"}},
        "headers_to_add": headers,
    }


def _status(operator: str, status: int) -> Json:
    value = {"default_value": status, "runtime_key": "none"}
    return {"status_code_filter": {"comparison": {"op": operator, "value": value}}}


def _reply(when: Json, told: tuple[str, str, str], headers: Headers) -> Json:
    code, error, message = told
    shape = {
        "error": error,
        "message": message,
        "code": code,
        "timestamp": "%START_TIME(%Y-%m-%dT%H:%M:%SZ)%",
        "requestId": "%REQ(x-request-id)%",
    }
    return {
        "filter": when,
        "body_format_override": {"json_format": shape},
        "headers_to_add": headers,
    }
