"""Where the API is, and which origins links to images may lead to."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self
from urllib.parse import SplitResult, urlsplit

_PORTS = {"https": 443, "http": 80}
_LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """A scheme, a host and a port; two origins are the same when all three are."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, address: str) -> Self:
        """Read "host:port", "http://host[:port]" or "https://host[:port]". Raises ValueError."""
        try:
            split = urlsplit(address if "://" in address else f"http://{address}")
            return cls.of_split(split)
        except ValueError as error:
            raise ValueError(
                f"{address!r} is not an address: give host:port, http://host:port or https://host"
            ) from error

    @classmethod
    def of_split(cls, split: SplitResult) -> Self:
        """Read the origin of an address. Raises ValueError."""
        if split.scheme not in _PORTS or not split.hostname or split.username is not None:
            raise ValueError("neither http nor https, or without a host, or with a user's name")
        port = _PORTS[split.scheme] if split.port is None else split.port
        return cls(scheme=split.scheme, host=split.hostname, port=port)

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine."""
        return self.host in _LOCAL_HOSTS

    @property
    def target(self) -> str:
        """Return host:port, as gRPC takes it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.target}"


def origins_of(addresses: Iterable[str]) -> frozenset[Origin]:
    """Return the origins of addresses. Raises ValueError."""
    return frozenset(map(Origin.of, addresses))
