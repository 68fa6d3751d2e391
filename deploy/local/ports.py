"""Chooses the ports of the stack (those asked for, else the usual ones, else free ones) and holds
them, so that no other program gets one while its process is down."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from services.common.serve import CannotStart

LOOPBACK = "127.0.0.1"

USUAL = {
    "GATEWAY_PORT": 50051,
    "GENERATOR_PORT": 50052,
    "RESIZER_PORT": 50053,
    "STORAGE_PORT": 50054,
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


@contextmanager
def held_ports(
    public: int,
    environ: Mapping[str, str],
    usual: Mapping[str, int] = USUAL,
    public_host: str = LOOPBACK,
) -> Iterator[dict[str, str]]:
    """Yield every port by the name of its setting; if `public` is 0, all of them are free ones.

    During the block they are bound but nobody listens: only a server of the same user that asks
    to share its port can take it. Raises CannotStart when a port that was asked for is taken.
    """
    with ExitStack() as held:
        with ExitStack() as let_go:  # once all are chosen, so that none is chosen twice
            chosen = {"ENVOY_PORT": _choose("PORT", public, public_host, held)}
            for name, port in usual.items():
                asked = environ.get(name, "")
                keeper = held if _shares(name) else let_go
                if asked.isdigit():
                    chosen[name] = _choose(name, int(asked), LOOPBACK, keeper)
                else:
                    taken = public and _bound(LOOPBACK, port, keeper)
                    chosen[name] = taken or _choose(name, 0, LOOPBACK, keeper)
        yield {name: str(port) for name, port in chosen.items()}


def choose_ports(
    public: int, environ: Mapping[str, str], usual: Mapping[str, int] = USUAL
) -> dict[str, str]:
    """Return what `held_ports` yields, without holding anything."""
    with held_ports(public, environ, usual) as ports:
        return ports


def is_free(port: int) -> bool:
    """Return whether a server on this machine could take `port` now."""
    with ExitStack() as held:
        return bool(_bound(LOOPBACK, port, held))


def _shares(name: str) -> bool:
    """Return whether this port's server asks to share it; Redis and prometheus_client do not."""
    return name == "ENVOY_METRICS_PORT" or not name.endswith(("_METRICS_PORT", "REDIS_PORT"))


def _choose(name: str, port: int, host: str, held: ExitStack) -> int:
    if bound := _bound(host, port, held):
        return bound
    if port:
        raise CannotStart(
            f"port {port} is taken; stop the program that holds it or set another {name}"
        )
    raise CannotStart(f"there is no free port on {host}")


def _bound(host: str, port: int, held: ExitStack) -> int:
    """Hold `port`, or any port for 0, and return its number, or 0 if it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    one = held.enter_context(socket.socket(family))
    # Past connections do not count; once we have bound it, nobody else may say so too.
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        one.bind((host, port))
    except OSError:
        return 0
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    return int(one.getsockname()[1])
