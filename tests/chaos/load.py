"""Clients: they create jobs through the gateways, watch them, and believe what they are told."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import grpc
from snapasset.gateway.v1 import jobs_pb2 as pb
from snapasset.gateway.v1.jobs_pb2_grpc import JobServiceStub

from services.common.platforms import PLATFORMS
from services.gateway.auth.issuing import make_token
from tests.chaos.parts import Parts

OWNERS = ("ada", "bob", "cleo", "dan")
ENDED = ("completed", "failed", "cancelled")
_CALL_SECONDS, _STREAM_SECONDS = 15.0, 60.0


@dataclass(kw_only=True, slots=True)
class Accepted:
    """A job that a gateway has answered for. `told` is how its stream ended."""

    job_id: str
    owner: str
    prompt: str
    platforms: Sequence[str]
    told: str = ""


@dataclass(slots=True)
class Load:
    """Creates jobs at a steady rate and watches each to its end."""

    parts: Parts
    random: Random
    jobs: list[Accepted] = field(default_factory=list)
    refused: int = 0
    _channels: list[grpc.aio.Channel] = field(default_factory=list)
    _tasks: "set[asyncio.Task[None]]" = field(default_factory=set)

    async def run(self, until: float, jobs_per_second: float) -> None:
        """Create jobs until a moment of the monotonic clock."""
        self._channels = [grpc.aio.insecure_channel(one) for one in self.parts.gateways]
        number = 0
        while time.monotonic() < until:
            number += 1
            self._begin(self._one(number))
            await asyncio.sleep(self.random.expovariate(jobs_per_second))

    async def close(self) -> None:
        """Let go of all streams."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for channel in self._channels:
            await channel.close()

    def stub(self) -> Any:
        """Return a stub of any gateway."""
        return JobServiceStub(self.random.choice(self._channels))

    def metadata(self, owner: str, *more: tuple[str, str]) -> tuple[tuple[str, str], ...]:
        """Return what one owner sends with a call."""
        environ = self.parts.environ
        token = make_token(environ["JWT_SECRET"], issuer=environ["JWT_ISSUER"], user_id=owner)
        return ("authorization", f"Bearer {token}"), *more

    def _begin(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _one(self, number: int) -> None:
        owner, count = self.random.choice(OWNERS), self.random.randint(1, 3)
        platforms = self.random.sample(sorted(PLATFORMS), count)
        cancels = self.random.random() < 0.05
        prompt = f"A lighthouse in a storm, number {number:06}."
        request = pb.CreateJobRequest(
            user_id=owner, prompt=prompt, platforms=platforms, options=pb.JobOptions(quality="low")
        )
        metadata = self.metadata(owner, ("idempotency-key", f"chaos-{number}"))
        job_id = await self._create(request, metadata)
        if not job_id:
            self.refused += 1
            return
        job = Accepted(job_id=job_id, owner=owner, prompt=prompt, platforms=platforms)
        self.jobs.append(job)
        if cancels:
            self._begin(self._cancel(job))
        await self._watch(job)

    async def _create(self, request: pb.CreateJobRequest, metadata: Any) -> str:
        """Create a job; a call without an answer is repeated under the same key."""
        for _ in range(5):
            try:
                answer = await self.stub().CreateJob(
                    request, timeout=_CALL_SECONDS, metadata=metadata
                )
                return str(answer.job_id)
            except grpc.aio.AioRpcError:
                await asyncio.sleep(1)
        return ""

    async def _cancel(self, job: Accepted) -> None:
        await asyncio.sleep(self.random.uniform(0, 3))
        try:
            await self.stub().CancelJob(
                pb.CancelJobRequest(job_id=job.job_id),
                timeout=_CALL_SECONDS,
                metadata=self.metadata(job.owner),
            )
        except grpc.aio.AioRpcError:
            return

    async def _watch(self, job: Accepted) -> None:
        """Follow the stream to its `done`; connect again whenever it ends before."""
        while not job.told:
            try:
                async for event in self.stub().WatchJob(
                    pb.WatchJobRequest(job_id=job.job_id),
                    timeout=_STREAM_SECONDS,
                    metadata=self.metadata(job.owner),
                ):
                    if event.type == "done":
                        job.told = event.status
            except grpc.aio.AioRpcError:
                await asyncio.sleep(0.5)
