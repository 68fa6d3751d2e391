"""A JobService that does what a script says, to see how clients take it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
from snapasset.gateway.v1 import jobs_pb2 as pb
from snapasset.gateway.v1 import jobs_pb2_grpc

from services.common.process_settings import ServerSettings
from services.common.serve import running

Context = grpc.aio.ServicerContext[Any, Any]
Act = BaseException | pb.WatchJobResponse | None
"""Raised, sent, or for None: silence until the client leaves."""


@dataclass(kw_only=True, slots=True)
class MoodyJobs(jobs_pb2_grpc.JobServiceServicer):
    """Each create raises the next of `creates`, if there is one; each watch acts one script."""

    creates: list[BaseException] = field(default_factory=list)
    watches: list[Sequence[Act]] = field(default_factory=list)
    metadata: list[dict[str, str | bytes]] = field(default_factory=list)

    async def CreateJob(self, request: pb.CreateJobRequest, ctx: Context) -> pb.CreateJobResponse:
        """Create nothing."""
        self._note(ctx)
        if self.creates:
            raise self.creates.pop(0)
        return pb.CreateJobResponse(job_id="gen-1", status="queued")

    async def WatchJob(
        self, request: pb.WatchJobRequest, ctx: Context
    ) -> AsyncIterator[pb.WatchJobResponse]:
        """Act; the last script repeats."""
        self._note(ctx)
        for act in self.watches.pop(0) if len(self.watches) > 1 else self.watches[0]:
            if isinstance(act, BaseException):
                raise act
            if act is None:
                await asyncio.Event().wait()
            else:
                yield act

    async def RetryJob(self, request: pb.RetryJobRequest, ctx: Context) -> pb.RetryJobResponse:
        """Fail like a create."""
        self._note(ctx)
        if self.creates:
            raise self.creates.pop(0)
        return pb.RetryJobResponse(job_id=request.job_id, status="retrying")

    def _note(self, ctx: Context) -> None:
        self.metadata.append({str(key): value for key, value in ctx.invocation_metadata() or ()})


@asynccontextmanager
async def running_api(jobs: MoodyJobs) -> AsyncIterator[str]:
    """Serve for the length of the block; gives the address."""
    settings = ServerSettings(drain_seconds=0, grace_seconds=0)
    add = jobs_pb2_grpc.add_JobServiceServicer_to_server
    async with running(settings, 0, [(add, jobs)]) as port:
        yield f"127.0.0.1:{port}"
