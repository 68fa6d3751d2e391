"""The answers of each rpc over HTTP: its success, its errors and their headers."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from services.common.contracts import Rpc
from services.gateway.openapi.faults import Fault, faults
from services.gateway.openapi.schemas import Schema, reference

_ERROR = {"$ref": "#/components/schemas/Error"}
_JSON = "application/json"

HEADERS: Mapping[str, tuple[str, Schema]] = {
    "X-Request-Id": (
        "What the service's logs call this request: the header of the same name, if it had one "
        "of 8 to 64 letters, digits and `._-`, else a new one.",
        {"type": "string"},
    ),
    "X-RateLimit-Limit": ("Requests that a window allows.", {"type": "integer", "minimum": 1}),
    "X-RateLimit-Remaining": (
        "Requests that are left in this window.",
        {"type": "integer", "minimum": 0},
    ),
    "X-RateLimit-Reset": (
        "When the window ends, in seconds since 1970.",
        {"type": "integer", "minimum": 0},
    ),
    "RateLimit-Policy": (
        "The policies that were checked, as draft-ietf-httpapi-ratelimit-headers-11 writes them: "
        "of each its name, how many it allows (`q`) and in how many seconds (`w`).",
        {"type": "string", "examples": ['"requests";q=100;w=900']},
    ),
    "RateLimit": (
        "What is left of each: how many (`r`), and in how many seconds there is more (`t`).",
        {"type": "string", "examples": ['"requests";r=95;t=840']},
    ),
    "Retry-After": ("Seconds to wait before the next try.", {"type": "integer", "minimum": 1}),
    "Idempotent-Replayed": (
        "`true` when an earlier request with this key created the job.",
        {"const": "true"},
    ),
    "Preference-Applied": (
        "`wait=20` when the answer waited for the job, for so many seconds at most.",
        {"type": "string"},
    ),
    "ETag": ("Identifies this version; send it as If-None-Match.", {"type": "string"}),
}
"""Headers of answers: what they tell, and their schema."""

_COUNTED = (
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
    "RateLimit-Policy",
    "RateLimit",
)


def responses(rpc: Rpc, links: Mapping[str, Any]) -> dict[str, Any]:
    """Return the Responses Object of `rpc`, whose success has `links`."""
    status = rpc.endpoint.success_status or 200
    success = _success(rpc)
    found = {str(status): {**success, **({"links": links} if links else {})}}
    if _has_etag(rpc):
        found["304"] = {
            "description": "The caller has it already.",
            "headers": _headers(rpc, "ETag"),
        }
    by_status: dict[int, dict[str, Fault]] = defaultdict(dict)
    for fault in faults(rpc):
        by_status[fault.status].setdefault(fault.code, fault)
    for status, same in sorted(by_status.items()):
        found[str(status)] = _failure(rpc, status, same.values())
    for answer in rpc.endpoint.other_answers:
        other = {**success, "description": answer.meaning}
        error = found.get(str(answer.status))
        found[str(answer.status)] = _either(other, error) if error else other
    return found


def header_components() -> dict[str, Any]:
    """Return the Header Objects that the answers refer to."""
    return {
        name: {"description": text, "schema": schema} for name, (text, schema) in HEADERS.items()
    }


def _success(rpc: Rpc) -> dict[str, Any]:
    endpoint = rpc.endpoint
    content: dict[str, Any]
    if endpoint.media_types:
        text = "What is there."
        content = {kind: {} for kind in endpoint.media_types}
    elif rpc.streams:
        text = "Server-sent events. The line `data:` of each holds one JSON object."
        content = {"text/event-stream": {"schema": _event(rpc)}}
    else:
        text = "Created." if endpoint.success_status == 201 else "Done."
        content = {_JSON: {"schema": reference(rpc.response)}}
    own = [
        name
        for name, there in (
            ("ETag", _has_etag(rpc)),
            ("Idempotent-Replayed", endpoint.takes_idempotency_key),
            ("Preference-Applied", endpoint.takes_wait),
        )
        if there
    ]
    return {"description": text, "headers": _headers(rpc, *own), "content": content}


def _has_etag(rpc: Rpc) -> bool:
    return rpc.endpoint.cacheable or rpc.endpoint.has_etag


def _event(rpc: Rpc) -> Schema:
    """One server-sent event, in the form that OpenAPI 3.2 describes such streams."""
    held = {
        "type": "string",
        "contentMediaType": _JSON,
        "contentSchema": reference(rpc.response),
    }
    return {"type": "object", "properties": {"data": held}, "required": ["data"]}


def _failure(rpc: Rpc, status: int, same: Iterable[Fault]) -> dict[str, Any]:
    rows = list(same)
    dash = "- " if len(rows) > 1 else ""
    codes = {"properties": {"code": {"enum": [row.code for row in rows]}}}
    return {
        "description": "\n".join(f"{dash}`{row.code}`: {row.meaning}" for row in rows),
        "headers": _headers(rpc, *(("Retry-After",) if status in (429, 503) else ())),
        "content": {_JSON: {"schema": {"allOf": [_ERROR, codes]}, "example": rows[0].example}},
    }


def _either(other: dict[str, Any], error: dict[str, Any]) -> dict[str, Any]:
    """Join two answers of one status: by the service itself, or as an error when it is gone."""
    schemas = [each["content"][_JSON]["schema"] for each in (other, error)]
    return {
        **error,
        "description": f"{other['description']} Or, as an error:\n{error['description']}",
        "content": {_JSON: {**error["content"][_JSON], "schema": {"anyOf": schemas}}},
    }


def _headers(rpc: Rpc, *own: str) -> dict[str, Any]:
    names = ("X-Request-Id", *(_COUNTED if rpc.endpoint.counted else ()), *own)
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
