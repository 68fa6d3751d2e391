"""One client ties down little of Envoy and the gateway, whatever it leaves unfinished."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from urllib.request import urlopen

import pytest

from deploy.envoy.limits import ClientLimits
from services.common.settings import load
from tests.attack.conftest import Target
from tests.raw_http2 import CONTINUATION, DATA, HEADERS, Http2, block, frame, request

LIMITS = load(ClientLimits, {})
LONG_PAGE = "/api-docs/swagger-ui-bundle.js"
JSON = ("content-type", "application/json")
MOST_MIB = 150

Attack = Callable[[int, ExitStack], None]


def unfinished_bodies(port: int, held: ExitStack) -> None:
    """600 bodies of a megabyte each, on as many connections as it takes."""
    begun = 0
    while begun < 600:
        client = held.enter_context(Http2(port))
        streams = [1 + 2 * number for number in range(client.max_streams)]
        for stream in streams:
            client.begin(stream, request("POST", "/api/jobs", JSON))
        fill(client, dict.fromkeys(streams, 1_000_000))
        begun += len(streams)


def bodies_as_long_as_may_be(port: int, held: ExitStack) -> None:
    """300 bodies that lack one byte to the longest that there may be."""
    for _ in range(3):
        client = held.enter_context(Http2(port))
        streams = [1 + 2 * number for number in range(client.max_streams)]
        for stream in streams:
            client.begin(stream, request("POST", "/api/jobs", JSON))
        fill(client, dict.fromkeys(streams, LIMITS.max_body_bytes - 1))


def bodies_in_tiny_frames(port: int, held: ExitStack) -> None:
    """A frame for each byte, and empty ones between them."""
    client = held.enter_context(Http2(port))
    streams = [1 + 2 * number for number in range(client.max_streams)]
    for stream in streams:
        client.begin(stream, request("POST", "/api/jobs", JSON))
    for _ in range(100):
        client.send(b"".join(frame(DATA, 0, stream, b" ") * 5 for stream in streams))
        client.read(0.005)
    client.send(b"".join(frame(DATA, 0, stream) * 50 for stream in streams))


def long_headers(port: int, held: ExitStack) -> None:
    """300 requests with nearly as many and as long headers as there may be."""
    more = [(f"x-a{number}", "a" * 300) for number in range(90)]
    for _ in range(3):
        client = held.enter_context(Http2(port))
        for number in range(client.max_streams):
            client.begin(1 + 2 * number, request("POST", "/api/jobs", *more))
        client.read(0.2)


def headers_without_end(port: int, held: ExitStack) -> None:
    """One request whose headers go on for 64 MB."""
    client = held.enter_context(Http2(port))
    client.send(frame(HEADERS, 0, 1, block(request("GET", "/api"))))
    more = frame(CONTINUATION, 0, 1, block([("x-a", "a" * 16_000)]))
    for _ in range(4_000):
        if client.closed:
            break
        client.send(more)


def unread_answers(port: int, held: ExitStack) -> None:
    """300 long answers over HTTP/2 of which not a byte is taken."""
    for _ in range(3):
        client = held.enter_context(Http2(port, window=0))
        for number in range(client.max_streams):
            client.begin(1 + 2 * number, request("GET", LONG_PAGE), end=True)
        client.read(1)


def unread_answers_of_many_connections(port: int, held: ExitStack) -> None:
    """300 long answers over HTTP/1.1 that nobody reads."""
    asked = f"GET {LONG_PAGE} HTTP/1.1\r\nhost: x\r\n\r\n".encode()
    for _ in range(300):
        client = held.enter_context(socket.socket())
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", port))
        client.sendall(asked)
    held.enter_context(Http2(port)).read(1)


def idle_connections(port: int, held: ExitStack) -> None:
    """A thousand connections that ask for nothing."""
    for _ in range(1000):
        held.enter_context(socket.create_connection(("127.0.0.1", port)))


@pytest.mark.parametrize(
    "attack",
    [
        unfinished_bodies,
        bodies_as_long_as_may_be,
        bodies_in_tiny_frames,
        long_headers,
        headers_without_end,
        unread_answers,
        unread_answers_of_many_connections,
        idle_connections,
    ],
    ids=lambda attack: attack.__name__,
)
def test_memory_is_bounded_and_others_are_served(target: Target, attack: Attack) -> None:
    names = ("envoy", "gateway")
    before = {name: target.memory_mib(name) for name in names}
    with _attacking(attack, target.port):
        assert is_served(target)
        grown = {name: target.memory_mib(name) - before[name] for name in names}
    assert max(grown.values()) < MOST_MIB, grown
    assert is_served(target)


@contextmanager
def _attacking(attack: Attack, port: int) -> Iterator[None]:
    with ExitStack() as held:
        attack(port, held)
        yield


def fill(client: Http2, left: dict[int, int]) -> None:
    """Send what is left of each body, until it is sent or no longer taken."""
    idle = 0
    while idle < 20 and not client.closed:
        sent = 0
        for stream in left.keys() - client.answered - client.refused:
            while left[stream] and (size := client.data(stream, b" " * min(left[stream], 16_384))):
                left[stream] -= size
                sent += size
        idle = 0 if sent else idle + 1
        client.read(0.01)


def is_served(target: Target) -> bool:
    with urlopen(f"{target.stack.base_url}/api", timeout=10) as answer:  # noqa: S310 - our own stack
        return bool(answer.status == 200)
