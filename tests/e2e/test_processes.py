"""Killing any one process is visible in /health, and the others survive."""

import asyncio
from collections.abc import Awaitable, Callable
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
