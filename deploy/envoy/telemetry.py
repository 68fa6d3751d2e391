"""Envoy's own traces, metrics and health, for operators who ask for them."""

from typing import Any
from urllib.parse import urlsplit

from deploy.envoy.settings import EnvoySettings

Json = dict[str, Any]

_HCM = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3"
_ROUTER = "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"
_HTTP = "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions"

_TAGS = {
    "http.url": "%PATH(NQ:ORIG_OR_PATH):512%",
    "grpc.path": "%PATH(NQ:PATH):512%",
    "grpc.authority": "%REQ(:authority):256%",
    "user_agent": "%REQ(user-agent):256%",
}
"""What takes the place of Envoy's own: no query, which may hold a ticket, and nothing long."""


def tracing(settings: EnvoySettings) -> Json | None:
    """Return how requests are traced, or None when they are not."""
    if not settings.traced:
        return None
    config = {
        "@type": "type.googleapis.com/envoy.config.trace.v3.OpenTelemetryConfig",
        "service_name": "envoy",
        "grpc_service": {"envoy_grpc": {"cluster_name": "otlp"}, "timeout": "1s"},
    }
    return {
        "provider": {"name": "envoy.tracers.opentelemetry", "typed_config": config},
        "random_sampling": {"value": settings.trace_percent},
        "custom_tags": [{"tag": tag, "value": value} for tag, value in _TAGS.items()],
    }


def listeners(settings: EnvoySettings) -> list[Json]:
    """Return the listener that shows Envoy's metrics and health, and none of its other admin pages.

    `/ready` fails until Envoy is set up and while it drains; `/alive` says that it runs at all.
    """
    if not settings.metrics_port:
        return []
    routes: list[Json] = [
        {"match": _read("/metrics"), "route": _own_page("/stats/prometheus")},
        {"match": _read("/ready"), "route": _own_page("/ready")},
        {"match": _read("/alive"), "direct_response": {"status": 200}},
    ]
    manager = {
        "@type": f"{_HCM}.HttpConnectionManager",
        "stat_prefix": "metrics",
        "stream_idle_timeout": "10s",
        "http_filters": [
            {"name": "envoy.filters.http.router", "typed_config": {"@type": _ROUTER}},
        ],
        "route_config": {
            "virtual_hosts": [{"name": "metrics", "domains": ["*"], "routes": routes}]
        },
    }
    filters = [
        {"name": "envoy.filters.network.http_connection_manager", "typed_config": manager},
    ]
    return [
        {
            "name": "metrics",
            "address": _address(settings.metrics_host, settings.metrics_port),
            # Monitoring needs an answer most of all when Envoy is overloaded.
            "bypass_overload_manager": True,
            "ignore_global_conn_limit": True,
            "filter_chains": [{"filters": filters}],
        }
    ]


def clusters(settings: EnvoySettings) -> list[Json]:
    """Return where traces go and where metrics come from."""
    found = []
    if settings.traced:
        collector = urlsplit(settings.otlp_endpoint)
        http2 = {"@type": _HTTP, "explicit_http_config": {"http2_protocol_options": {}}}
        address = _address(str(collector.hostname), collector.port or 4317)
        cluster = _cluster("otlp", "STRICT_DNS", address)
        found.append(cluster | {"typed_extension_protocol_options": {_HTTP.split("/")[1]: http2}})
    if settings.metrics_port:
        pipe = {"pipe": {"path": str(settings.admin_socket)}}
        found.append(_cluster("own-pages", "STATIC", pipe))
    return found


def _read(path: str) -> Json:
    method = {"name": ":method", "string_match": {"exact": "GET"}}
    return {"path": path, "headers": [method]}


def _own_page(path: str) -> Json:
    return {"cluster": "own-pages", "prefix_rewrite": path}


def _cluster(name: str, kind: str, address: Json) -> Json:
    endpoint = {"endpoint": {"address": address}}
    return {
        "name": name,
        "type": kind,
        "connect_timeout": "1s",
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": [endpoint]}]},
    }


def _address(host: str, port: int) -> Json:
    return {"socket_address": {"address": host, "port_value": port}}
