"""A stack that is filled: what fills it is written as the services write it, only faster."""

import asyncio
import itertools
import json
import secrets
import time
from collections.abc import Mapping
from datetime import timedelta
from statistics import median
from typing import Self

from google.protobuf.timestamp_pb2 import Timestamp
from rq.job import Job as RqJob
from snapasset.storage.v1 import storage_pb2 as sto
from snapasset.storage.v1.storage_pb2_grpc import StorageServiceStub

from deploy.local.stack import Stack
from services.common.channels import open_channel
from services.jobs import keys
from services.jobs.claims import Claims
from services.jobs.connections import open_redis
from services.jobs.records import Records
from services.jobs.values import JobSpec, Result, Status, generation_id, new_job_id
from services.storage.settings import StorageSettings
from tests.bench.load import Server, request, run_load
from tests.bench.streams import Watchers
from tests.servers.jobs import put_in_line

_OWNER, _OTHERS, _WATCHED = "ada", 200, 50
_PATIENCE_SECONDS, _AT_ONCE, _DAY_SECONDS = 60.0, 16, 86_400


class Grown:
    """A stack whose worker stands still, and the means to fill and to measure it."""

    def __init__(self, stack: Stack) -> None:
        stack.processes["worker"].terminate()
        stack.processes["worker"].join(10)
        self._stack = stack
        self._redis = open_redis(stack.environ["REDIS_URL"])
        hour = timedelta(hours=1)
        self._records = Records(self._redis, retention=hour, lease=hour)
        self._claims = Claims(self._records)
        self._watchers = Watchers()
        self._jobs = [self._create(_OWNER) for _ in range(_WATCHED)]
        self._generations = [""]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._watchers.close()
        self._redis.close()

    async def lengthen_line(self, more: int) -> None:
        """Put jobs of many owners in line."""
        for number in range(more):
            self._create(f"owner-{number % _OTHERS}")

    async def retain_jobs(self, more: int) -> None:
        """Give one owner completed jobs: copies of one that went the whole way."""
        model = self._create(_OWNER)
        claim = self._claims.claim(model, "bench", "token")
        assert claim
        done = Result(generation_id=generation_id(model), purchases=(), images=())
        self._claims.complete(model, "token", done)
        pipe = self._redis.pipeline(transaction=False)
        for _ in range(more):
            job_id = new_job_id()
            for key in (RqJob.key_for, keys.state, keys.logs):
                pipe.copy(key(model), key(job_id))
            for index in (keys.owned(_OWNER), keys.owned(_OWNER, Status.COMPLETED)):
                pipe.zadd(index, {job_id: 0})
            pipe.zadd("rq:finished:snapasset", {job_id: time.time() + _DAY_SECONDS})
        await asyncio.to_thread(pipe.execute)

    async def watch(self, more: int) -> None:
        """Open streams of some jobs."""
        watched = list(itertools.islice(itertools.cycle(self._jobs), more))
        await self._watchers.open(self._stack.port, watched, self._stack.token(_OWNER))

    async def remember(self, more: int) -> None:
        """Store generation records of one owner."""
        address = self._stack.environ["STORAGE_ADDRESS"]
        gate = asyncio.Semaphore(_AT_ONCE)
        async with open_channel(address, StorageSettings()) as channel:

            async def save() -> None:
                record = _record(new_job_id())
                async with gate:
                    await StorageServiceStub(channel).SaveGeneration(record)
                self._generations.append(record.generation.generation_id)

            await asyncio.gather(*(save() for _ in range(more)))

    async def cost_ms(self, calls: int) -> Mapping[str, float]:
        """Return the median ms of each call."""
        body = {"userId": _OWNER, "prompt": "A beautiful sunset", "platforms": ["twitter-post"]}
        job, generation = self._jobs[0], self._generations[-1]
        asked = {
            "create": ("POST", "/api/jobs", 201),
            "get": ("GET", f"/api/jobs/{job}", 200),
            "list": ("GET", "/api/jobs?limit=20", 200),
        }
        if generation:
            asked["get generation"] = ("GET", f"/api/generations/{generation}", 200)
            asked["list generations"] = ("GET", "/api/generations", 200)
        port, costs = self._stack.port, {}
        headers = {"Authorization": f"Bearer {self._stack.token(_OWNER)}"}
        for name, (method, path, wanted) in asked.items():
            data = json.dumps(body).encode() if method == "POST" else b""
            one = request(method, path, port, headers, data)
            load = await run_load(
                Server(port=port, pids=[]),
                [one] * calls,
                seconds=_PATIENCE_SECONDS,
                connections=1,
                wanted=wanted,
            )
            costs[name] = load.ms(50)
        costs["claim"] = await asyncio.to_thread(self._claims_ms, calls)
        return costs

    def _claims_ms(self, calls: int) -> float:
        took = []
        for _ in range(calls):
            token, began = secrets.token_hex(8), time.perf_counter()
            taken = self._claims.take(1)
            if taken and self._claims.claim(taken.job_id, "bench", token):
                took.append(1000 * (time.perf_counter() - began))
                self._claims.hand_back(taken.job_id, token)
        return median(took)

    def _create(self, owner: str) -> str:
        spec = JobSpec(user_id=owner, prompt="A beautiful sunset", platforms=("twitter-post",))
        return put_in_line(self._records, spec)


def _record(job_id: str) -> sto.SaveGenerationRequest:
    created = Timestamp()
    created.GetCurrentTime()
    stored = sto.StoredImage(
        platform="twitter-post",
        key=f"{_OWNER}/{generation_id(job_id)}/twitter-post-1200x675.jpg",
        content_type="image/jpeg",
        width=1200,
        height=675,
        size_bytes=80_000,
        sha256="0" * 64,
    )
    return sto.SaveGenerationRequest(
        generation=sto.Generation(
            generation_id=generation_id(job_id),
            user_id=_OWNER,
            job_id=job_id,
            prompt="A beautiful sunset",
            masters=[sto.Master(image=stored, model="gpt-image-2")],
            images=[stored],
            created_at=created,
        )
    )
