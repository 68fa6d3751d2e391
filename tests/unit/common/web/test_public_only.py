from collections.abc import Sequence

import httpx2
import pytest

from services.common.web.networks import is_public
from services.common.web.public_only import AddressRefused, PublicOnly, resolve


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - an address to be refused
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("::127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b:1::a00:1", False),
        ("2002:7f00:1::", False),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False),
        ("fec0::1", False),
        ("5f00::1", False),
        ("2001:db8::1", False),
        ("3fff::1", False),
    ],
)
def test_only_addresses_of_the_internet_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


class Network(httpx2.AsyncBaseTransport):
    """Notes what would have been sent."""

    def __init__(self) -> None:
        self.sent: list[httpx2.Request] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.sent.append(request)
        return httpx2.Response(200)


def knowing(*addresses: str) -> PublicOnly:
    async def find(host: str, port: int) -> Sequence[str]:
        return addresses

    return PublicOnly(Network(), find)


async def test_the_address_that_was_checked_is_the_one_that_is_asked() -> None:
    network = Network()

    async def find(host: str, port: int) -> Sequence[str]:
        assert (host, port) == ("images.example", 8443)
        return ["93.184.216.34", "93.184.216.35"]

    async with httpx2.AsyncClient(transport=PublicOnly(network, find)) as client:
        await client.get("https://images.example:8443/a.png")
    (request,) = network.sent
    assert request.url == "https://93.184.216.34:8443/a.png"
    assert request.headers["host"] == "images.example:8443"
    assert request.extensions["sni_hostname"] == "images.example"


async def test_a_name_that_changes_its_address_is_not_resolved_a_second_time() -> None:
    network, answers = Network(), iter([["93.184.216.34"], ["127.0.0.1"]])

    async def find(host: str, port: int) -> Sequence[str]:
        return next(answers)

    async with httpx2.AsyncClient(transport=PublicOnly(network, find)) as client:
        await client.get("https://images.example/a.png")
        with pytest.raises(AddressRefused):
            await client.get("https://images.example/a.png")
    assert [request.url.host for request in network.sent] == ["93.184.216.34"]


@pytest.mark.parametrize("addresses", [["10.0.0.1"], ["93.184.216.34", "127.0.0.1"], []])
async def test_a_host_with_an_inner_address_is_not_asked(addresses: list[str]) -> None:
    async with httpx2.AsyncClient(transport=knowing(*addresses)) as client:
        with pytest.raises(AddressRefused):
            await client.get("https://images.example/a.png")


async def test_a_host_that_nobody_knows_is_a_fault_that_may_pass() -> None:
    async def find(host: str, port: int) -> Sequence[str]:
        raise OSError("no such host")

    async with httpx2.AsyncClient(transport=PublicOnly(Network(), find)) as client:
        with pytest.raises(httpx2.ConnectError):
            await client.get("https://images.example/a.png")


async def test_names_of_this_machine_are_resolved_by_the_system() -> None:
    assert "127.0.0.1" in await resolve("127.0.0.1", 443)
