"""Many clients that each watch one job: bare connections that note when an event arrives.

An event's message is the moment at which it was sent, in ns of this machine's clock. An event that
a newer one has overtaken counts until the newer one arrives: then its watcher knows.
"""

import asyncio
import re
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import cast

from tests.bench.load import request

_SENT = re.compile(rb'"message": ?"(\d{19})"')
_AT_ONCE, _OPEN_SECONDS = 64, 90.0


class _Stream(asyncio.Protocol):
    """One open stream."""

    def __init__(self, watchers: "Watchers", job_id: str, asked: bytes) -> None:
        self._watchers, self._job_id, self._asked = watchers, job_id, asked
        self.transport: asyncio.Transport | None = None
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(self._asked)

    def data_received(self, data: bytes) -> None:
        now = time.time_ns()
        if not self.opened.done() and b'"connected"' in data:
            self.opened.set_result(None)
        for sent in _SENT.findall(data):
            self._watchers.heard(self._job_id, int(sent), now)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(error or ConnectionError("closed before it began"))


class Watchers:
    """All streams; `took` has the ms that each event was on its way to its watcher."""

    def __init__(self) -> None:
        self.took: list[float] = []
        self._on_the_way: dict[str, list[int]] = defaultdict(list)
        self._streams: list[_Stream] = []

    @property
    def missing(self) -> int:
        """How many events have not arrived."""
        return sum(map(len, self._on_the_way.values()))

    def stamp(self, job_id: str) -> str:
        """Return the message of an event that is sent now."""
        now = time.time_ns()
        self._on_the_way[job_id].append(now)
        return str(now)

    def heard(self, job_id: str, sent: int, now: int) -> None:
        """Note an event; one that is told again changes nothing."""
        waiting = self._on_the_way[job_id]
        while waiting and waiting[0] <= sent:
            self.took.append((now - waiting.pop(0)) / 1e6)

    async def open(self, port: int, jobs: Sequence[str], token: str) -> None:
        """Open one stream for each job. Raises TimeoutError unless all soon say `connected`."""
        gate, loop = asyncio.Semaphore(_AT_ONCE), asyncio.get_running_loop()

        async def one(job_id: str) -> None:
            path = f"/api/sse/jobs/{job_id}"
            asked = request("GET", path, port, {"Authorization": f"Bearer {token}"})
            async with gate:
                _, stream = await loop.create_connection(
                    lambda: _Stream(self, job_id, asked), "127.0.0.1", port
                )
                self._streams.append(stream)
                await stream.opened

        async with asyncio.timeout(_OPEN_SECONDS):  # which cancels all that are still opening
            await asyncio.gather(*map(one, jobs))

    def close(self) -> None:
        """Leave all streams."""
        for stream in self._streams:
            if stream.transport:
                stream.transport.abort()
        self._streams.clear()
