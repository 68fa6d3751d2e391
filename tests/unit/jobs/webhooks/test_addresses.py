"""Which addresses a webhook may have, before anybody resolves a name."""

from ipaddress import ip_network

import pytest

from services.jobs.webhooks.addresses import address_mistake

LOOPBACK = [ip_network("127.0.0.0/8"), ip_network("::1/128")]


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example",
        "https://hooks.example.",
        "https://hooks.xn--p1ai",
        "https://hooks.example:8443/snap?token=a@b",
        "https://hooks.example/%C3%A9?list[]=1;2&to='you'",
        "https://93.184.215.14/hook",
        "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/hook",
    ],
)
def test_a_public_https_address_may_be_called(url: str) -> None:
    assert address_mistake(url, []) == ""


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://hooks.example", "must begin with https://"),
        ("ftp://hooks.example", "must begin with https://"),
        ("hooks.example", "must begin with https://"),
        ("https://", "must name a host"),
        ("https://:443/hook", "must name a host"),
        ("https://hooks.example:0", "must name a host"),
        ("https://hooks.example:99999", "has a host or a port that cannot be read"),
        ("https://[::1", "has a host or a port that cannot be read"),
        ("https://ada:secret@hooks.example", "must have no user name"),
        ("https://hooks.example\\@10.0.0.1", "must have no user name"),
        ("https://hooks.example/#top", "must have no fragment"),
        ("https://^hooks.example", "must be plain ASCII"),
        ("https://hooks.example/a b", "must be plain ASCII"),
        ("https://hooks.example/\x0bhook", "must be plain ASCII"),
        ("https://hooks.example/<hook>", "must be plain ASCII"),
        ("https://hooks.example/100%", "must be plain ASCII"),
        ("https://hooks.example/größe", "must be plain ASCII"),
        ("https://пример.рф/hook", "must be plain ASCII"),
        ("https://hooks..example", "must name a host by letters"),
        ("https://hooks.example%2F", "must name a host by letters"),
        ("https://(hooks).example", "must name a host by letters"),
        ("https://127.0.0.1/hook", "must be at a public address"),
        ("https://10.1.2.3", "must be at a public address"),
        ("https://169.254.169.254/latest", "must be at a public address"),
        ("https://224.0.0.1", "must be at a public address"),
        ("https://[::1]/hook", "must be at a public address"),
        ("https://[::ffff:10.0.0.1]", "must be at a public address"),
        ("https://[64:ff9b::a00:1]", "must be at a public address"),
        ("https://localhost", "must be at a public host"),
        ("https://LOCALHOST.:8443", "must be at a public host"),
        ("https://redis:6379", "must be at a public host"),
        ("https://2130706433/hook", "must be at a public host"),
        ("https://127.1", "must be at a public host"),
        ("https://127.0.0.0x1", "must be at a public host"),
        ("https://api.localhost", "must be at a public host"),
        ("https://printer.local", "must be at a public host"),
        ("https://printer.local.", "must be at a public host"),
        ("https://metadata.google.internal", "must be at a public host"),
    ],
)
def test_any_other_address_is_told_what_is_wrong_with_it(url: str, told: str) -> None:
    assert address_mistake(url, []).startswith(told)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000/hook", "http://localhost:8000", "http://[::1]:8000"]
)
def test_networks_of_the_operator_may_be_called_without_tls(url: str) -> None:
    assert address_mistake(url, LOOPBACK) == ""


def test_a_host_of_the_operators_network_may_have_a_short_name() -> None:
    assert address_mistake("http://receiver:8000/hook", LOOPBACK) == ""


def test_other_private_networks_stay_closed_then() -> None:
    assert address_mistake("http://10.0.0.1", LOOPBACK) == "must be at a public address"
