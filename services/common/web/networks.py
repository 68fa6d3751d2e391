"""Which addresses may be called on behalf of others: the internet's, not those of our networks."""

import ipaddress
from collections.abc import Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_TUNNELS = tuple(
    ipaddress.ip_network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16")
)
"""IPv6 networks whose addresses embed the IPv4 address that they lead to."""


def address_of(text: str) -> Address:
    """Return an IP address; one of IPv4 that is written as IPv6 becomes what it is.

    Raises ValueError.
    """
    ip = ipaddress.ip_address(text.partition("%")[0])
    return (ip.ipv4_mapped or ip) if isinstance(ip, ipaddress.IPv6Address) else ip


def is_public(text: str) -> bool:
    """Return whether an IP address is public."""
    ip = address_of(text)
    if any(ip in tunnel for tunnel in _TUNNELS):
        return False
    return ip.is_global and not ip.is_multicast


def is_within(text: str, networks: Sequence[Network]) -> bool:
    """Return whether an IP address is in one of these networks."""
    ip = address_of(text)
    return any(ip in network for network in networks)
