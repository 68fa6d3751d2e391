"""What became of the jobs of a load, and what was paid for them."""

import asyncio

from tests.chaos.load import Load
from tests.chaos.truth import by_prompt
from tests.cluster.nodes.installed import Installed
from tests.eventually import eventually

_BEGIN_SECONDS, _END_SECONDS = 120, 300


async def new_jobs(load: Load, count: int) -> None:
    """Wait until so many more jobs are under way."""
    before = len(load.jobs)
    await eventually(lambda: len(load.jobs) >= before + count, _BEGIN_SECONDS)


async def first_told(load: Load, count: int) -> None:
    """Wait until the first `count` clients know how their jobs ended; more may begin."""
    await eventually(lambda: all(job.told for job in load.jobs[:count]), _END_SECONDS)


async def all_told(load: Load) -> None:
    """Let no more jobs begin, and wait until each client knows how its job ended."""
    await asyncio.wait_for(load.finish(), _END_SECONDS)


def bought(installed: Installed, load: Load) -> dict[str, int]:
    """Return how many images each job's prompt was charged for."""
    calls = by_prompt(installed.ledger())
    return {
        job.prompt: sum(call["image_made"] for call in calls.get(job.prompt, []))
        for job in load.jobs
    }
