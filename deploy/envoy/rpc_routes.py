"""Routes for rpcs, which gRPC calls name and REST requests are transcoded to."""

import re
from collections.abc import Iterator
from typing import Any

from deploy.envoy.rest_routes import UNBUFFERED, body_limit, nowhere
from deploy.envoy.settings import EnvoySettings
from services.common.contracts import (
    LONGEST_WAIT_SECONDS,
    PACKAGE,
    REFLECTION_SERVICES,
    Contracts,
    Rpc,
)

Json = dict[str, Any]

EXPOSED_HEADERS = (
    "x-request-id, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset, ratelimit, "
    "ratelimit-policy, retry-after, "
    "idempotent-replayed, preference-applied, etag, allow, location, content-range, grpc-status, "
    "grpc-message, grpc-status-details-bin"
)
"""What scripts of other origins may read of an answer."""

_HEALTH_SECONDS = 5
_REFLECTION_SECONDS = 15
_GRPC = "application/grpc(-web(-text)?)?([+]proto)?"
_BY_TYPE: Json = {"name": "content-type", "string_match": {"safe_regex": {"regex": _GRPC}}}
_HAS_NOT_ARRIVED: Json = {"name": "x-arriving", "present_match": True}

_UNKNOWN_RPC: Json = {
    "match": {"prefix": "/", "headers": [_BY_TYPE]},
    "route": {"cluster": "none", "cluster_not_found_response_code": "NOT_FOUND"},
    "typed_per_filter_config": UNBUFFERED,
}


def routes(contracts: Contracts, settings: EnvoySettings) -> list[Json]:
    """Return a route for each rpc, for the gateway's health and for calls of what is not there.

    Calls whose body is a stream are passed on while they arrive, so they come first. Any other call
    leads nowhere until it has arrived, and not for long.
    """
    uploads = [_uploading(rpc, settings) for rpc in contracts.rpcs if rpc.uploads]
    reflection = [*_reflection()] if settings.reflection else []
    for route in (*uploads, *reflection):
        route["typed_per_filter_config"] = UNBUFFERED
    return [
        *uploads,
        *reflection,
        *(_arriving(rpc, settings) for rpc in contracts.rpcs if body_limit(rpc)),
        _all_arriving(settings),
        *(_of(rpc, settings) for rpc in contracts.rpcs if not rpc.uploads),
        _route("/grpc.health.v1.Health/Check", _HEALTH_SECONDS),
        _UNKNOWN_RPC,
    ]


def _reflection() -> Iterator[Json]:
    for service in REFLECTION_SERVICES:
        yield _route(f"/{service}/ServerReflectionInfo", _REFLECTION_SECONDS)


def _uploading(rpc: Rpc, settings: EnvoySettings) -> Json:
    # Envoy keeps what it has passed on in case that the call must be repeated: not a whole file.
    return _of(rpc, settings) | {"request_body_buffer_limit": settings.buffer_bytes}


def _arriving(rpc: Rpc, settings: EnvoySettings) -> Json:
    return {
        "match": {"path": rpc.method, "headers": [_BY_TYPE, _HAS_NOT_ARRIVED]},
        "route": nowhere(settings.body_seconds),
        "typed_per_filter_config": body_limit(rpc),
    }


def _all_arriving(settings: EnvoySettings) -> Json:
    ours = f"/({re.escape(PACKAGE)}|grpc[.]health[.]v1)[.].*"
    return {
        "match": {"safe_regex": {"regex": ours}, "headers": [_BY_TYPE, _HAS_NOT_ARRIVED]},
        "route": nowhere(settings.body_seconds),
    }


def _of(rpc: Rpc, settings: EnvoySettings) -> Json:
    route = _route(rpc.method, _seconds(rpc, settings))
    return route | {"response_headers_to_add": [*_headers(rpc)]}


def _route(path: str, seconds: int) -> Json:
    return {
        "match": {"path": path, "headers": [_BY_TYPE]},
        "route": {"cluster": "gateway", "timeout": f"{seconds}s"},
    }


def _seconds(rpc: Rpc, settings: EnvoySettings) -> int:
    """Return how long a call may take; 0 means as long as it does not fall silent."""
    usual = 0 if rpc.streams else settings.unary_seconds
    if rpc.downloads:
        usual = settings.download_seconds
    wait = LONGEST_WAIT_SECONDS if rpc.endpoint.takes_wait else 0
    return (rpc.endpoint.timeout_seconds or usual) + wait


def _headers(rpc: Rpc) -> Iterator[Json]:
    if rpc.endpoint.cacheable:
        # One answer for all: a cache gives one origin what another has asked for.
        yield _header("access-control-allow-origin", "*")
        yield _header("access-control-expose-headers", EXPOSED_HEADERS)
    else:
        yield _header("vary", "origin", "APPEND_IF_EXISTS_OR_ADD")
    if rpc.streams and not rpc.downloads:
        yield _header("cache-control", "no-cache")
        yield _header("x-accel-buffering", "no")


def _header(name: str, value: str, action: str = "OVERWRITE_IF_EXISTS_OR_ADD") -> Json:
    return {"header": {"key": name, "value": value}, "append_action": action}
