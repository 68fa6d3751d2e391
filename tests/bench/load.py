"""The HTTP load: many keep-alive connections, each of which sends its next request after an answer.

On the bare protocol, without a client library: the generator must not be what is measured.
"""

import asyncio
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from tests.bench.figures import percentile
from tests.bench.processes import Stopwatch

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_END_SECONDS = 30.0


@dataclass(slots=True)
class Load:
    """What came of a stretch of load: `answers` are requests with the bodies that came back.

    `cpu` is the share of one core that the generator took, `served` are the CPU seconds of those
    who answered.
    """

    wanted: int
    seconds: float = 0.0
    cpu: float = 0.0
    served: float = 0.0
    took: list[float] = field(default_factory=list)
    answers: list[tuple[bytes, bytes]] = field(default_factory=list)
    wrong: list[bytes] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.took) / self.seconds

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds that one answer cost those who gave it."""
        return 1000 * self.served / len(self.took)

    def ms(self, percent: float) -> float:
        """Return a percentile of what the answers took."""
        return 1000 * percentile(self.took, percent)


def request(
    method: str, path: str, port: int, headers: Mapping[str, str], body: bytes = b""
) -> bytes:
    """Return a request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


class _Connection(asyncio.Protocol):
    """Sends requests of the shared iterator, one after the other, until it ends."""

    def __init__(self, requests: Iterator[bytes], load: Load) -> None:
        self._requests, self._load = requests, load
        self._heard, self._sent, self._sent_at = b"", b"", 0.0
        self._transport: asyncio.Transport | None = None
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass
        self._next()

    def _next(self) -> None:
        assert self._transport
        self._sent = next(self._requests, b"")
        if not self._sent:
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(self._sent)

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head, ended, body = self._heard.partition(b"\r\n\r\n")
        if not ended:
            return
        length = _LENGTH.search(head + b"\r\n")
        if length is None or len(body) < int(length[1]):
            return
        self._load.took.append(time.perf_counter() - self._sent_at)
        if head.startswith(b"HTTP/1.1 %d " % self._load.wanted):
            self._load.answers.append((self._sent, body))
        else:
            self._load.wrong.append(self._heard)
        self._heard = b""
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """Who is put under load: its port, and all processes that do its work."""

    port: int
    pids: Sequence[int]


async def run_load(
    server: Server, requests: Iterable[bytes], *, seconds: float, connections: int, wanted: int
) -> Load:
    """Send `requests` for some seconds. Raises RuntimeError when an answer was not `wanted`."""
    load = Load(wanted=wanted)
    until = time.perf_counter() + seconds

    def limited() -> Iterator[bytes]:
        for one in requests:
            if time.perf_counter() > until:
                return
            yield one

    shared, loop = limited(), asyncio.get_running_loop()
    watch, cpu = Stopwatch(server.pids), time.process_time()
    ends = []
    for _ in range(connections):
        _, protocol = await loop.create_connection(
            lambda: _Connection(shared, load), "127.0.0.1", server.port
        )
        ends.append(protocol.done)
    await asyncio.wait_for(asyncio.gather(*ends), seconds + _END_SECONDS)
    load.seconds, load.served = watch.read()
    load.cpu = (time.process_time() - cpu) / load.seconds
    if load.wrong or not load.took:
        raise RuntimeError(f"not the answers that were wanted: {load.wrong[:1]}")
    return load
