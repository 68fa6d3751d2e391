"""KEDA and the autoscalers add pods as the load asks for them, and remove them without a loss."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest

from services.common.ending import end
from tests.chaos.customers import Readers, clients
from tests.chaos.truth import by_prompt
from tests.cluster.nodes.installed import Installed
from tests.cluster.nodes.outcomes import all_told
from tests.e2e.client import create, events
from tests.eventually import eventually

pytestmark = [
    pytest.mark.parametrize("installed", ["production"], indirect=True),
    pytest.mark.usefixtures("keda"),
]

FEWEST, MOST = 2, 3
_OUT_SECONDS, _IN_SECONDS = 240, 420
_SHORT_JOBS, _LONG_JOBS = 14, 2
_WATCHERS, _PATIENT_WATCHERS = 40, 6
_ASKERS = 8


async def test_workers_follow_the_line_and_lose_no_job(
    installed: Installed, figures: list[str]
) -> None:
    run = time.monotonic_ns()
    prompts = [
        f"A bridge, number {number} of {run} [standin: delay={seconds}]"
        for number, seconds in enumerate([45] * _SHORT_JOBS + [150] * _LONG_JOBS)
    ]
    await replicas(installed, "worker", FEWEST, _IN_SECONDS)
    async with installed.client() as client:
        began = time.monotonic()
        jobs = [(await create(client, prompt, "x-post"))["jobId"] for prompt in prompts]
        ends = asyncio.gather(*(watch(installed, f"/api/sse/jobs/{job}") for job in jobs))
        await replicas(installed, "worker", MOST, _OUT_SECONDS)
        figures.append(f"KEDA: {MOST} workers {time.monotonic() - began:.0f} s after a burst")
        await replicas(installed, "worker", FEWEST, _IN_SECONDS)
        assert set(await ends) == {"completed"}
    calls = by_prompt(installed.ledger())
    assert {prompt: len(calls[prompt]) for prompt in prompts} == dict.fromkeys(prompts, 1)


async def test_gateways_follow_their_watchers_and_lose_none(
    installed: Installed, figures: list[str]
) -> None:
    await replicas(installed, "gateway", FEWEST, _IN_SECONDS)
    async with installed.client() as client:
        job = await create(client, "A slow river [standin: delay=900]", "x-post")
        path = f"/api/sse/jobs/{job['jobId']}"
        began = time.monotonic()
        watching = [asyncio.create_task(watch(installed, path)) for _ in range(_WATCHERS)]
        await replicas(installed, "gateway", MOST, _OUT_SECONDS)
        figures.append(
            f"KEDA: {MOST} gateways {time.monotonic() - began:.0f} s after watchers came"
        )
        patient, impatient = watching[:_PATIENT_WATCHERS], watching[_PATIENT_WATCHERS:]
        await end(impatient)
        await replicas(installed, "gateway", FEWEST, _IN_SECONDS)
        (await client.delete(f"/api/jobs/{job['jobId']}/cancel")).raise_for_status()
        assert set(await asyncio.gather(*patient)) == {"cancelled"}


async def test_parts_follow_their_cpu_and_no_call_fails_when_pods_go(
    installed: Installed, figures: list[str]
) -> None:
    scaled = ("envoy", "gateway", "resizer")
    async with clients(installed) as (load, readers), askers(installed) as failures:
        began = time.monotonic()
        for part in scaled:
            await replicas(installed, part, MOST, _OUT_SECONDS)
            figures.append(
                f"{part}: {MOST} pods {time.monotonic() - began:.0f} s after the load came"
            )
        await all_told(load)
        await load.close()
    assert not load.failed_calls + readers.failures + failures
    assert {job.told for job in load.jobs} == {"completed"}
    calm = Readers(f"http://{installed.envoy}", pause_seconds=1)
    asking = asyncio.create_task(calm.run())
    for part in scaled:
        await replicas(installed, part, FEWEST, _IN_SECONDS)
    await end([asking])
    assert not calm.failures


async def replicas(installed: Installed, part: str, count: int, seconds: float) -> None:
    """Wait until a part has so many pods, all of them ready."""

    async def held() -> bool:
        status = (await asyncio.to_thread(installed.get, "deployment", part))["status"]
        return bool(status.get("replicas") == status.get("readyReplicas") == count)

    await eventually(held, seconds, pause_seconds=1)


async def watch(installed: Installed, path: str) -> str:
    """Follow a job, with a new stream whenever one ends before it; return how the job ended."""
    async with installed.client() as client:
        while True:
            async for event in events(client, path):
                if event["type"] == "done":
                    return str(event["status"])


@asynccontextmanager
async def askers(installed: Installed) -> AsyncIterator[Counter[str]]:
    """Let clients ask without a pause for the length of the block; give what failed."""
    failures: Counter[str] = Counter()

    async def ask() -> None:
        async with httpx2.AsyncClient(base_url=f"http://{installed.envoy}", timeout=30) as client:
            while True:
                try:
                    answer = await client.get("/api/platforms")
                    failures.update([] if answer.is_success else [answer.text])
                except httpx2.HTTPError as error:
                    failures[repr(error)] += 1

    asking = [asyncio.create_task(ask()) for _ in range(_ASKERS)]
    try:
        yield failures
    finally:
        await end(asking)
