"""Clocks that jump by an hour: leases, retries and deadlines must not believe them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.local.forks import ForkServer
from services.jobs.values import Status
from tests.integration.worker.floor import Floor, shop_floor
from tests.servers.clock import Clock, make_clock

HOUR = 3600


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return make_clock(tmp_path)


@pytest.mark.parametrize("offset_seconds", [HOUR, -HOUR])
async def test_a_worker_whose_clock_jumps_does_its_jobs_as_if_nothing_was(
    floor: Floor, clock: Clock, offset_seconds: int
) -> None:
    floor.workers.start(**clock.environ)
    job_id, failing = floor.create("delay=2"), floor.create("fail=rate_limit retry_after=3 times=1")
    await floor.painting()
    await floor.until(failing, Status.DELAYED)
    clock.jump_to(offset_seconds)
    assert (await floor.completed(job_id)).attempts == 1
    assert (await floor.completed(failing)).attempts == 2
    assert (await floor.completed(floor.create("fail=rate_limit times=1"))).attempts == 2
    assert floor.bought == 3


@pytest.fixture
async def floor_in_time(tmp_path: Path, clock: Clock, forks: ForkServer) -> AsyncIterator[Floor]:
    async with shop_floor(tmp_path, forks, redis_environ=clock.environ) as floor:
        yield floor


@pytest.mark.parametrize("offset_seconds", [HOUR, -HOUR])
async def test_when_the_clock_of_redis_jumps_no_live_worker_loses_a_job_and_no_dead_one_keeps_it(
    floor_in_time: Floor, clock: Clock, offset_seconds: int
) -> None:
    floor = floor_in_time
    doomed, other = floor.workers.start(WORKER_SLOTS="1"), None
    left = floor.create("delay=6 times=1")
    await floor.painting()
    other = floor.workers.start(WORKER_SLOTS="1")
    kept = floor.create("delay=6")
    await floor.painting(2)
    doomed.kill()
    clock.jump_to(offset_seconds)
    assert (await floor.completed(kept)).attempts == 1
    assert (await floor.completed(left)).attempts == 2
    assert not other.ended
