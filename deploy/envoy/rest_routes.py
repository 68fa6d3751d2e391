"""Routes for the REST paths of the contracts, for requests that are not transcoded yet.

They decide how long a request may take to arrive and how long it may be, pass files on while they
arrive, turn the CORS filter off where an answer may be cached, and answer 405 where a path exists
but does not take the method.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from deploy.envoy.settings import EnvoySettings
from services.common.contracts import PACKAGE, Binding, Contracts, Rpc, path_regex

Json = dict[str, Any]

_OFF = {"@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig", "disabled": True}
UNBUFFERED = {"envoy.filters.http.buffer": _OFF}
"""Passes a body on while it arrives."""


def nowhere(seconds: int) -> Json:
    """Return the action for a request that has this long to arrive.

    Once it has arrived, and is transcoded, it has a route of its own, with times of its own.
    """
    return {
        "cluster": "none",
        "cluster_not_found_response_code": "NOT_FOUND",
        "max_stream_duration": {"max_stream_duration": f"{seconds}s"},
    }


def routes(contracts: Contracts, settings: EnvoySettings) -> list[Json]:
    """Return the routes, in the order in which Envoy is to try them."""
    return [
        *_uploads(contracts, settings),
        *_cacheable(contracts, settings),
        *_long_bodies(contracts, settings),
        *_wrong_methods(contracts),
    ]


def body_limit(rpc: Rpc) -> Json:
    """Return what lets the bodies of an rpc be as long as its option says."""
    if not rpc.endpoint.max_body_bytes:
        return {}
    per_route = "type.googleapis.com/envoy.extensions.filters.http.buffer.v3.BufferPerRoute"
    longest = {"max_request_bytes": rpc.endpoint.max_body_bytes}
    return {"envoy.filters.http.buffer": {"@type": per_route, "buffer": longest}}


def _long_bodies(contracts: Contracts, settings: EnvoySettings) -> Iterator[Json]:
    for rpc in contracts.rpcs:
        if limit := body_limit(rpc):
            for binding in rpc.bindings:
                yield {
                    "match": _match(binding),
                    "route": nowhere(settings.body_seconds),
                    "typed_per_filter_config": limit,
                }


def _uploads(contracts: Contracts, settings: EnvoySettings) -> Iterator[Json]:
    for binding in (b for rpc in contracts.rpcs if rpc.uploads for b in rpc.bindings):
        yield {
            "match": _match(binding),
            "route": nowhere(settings.upload_seconds),
            "typed_per_filter_config": UNBUFFERED,
        }


def _cacheable(contracts: Contracts, settings: EnvoySettings) -> Iterator[Json]:
    """Turn the CORS filter off: it allows one origin per answer, and these answers allow all."""
    for binding in (b for rpc in contracts.rpcs if rpc.endpoint.cacheable for b in rpc.bindings):
        yield {
            "match": _match(binding),
            "route": nowhere(settings.body_seconds),
            "typed_per_filter_config": {"envoy.filters.http.cors": _OFF},
        }


def _wrong_methods(contracts: Contracts) -> Iterator[Json]:
    for path, allowed in rest_methods(contracts).items():
        yield {
            "match": {
                "safe_regex": {"regex": path_regex(path)},
                "headers": [_method(allowed) | {"invert_match": True}],
            },
            "direct_response": {"status": 405},
            "typed_per_filter_config": UNBUFFERED,
            "response_headers_to_add": [{"header": {"key": "allow", "value": ", ".join(allowed)}}],
        }


def rest_methods(contracts: Contracts) -> Mapping[str, list[str]]:
    """Return the methods of each REST path template, `HEAD` with every `GET`."""
    found: dict[str, list[str]] = {}
    for binding in (binding for rpc in contracts.rpcs for binding in rpc.bindings):
        found.setdefault(binding.template, []).extend(methods(binding))
    return found


def methods(binding: Binding) -> list[str]:
    """Return the methods that a path is requested with."""
    return ["GET", "HEAD"] if binding.method == "get" else [binding.method.upper()]


def _match(binding: Binding) -> Json:
    regex = path_regex(binding.template)
    return {"safe_regex": {"regex": regex}, "headers": [_method(methods(binding))]}


def _method(names: Iterable[str]) -> Json:
    return {"name": ":method", "string_match": {"safe_regex": {"regex": "|".join(names)}}}


def services(contracts: Contracts) -> list[str]:
    """Return the full names of the services that are transcoded."""
    return [f"{PACKAGE}.{service.name}" for service in contracts.services]
