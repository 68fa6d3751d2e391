"""The program that runs Envoy needs no file; at SIGTERM clients go elsewhere and calls end well."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from deploy.local.ports import choose_ports
from tests.eventually import eventually
from tests.servers.canned_gateway import CannedJobs, running_gateway

# The loop in which the gateway of the other tests must go on answering Envoy.
pytestmark = pytest.mark.asyncio(loop_scope="session")

COMMAND = [sys.executable, "-m", "deploy.envoy"]
PORTS = {"ENVOY_METRICS_PORT": 0}


@contextmanager
def program(
    folder: Path, gateway_port: int, **environ: str
) -> Iterator["tuple[str, str, subprocess.Popen[bytes]]"]:
    """Run Envoy as containers do; gives its URL, the URL of its health, and the process."""
    ports = choose_ports(0, {}, PORTS)
    told = {**os.environ, **ports, "PYTHONPATH": ":".join(sys.path)}
    told |= {"GATEWAY_PORT": str(gateway_port), "ENVOY_ADMIN_SOCKET": str(folder / "admin.sock")}
    told |= environ
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(COMMAND, env=told, stdout=log, stderr=log)
    url, own = (f"http://127.0.0.1:{ports[f'ENVOY_{name}PORT']}" for name in ("", "METRICS_"))
    try:
        yield url, own, process
    finally:
        process.kill()
        process.wait()


async def answers(http: httpx2.AsyncClient) -> bool:
    try:
        return (await http.get("/api/jobs/gen-1")).is_success
    except httpx2.TransportError:
        return False


async def test_calls_in_flight_end_well_and_clients_are_sent_elsewhere(tmp_path: Path) -> None:
    jobs = CannedJobs()
    async with running_gateway(jobs) as port:
        with program(tmp_path, port, ENVOY_DRAIN_SECONDS="1") as (url, own, process):
            async with httpx2.AsyncClient(base_url=url, timeout=20) as http:
                await eventually(lambda: answers(http))
                assert await health(own) == (200, 200)
                async with http.stream("GET", "/api/sse/jobs/held") as stream:
                    lines = stream.aiter_lines()
                    assert '"connected"' in await anext(lines)
                    process.terminate()

                    async def is_draining() -> bool:
                        answer = await http.get("/api/jobs/gen-1")
                        assert answer.is_success
                        return answer.headers.get("connection") == "close"

                    await eventually(is_draining)

                    async def takes_no_more() -> bool:
                        async with httpx2.AsyncClient(base_url=url) as another:
                            return not await answers(another)

                    await eventually(takes_no_more)
                    assert await health(own) == (503, 200)
                    assert process.poll() is None
                    jobs.let_go.set()
                    rest = [line async for line in lines]
                assert any('"done"' in line for line in rest)
            await eventually(lambda: process.poll() == 0)


async def health(own: str) -> tuple[int, int]:
    """Return whether it takes clients, and whether it runs at all, as probes see it."""
    async with httpx2.AsyncClient(base_url=own) as http:
        ready, alive = [(await http.get(path)).status_code for path in ("/ready", "/alive")]
    return ready, alive


async def test_a_stream_that_does_not_end_is_cut_after_the_grace(tmp_path: Path) -> None:
    quick = {"ENVOY_DRAIN_SECONDS": "0", "ENVOY_GRACE_SECONDS": "1"}
    async with running_gateway(CannedJobs()) as port:
        with program(tmp_path, port, **quick) as (url, _, process):
            async with httpx2.AsyncClient(base_url=url, timeout=20) as http:
                await eventually(lambda: answers(http))
                async with http.stream("GET", "/api/sse/jobs/endless") as stream:
                    lines = stream.aiter_lines()
                    await anext(lines)
                    process.send_signal(signal.SIGTERM)
                    await eventually(lambda: process.poll() == 0)


async def test_the_end_of_envoy_is_the_end_of_the_program(tmp_path: Path) -> None:
    async with running_gateway(CannedJobs()) as port:
        with program(tmp_path, port) as (url, _, process):
            async with httpx2.AsyncClient(base_url=url) as http:
                await eventually(lambda: answers(http))
            os.kill(only_child(process.pid), signal.SIGKILL)
            await eventually(lambda: process.poll() == 128 + signal.SIGKILL)


def only_child(pid: int) -> int:
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text())


async def test_a_wrong_environment_is_named(tmp_path: Path) -> None:
    with program(tmp_path, 0, ENVOY_PORT="x") as (_, _, process):
        await eventually(lambda: process.poll() == 1)
    said = (tmp_path / "log").read_text()
    assert said.startswith("Envoy cannot start: ENVOY_PORT must be a whole number")
