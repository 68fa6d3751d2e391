"""Redis and the object store restart with their volumes in the middle of jobs: none is lost."""

import asyncio

import pytest

from tests.chaos.customers import clients
from tests.cluster.nodes.installed import Installed
from tests.cluster.nodes.outcomes import all_told, bought, new_jobs


@pytest.mark.parametrize("store", ["redis", "object-store"])
async def test_a_store_restarts_and_every_job_is_done_and_bought_once(
    installed: Installed, store: str
) -> None:
    cluster = installed.cluster
    delete = ("--namespace", installed.backing, "delete", "pod", f"{store}-0")
    async with clients(installed) as (load, _):
        await new_jobs(load, 3)
        await asyncio.to_thread(cluster.told, *delete, seconds=120)
        await asyncio.to_thread(
            cluster.wait, "condition=Ready", "--namespace", installed.backing, f"pod/{store}-0"
        )
        await new_jobs(load, 3)
        await all_told(load)
        await load.close()
    assert not load.dishonest
    assert {job.told for job in load.jobs} == {"completed"}
    assert bought(installed, load) == {job.prompt: 1 for job in load.jobs}
