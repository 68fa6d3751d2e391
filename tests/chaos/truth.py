"""What really happened, from outside: the stand-in's ledger, the disk, and the API's last word."""

import asyncio
import json
import time
import urllib.request
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from snapasset.gateway.v1 import generations_pb2 as gens
from snapasset.gateway.v1 import jobs_pb2 as pb
from snapasset.gateway.v1.generations_pb2_grpc import GenerationServiceStub

from services.common.keys import generation_folder
from services.jobs import keys
from services.jobs.connections import open_async_redis, open_redis
from services.jobs.spend.books import Books, Spent
from services.jobs.spend.purchases import this_month
from services.jobs.values import generation_id
from services.jobs.webhooks import keys as webhook_keys
from tests.chaos.load import ENDED, OWNERS, Accepted, Load
from tests.chaos.parts import Parts

_LOOK_SECONDS = 0.05
_STUCK_SECONDS = 180.0
_INDEXES = (
    *("rq:queues", "rq:workers", "rq:finished:", "rq:failed:", "rq:canceled:"),
    keys.UPLOADS_DUE,
    *map(webhook_keys.endpoints, OWNERS),
)
"""Sets that lose a member with its job, worker, upload or webhook, or by its age."""


@dataclass(slots=True)
class MasterWatch:
    """Notes when all masters of a job were first seen on disk."""

    parts: Parts
    load: Load
    seen: dict[str, float] = field(default_factory=dict)

    async def run(self) -> None:
        """Look again and again until cancelled."""
        while True:
            for job in self.load.jobs:
                if job.job_id not in self.seen and self._has_masters(job):
                    self.seen[job.job_id] = time.time()
            await asyncio.sleep(_LOOK_SECONDS)

    def _has_masters(self, job: Accepted) -> bool:
        names = _objects(self.parts, job)
        return all(
            any(name.startswith(f"master-{number}-") for name in names)
            for number in range(1, job.masters + 1)
        )


def folder_of(parts: Parts, job: Accepted) -> Path:
    """Where storage keeps what a job has made."""
    return parts.storage / generation_folder(job.owner, generation_id(job.job_id))


def _objects(parts: Parts, job: Accepted) -> list[str]:
    """The names of what is stored whole: MinIO keeps an object as a folder with its facts."""
    folder = folder_of(parts, job)
    found = folder.iterdir() if folder.is_dir() else ()
    return [path.name for path in found if path.is_file() or (path / "xl.meta").is_file()]


def surplus_objects(parts: Parts, job: Accepted, cuts: Sequence[Accepted]) -> int:
    """Count what is stored of a completed job and of its `cuts` beyond masters, notes, images."""
    wanted = 2 * job.masters + sum(len(one.platforms) for one in (job, *cuts))
    return max(0, len(_objects(parts, job)) - wanted)


def endless_keys(parts: Parts) -> list[str]:
    """Return the keys of Redis that would live for ever, but for the indexes of what lives."""
    with closing(open_redis(parts.environ["REDIS_URL"])) as redis:
        names = [one.decode() for one in redis.scan_iter() if redis.ttl(one) == -1]
    return [name for name in names if not name.startswith(_INDEXES)]


async def statuses(load: Load) -> dict[str, Any]:
    """Ask for every job until all have ended, or none more has for long; the answers by job."""
    answers: dict[str, Any] = {}
    last_end = time.monotonic()
    while still_open := [one for one in (*load.jobs, *load.cuts) if one.job_id not in answers]:
        if time.monotonic() - last_end > _STUCK_SECONDS:
            break
        for job in still_open:
            answer = await _ask(load, job)
            if answer is not None and answer.status in ENDED:
                answers[job.job_id] = answer
                last_end = time.monotonic()
        await asyncio.sleep(0.5)
    return answers


async def _ask(load: Load, job: Accepted) -> Any:
    try:
        return await load.stub().GetJob(
            pb.GetJobRequest(job_id=job.job_id), timeout=10, metadata=load.metadata(job.owner)
        )
    except grpc.aio.AioRpcError:
        return None


def purchases(ledger_url: str) -> dict[str, list[dict[str, Any]]]:
    """Return the calls of the stand-in's ledger by the prompt of the job."""
    return by_prompt(read_ledger(ledger_url))


def read_ledger(ledger_url: str) -> str:
    """Return the stand-in's ledger, which is JSON."""
    with urllib.request.urlopen(ledger_url, timeout=10) as answer:  # noqa: S310 - http
        told: bytes = answer.read()
    return told.decode()


def by_prompt(ledger: str) -> dict[str, list[dict[str, Any]]]:
    """Return a ledger's calls by the prompt of the job.

    What the generator adds to a prompt follows a blank line.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for call in json.loads(ledger)["calls"]:
        found.setdefault(call["prompt"].partition("\n\n")[0], []).append(call)
    return found


async def spent(parts: Parts) -> list[Spent]:
    """Return what the books say of each owner's month."""
    async with open_async_redis(parts.environ["REDIS_URL"]) as redis:
        return [await Books(redis).read(owner, this_month()) for owner in OWNERS]


async def missing_renditions(load: Load, gateway: str, answers: Mapping[str, Any]) -> int:
    """Count the images of completed cuts that their generations do not list."""
    missing = 0
    async with grpc.aio.insecure_channel(gateway) as channel:
        stub: Any = GenerationServiceStub(channel)
        for cut in load.cuts:
            answer = answers.get(cut.job_id)
            if answer is not None and answer.status == "completed":
                request = gens.GetGenerationRequest(generation_id=answer.result.generation_id)
                told = {"timeout": 30, "metadata": load.metadata(cut.owner)}
                generation = (await stub.GetGeneration(request, **told)).generation
                listed = {one.url for one in generation.renditions}
                missing += sum(image.url not in listed for image in answer.result.images)
    return missing


async def records(load: Load, gateway: str) -> Counter[str]:
    """Count the records in the history by job."""
    found: Counter[str] = Counter()
    async with grpc.aio.insecure_channel(gateway) as channel:
        stub: Any = GenerationServiceStub(channel)
        for owner in OWNERS:
            cursor = ""
            while True:
                page = await stub.ListGenerations(
                    gens.ListGenerationsRequest(limit=100, cursor=cursor),
                    timeout=30,
                    metadata=load.metadata(owner),
                )
                found.update(one.job_id for one in page.generations)
                if not (cursor := page.next_cursor):
                    break
    return found
