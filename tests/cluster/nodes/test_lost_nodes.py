"""A node is drained and another time dies, under load: every job is done, and bought once."""

import asyncio
import time

import pytest

from tests.chaos.customers import clients
from tests.cluster.nodes.installed import Installed
from tests.cluster.nodes.node import Node
from tests.cluster.nodes.outcomes import all_told, bought, first_told, new_jobs

pytestmark = pytest.mark.parametrize("installed", ["production"], indirect=True)

_DRAIN_SECONDS = 900
_NOTICE_SECONDS, _RECOVERY_SECONDS = 50, 60
"""What Kubernetes needs to see that a node is dead, and what we need from then on."""


async def test_a_node_is_drained_and_no_client_notices(installed: Installed) -> None:
    name = installed.cluster.nodes[-1].plan.name
    drain = ("drain", name, "--ignore-daemonsets", "--delete-emptydir-data")
    seconds = f"--timeout={_DRAIN_SECONDS}s"
    async with clients(installed) as (load, readers):
        await new_jobs(load, 3)
        await asyncio.to_thread(installed.kubectl, *drain, seconds, seconds=_DRAIN_SECONDS)
        await new_jobs(load, 3)
        await all_told(load)
        await load.close()
    installed.kubectl("uncordon", name)
    assert not load.failed_calls + readers.failures
    assert {job.told for job in load.jobs} == {"completed"}
    assert bought(installed, load) == {job.prompt: 1 for job in load.jobs}


async def test_a_node_dies_and_no_job_is_lost(installed: Installed, figures: list[str]) -> None:
    spread(installed)
    node = installed.cluster.nodes[-1]
    async with clients(installed) as (load, _):
        await new_jobs(load, 10)
        await asyncio.to_thread(node.machine.power_off)
        died, before = time.monotonic(), len(load.jobs)
        await first_told(load, before)
        took = time.monotonic() - died
        await new_jobs(load, 3)
        await all_told(load)
        await load.close()
    await asyncio.to_thread(revive, installed, node)
    figures.append(f"the jobs of a node that died had all ended after {took:.0f} s")
    assert {job.told for job in load.jobs} == {"completed"}
    assert bought(installed, load) == {job.prompt: 1 for job in load.jobs}
    assert took < _NOTICE_SECONDS + _RECOVERY_SECONDS


def revive(installed: Installed, node: Node) -> None:
    """Switch a dead node on again, and wait until its pods work under their new addresses.

    Only once Kubernetes has noticed that it died does it know that the addresses have changed.
    """
    name = f"node/{node.plan.name}"
    installed.cluster.wait("condition=Ready=Unknown", name)
    node.start()
    installed.cluster.wait("condition=Ready", name)
    installed.settled()


def spread(installed: Installed) -> None:
    """Let the scheduler place all pods anew, now that every node takes some."""
    installed.kubectl("rollout", "restart", "deployment")
    installed.settled()
