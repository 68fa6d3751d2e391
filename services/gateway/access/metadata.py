"""What callers say in headers, and where they call from."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import unquote

from services.common.interceptors import Context

Network = IPv4Network | IPv6Network

_IPV6_SITE_BITS = 64
"""One subscriber has at least this many addresses, so they count as one."""


def sent(ctx: Context, name: str) -> list[str]:
    """Return the values of a header in their order; empty ones count as not sent."""
    return [str(value) for key, value in ctx.invocation_metadata() or () if key == name and value]


class ClientAddresses:
    """Tells clients apart by address. Envoy's header for it counts only if Envoy is the peer."""

    def __init__(self, trusted: Sequence[Network]) -> None:
        self._trusted = trusted

    def of(self, ctx: Context) -> str:
        """Return the client's IPv4 address or IPv6 network, or "unknown"."""
        address = _parse(_peer_host(ctx.peer() or ""))
        told = sent(ctx, "x-client-address")
        if len(told) == 1 and address and any(address in one for one in self._trusted):
            address = _parse(told[0]) or address
        if isinstance(address, IPv6Address):
            return str(ip_network((address, _IPV6_SITE_BITS), strict=False))
        return str(address or "unknown")


def _peer_host(peer: str) -> str:
    """Return the host in gRPC's `ipv4:1.2.3.4:5` and `ipv6:%5B::1%5D:5`."""
    return unquote(peer).partition(":")[2].rpartition(":")[0].strip("[]")


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
