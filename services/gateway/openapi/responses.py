"""The answers of each rpc over HTTP: its success, its errors and their headers."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from services.gateway.access.control import ACCESS, Access
from services.gateway.openapi.contracts import Rpc
from services.gateway.openapi.faults import Fault, faults
from services.gateway.openapi.schemas import Schema, reference

_ERROR = {"$ref": "#/components/schemas/Error"}
_JSON = "application/json"

_SUCCESS: Mapping[str, int] = {"CreateJob": 201}
"""The status of a success where it is not 200."""

_MEDIA_TYPES: Mapping[str, tuple[str, ...]] = {
    "GetImage": ("image/jpeg", "image/png", "image/webp", "image/avif"),
    "GetHome": ("text/html",),
    "GetStudioFile": ("text/css", "text/javascript", "image/svg+xml"),
    "GetPage": ("text/html", _JSON, "text/css", "text/javascript", "image/svg+xml"),
}
"""What the answers that are not messages are."""

_OWN_HEADERS: Mapping[str, tuple[str, ...]] = {
    "CreateJob": ("Idempotent-Replayed",),
    "GetImage": ("ETag",),
    "GetHome": ("ETag",),
    "GetStudioFile": ("ETag",),
    "GetPage": ("ETag",),
}
"""Headers of a success that few have. Whoever has an ETag answers 304 to If-None-Match."""

_OF_A_JOB = ("getJob", "watchJob", "cancelJob", "retryJob")
_LINKS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "CreateJob": ("jobId", "jobId", _OF_A_JOB),
    "ListJobs": ("jobId", "jobs/0/jobId", _OF_A_JOB),
    "ListGenerations": (
        "generationId",
        "generations/0/generationId",
        ("getGeneration", "deleteGeneration"),
    ),
}
"""Parameter, where the answer has its value, and the operations that take it."""

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
    "Retry-After": ("Seconds to wait before the next try.", {"type": "integer", "minimum": 1}),
    "Idempotent-Replayed": (
        "`true` when an earlier request with this key created the job.",
        {"const": "true"},
    ),
    "ETag": ("Names this version; send it as If-None-Match.", {"type": "string"}),
}
"""Headers of answers: what they tell, and their schema."""

_COUNTED = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


def responses(rpc: Rpc) -> dict[str, Any]:
    """Return the Responses Object of `rpc`."""
    found = {str(_SUCCESS.get(rpc.name, 200)): _success(rpc)}
    if "ETag" in _OWN_HEADERS.get(rpc.name, ()):
        found["304"] = {
            "description": "The caller has it already.",
            "headers": _headers(rpc, "ETag"),
        }
    if rpc.name == "GetImage":
        found["206"] = {**found["200"], "description": "The part that Range asked for."}
    by_status: dict[int, dict[str, Fault]] = defaultdict(dict)
    for fault in faults(rpc):
        by_status[fault.status].setdefault(fault.code, fault)
    for status, same in sorted(by_status.items()):
        found[str(status)] = _failure(rpc, status, same.values())
    if rpc.name == "GetHealth":
        _either_health_or_error(found, rpc)
    return found


def header_components() -> dict[str, Any]:
    """Return the Header Objects that the answers refer to."""
    return {
        name: {"description": text, "schema": schema} for name, (text, schema) in HEADERS.items()
    }


def _success(rpc: Rpc) -> dict[str, Any]:
    content: dict[str, Any]
    if rpc.name in _MEDIA_TYPES:
        text = "What is there."
        content = {kind: {} for kind in _MEDIA_TYPES[rpc.name]}
    elif rpc.streams:
        text = "Server-sent events. The line `data:` of each holds one JSON object."
        content = {"text/event-stream": {"schema": _event(rpc)}}
    else:
        text = "Done." if _SUCCESS.get(rpc.name, 200) == 200 else "Created."
        content = {_JSON: {"schema": reference(rpc.response)}}
    own = _OWN_HEADERS.get(rpc.name, ())
    made = {"description": text, "headers": _headers(rpc, *own), "content": content}
    if rpc.name in _LINKS:
        made["links"] = {
            target: {"operationId": target, "parameters": {name: f"$response.body#/{pointer}"}}
            for name, pointer, targets in [_LINKS[rpc.name]]
            for target in targets
        }
    return made


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


def _either_health_or_error(found: dict[str, Any], rpc: Rpc) -> None:
    """A service that is not well answers with its health and 503; one that is gone can't."""
    body = found["503"]["content"][_JSON]
    body["schema"] = {"anyOf": [reference(rpc.response), body["schema"]]}
    found["503"]["description"] = (
        "A part that jobs need is down, or, as an error:\n" + found["503"]["description"]
    )


def _headers(rpc: Rpc, *own: str) -> dict[str, Any]:
    counted = () if ACCESS[rpc.method] is Access.FREE else _COUNTED
    names = ("X-Request-Id", *counted, *own)
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
