"""The primary dies in the middle of jobs, and the Sentinels make a replica the new one."""

import asyncio
from collections import Counter
from pathlib import Path

from deploy.local.forks import ForkServer
from tests.eventually import eventually
from tests.integration.worker.floor import Floor, shop_floor
from tests.servers.gateway import Client, bearer, connected, running_gateway
from tests.servers.redis_sentinels import running_sentinels

FAILED_OVER_SECONDS = 120
LEASE_SECONDS = "20"
"""As by default: with a shorter one a failover may end purchases as uncertain."""


async def test_a_failover_loses_no_acknowledged_job_and_buys_nothing_twice(
    tmp_path: Path, forks: ForkServer
) -> None:
    servers = tmp_path / "servers"
    servers.mkdir()
    async with shop_floor(tmp_path, forks, redis_server=running_sentinels(servers)) as floor:
        url = floor.redis_server.url
        async with (
            running_gateway(url, redis_replicas=1) as address,
            connected(address, bearer("ada")) as ada,
        ):
            floor.workers.start(
                REDIS_REPLICAS="1", UNCERTAIN_PURCHASES="0", WORKER_LEASE_SECONDS=LEASE_SECONDS
            )
            before = [await created(floor, ada) for _ in range(4)]
            await eventually(lambda: floor.calls("in_progress") > 0, FAILED_OVER_SECONDS)
            await asyncio.to_thread(floor.redis_server.kill)
            during = [await created(floor, ada) for _ in range(4)]
            assert all(before)
            accepted = [*before, *filter(None, during)]

            async def takes_jobs_again() -> bool:
                if job_id := await created(floor, ada):
                    accepted.append(job_id)
                return bool(job_id)

            await eventually(takes_jobs_again, FAILED_OVER_SECONDS)
        jobs = [await floor.completed(job_id, FAILED_OVER_SECONDS) for job_id in accepted]
        painted = Counter(
            call["prompt"].partition("\n\n")[0] for call in floor.ledger.report()["calls"]
        )
    assert {painted[job.spec.prompt] for job in jobs} == {1}
    assert set(painted.values()) == {1}


async def created(floor: Floor, ada: Client) -> str:
    """Create a job; return its id, "" if nobody said that there is one."""
    prompt = f"Lighthouse number {next(floor.numbers)} [standin: delay=2]"
    answer = await ada.create("ada", prompt=prompt)
    assert answer.code in ("", "SERVICE_UNAVAILABLE")
    return str(answer.message.job_id) if not answer.failure else ""
