"""SIGTERM: Envoy sends its clients elsewhere and ends when the last call has ended."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from deploy.envoy.render import render
from deploy.envoy.settings import EnvoySettings
from deploy.local.ports import choose_ports
from tests.eventually import eventually
from tests.servers.canned_gateway import CannedJobs, running_gateway

# The loop in which the gateway of the other tests must go on answering Envoy.
pytestmark = pytest.mark.asyncio(loop_scope="session")


@contextmanager
def envoy_program(
    folder: Path, gateway_port: int, **environ: str
) -> Iterator["tuple[str, subprocess.Popen[bytes]]"]:
    """Run `python -m deploy.envoy`; gives its URL and the process."""
    ports = choose_ports(0, {}, {"ENVOY_ADMIN_PORT": 0})
    port, admin_port = (int(ports[name]) for name in ("ENVOY_PORT", "ENVOY_ADMIN_PORT"))
    config = folder / "envoy.yaml"
    settings = EnvoySettings(port=port, admin_port=admin_port, gateway_port=gateway_port)
    config.write_text(render(settings))
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    told = {**os.environ, **ports, **environ, "PATH": path, "PYTHONPATH": ":".join(sys.path)}
    command = [sys.executable, "-m", "deploy.envoy", "-c", str(config), "--log-level", "warning"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=told, stdout=log, stderr=log)
    try:
        yield f"http://127.0.0.1:{port}", process
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
        with envoy_program(tmp_path, port, ENVOY_DRAIN_SECONDS="1") as (url, process):
            async with httpx2.AsyncClient(base_url=url, timeout=20) as http:
                await eventually(lambda: answers(http))
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
                    assert process.poll() is None
                    jobs.let_go.set()
                    rest = [line async for line in lines]
                assert any('"done"' in line for line in rest)
            await eventually(lambda: process.poll() == 0)


async def test_a_stream_that_does_not_end_is_cut_after_the_grace(tmp_path: Path) -> None:
    quick = {"ENVOY_DRAIN_SECONDS": "0", "ENVOY_GRACE_SECONDS": "1"}
    async with running_gateway(CannedJobs()) as port:
        with envoy_program(tmp_path, port, **quick) as (url, process):
            async with httpx2.AsyncClient(base_url=url, timeout=20) as http:
                await eventually(lambda: answers(http))
                async with http.stream("GET", "/api/sse/jobs/endless") as stream:
                    lines = stream.aiter_lines()
                    await anext(lines)
                    process.send_signal(signal.SIGTERM)
                    await eventually(lambda: process.poll() == 0)
