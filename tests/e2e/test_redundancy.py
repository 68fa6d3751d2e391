"""Two gateways, two workers and two resizers: one of each dies, and every job ends well."""

import asyncio
import contextlib
import inspect
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import pytest

from deploy.local.plan import read_procfile
from deploy.local.ports import choose_ports
from deploy.local.process import Process
from deploy.local.settings import ROOT
from deploy.local.stack import Stack, quiet, running_stack
from tests.e2e import test_delete_user_data, test_main_job, test_record
from tests.e2e.client import finish, open_client
from tests.eventually import eventually

R = TypeVar("R")
Journey = Callable[[Stack], Awaitable[None]]

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
JOURNEYS: list[Journey] = [
    test
    for module in (test_main_job, test_record, test_delete_user_data)
    for name, test in vars(module).items()
    if name.startswith("test_") and [*inspect.signature(test).parameters] == ["stack"]
]
"""The other end-to-end tests that ask for the stack alone."""


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stack, dict[str, Process]]]:
    """A stack and its second processes, which do not start again when they die."""
    folder: Path = tmp_path_factory.mktemp("redundancy")
    ports = choose_ports(0, {}, {"RESIZER_PORT": 0, "GATEWAY_TWIN": 0, "RESIZER_TWIN": 0})
    resizers = f"127.0.0.1:{ports['RESIZER_PORT']},127.0.0.1:{ports['RESIZER_TWIN']}"
    environ = {
        "RATE_LIMIT_REQUESTS": "100000/minute",
        "RATE_LIMIT_JOBS": "100000/minute",
        "STANDIN_DELAY_SECONDS": "1",
        "RESIZER_PORT": ports["RESIZER_PORT"],
        "RESIZER_ADDRESS": f"ipv4:{resizers}",
        "ENVOY_MORE_GATEWAYS": f"127.0.0.1:{ports['GATEWAY_TWIN']}",
    }
    with running_stack(folder, environ=environ) as stack, ExitStack() as ends:
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


@pytest.mark.parametrize("test", JOURNEYS, ids=lambda test: test.__name__)
async def test_every_journey_needs_only_one_of_each(
    twins: tuple[Stack, dict[str, Process]], test: Journey
) -> None:
    stack, seconds = twins
    for process in seconds.values():
        process.kill()
    await test(stack)


async def test_a_grpc_client_needs_only_one_of_each(
    twins: tuple[Stack, dict[str, Process]],
) -> None:
    stack, seconds = twins
    for process in seconds.values():
        process.kill()
    await test_main_job.test_a_grpc_client_gets_the_same(stack, "through Envoy")
