"""An Envoy in a container has no file of configuration: its environment is enough."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import httpx2

from deploy.local.ports import choose_ports
from tests.eventually import eventually

COMMAND = [sys.executable, "-m", "deploy.envoy.start"]


async def test_an_envoy_starts_from_its_environment_alone(tmp_path: Path) -> None:
    ports = choose_ports(0, {}, {"ENVOY_ADMIN_PORT": 0})
    log = tmp_path / "log"
    environ = {**os.environ, **ports}
    with log.open("w") as output:
        process = await asyncio.create_subprocess_exec(*COMMAND, env=environ, stderr=output)
    try:
        await eventually(lambda: ready(process, ports["ENVOY_ADMIN_PORT"]), 60)
    finally:
        process.terminate()
        ended = await process.wait()
    assert ended == 0, log.read_text()


async def ready(process: asyncio.subprocess.Process, port: str) -> bool:
    assert process.returncode is None
    try:
        async with httpx2.AsyncClient() as admin:
            return (await admin.get(f"http://127.0.0.1:{port}/ready")).status_code == 200
    except httpx2.TransportError:
        return False


def test_a_wrong_environment_is_named() -> None:
    environ = {**os.environ, "ENVOY_PORT": "x"}
    done = subprocess.run(
        COMMAND, env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Envoy cannot start: ENVOY_PORT must be a whole number")
