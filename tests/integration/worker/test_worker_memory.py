"""What a worker keeps in memory: nothing of the jobs that have ended, little of those at work."""

import asyncio
import os
import re
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis

from services.jobs.connections import open_async_redis
from services.jobs.figures import Figures
from services.jobs.records import Records
from services.jobs.values import JobSpec, Status
from tests.eventually import eventually
from tests.servers.canned_leaves import canned_leaves
from tests.servers.jobs import put_in_line
from tests.servers.redis import durable_redis
from tests.servers.worker import workers

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is read in /proc of Linux")

SPEC = JobSpec(user_id="ada", prompt="A lighthouse", platforms=("twitter-post",))
MIB = 1024 * 1024
IMAGE_MIB, SLOTS = 3, 8
FIRST, ALL = 40, 120

MOST_GROWTH_MIB = 40.0
"""Of 80 jobs, whose images pass through five times: 1.2 GiB. One image kept of each were 240."""

MOST_PER_JOB_MIB = 2.0 * IMAGE_MIB
"""Of each job at work, more than an idle worker takes."""


async def test_ended_jobs_leave_nothing_and_images_pass_through_in_chunks(tmp_path: Path) -> None:
    (tmp_path / "redis").mkdir()
    async with canned_leaves(os.urandom(IMAGE_MIB * MIB)) as addresses:
        with durable_redis(tmp_path / "redis") as server, Redis.from_url(server.url) as redis:
            environ = {**addresses, "REDIS_URL": server.url, "WORKER_SLOTS": str(SLOTS)}
            with workers(environ, tmp_path) as staff:
                worker = staff.start()
                await eventually(lambda: redis.scard("rq:workers") == 1)
                idle, _ = memory_mib(worker.pid)
                await run_jobs(redis, server.url, FIRST)
                after_first, _ = memory_mib(worker.pid)
                await run_jobs(redis, server.url, ALL - FIRST)
                after_all, peak = memory_mib(worker.pid)
    assert after_all - after_first < MOST_GROWTH_MIB
    assert peak - idle < MOST_PER_JOB_MIB * SLOTS


async def run_jobs(redis: Redis, url: str, count: int) -> None:
    """Run so many jobs to their end, which must be a good one."""
    line = Records(redis, retention=timedelta(hours=1), lease=timedelta(seconds=20))
    async with open_async_redis(url) as async_redis:
        figures = Figures(async_redis)
        before = (await figures.counts())[Status.COMPLETED]
        for _ in range(count):
            await asyncio.to_thread(put_in_line, line, SPEC)

        async def done() -> bool:
            counts = await figures.counts()
            assert counts[Status.FAILED] + counts[Status.DELAYED] == 0
            return counts[Status.COMPLETED] == before + count

        await eventually(done, 240)


def memory_mib(pid: int) -> tuple[float, float]:
    """What the process takes of the machine's memory, now and at most so far."""
    told = Path(f"/proc/{pid}/status").read_text()
    now, most = (re.search(rf"{name}:\s+(\d+) kB", told) for name in ("VmRSS", "VmHWM"))
    assert now
    assert most
    return int(now[1]) / 1024, int(most[1]) / 1024
