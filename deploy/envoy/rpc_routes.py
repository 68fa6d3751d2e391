"""Routes for rpcs, which gRPC calls name and REST requests are transcoded to."""

from collections.abc import Iterator
from typing import Any

from deploy.envoy.settings import EnvoySettings
from services.common.contracts import LONGEST_WAIT_SECONDS, Contracts, Rpc

Json = dict[str, Any]

EXPOSED_HEADERS = (
    "x-request-id, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset, retry-after, "
    "idempotent-replayed, preference-applied, etag, allow, location, content-range, grpc-status, "
    "grpc-message, grpc-status-details-bin"
)
"""What scripts of other origins may read of an answer."""

_HEALTH_SECONDS = 5
_GRPC = "application/grpc(-web(-text)?)?([+]proto)?"


def routes(contracts: Contracts, settings: EnvoySettings) -> list[Json]:
    """Return a route for each rpc, and for the gateway's health."""
    return [
        *(_route(rpc.method, _seconds(rpc, settings), [*_headers(rpc)]) for rpc in contracts.rpcs),
        _route("/grpc.health.v1.Health/Check", _HEALTH_SECONDS, []),
    ]


def _route(path: str, seconds: int, headers: list[Json]) -> Json:
    by_type = {"name": "content-type", "string_match": {"safe_regex": {"regex": _GRPC}}}
    return {
        "match": {"path": path, "headers": [by_type]},
        "route": {"cluster": "gateway", "timeout": f"{seconds}s"},
        "response_headers_to_add": headers,
    }


def _seconds(rpc: Rpc, settings: EnvoySettings) -> int:
    """Return how long a call may take; 0 means as long as it does not fall silent."""
    usual = 0 if rpc.streams or rpc.uploads else settings.unary_seconds
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
