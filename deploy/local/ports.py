"""Chooses the ports of the stack: what was asked for, else the usual ones, else free ones."""

import socket
from collections.abc import Mapping
from contextlib import ExitStack

from services.common.serve import CannotStart

USUAL = {
    "ENVOY_ADMIN_PORT": 9901,
    "GATEWAY_PORT": 50051,
    "GENERATOR_PORT": 50052,
    "RESIZER_PORT": 50053,
    "STORAGE_PORT": 50054,
    "REDIS_PORT": 6379,
    "STANDIN_PORT": 4010,
    "ENVOY_METRICS_PORT": 9100,
    "GATEWAY_METRICS_PORT": 9101,
    "WORKER_METRICS_PORT": 9102,
    "GENERATOR_METRICS_PORT": 9103,
    "RESIZER_METRICS_PORT": 9104,
    "STORAGE_METRICS_PORT": 9105,
}
"""The ports behind the public one."""

USUAL_TWIN = 50061
"""The port of a second gateway, and from there on those of further ones."""


def choose_ports(
    public: int, environ: Mapping[str, str], usual: Mapping[str, int] = USUAL
) -> dict[str, str]:
    """Return every port by the name of its setting; with a `public` of 0 all of them are free ones.

    Raises CannotStart when one that was asked for is taken.
    """
    with ExitStack() as held:  # until all are chosen, so that none is chosen twice
        chosen = {"ENVOY_PORT": _exactly(public, "PORT", held) if public else _any(held)}
        for name, port in usual.items():
            asked = environ.get(name, "")
            if asked.isdigit():
                chosen[name] = _exactly(int(asked), name, held)
            else:
                chosen[name] = (public and _bound(port, held)) or _any(held)
    return {name: str(port) for name, port in chosen.items()}


def _exactly(port: int, name: str, held: ExitStack) -> int:
    bound = _bound(port, held)
    if not bound:
        raise CannotStart(
            f"port {port} is taken; stop the program that holds it or set another {name}"
        )
    return bound


def _any(held: ExitStack) -> int:
    port = _bound(0, held)
    if not port:
        raise CannotStart("there is no free port on 127.0.0.1")
    return port


def _bound(port: int, held: ExitStack) -> int:
    """Hold `port`, any one for 0, and return its number, or 0 when it is taken."""
    listener = held.enter_context(socket.socket())
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError:
        return 0
    return int(listener.getsockname()[1])
