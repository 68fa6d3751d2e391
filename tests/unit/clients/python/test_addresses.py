"""How the address of an API, or of a bucket, is read."""

import pytest

from clients.python.snapasset_client.addresses import Origin


@pytest.mark.parametrize(
    ("address", "origin", "target"),
    [
        ("localhost:3001", "http://localhost:3001", "localhost:3001"),
        ("http://api", "http://api:80", "api:80"),
        ("https://api.example/", "https://api.example:443", "api.example:443"),
        ("https://API.example:8443", "https://api.example:8443", "api.example:8443"),
        ("[::1]:3001", "http://[::1]:3001", "[::1]:3001"),
    ],
)
def test_an_address_is_a_host_and_a_port(address: str, origin: str, target: str) -> None:
    read = Origin.of(address)
    assert (str(read), read.target) == (origin, target)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "file:///etc/passwd",
        "ftp://x",
        "http://",
        "http://u@x",
        "x:port",
        "x:99999",
        "http://[x",
    ],
)
def test_what_is_no_address_is_told(address: str) -> None:
    with pytest.raises(ValueError, match="is not an address: give host:port"):
        Origin.of(address)
