"""What a container engine asks: serving or not."""

import asyncio
import os
import socket
import subprocess
import sys

import pytest

from services.common.probe import serves
from services.common.process_settings import ServerSettings
from services.common.serve import running
from tests.eventually import eventually


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def probe(port: int) -> int:
    environ = {**os.environ, "HEALTH_PORT": str(port)}
    command = [sys.executable, "-m", "services.common.probe"]
    return subprocess.run(command, env=environ, timeout=60, check=False).returncode


async def test_a_serving_process_is_healthy() -> None:
    port = free_port()
    settings = ServerSettings(health_port=port, drain_seconds=0, grace_seconds=0)
    async with running(settings, 0, []):
        assert await asyncio.to_thread(probe, port) == 0


async def test_a_process_that_drains_is_not() -> None:
    port = free_port()
    settings = ServerSettings(health_port=port, drain_seconds=30, grace_seconds=0)
    server = running(settings, 0, [])
    await server.__aenter__()
    leaving = asyncio.create_task(server.__aexit__(None, None, None))

    async def refuses() -> bool:
        return not await asyncio.to_thread(serves, port)

    try:
        await eventually(refuses)
    finally:
        leaving.cancel()
        await asyncio.wait([leaving])


@pytest.mark.parametrize("listens", [True, False])
def test_a_process_that_is_mute_is_not(listens: bool) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if listens:
            listener.listen()
        assert not serves(listener.getsockname()[1], timeout_seconds=0.5)
