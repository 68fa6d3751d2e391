"""Connects to public addresses only: an address from outside must not lead into our networks."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence

import httpx2

from services.common.web.networks import Network, is_public, is_within

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Takes a host and a port; returns its addresses."""


class AddressRefused(httpx2.ConnectError):
    """The host has an address that is not public."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """Return the addresses of `host` as the system knows them."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def fresh_connections(tls: ssl.SSLContext | None = None) -> httpx2.AsyncHTTPTransport:
    """Return a transport that makes a connection for each request; `tls` is whom it trusts.

    PublicOnly names hosts by address: one kept open would serve every host at that address, and TLS
    would have proven the name of the first alone.
    """
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=0)
    return httpx2.AsyncHTTPTransport(limits=limits, verify=tls or True)


class PublicOnly(httpx2.AsyncBaseTransport):
    """Connects only to the address that was checked: the name is not resolved a second time.

    TLS still proves the name. Addresses within `also` are allowed too, and they alone may be called
    without TLS. Raises AddressRefused.
    """

    def __init__(
        self,
        inner: httpx2.AsyncBaseTransport,
        find: Resolve = resolve,
        also: Sequence[Network] = (),
    ) -> None:
        self._inner = inner
        self._find = find
        self._also = also

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Resolve, check, send."""
        host, encrypted = request.url.host, request.url.scheme == "https"
        try:
            addresses = await self._find(host, request.url.port or (443 if encrypted else 80))
        except (OSError, UnicodeError) as error:
            raise httpx2.ConnectError("the host has no address", request=request) from error
        if not addresses or not all(self._allowed(one, encrypted) for one in addresses):
            raise AddressRefused("the host is not public", request=request)
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=addresses[0])
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()

    def _allowed(self, address: str, encrypted: bool) -> bool:
        return (encrypted and is_public(address)) or is_within(address, self._also)
