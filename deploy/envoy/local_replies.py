"""The errors that Envoy itself answers with, in the shape of the API guide."""

from typing import Any

BUSY = "The service is down or busy. Please try again."
OURS = "Something went wrong on our side. Please try again."

ERRORS = {
    # Envoy tells in its own text which field or byte it stumbled over.
    400: (
        "INVALID_REQUEST",
        "Invalid request",
        "The request cannot be understood. %LOCAL_REPLY_BODY%",
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
    502: ("SERVICE_UNAVAILABLE", "Service unavailable", BUSY),
    503: ("SERVICE_UNAVAILABLE", "Service unavailable", BUSY),
    504: ("DEADLINE_EXCEEDED", "Deadline exceeded", "The request took too long. Please try again."),
}
"""HTTP status: code, error and message."""


def mappers() -> list[dict[str, Any]]:
    """Return the mappers of Envoy's local_reply_config; the first that fits is taken.

    A gRPC call keeps the bare text: it becomes the message of its status.
    """
    return [_for_grpc(), *(_for_status(status) for status in ERRORS)]


def _for_grpc() -> dict[str, Any]:
    is_grpc = {
        "filter": "snapasset",
        "path": [{"key": "grpc"}],
        "value": {"bool_match": True},
    }
    return {
        "filter": {"metadata_filter": {"matcher": is_grpc, "match_if_key_not_found": False}},
        "body_format_override": {"text_format_source": {"inline_string": "%LOCAL_REPLY_BODY%"}},
    }


def _for_status(status: int) -> dict[str, Any]:
    code, error, message = ERRORS[status]
    equals = {"op": "EQ", "value": {"default_value": status, "runtime_key": "none"}}
    shape = {
        "error": error,
        "message": message,
        "code": code,
        "timestamp": "%START_TIME(%Y-%m-%dT%H:%M:%SZ)%",
        "requestId": "%REQ(x-request-id)%",
    }
    return {
        "filter": {"status_code_filter": {"comparison": equals}},
        "body_format_override": {"json_format": shape},
    }
