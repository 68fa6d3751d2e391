"""`snapasset mcp` as an agent uses it: the SDK's own client, over a real process's pipes."""

import base64
import io
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters
from PIL import Image

from clients.python.snapasset_client.agents.previews import MOST_BYTES
from deploy.local.stack import Stack

ROOT = Path(__file__).parents[2]
TOOLS = {
    "create_images",
    "cut_again",
    "look_at_job",
    "list_platforms",
    "list_models",
    "list_history",
}


@asynccontextmanager
async def agent(stack: Stack, user_id: str = "agent-1") -> AsyncIterator[Client]:
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "clients.python.snapasset_client", "mcp"],
        env={
            "PYTHONPATH": f"{ROOT}:{ROOT / 'gen'}",
            "SNAPASSET_URL": stack.base_url,
            "SNAPASSET_TOKEN": stack.token(user_id),
        },
        cwd=ROOT,
    )
    async with Client(server, read_timeout_seconds=60) as client:
        yield client


def text_of(result: Any) -> str:
    return str(result.content[0].text)


async def test_an_agent_has_images_made_cuts_them_again_and_finds_them(stack: Stack) -> None:
    seen: list[tuple[float, str | None]] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        assert total == 100
        seen.append((progress, message))

    async with agent(stack) as client:
        listed = {tool.name for tool in (await client.list_tools()).tools}
        platforms = json.loads(text_of(await client.call_tool("list_platforms")))
        models = json.loads(text_of(await client.call_tool("list_models")))
        order = {"prompt": "A lighthouse in a storm", "platforms": ["x-post", "instagram-story"]}
        made = await client.call_tool("create_images", order, progress_callback=hear)
        job = json.loads(text_of(made))
        again = {"generation_id": job["generationId"], "platforms": ["youtube-thumbnail"]}
        cut = json.loads(text_of(await client.call_tool("cut_again", again)))
        named = {"job_id": job["jobId"]}
        looked = json.loads(text_of(await client.call_tool("look_at_job", named)))
        history = json.loads(text_of(await client.call_tool("list_history", {"limit": 1})))
    assert listed == TOOLS
    assert {"id": "x-post", "name": "X Post", "width": 1200, "height": 675} in platforms
    assert models[0]["model"]
    assert job["status"] == "completed"
    assert [image["platform"] for image in job["images"]] == order["platforms"]
    assert seen[-1][0] == 100
    assert len(seen) > 2
    assert cut["images"][0]["platform"] == "youtube-thumbnail"
    assert looked == job
    assert history[0]["generationId"] == job["generationId"]
    preview: Any = made.content[1]
    assert (preview.type, preview.mime_type) == ("image", "image/jpeg")
    assert len(preview.data) <= MOST_BYTES
    with Image.open(io.BytesIO(base64.b64decode(preview.data))) as picture:
        assert max(picture.size) <= 512


async def test_an_agent_is_told_what_to_change(stack: Stack) -> None:
    async with agent(stack) as client:
        unknown = await client.call_tool(
            "create_images", {"prompt": "short", "platforms": ["myspace"]}
        )
        missing = await client.call_tool("look_at_job", {"job_id": "gen-1"})
        none = await client.call_tool("create_images", {"prompt": "A lighthouse", "platforms": []})
    assert all(result.is_error for result in (unknown, missing, none))
    assert "Change `prompt`: it must be at least 10 characters, got 5." in text_of(unknown)
    assert "Change `platforms[0]`: it is unknown" in text_of(unknown)
    assert "JOB_NOT_FOUND: There is no such job." in text_of(missing)
    assert "platforms" in text_of(none)
