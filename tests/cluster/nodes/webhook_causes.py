"""What makes the alerts of webhooks fire: no worker, and a receiver that does not answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

from tests.cluster.nodes.installed import PART, Installed
from tests.cluster.nodes.receiver import RECEIVER_URL, receiving
from tests.eventually import eventually

_OWNER = "campaigner"
_UNFINISHED = 20
"""As many jobs as an owner may have under way."""

_GONE_SECONDS, _FILL_SECONDS, _TAKEN_SECONDS, _LOOK_SECONDS = 60, 300, 300, 1


@dataclass(frozen=True, kw_only=True, slots=True)
class _Customer:
    """Has a webhook for jobs that were cancelled."""

    client: httpx2.AsyncClient
    answers: asyncio.Event
    """Set when the webhook's receiver answers."""

    async def cancel_jobs(self, count: int) -> None:
        """Create jobs and cancel them before they begin."""
        job = {"userId": _OWNER, "prompt": "A mill by a river", "platforms": ["x-post"]}
        batch = await self.client.post("/api/batches", json={"jobs": [job] * count})
        assert batch.json()["accepted"] == count, batch.text
        (await self.client.delete(batch.json()["links"]["cancel"])).raise_for_status()

    async def webhook(self) -> Any:
        """Return how the webhook is doing."""
        answer = await self.client.get("/api/webhooks")
        return answer.raise_for_status().json()["webhooks"][0]

    async def all_taken(self) -> bool:
        """Return whether no message is pending."""
        return bool((await self.webhook())["pending"] == 0)


@asynccontextmanager
async def no_sender(installed: Installed) -> AsyncIterator[None]:
    """A job ends while there is no worker to tell its owner, whose receiver answers."""
    async with _customer(installed) as customer:
        customer.answers.set()
        await asyncio.to_thread(installed.scale, "worker", 0)
        try:
            await eventually(lambda: _no_worker(installed), _GONE_SECONDS)
            await customer.cancel_jobs(1)
            yield
        finally:
            await asyncio.to_thread(installed.scale, "worker", 2)
        await eventually(customer.all_taken, _TAKEN_SECONDS, pause_seconds=_LOOK_SECONDS)


@asynccontextmanager
async def silent_receiver(installed: Installed) -> AsyncIterator[None]:
    """Jobs end until no more messages are kept for a receiver that does not answer; afterwards it
    takes those that were."""
    async with _customer(installed) as customer:
        async with installed.paused(), asyncio.timeout(_FILL_SECONDS):
            while not (await customer.webhook())["missed"]:
                await customer.cancel_jobs(_UNFINISHED)
        yield
        customer.answers.set()
        await eventually(customer.all_taken, _TAKEN_SECONDS, pause_seconds=_LOOK_SECONDS)


@asynccontextmanager
async def _customer(installed: Installed) -> AsyncIterator[_Customer]:
    answers = asyncio.Event()
    async with receiving(answers), installed.client(_OWNER) as client:
        wanted = {"url": RECEIVER_URL, "events": ["job.cancelled"]}
        made = await client.post("/api/webhooks", json=wanted)
        webhook_id = made.raise_for_status().json()["webhook"]["webhookId"]
        try:
            yield _Customer(client=client, answers=answers)
        finally:
            (await client.delete(f"/api/webhooks/{webhook_id}")).raise_for_status()


def _no_worker(installed: Installed) -> bool:
    return not installed.get("pods", "--selector", f"{PART}=worker")["items"]
