"""How Envoy defends its memory: it sheds what costs most first, and honest watchers last."""

import socket
import sys
from typing import Any

from deploy.envoy.settings import EnvoySettings

Json = dict[str, Any]

_MONITORS = "type.googleapis.com/envoy.extensions.resource_monitors"
_HEAP = "envoy.resource_monitors.fixed_heap"
_CONNECTIONS = "envoy.resource_monitors.global_downstream_max_connections"

TRACKED_POWER_OF_TWO = 15
"""Streams that hold 32 KiB or more can be reset; a watcher and an honest request hold less."""


def manager(settings: EnvoySettings) -> Json:
    """Return Envoy's overload_manager: limits for heap and connections, and what follows."""
    heap = {
        "@type": f"{_MONITORS}.fixed_heap.v3.FixedHeapConfig",
        "max_heap_size_bytes": settings.heap_bytes,
    }
    connections = {
        "@type": f"{_MONITORS}.downstream_connections.v3.DownstreamConnectionsConfig",
        "max_active_downstream_connections": settings.max_connections,
    }
    return {
        "refresh_interval": "0.25s",
        "resource_monitors": [
            {"name": _HEAP, "typed_config": heap},
            {"name": _CONNECTIONS, "typed_config": connections},
        ],
        "buffer_factory_config": {
            "minimum_account_to_track_power_of_two": TRACKED_POWER_OF_TWO,
        },
        "actions": [
            _action("shrink_heap", {"threshold": {"value": 0.8}}),
            _action("reset_high_memory_stream", _scaled(0.85, 0.95)),
            _action("disable_http_keepalive", {"threshold": {"value": 0.92}}),
            _action("stop_accepting_requests", {"threshold": {"value": 0.95}}),
        ],
        "loadshed_points": [
            {
                "name": "envoy.load_shed_points.tcp_listener_accept",
                "triggers": [{"name": _HEAP, "threshold": {"value": 0.95}}],
            }
        ],
    }


def socket_options(settings: EnvoySettings) -> list[Json]:
    """Return options for clients' sockets that let the kernel hold little of an unread answer."""
    if sys.platform != "linux":
        return []
    option = {"level": socket.IPPROTO_TCP, "name": socket.TCP_NOTSENT_LOWAT}
    return [{**option, "int_value": settings.buffer_bytes, "state": "STATE_LISTENING"}]


def _action(name: str, trigger: Json) -> Json:
    return {"name": f"envoy.overload_actions.{name}", "triggers": [{"name": _HEAP, **trigger}]}


def _scaled(begins: float, full: float) -> Json:
    return {"scaled": {"scaling_threshold": begins, "saturation_threshold": full}}
