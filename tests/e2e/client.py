"""A REST client as a user would write it: plain HTTP and server-sent events."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2

from deploy.local.stack import Stack

PATIENCE_SECONDS = 60.0


def open_client(stack: Stack, user_id: str = "user-123", **token: str) -> httpx2.AsyncClient:
    """Return a client that sends `user_id`'s token with every call."""
    headers = {"Authorization": f"Bearer {stack.token(user_id, **token)}"}
    return httpx2.AsyncClient(base_url=stack.base_url, headers=headers, timeout=PATIENCE_SECONDS)


async def create(client: httpx2.AsyncClient, prompt: str, *platforms: str) -> dict[str, Any]:
    """Create a job and return the answer."""
    body = {"userId": "user-123", "prompt": prompt, "platforms": platforms}
    answer = await client.post("/api/jobs", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def events(client: httpx2.AsyncClient, path: str) -> AsyncIterator[dict[str, Any]]:
    """Yield the events of a stream until it ends."""
    async with client.stream("GET", path) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        async for line in answer.aiter_lines():
            if line.startswith("data: "):
                yield json.loads(line.removeprefix("data: "))


async def finish(client: httpx2.AsyncClient, job_id: str) -> dict[str, Any]:
    """Watch a job to its end and return its `done` event."""
    async for event in events(client, f"/api/sse/jobs/{job_id}"):
        if event["type"] == "done":
            return event
    raise AssertionError("the stream ended without done")
