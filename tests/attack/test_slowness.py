"""Who is slow holds a connection for a bounded time, and nobody else waits for it."""

import selectors
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from urllib.request import urlopen

import pytest

from services.gateway.settings import GatewaySettings
from tests.attack.conftest import Target
from tests.unit.resizer.pictures import quadrants, saved

SETTINGS = GatewaySettings()
PICTURE = saved(quadrants(60, 40))
CONNECTIONS = 20
MOST_SECONDS = 45
PAUSE_SECONDS = 3


Begin = Callable[[Target, int], bytes]
"""Returns how a connection begins to be slow; each has a number."""


def body(target: Target, number: int) -> bytes:
    return b"POST /api/jobs HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n"


def headers(target: Target, number: int) -> bytes:
    return b"GET /api HTTP/1.1\r\nhost: x\r\nx-a: "


def upload(target: Target, number: int) -> bytes:
    token = target.stack.token(f"slow-{number // SETTINGS.uploads_per_caller}")
    fields = f"host: x\r\nauthorization: Bearer {token}\r\ncontent-length: 1000000\r\n\r\n"
    return f"POST /api/uploads HTTP/1.1\r\n{fields}".encode() + PICTURE


@pytest.mark.long
@pytest.mark.parametrize("begin", [body, headers, upload])
def test_a_byte_now_and_then_holds_no_connection(target: Target, begin: Begin) -> None:
    with ExitStack() as held, selectors.DefaultSelector() as selector:
        for number in range(CONNECTIONS):
            client = held.enter_context(socket.create_connection(("127.0.0.1", target.port)))
            client.sendall(begin(target, number))
            selector.register(client, selectors.EVENT_READ)
        answers: list[bytes] = []
        deadline = time.monotonic() + MOST_SECONDS
        while selector.get_map() and time.monotonic() < deadline:
            answered = selector.select(PAUSE_SECONDS)
            for key, _ in answered:
                client = key.fileobj  # type: ignore[assignment]
                answers.append(client.recv(200))
                selector.unregister(client)
            for key in () if answered else selector.get_map().values():
                key.fileobj.sendall(b" ")  # type: ignore[union-attr]
        with urlopen(f"{target.stack.base_url}/api", timeout=10) as answer:  # noqa: S310 - ours
            assert answer.status == 200
    assert len(answers) == CONNECTIONS
    assert all(answer.startswith(b"HTTP/1.1 408") or not answer for answer in answers)
