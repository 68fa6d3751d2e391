"""What makes each alert fire, brought about on the nodes and taken away again."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any

import httpx2

from services.common.ending import end
from tests.cluster.nodes.installed import Installed
from tests.cluster.nodes.production import BACKING
from tests.cluster.nodes.webhook_causes import no_sender, silent_receiver
from tests.e2e.client import create, finish

Cause = Callable[[Installed], AbstractAsyncContextManager[None]]

_PART_OF = "app.kubernetes.io/part-of"
_REFUSED = "A lighthouse [standin: fail=moderated]"


@asynccontextmanager
async def no_pod(installed: Installed) -> AsyncIterator[None]:
    """A part has no pod at all."""
    await asyncio.to_thread(installed.scale, "generator", 0)
    try:
        yield
    finally:
        await asyncio.to_thread(installed.scale, "generator", 2)


@asynccontextmanager
async def no_label(installed: Installed) -> AsyncIterator[None]:
    """Nothing tells a scraper what is ours."""
    label = partial(asyncio.to_thread, installed.kubectl, "label", "service", "--all")
    await label(f"{_PART_OF}-")
    try:
        yield
    finally:
        await label(f"{_PART_OF}=snapasset")


@asynccontextmanager
async def hanging_pod(installed: Installed) -> AsyncIterator[None]:
    """A pod of storage stands still, until Kubernetes notices."""
    pod = next(pod for part, pod in installed.pods() if part == "storage")
    for pid in _processes(installed, pod):
        os.kill(pid, signal.SIGSTOP)
    yield


@asynccontextmanager
async def no_store(installed: Installed) -> AsyncIterator[None]:
    """The object store is away, and clients ask for what is in it."""
    scale = ("--namespace", BACKING, "scale", "statefulset/object-store")
    asking = asyncio.create_task(_ask_for_history(installed))
    await asyncio.to_thread(installed.cluster.told, *scale, "--replicas=0")
    try:
        yield
    finally:
        await asyncio.to_thread(installed.cluster.told, *scale, "--replicas=1")
        await end([asking])


@asynccontextmanager
async def slow_store(installed: Installed) -> AsyncIterator[None]:
    """The object store stands still for seconds, again and again, while clients ask for history."""
    told = installed.cluster.told(
        "--namespace", BACKING, "get", "pod", "object-store-0", "-o", "json"
    )
    pids = _processes(installed, json.loads(told))
    asking = asyncio.create_task(_ask_for_history(installed))
    halting = asyncio.create_task(_halt(pids))
    try:
        yield
    finally:
        await end([asking, halting])


@asynccontextmanager
async def paused_queue(installed: Installed) -> AsyncIterator[None]:
    """Jobs wait, one of them of the urgency batch, and the queue is paused."""
    order = {"userId": "user-123", "prompt": "A mill by a river", "platforms": ["x-post"]}
    async with installed.client() as client, installed.paused():
        for urgency in (*["normal"] * 5, "batch"):
            answer = await client.post("/api/jobs", json={**order, "urgency": urgency})
            answer.raise_for_status()
        yield


@asynccontextmanager
async def refused_prompts(installed: Installed) -> AsyncIterator[None]:
    """Most prompts are refused by the image API."""
    async with installed.client() as client:
        making = asyncio.create_task(_make(client, _REFUSED))
        try:
            yield
        finally:
            await end([making])


@asynccontextmanager
async def purchases(installed: Installed) -> AsyncIterator[None]:
    """Images are bought."""
    async with installed.client() as client:
        making = asyncio.create_task(_make(client, "A windmill"))
        try:
            yield
        finally:
            await end([making])


CAUSES: dict[str, Cause] = {
    "PartIsGone": no_pod,
    "NothingIsScraped": no_label,
    "PartIsDown": hanging_pod,
    "CallsFail": no_store,
    "CallsAreSlow": slow_store,
    "LineIsOld": paused_queue,
    "LineIsNearlyFull": paused_queue,
    "BatchesStarve": paused_queue,
    "JobsFail": refused_prompts,
    "SpendIsHigh": purchases,
    "WebhooksAreLate": no_sender,
    "WebhooksMissed": silent_receiver,
}


async def _make(client: httpx2.AsyncClient, prompt: str) -> None:
    while True:
        job = await create(client, prompt, "x-post")
        await finish(client, job["jobId"])


async def _ask_for_history(installed: Installed) -> None:
    async with installed.client() as client:
        while True:
            await client.get("/api/generations", params={"userId": "user-123"})
            await asyncio.sleep(0.2)


async def _halt(pids: set[int]) -> None:
    """Stop processes for three of every four seconds until cancelled."""
    try:
        while True:
            _send(pids, signal.SIGSTOP)
            await asyncio.sleep(3)
            _send(pids, signal.SIGCONT)
            await asyncio.sleep(1)
    finally:
        _send(pids, signal.SIGCONT)


def _send(pids: set[int], number: signal.Signals) -> None:
    for pid in pids:
        os.kill(pid, number)


def _processes(installed: Installed, pod: Any) -> set[int]:
    """Return the processes of a pod's containers, as this machine numbers them."""
    node = next(
        node for node in installed.cluster.nodes if node.plan.name == pod["spec"]["nodeName"]
    )
    return node.machine.pids_in(f"pod{pod['metadata']['uid']}")
