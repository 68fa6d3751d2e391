"""Connects to public addresses only: an address from a server must not lead into our networks."""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence

import httpx2

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Takes a host and a port; returns its addresses."""

_TUNNELS = tuple(
    ipaddress.ip_network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16")
)
"""IPv6 networks whose addresses embed the IPv4 address that they lead to."""


class AddressRefused(httpx2.ConnectError):
    """The host has an address that is not public."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """Return the addresses of `host` as the system knows them."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def is_public(address: str) -> bool:
    """Return whether an IP address is public."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            ip = ip.ipv4_mapped
        elif any(ip in tunnel for tunnel in _TUNNELS):
            return False
    return ip.is_global and not ip.is_multicast


class PublicOnly(httpx2.AsyncBaseTransport):
    """Connects only to the address that was checked: the name is not resolved a second time.

    TLS still proves the name. Raises AddressRefused.
    """

    def __init__(self, inner: httpx2.AsyncBaseTransport, find: Resolve = resolve) -> None:
        self._inner = inner
        self._find = find

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Resolve, check, send."""
        host = request.url.host
        try:
            addresses = await self._find(host, request.url.port or 443)
        except (OSError, UnicodeError) as error:
            raise httpx2.ConnectError("the host has no address", request=request) from error
        if not addresses or not all(map(is_public, addresses)):
            raise AddressRefused("the host is not public", request=request)
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=addresses[0])
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()
