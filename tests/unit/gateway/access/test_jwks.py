"""Public keys are fetched seldom, survive an outage, and are only what they should be."""

import asyncio
import json
import socket
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import RSAAlgorithm

from services.common.errors import Unavailable
from services.gateway.access.jwks import AGAIN_SECONDS, FRESH_SECONDS, KEPT_SECONDS, RemoteKeys
from tests.servers.jwks import Jwks, public, running_jwks
from tests.unit.gateway.access.auth_keys import ec_key, rsa_key

RSA, EC = public(rsa_key(), "rsa"), public(ec_key(), "ec")
MINUTE = 60.0


class Clock:
    """A clock that stands until it is told to go."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server() -> Iterator[Jwks]:
    """Serve two keys."""
    with running_jwks() as shown:
        shown.publish(RSA, EC)
        yield shown


async def known(keys: RemoteKeys, *kids: str) -> list[bool]:
    return [await keys.find(kid) is not None for kid in kids]


async def test_keys_are_found_with_one_fetch(server: Jwks) -> None:
    keys = RemoteKeys(server.url, Clock())
    found = await asyncio.gather(*(keys.find(kid) for kid in ["rsa", "ec"] * 20))
    assert [key and key.algorithm_name for key in found] == ["RS256", "ES256"] * 20
    assert server.asked == 1


async def test_unknown_kids_ask_seldom(server: Jwks) -> None:
    clock = Clock()
    keys = RemoteKeys(server.url, clock)
    for n in range(50):
        assert await keys.find(f"guess-{n}") is None
    assert server.asked == 1
    clock.now += AGAIN_SECONDS
    for n in range(50):
        assert await keys.find(f"guess-{n}") is None
    assert server.asked == 2


async def test_rotation_brings_the_new_key_and_drops_the_old_one(server: Jwks) -> None:
    clock = Clock()
    keys = RemoteKeys(server.url, clock)
    assert await known(keys, "rsa", "new") == [True, False]
    server.publish(EC, public(rsa_key(1), "new"))
    clock.now += AGAIN_SECONDS
    assert await known(keys, "new", "rsa") == [True, False]


async def test_withdrawn_key_is_refused_after_10_minutes(server: Jwks) -> None:
    clock = Clock()
    keys = RemoteKeys(server.url, clock)
    await keys.find("rsa")
    server.publish(EC)
    clock.now += 10 * MINUTE - 1
    assert await known(keys, "rsa") == [True]
    clock.now += 2
    assert await known(keys, "rsa") == [False]
    assert FRESH_SECONDS <= 10 * MINUTE


async def test_last_good_keys_serve_during_an_outage(server: Jwks) -> None:
    clock = Clock()
    keys = RemoteKeys(server.url, clock)
    await keys.find("rsa")
    server.status = 500
    for _ in range(3):
        clock.now += FRESH_SECONDS + 1
        assert await known(keys, "rsa", "ec") == [True, True]
    with pytest.raises(Unavailable):  # it may be a new key: nobody can say just now
        await keys.find("new")
    assert server.asked == 4
    clock.now += KEPT_SECONDS
    with pytest.raises(Unavailable):
        await keys.find("rsa")
    server.publish(RSA)
    clock.now += AGAIN_SECONDS
    assert await known(keys, "rsa", "ec") == [True, False]


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (404, {}, b""),
        (200, {}, b""),
        (200, {}, b"not json"),
        (200, {}, b"[]"),
        (200, {}, b'{"keys": {}}'),
        (200, {}, b'{"keys": []}'),
        (200, {}, b'{"keys": [1, null]}'),
        (200, {}, b"[" * 100_000),
        (200, {}, json.dumps({"keys": [RSA], "padding": "x" * 300_000}).encode()),
        (200, {"content-length": "1000000"}, b"{"),
        (302, {"location": "file:///etc/hostname"}, b""),
        (302, {"location": "/elsewhere"}, b""),
    ],
)
async def test_odd_answers_are_an_outage(
    server: Jwks, status: int, headers: Mapping[str, str], body: bytes
) -> None:
    server.status, server.headers, server.body = status, headers, body
    with pytest.raises(Unavailable):
        await RemoteKeys(server.url, Clock()).find("rsa")
    assert server.asked == 1


async def test_silent_server_is_an_outage_soon() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        keys = RemoteKeys(f"http://127.0.0.1:{silent.getsockname()[1]}/", fetch_seconds=0.2)
        with pytest.raises(Unavailable):
            await keys.find("rsa")


async def test_caller_that_goes_away_does_not_stop_the_fetch(server: Jwks) -> None:
    keys = RemoteKeys(server.url, Clock())
    asking = asyncio.create_task(keys.find("rsa"))
    await asyncio.sleep(0)
    asking.cancel()
    assert await known(keys, "rsa") == [True]


UNUSABLE: dict[str, dict[str, Any]] = {
    "a shared secret": {"kty": "oct", "kid": "key", "k": "AAAA"},
    "a private key": {**RSAAlgorithm.to_jwk(rsa_key(), as_dict=True), "kid": "key"},
    "for encryption": {**RSA, "use": "enc"},
    "of another algorithm": {**RSA, "alg": "RS512"},
    "of no algorithm": {**RSA, "alg": "none"},
    "HS256 by name": {**RSA, "alg": "HS256"},
    "too short": public(rsa_key(bits=1024), "key"),
    "on another curve": public(ec.generate_private_key(ec.SECP384R1()), "key"),
    "off its curve": {**EC, "x": EC["y"]},
    "without an id": {**RSA, "kid": ""},
    "broken": {**RSA, "n": 5},
}


@pytest.mark.parametrize("name", UNUSABLE)
async def test_unusable_keys_are_no_keys(server: Jwks, name: str) -> None:
    server.publish(EC | {"kid": "good"}, {**UNUSABLE[name], "kid": UNUSABLE[name]["kid"] and "key"})
    assert await known(RemoteKeys(server.url, Clock()), "good", "key", "") == [True, False, False]
