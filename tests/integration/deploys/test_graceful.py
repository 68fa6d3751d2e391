"""A deploy under load: each process is told to end and started anew, and no client notices.

Two gateways behind one Envoy, three workers, one of each other part; all are real processes.
"""

import asyncio
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import httpx2

from tests.chaos.load import Load
from tests.chaos.parts import Parts, all_well, running_parts
from tests.chaos.truth import purchases, statuses
from tests.eventually import eventually

SETTINGS = {
    "STANDIN_DELAY_SECONDS": "1",
    "DRAIN_SECONDS": "2.5",
    "GRACE_SECONDS": "15",
    "WORKER_GRACE_SECONDS": "15",
    "GENERATOR_PIXEL_BUDGET": str(1024 * 1024),
    "RATE_LIMIT_REQUESTS": "1000000/minute",
    "RATE_LIMIT_JOBS": "1000000/minute",
    "JOBS_IN_FLIGHT_PER_OWNER": "100000",
}
REPLACED = ("gateway", "gateway-2", "generator", "resizer", "storage", "worker-1")
JOBS_PER_SECOND, LONGEST_SECONDS = 1.0, 600.0


@dataclass(slots=True)
class Readers:
    """Clients that ask again and again: one keeps its connection, one makes a new one each time."""

    url: str
    failures: "Counter[str]" = field(default_factory=Counter)

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
            await asyncio.sleep(0.05)


@asynccontextmanager
async def clients(parts: Parts) -> AsyncIterator[tuple[Load, Readers]]:
    """Give clients that create, watch and read through Envoy while the block runs."""
    load = Load(
        parts,
        Random(7),  # noqa: S311
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


async def test_every_part_is_replaced_and_no_client_notices(tmp_path: Path) -> None:
    with running_parts(tmp_path, SETTINGS, s3=False) as parts:
        await eventually(lambda: all_well(parts), 60)
        heard = {}
        async with clients(parts) as (load, readers):
            for name in REPLACED:
                await new_jobs(load, 2)
                part = parts.by_name[name]
                await asyncio.to_thread(part.end, signal.SIGTERM)
                assert part.process
                assert part.process.returncode == 0
                part.start()
                await eventually(lambda: all_well(parts), 30)
                heard[name] = dict(load.heard + readers.failures)
        assert not any(heard.values()), heard
        answers = await statuses(load)
        await eventually(lambda: all(job.told == "completed" for job in load.jobs), 30)
        await load.close()
        bought = purchases(parts)
    assert {answer.attempts for answer in answers.values()} == {1}
    paid = {job.prompt: [call["outcome"] for call in bought[job.prompt]] for job in load.jobs}
    assert all(outcomes == ["completed"] for outcomes in paid.values()), paid


async def new_jobs(load: Load, count: int) -> None:
    """Wait until so many more jobs are at work or in line."""
    before = len(load.jobs)
    await eventually(lambda: len(load.jobs) >= before + count)
