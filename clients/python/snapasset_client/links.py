"""Follows links to a private bucket: the only text from a server that is opened as an address."""

import socket
import ssl
import threading
from collections.abc import Sequence, Set
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from .addresses import Origin
from .errors import BAD_ANSWER, SnapAssetError

_NAT64 = IPv6Network("64:ff9b::/96")
_PIECE_BYTES = 1 << 16
_OK = 200
_GONE = "The image cannot be fetched; its link may have expired. Ask for the job again."


@dataclass(frozen=True, kw_only=True, slots=True)
class Follower:
    """Reads what links lead to, within bounds.

    A link must be https and lead to public addresses, so that no server makes us fetch what only we
    can reach; `trusted` origins are exempt from both rules. It is fetched without credentials and
    without a proxy, which would resolve the name again; redirects are not followed.
    """

    trusted: Set[Origin]
    timeout_seconds: float
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def read(self, url: str, size: int) -> bytes:
        """Return the `size` bytes that a link leads to; blocks. Raises SnapAssetError."""
        try:
            split = urlsplit(url)
            origin = Origin.of_split(split)
            path = split._replace(scheme="", netloc="", fragment="").geturl()
            with closing(self._connected(origin)) as connection:
                return self._answer(connection, path, size)
        except (OSError, HTTPException) as error:
            raise SnapAssetError(_GONE, code="IMAGE_NOT_FOUND") from error
        except ValueError as error:
            raise _refused("has no form that can be followed") from error

    def _connected(self, origin: Origin) -> HTTPConnection:
        if origin not in self.trusted and origin.scheme != "https":
            raise _refused(f"leads to {origin}, which is not https")
        found = socket.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM)
        places = [str(place[0]) for *_, place in found]
        if origin not in self.trusted and not all(map(is_public, places)):
            raise _refused(f"leads to {origin}, which is not a public address")
        kind = HTTPSConnection if origin.scheme == "https" else HTTPConnection
        connection = kind(origin.host, origin.port, timeout=self.timeout_seconds)
        # To the addresses that were checked: the name could resolve to others the next time.
        opened = self._opened(places, origin.port)
        connection.sock = opened if origin.scheme != "https" else self._wrapped(opened, origin)
        return connection

    def _opened(self, places: Sequence[str], port: int) -> socket.socket:
        """Return a connection to the first address that accepts one; some machines have no IPv6."""
        for place in places[:-1]:
            try:
                return socket.create_connection((place, port), self.timeout_seconds)
            except OSError:
                continue
        return socket.create_connection((places[-1], port), self.timeout_seconds)

    def _wrapped(self, opened: socket.socket, origin: Origin) -> ssl.SSLSocket:
        try:
            return self.tls.wrap_socket(
                opened, server_hostname=origin.host, do_handshake_on_connect=False
            )
        except BaseException:
            opened.close()
            raise

    def _answer(self, connection: HTTPConnection, path: str, size: int) -> bytes:
        # A socket's own timeout starts over with every byte.
        end = threading.Timer(self.timeout_seconds, _shut, [connection.sock])
        end.start()
        try:
            if isinstance(connection.sock, ssl.SSLSocket):
                connection.sock.do_handshake()
            connection.request("GET", path, headers={"Accept-Encoding": "identity"})
            with connection.getresponse() as response:
                return _content(response, size)
        finally:
            end.cancel()


def is_public(address: str) -> bool:
    """Return whether an IP address is on the public internet, however it is embedded in another."""
    ip = ip_address(address)
    if isinstance(ip, IPv6Address):
        ip = ip.ipv4_mapped or ip.sixtofour or _behind_nat64(ip) or ip
    return ip.is_global and not ip.is_multicast


def _behind_nat64(ip: IPv6Address) -> IPv4Address | None:
    return IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None


def _content(response: HTTPResponse, size: int) -> bytes:
    if 300 <= response.status < 400:
        raise _refused("redirects, which is not followed")
    if response.status != _OK:
        raise SnapAssetError(_GONE, code="IMAGE_NOT_FOUND")
    content = bytearray()
    while piece := response.read1(_PIECE_BYTES):
        content += piece
        if len(content) > size:
            raise _refused("leads to more than the image")
    return bytes(content)


def _shut(opened: socket.socket) -> None:
    try:
        opened.shutdown(socket.SHUT_RDWR)
    except OSError:  # it has ended already
        return


def _refused(why: str) -> SnapAssetError:
    return SnapAssetError(f"The link to an image {why}.", code=BAD_ANSWER)
