"""A deploy under load: each process is told to end and started anew, and no client notices.

Two gateways behind one Envoy, three workers, one of each other part; all are real processes.
"""

import asyncio
import signal
from pathlib import Path

from deploy.local.forks import ForkServer
from tests.chaos.customers import clients
from tests.chaos.load import Load
from tests.chaos.parts import running_parts, until_all_well
from tests.chaos.truth import purchases, statuses
from tests.eventually import eventually

SETTINGS = {
    "STANDIN_DELAY_SECONDS": "1",
    "DRAIN_SECONDS": "2.5",
    "GRACE_SECONDS": "15",
    "WORKER_GRACE_SECONDS": "15",
    "GENERATOR_PIXEL_BUDGET": str(1024 * 1024),
    "STANDIN_SWITCHES": "care=low",
    "RATE_LIMIT_REQUESTS": "1000000/minute",
    "RATE_LIMIT_JOBS": "1000000/minute",
    "JOBS_IN_FLIGHT_PER_OWNER": "100000",
}
REPLACED = ("gateway", "gateway-2", "generator", "resizer", "storage", "worker-1")


async def test_every_part_is_replaced_and_no_client_notices(
    tmp_path: Path, forks: ForkServer
) -> None:
    with running_parts(tmp_path, SETTINGS, s3=False, forks=forks) as parts:
        await until_all_well(parts, 60)
        heard = {}
        async with clients(parts) as (load, readers):
            for name in REPLACED:
                await new_jobs(load, 2)
                part = parts.by_name[name]
                await asyncio.to_thread(part.end, signal.SIGTERM)
                assert part.process
                assert part.process.poll() == 0
                part.start()
                await until_all_well(parts, 30)
                heard[name] = dict(load.heard + readers.failures)
        assert not any(heard.values()), heard
        answers = await statuses(load)
        await eventually(lambda: all(job.told == "completed" for job in load.jobs), 30)
        await load.close()
        bought = purchases(parts.ledger_url)
    assert {answer.attempts for answer in answers.values()} == {1}
    paid = {job.prompt: [call["outcome"] for call in bought[job.prompt]] for job in load.jobs}
    assert all(outcomes == ["completed"] for outcomes in paid.values()), paid


async def new_jobs(load: Load, count: int) -> None:
    """Wait until so many more jobs are at work or in line."""
    before = len(load.jobs)
    await eventually(lambda: len(load.jobs) >= before + count)
