"""Which addresses may be called on behalf of others: the internet's, not those of our networks."""

import ipaddress
from collections.abc import Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_INTERNET = ipaddress.ip_network("2000::/3")
"""All of IPv6 that is routed between networks. What is outside of it is local, or embeds the IPv4
address that it leads to, as the addresses of NAT64 do."""

_NOT_PUBLIC = tuple(ipaddress.ip_network(text) for text in ("2002::/16", "3fff::/20"))
"""What of it leads elsewhere all the same: 6to4 embeds IPv4 addresses too, and the other one is for
documentation."""


def address_of(text: str) -> Address:
    """Return an IP address; one of IPv4 that is written as IPv6 becomes what it is.

    Raises ValueError.
    """
    ip = ipaddress.ip_address(text.partition("%")[0])
    return (ip.ipv4_mapped or ip) if isinstance(ip, ipaddress.IPv6Address) else ip


def is_public(text: str) -> bool:
    """Return whether an IP address is public."""
    ip = address_of(text)
    if ip.version == 6 and (ip not in _INTERNET or any(ip in one for one in _NOT_PUBLIC)):
        return False
    return ip.is_global and not ip.is_multicast


def is_within(text: str, networks: Sequence[Network]) -> bool:
    """Return whether an IP address is in one of these networks."""
    ip = address_of(text)
    return any(ip in network for network in networks)
