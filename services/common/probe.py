"""Asks the process in this container for its health: `python -m services.common.probe`.

Exits with 0 when it is serving. It imports little, because container engines run it every few
seconds.
"""

import sys
from typing import Any

import grpc

from services.common.process_settings import ProcessSettings
from services.common.settings import load

_SERVING = b"\x08\x01"
"""HealthCheckResponse{status: SERVING}; parsing it would cost more than the call."""


def serves(port: int, timeout_seconds: float = 4.0) -> bool:
    """Return whether the health service on `port` of this machine says SERVING in time."""
    # A proxy set in the environment is not meant for us.
    options = [("grpc.enable_http_proxy", 0)]
    with grpc.insecure_channel(f"127.0.0.1:{port}", options) as channel:
        check: Any = channel.unary_unary("/grpc.health.v1.Health/Check")
        try:
            return bool(check(b"", timeout=timeout_seconds) == _SERVING)
        except grpc.RpcError:
            return False


if __name__ == "__main__":
    sys.exit(not serves(load(ProcessSettings).health_port))
