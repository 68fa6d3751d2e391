"""RQ's own tools, as they come from PyPI, show the truth about our jobs."""

import asyncio
import re
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from redis import Redis

from services.jobs.connections import open_async_redis
from services.jobs.presence import Presence
from services.jobs.values import Status
from tests.integration.test_locks import install
from tests.servers.redis import running_redis
from tests.unit.jobs.shop import Shop, open_shop, spec_of

WANTED = {
    Status.WAITING: 7,
    Status.ACTIVE: 3,
    Status.DELAYED: 4,
    Status.COMPLETED: 5,
    Status.FAILED: 2,
    Status.CANCELLED: 6,
}
"""How many jobs of each status there are; no two counts are the same."""

LISTS = {
    "queued": Status.WAITING,
    "started": Status.ACTIVE,
    "scheduled": Status.DELAYED,
    "finished": Status.COMPLETED,
    "failed": Status.FAILED,
    "canceled": Status.CANCELLED,
}
"""The lists of the dashboard."""

START_SECONDS = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    url: str
    shop: Shop
    jobs: dict[Status, list[str]]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Jobs in every status, each moved there as in real life, and a worker in the list."""
    with running_redis() as url, Redis.from_url(url) as redis:
        async with open_async_redis(url) as async_redis:
            shop = open_shop(redis, async_redis)
            begin: Sequence[tuple[Status, Callable[[], str]]] = (
                (Status.ACTIVE, lambda: shop.active().job_id),
                (Status.DELAYED, lambda: shop.delayed().job_id),
                (Status.COMPLETED, shop.completed),
                (Status.FAILED, shop.failed),
                (Status.CANCELLED, lambda: cancelled(shop)),
                (Status.WAITING, lambda: shop.create(spec_of(f"owner-{next(shop.tokens) % 3}"))),
            )
            jobs = {status: [make() for _ in range(WANTED[status])] for status, make in begin}
            Presence(redis).beat()
            yield Stage(url=url, shop=shop, jobs=jobs)


def cancelled(shop: Shop) -> str:
    job_id = shop.create()
    shop.moves.cancel(job_id)
    return job_id


async def rq_info(url: str) -> str:
    """Return what `rq info` prints."""
    rq = str(Path(sys.executable).with_name("rq"))
    process = await asyncio.create_subprocess_exec(
        rq, "info", "--raw", "--url", url, stdout=PIPE, stderr=STDOUT
    )
    async with asyncio.timeout(START_SECONDS):
        said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


async def test_rq_info_shows_true_counts_and_the_worker(stage: Stage) -> None:
    said = await rq_info(stage.url)
    assert "queue snapasset 7, 3 executing, 5 finished, 2 failed" in said
    assert len(re.findall(r"^worker ", said, re.MULTILINE)) == 1


async def test_looking_changes_nothing(stage: Stage) -> None:
    before = await stage.shop.figures.counts()
    await rq_info(stage.url)
    assert await stage.shop.figures.counts() == before == WANTED


async def test_a_job_is_counted_as_waiting_until_it_is_claimed(stage: Stage) -> None:
    while not (job_id := stage.shop.take()):
        pass  # owners whose last job was cancelled cost a look
    assert "queue snapasset 7," in await rq_info(stage.url)
    assert stage.shop.claims.claim(job_id, "worker-1", "token")
    assert "queue snapasset 6, 4 executing" in await rq_info(stage.url)


@pytest.fixture(scope="module")
def dashboard_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with rq-dashboard, as locked."""
    folder = tmp_path_factory.mktemp("dashboard") / "venv"
    return asyncio.run(install("dashboard", folder))


@asynccontextmanager
async def dashboard(python: Path, url: str) -> AsyncIterator[str]:
    """Run rq-dashboard on a free port; gives its address."""
    process = await asyncio.create_subprocess_exec(
        str(python.with_name("rq-dashboard")),
        *("--bind", "127.0.0.1", "--port", "0", "--redis-url", url, "--json", "--verbose"),
        stdout=PIPE,
        stderr=STDOUT,
    )
    assert process.stdout
    try:
        async with asyncio.timeout(START_SECONDS):
            said = ""
            while not (found := re.search(r"Running on (http://127.0.0.1:\d+)", said)):
                line = await process.stdout.readline()
                assert line, said
                said += line.decode()
        yield found[1]
    finally:
        process.kill()
        await process.communicate()


async def test_rq_dashboard_counts_every_status_and_lists_the_jobs(
    stage: Stage, dashboard_python: Path
) -> None:
    async with (
        dashboard(dashboard_python, stage.url) as address,
        httpx2.AsyncClient(base_url=address) as http,
    ):
        [queue] = (await http.get("/0/data/queues.json")).json()["queues"]
        listed = {}
        for theirs in LISTS:
            page = (await http.get(f"/0/data/jobs/snapasset/{theirs}/20/asc/1.json")).json()
            listed[theirs] = {job["id"] for job in page["jobs"]}
        shown = await http.get(f"/0/view/job/{stage.jobs[Status.FAILED][0]}")
    counts = {
        Status.WAITING: queue["count"],
        Status.ACTIVE: queue["started_job_registry_count"],
        Status.DELAYED: queue["scheduled_job_registry_count"],
        Status.COMPLETED: queue["finished_job_registry_count"],
        Status.FAILED: queue["failed_job_registry_count"],
        Status.CANCELLED: queue["canceled_job_registry_count"],
    }
    assert counts == WANTED
    assert listed == {name: set(stage.jobs[status]) for name, status in LISTS.items()}
    assert shown.status_code == 200
