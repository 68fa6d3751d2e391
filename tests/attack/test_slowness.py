"""Who is slow holds a connection for a bounded time, and nobody else waits for it."""

import selectors
import socket
import time
from contextlib import ExitStack
from urllib.request import urlopen

import pytest

from tests.attack.conftest import Target

BODY = b"POST /api/jobs HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n"
HEADERS = b"GET /api HTTP/1.1\r\nhost: x\r\nx-a: "
CONNECTIONS = 20
MOST_SECONDS = 45
PAUSE_SECONDS = 3


@pytest.mark.long
@pytest.mark.parametrize(
    ("begin", "ends"),
    [(BODY, b"HTTP/1.1 408"), (HEADERS, b"HTTP/1.1 408")],
    ids=["body", "headers"],
)
def test_a_byte_now_and_then_holds_no_connection(target: Target, begin: bytes, ends: bytes) -> None:
    with ExitStack() as held, selectors.DefaultSelector() as selector:
        for _ in range(CONNECTIONS):
            client = held.enter_context(socket.create_connection(("127.0.0.1", target.port)))
            client.sendall(begin)
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
