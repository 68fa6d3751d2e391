"""Webhooks end to end: what a receiver of the public libraries gets, and what no crash loses."""

import asyncio
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from aiohttp import web
from standardwebhooks import Webhook

from deploy.local.ports import choose_ports
from deploy.local.stack import Stack
from tests.e2e.client import PATIENCE_SECONDS, create, finish, open_client
from tests.eventually import eventually

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "webhooks.md").read_text()
NODE_PACKAGES = ROOT / "tests" / "e2e" / "guide"


def receiver_of_the_page(language: str) -> str:
    """Return the code that docs/webhooks.md gives its readers."""
    found = re.search(rf"runs this {language} receiver -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


def command(language: str) -> Sequence[str]:
    code = receiver_of_the_page(language)
    if language == "python":
        return sys.executable, "-c", code
    if not shutil.which("node"):
        pytest.skip("Node 20 or newer is not installed")
    if not (NODE_PACKAGES / "node_modules" / "standardwebhooks").exists():
        pytest.skip("its npm packages are missing: npm ci --prefix tests/e2e/guide")
    return "node", "--input-type=module", "-e", code


@asynccontextmanager
async def webhook(
    client: httpx2.AsyncClient, url: str, *events: str
) -> AsyncIterator[dict[str, Any]]:
    """Make a webhook for the length of the block."""
    made = (await client.post("/api/webhooks", json={"url": url, "events": events})).json()
    yield made
    await client.delete(f"/api/webhooks/{made['webhook']['webhookId']}")


@asynccontextmanager
async def running(arguments: Sequence[str], environ: dict[str, str]) -> AsyncIterator[Any]:
    """Run a receiver for the length of the block; yield its output."""
    process = await asyncio.create_subprocess_exec(
        *arguments, cwd=NODE_PACKAGES, env={**os.environ, **environ}, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield process.stdout
    finally:
        process.kill()
        await process.wait()


@pytest.mark.parametrize("language", ["python", "node"])
async def test_the_receivers_of_the_page_verify_what_we_send(stack: Stack, language: str) -> None:
    port = choose_ports(0, {}, {"PORT": 0})["PORT"]
    async with (
        open_client(stack) as client,
        webhook(client, f"http://127.0.0.1:{port}/hook", "job.completed") as made,
        running(
            command(language), {"PORT": port, "SNAPASSET_WEBHOOK_SECRET": made["secret"]}
        ) as out,
    ):
        job_id = (await create(client, f"A receiver in {language}", "twitter-post"))["jobId"]
        async with asyncio.timeout(PATIENCE_SECONDS):
            message, event, job = (await out.readline()).decode().split()
    assert (event, job) == ("job.completed", job_id)
    assert message.startswith("msg_")


class Receiver:
    """Keeps what it gets; while `hanging` it answers nothing."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, str]]] = []
        self.news = asyncio.Condition()
        self.hanging = False

    async def take(self, request: web.Request) -> web.StreamResponse:
        async with self.news:
            self.got.append((await request.text(), dict(request.headers)))
            self.news.notify_all()
        if self.hanging:
            await asyncio.Event().wait()
        return web.Response(status=204)

    async def until(self, count: int) -> None:
        """Wait until so many messages have come."""
        async with asyncio.timeout(PATIENCE_SECONDS), self.news:
            await self.news.wait_for(lambda: len(self.got) >= count)


@asynccontextmanager
async def receiving() -> AsyncIterator[tuple[Receiver, str]]:
    """Receive at an address, which is yielded with the receiver."""
    receiver, app = Receiver(), web.Application()
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        yield receiver, f"http://127.0.0.1:{port}/hook"
    finally:
        await runner.cleanup()


async def test_a_worker_and_a_gateway_that_die_before_the_delivery_lose_nothing(
    stack: Stack,
) -> None:
    async with (
        open_client(stack) as client,
        receiving() as (receiver, url),
        webhook(client, url) as made,
    ):
        receiver.hanging = True
        job = await create(client, "A lighthouse whose keeper sleeps", "twitter-post")
        done = await finish(client, job["jobId"])
        await receiver.until(1)
        stack.processes["worker"].kill()
        stack.processes["gateway"].kill()
        receiver.hanging = False
        await receiver.until(2)
        told = [Webhook(made["secret"]).verify(*one) for one in receiver.got]
        await eventually(lambda: is_shown(client, job["jobId"]), PATIENCE_SECONDS)
        shown = (await client.get(f"/api/jobs/{job['jobId']}")).json()
    assert {one["webhook-id"] for _, one in receiver.got} == {receiver.got[0][1]["webhook-id"]}
    assert told[0] == told[1]
    assert told[0]["data"] == shown
    assert told[0]["data"]["result"] == done["result"]


async def is_shown(client: httpx2.AsyncClient, job_id: str) -> bool:
    """Return whether there is a gateway again that shows a job."""
    return (await client.get(f"/api/jobs/{job_id}")).status_code == 200


async def test_a_job_that_names_an_address_tells_it_with_the_secret_of_its_owner(
    stack: Stack,
) -> None:
    async with open_client(stack) as client, receiving() as (receiver, url):
        secret = (await client.get("/api/webhooks/default/secret")).json()["secret"]
        body = {
            "userId": "user-123",
            "prompt": "A harbour at noon",
            "platforms": ["twitter-post"],
            "webhookUrl": url,
        }
        job_id = (await client.post("/api/jobs", json=body)).json()["jobId"]
        await receiver.until(1)
        told = Webhook(secret).verify(*receiver.got[0])
        listed = (await client.get("/api/webhooks/default/deliveries")).json()["deliveries"]
    assert (told["type"], told["data"]["data"]["webhookUrl"]) == ("job.completed", url)
    assert listed[0]["jobId"] == job_id


async def test_each_image_is_told_as_it_is_finished_and_then_the_job(stack: Stack) -> None:
    async with (
        open_client(stack) as client,
        receiving() as (receiver, url),
        webhook(client, url, "job.completed", "rendition.completed") as made,
    ):
        await create(client, "A mill by a brook", "instagram-post", "twitter-post")
        await receiver.until(3)
    told = [Webhook(made["secret"]).verify(*one) for one in receiver.got]
    assert [one["type"] for one in told] == [*["rendition.completed"] * 2, "job.completed"]
    assert [one["rendition"] for one in told[:2]] == told[2]["data"]["result"]["images"]
