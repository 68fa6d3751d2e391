"""Clients that want no failure at all: they create, watch and read while parts are replaced."""

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random

import httpx2

from tests.chaos.load import Front, Load

JOBS_PER_SECOND, LONGEST_SECONDS = 1.0, 3600.0


@dataclass(slots=True)
class Readers:
    """Clients that ask again and again: one keeps its connection, one makes a new one each time."""

    url: str
    failures: "Counter[str]" = field(default_factory=Counter)
    pause_seconds: float = 0.05

    async def run(self) -> None:
        """Ask until cancelled."""
        once = httpx2.Limits(max_keepalive_connections=0)
        async with (
            httpx2.AsyncClient(base_url=self.url, timeout=15) as kept,
            httpx2.AsyncClient(base_url=self.url, timeout=15, limits=once) as fresh,
        ):
            await asyncio.gather(self._ask(kept), self._ask(fresh))

    async def _ask(self, http: httpx2.AsyncClient) -> None:
        while True:
            try:
                answer = await http.get("/api/platforms")
                if not answer.is_success:
                    self.failures[f"{answer.status_code} {answer.text}"] += 1
            except httpx2.HTTPError as error:
                self.failures[repr(error)] += 1
            await asyncio.sleep(self.pause_seconds)


@asynccontextmanager
async def clients(parts: Front) -> AsyncIterator[tuple[Load, Readers]]:
    """Give clients that create, watch and read through Envoy while the block runs."""
    load = Load(
        parts,
        Random(7),  # noqa: S311
        name=secrets.token_hex(4),
        cancel_share=0,
        around_envoy=False,
        cut_share=0,
        edit_share=0,
        purchases=({},),
        at_once=4,
    )
    readers = Readers(f"http://{parts.envoy}")
    tasks = [
        asyncio.create_task(readers.run()),
        asyncio.create_task(load.run(time.monotonic() + LONGEST_SECONDS, JOBS_PER_SECOND)),
    ]
    try:
        yield load, readers
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
