"""Killing any one process is visible in /health, and the others survive."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import Any

import pytest

from deploy.local.stack import Stack
from tests.e2e.client import create, finish, open_client

BOUND_SECONDS = 45.0


async def until(check: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(BOUND_SECONDS):
        while not await check():  # noqa: ASYNC110 - HTTP offers nothing to wait for
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("name", ["redis", "worker", "storage", "generator", "resizer"])
async def test_a_killed_part_shows_in_health_and_comes_back(stack: Stack, name: str) -> None:
    others = {key: part.pid for key, part in stack.processes.items() if key != name}
    async with open_client(stack) as client:

        async def health() -> tuple[int, dict[str, Any]]:
            answer = await client.get("/health")
            return answer.status_code, answer.json()

        async def is_down() -> bool:
            status, body = await health()
            return status == 503 and body["components"][name]["status"] == "down"

        async def is_well() -> bool:
            return (await health())[0] == 200

        # A worker is missed only after some seconds, when it would be back already: it is held.
        held = name == "worker"
        stack.processes[name].terminate() if held else stack.processes[name].kill()
        await until(is_down)
        if held:
            stack.processes[name].start()
        assert {key: stack.processes[key].pid for key in others} == others
        await until(is_well)
        job = await create(client, "A mill after the storm", "instagram-post")
        assert (await finish(client, job["jobId"]))["status"] == "completed"


def taken(stack: Stack, setting: str, thieves: ExitStack) -> bool:
    """Listen on one of the stack's ports as any server would, if that can be done."""
    thief = thieves.enter_context(socket.socket())
    thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        thief.bind(("127.0.0.1", int(stack.environ[setting])))
        thief.listen()
    except OSError:
        return False
    return True


@pytest.mark.parametrize("name", ["worker", "storage", "generator", "resizer", "gateway"])
async def test_a_part_whose_ports_others_want_comes_back(stack: Stack, name: str) -> None:
    before = stack.processes[name].pid
    async with open_client(stack) as client:

        async def is_back() -> bool:
            well = (await client.get("/health")).status_code == 200
            return well and stack.processes[name].pid != before

        stack.processes[name].terminate()
        stack.processes[name].join(20)
        with ExitStack() as thieves:
            assert taken(stack, f"{name.upper()}_METRICS_PORT", thieves)
            if name != "worker":  # which has no other
                assert not taken(stack, f"{name.upper()}_PORT", thieves)
            stack.processes[name].start()
            await until(is_back)


async def test_a_killed_gateway_answers_503_in_the_guides_shape_and_comes_back(
    stack: Stack,
) -> None:
    async with open_client(stack) as client:
        stack.processes["gateway"].kill()

        async def says_unavailable() -> bool:
            answer = await client.get("/api/platforms")
            return answer.status_code == 503 and answer.json()["code"] == "SERVICE_UNAVAILABLE"

        async def is_well() -> bool:
            return (await client.get("/health")).status_code == 200

        await until(says_unavailable)
        await until(is_well)
