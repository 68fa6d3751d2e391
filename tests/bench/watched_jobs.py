"""Jobs that are created and watched to their end over HTTP, one at a time or many at once."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

_TIMEOUT_SECONDS = 120.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """A completed job: `seconds` from the POST to the event `done`, `size_bytes` of its files."""

    seconds: float
    size_bytes: int


class Client:
    """Creates the jobs of one owner, all alike, and watches each."""

    def __init__(
        self, session: aiohttp.ClientSession, owner: str, platforms: Sequence[str]
    ) -> None:
        self._session = session
        self._order = {
            "userId": owner,
            "prompt": "A lighthouse in a storm",
            "platforms": list(platforms),
        }

    async def one(self) -> Ended:
        """Have one job done. Raises RuntimeError if it does not complete."""
        began = time.perf_counter()
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            async with self._session.post("/api/jobs", json=self._order) as response:
                created = await response.json()
            async with self._session.get(created["streamUrl"]) as stream:
                async for line in stream.content:
                    if b'"done"' in line and b'"completed"' in line:
                        seconds = time.perf_counter() - began
                        return Ended(seconds=seconds, size_bytes=_size_bytes(line))
        raise RuntimeError("a job did not complete")

    async def many(self, count: int, at_once: int) -> list[Ended]:
        """Have `count` jobs done, `at_once` at any time."""
        gate = asyncio.Semaphore(at_once)

        async def gated() -> Ended:
            async with gate:
                return await self.one()

        return await asyncio.gather(*(gated() for _ in range(count)))


def _size_bytes(event: bytes) -> int:
    done = json.loads(event.removeprefix(b"data:"))
    return sum(image["size"] for image in done["result"]["images"])


@asynccontextmanager
async def open_client(
    base_url: str, token: str, owner: str, platforms: Sequence[str]
) -> AsyncIterator[Client]:
    """Open a client of a server for the length of the block."""
    headers = {"Authorization": f"Bearer {token}"}
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(base_url, headers=headers, connector=connector) as session:
        yield Client(session, owner, platforms)
