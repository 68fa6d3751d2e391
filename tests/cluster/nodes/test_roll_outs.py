"""Each part is replaced under load, and no client notices."""

import asyncio

from tests.chaos.customers import clients
from tests.cluster.nodes.installed import Installed
from tests.cluster.nodes.outcomes import all_told, bought, new_jobs

REPLACED = ("envoy", "gateway", "worker", "generator", "resizer", "storage")
_ROLL_OUT_SECONDS = 600


async def test_a_roll_out_of_each_part_fails_no_call_and_loses_no_stream(
    installed: Installed,
) -> None:
    heard = {}
    async with clients(installed) as (load, readers):
        for part in REPLACED:
            await new_jobs(load, 2)
            await asyncio.to_thread(roll_out, installed, part)
            heard[part] = dict(load.failed_calls + readers.failures)
        await all_told(load)
        await load.close()
    assert not any(heard.values()), heard
    assert {job.told for job in load.jobs} == {"completed"}
    assert bought(installed, load) == {job.prompt: 1 for job in load.jobs}


def roll_out(installed: Installed, part: str) -> None:
    """Replace the pods of a part, and wait until the old ones have gone."""
    names = [pod["metadata"]["name"] for name, pod in installed.pods() if name == part]
    installed.kubectl("rollout", "restart", f"deployment/{part}")
    words = ("rollout", "status", f"deployment/{part}", f"--timeout={_ROLL_OUT_SECONDS}s")
    installed.kubectl(*words, seconds=_ROLL_OUT_SECONDS)
    gone = [f"pod/{name}" for name in names]
    installed.cluster.wait("delete", "-n", "snapasset", *gone, seconds=_ROLL_OUT_SECONDS)
