"""Where a call comes from."""

from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

import pytest

from services.gateway.access.metadata import ClientAddresses

ENVOY = [ip_network("10.0.0.0/8"), ip_network("::1")]


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """As much of a context as is needed here."""

    sender: str
    metadata: tuple[tuple[str, str], ...] = ()

    def peer(self) -> str:
        return self.sender

    def invocation_metadata(self) -> tuple[tuple[str, str], ...]:
        return self.metadata


@pytest.mark.parametrize(
    ("peer", "told", "address"),
    [
        ("ipv4:192.0.2.1:4711", [], "192.0.2.1"),
        ("ipv6:[2001:db8:1:2:3::4]:4711", [], "2001:db8:1:2::/64"),
        ("ipv6:%5B2001:db8:1:2:3::4%5D:4711", [], "2001:db8:1:2::/64"),
        ("ipv6:[::ffff:192.0.2.1]:4711", [], "192.0.2.1"),
        ("unix:", [], "unknown"),
        ("", [], "unknown"),
        ("ipv4:10.1.2.3:4711", ["192.0.2.9"], "192.0.2.9"),
        ("ipv6:[::1]:4711", ["2001:db8::9"], "2001:db8::/64"),
        ("ipv4:192.0.2.1:4711", ["192.0.2.9"], "192.0.2.1"),
        ("ipv4:10.1.2.3:4711", ["192.0.2.8", "192.0.2.9"], "10.1.2.3"),
        ("ipv4:10.1.2.3:4711", ["192.0.2.9, 192.0.2.8"], "10.1.2.3"),
        ("ipv4:10.1.2.3:4711", ["not an address"], "10.1.2.3"),
        ("ipv4:10.1.2.3:4711", [""], "10.1.2.3"),
        ("unix:/socket", ["192.0.2.9"], "unknown"),
    ],
)
def test_envoy_is_believed_and_nobody_else(peer: str, told: list[str], address: str) -> None:
    call: Any = Call(sender=peer, metadata=tuple(("x-client-address", one) for one in told))
    assert ClientAddresses(ENVOY).of(call) == address
