"""Two gateways, two workers and two resizers: one of each dies, and every job ends well."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

import grpc
import httpx2
import pytest
from snapasset.gateway.v1 import jobs_pb2 as pb
from snapasset.gateway.v1.jobs_pb2_grpc import JobServiceStub

from deploy.local.forks import ForkServer
from deploy.local.plan import read_procfile
from deploy.local.ports import choose_ports
from deploy.local.process import Process
from deploy.local.settings import ROOT
from deploy.local.stack import Stack, quiet, running_stack
from tests.e2e.client import PATIENCE_SECONDS, create, finish, open_client
from tests.eventually import eventually

R = TypeVar("R")

TWINS = {"gateway": "GATEWAY_PORT", "worker": "", "resizer": "RESIZER_PORT"}
NEVER_SECONDS = 3600.0
JOBS_AT_ONCE = 4
PLATFORMS = ["instagram-post", "twitter-post"]
SIGNS = (
    ("resizer", "ResizerService/Resize OK"),
    ("worker", "Job completed"),
    ("gateway", "JobService/CreateJob OK"),
)
"""What a process logs that has done its work."""


@pytest.fixture(scope="module")
def twins(
    tmp_path_factory: pytest.TempPathFactory, forks: ForkServer
) -> Iterator[tuple[Stack, dict[str, Process]]]:
    """A stack and its second processes, which do not start again when they die."""
    folder: Path = tmp_path_factory.mktemp("redundancy")
    ports = choose_ports(0, {}, {"RESIZER_PORT": 0, "GATEWAY_TWIN": 0, "RESIZER_TWIN": 0})
    resizers = f"127.0.0.1:{ports['RESIZER_PORT']},127.0.0.1:{ports['RESIZER_TWIN']}"
    environ = {
        "RATE_LIMIT_REQUESTS": "100000/minute",
        "RATE_LIMIT_JOBS": "100000/minute",
        "STANDIN_DELAY_SECONDS": "1",
        "STANDIN_SWITCHES": "care=low",
        "RESIZER_PORT": ports["RESIZER_PORT"],
        "RESIZER_ADDRESS": f"ipv4:{resizers}",
        "ENVOY_MORE_GATEWAYS": f"127.0.0.1:{ports['GATEWAY_TWIN']}",
    }
    with running_stack(folder, environ=environ, forks=forks) as stack, ExitStack() as ends:
        seconds = {}
        for name, port in TWINS.items():
            own = {port: ports[f"{name.upper()}_TWIN"]} if port else {}
            seconds[name] = second(stack, folder, name, own)
            ends.callback(end, seconds[name])
        yield stack, seconds


def second(stack: Stack, folder: Path, name: str, own: dict[str, str]) -> Process:
    environ = {**stack.environ, **own}
    process = Process(
        f"{name}-2",
        read_procfile(ROOT / "Procfile", environ, set())[name],
        environ,
        log_file=folder / "log" / f"{name}-2.log",
        show=quiet,
        pause_seconds=NEVER_SECONDS,
    )
    process.start()
    return process


def end(process: Process) -> None:
    process.terminate()
    process.join(10)


async def run_job(client: httpx2.AsyncClient, number: int) -> dict[str, Any]:
    """Create one job and follow it to its end; returns the `done` event.

    Does what the guide tells clients to do when a connection breaks: the same idempotency key
    again, the stream opened again.
    """
    body = {"userId": "user-123", "prompt": f"Harbour number {number}", "platforms": PLATFORMS}
    key = {"Idempotency-Key": f"harbour-{number}"}
    done: list[dict[str, Any]] = []

    async def created() -> str:
        answer = await client.post("/api/jobs", json=body, headers=key)
        return str(answer.json()["jobId"]) if answer.status_code == 201 else ""

    async def watched() -> bool:
        done.append(await finish(client, job_id))
        return True

    job_id = await persistently(created)
    await persistently(watched)
    return done[-1]


async def persistently(step: Callable[[], Awaitable[R]]) -> R:
    """Repeat a step until it gives something, and return that; what breaks is tried again."""
    found: list[R] = []

    async def tried() -> bool:
        with contextlib.suppress(httpx2.HTTPError, AssertionError):
            found.append(await step())
        return bool(found and found[-1])

    await eventually(tried, 120)
    return found[-1]


async def both_worked(one: Process, other: Process, sign: str) -> None:
    await eventually(lambda: all(sign in p.log_file.read_text() for p in (one, other)), 90)


async def more_end(ended: list[dict[str, Any]], count: int) -> None:
    wanted = len(ended) + count
    await eventually(lambda: len(ended) >= wanted, 120)


async def test_both_of_each_work_and_when_one_dies_every_job_ends_well(
    twins: tuple[Stack, dict[str, Process]],
) -> None:
    stack, seconds = twins
    made = 0
    ended: list[dict[str, Any]] = []

    async with open_client(stack) as client:

        async def keep_creating(until: asyncio.Event) -> None:
            nonlocal made
            while not until.is_set():
                made += 1
                ended.append(await run_job(client, made))

        enough = asyncio.Event()
        tasks = [asyncio.create_task(keep_creating(enough)) for _ in range(JOBS_AT_ONCE)]
        try:
            for name, sign in SIGNS:
                await both_worked(stack.processes[name], seconds[name], sign)
                seconds[name].kill()
                await more_end(ended, 2 * JOBS_AT_ONCE)
        finally:
            enough.set()
            await asyncio.wait(tasks, timeout=120)
        for task in tasks:
            task.result()
    assert {event["status"] for event in ended} == {"completed"}
    assert [process.ends for process in seconds.values()] == [1, 1, 1]


@pytest.fixture
def one_of_each(twins: tuple[Stack, dict[str, Process]]) -> Stack:
    """The stack when none of its second processes is left."""
    stack, seconds = twins
    for process in seconds.values():
        process.kill()
    return stack


async def test_one_of_each_makes_shows_remembers_and_deletes(one_of_each: Stack) -> None:
    async with open_client(one_of_each) as client:
        job = await create(client, "A mill after the storm", *PLATFORMS)
        done = await finish(client, job["jobId"])
        assert done["status"] == "completed"
        for image in done["result"]["images"]:
            assert (await client.get(image["url"])).status_code == 200
        listed = (await client.get("/api/generations")).json()["generations"]
        assert done["result"]["generationId"] in [one["generationId"] for one in listed]
        async with open_client(one_of_each, "root", role="admin") as root:
            deleted = await root.delete("/api/users/user-123/data")
        assert deleted.json()["done"]
        assert (await client.get("/api/generations")).json()["generations"] == []


async def test_one_of_each_serves_grpc(one_of_each: Stack) -> None:
    metadata = (("authorization", f"Bearer {one_of_each.token()}"),)
    async with grpc.aio.insecure_channel(f"127.0.0.1:{one_of_each.port}") as channel:
        jobs = JobServiceStub(channel)
        request = pb.CreateJobRequest(
            user_id="user-123", prompt="A city at night", platforms=PLATFORMS
        )
        job = await jobs.CreateJob(request, metadata=metadata, timeout=PATIENCE_SECONDS)
        watch = jobs.WatchJob(
            pb.WatchJobRequest(job_id=job.job_id), metadata=metadata, timeout=PATIENCE_SECONDS
        )
        last = [event async for event in watch][-1]
    assert (last.type, last.status) == ("done", "completed")
