"""JobService: translates between the public contract and the jobs."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

from snapasset.gateway.v1 import jobs_pb2 as pb
from snapasset.gateway.v1 import jobs_pb2_grpc

from services.common import context
from services.common.errors import JobNotFound
from services.common.interceptors import Context
from services.gateway import requests
from services.gateway.access import caller, maybe_caller
from services.gateway.estimate import Estimate
from services.gateway.events import EventHub, as_change
from services.gateway.jobs.moves import Moves
from services.gateway.jobs.reader import Reader
from services.gateway.jobs.values import Job, new_job_id
from services.gateway.views import Views, summary


class JobService(jobs_pb2_grpc.JobServiceServicer):
    """The JobService of the contract."""

    def __init__(
        self,
        *,
        moves: Moves,
        reader: Reader,
        hub: EventHub,
        views: Views,
        estimate: Estimate,
        heartbeat_seconds: float,
    ) -> None:
        self._moves = moves
        self._reader = reader
        self._hub = hub
        self._views = views
        self._estimate = estimate
        self._heartbeat_seconds = heartbeat_seconds

    async def CreateJob(self, request: pb.CreateJobRequest, ctx: Context) -> pb.CreateJobResponse:
        """Accept a job."""
        given = {field.name: value for field, value in request.options.ListFields()}
        spec = requests.job_spec(request.user_id, request.prompt, request.platforms, given)
        caller().must_be(spec.user_id)
        job_id = new_job_id()
        await asyncio.to_thread(self._moves.create, job_id, spec, context.request_id.get())
        await ctx.send_initial_metadata((("x-http-code", "201"),))
        stream = f"/api/sse/jobs/{job_id}"
        return pb.CreateJobResponse(
            job_id=job_id,
            status="queued",
            message="Job created successfully",
            estimated_time=await self._estimate.words(),
            stream_url=stream,
            links=pb.JobLinks(
                self=f"/api/jobs/{job_id}", stream=stream, cancel=f"/api/jobs/{job_id}/cancel"
            ),
        )

    async def GetJob(self, request: pb.GetJobRequest, ctx: Context) -> pb.GetJobResponse:
        """Show a job."""
        return self._views.job(await self._own(request.job_id))

    async def ListJobs(self, request: pb.ListJobsRequest, ctx: Context) -> pb.ListJobsResponse:
        """List the caller's jobs."""
        status = requests.status(request.status)
        limit = requests.page_size(request.limit if request.HasField("limit") else None)
        page = await self._reader.page(caller().owner, status, limit, request.cursor)
        return pb.ListJobsResponse(
            jobs=[summary(job) for job in page.jobs],
            count=len(page.jobs),
            status=status or "all",
            next_cursor=page.next_cursor,
        )

    async def WatchJob(
        self, request: pb.WatchJobRequest, ctx: Context
    ) -> AsyncIterator[pb.WatchJobResponse]:
        """Stream what happens to a job until it has ended."""
        job_id = requests.job_id(request.job_id)
        async with self._hub.watch(job_id) as watch:
            job = await self._reader.get(job_id)
            _check_owner(job, watcher=True)
            last = as_change(job)
            yield self._views.change(job_id, replace(last, type="connected"))
            while not last.status.ended:
                news = await watch.next(last.sequence, self._heartbeat_seconds)
                if news is None:
                    return
                if not news:
                    beat = replace(last, type="heartbeat", at=datetime.now(UTC))
                    yield self._views.change(job_id, beat)
                for change in news:
                    last = change
                    if change.type != "done":
                        yield self._views.change(job_id, change)
            yield self._views.change(job_id, replace(last, type="done"))

    async def RetryJob(self, request: pb.RetryJobRequest, ctx: Context) -> pb.RetryJobResponse:
        """Put an ended job back in line."""
        job = await self._own(request.job_id)
        await asyncio.to_thread(self._moves.retry, job.id)
        return pb.RetryJobResponse(
            job_id=job.id, status="retrying", message="Job has been queued for retry"
        )

    async def CancelJob(self, request: pb.CancelJobRequest, ctx: Context) -> pb.CancelJobResponse:
        """Cancel a job."""
        job = await self._own(request.job_id)
        await asyncio.to_thread(self._moves.cancel, job.id)
        return pb.CancelJobResponse(
            job_id=job.id, status="cancelled", message="Job cancelled successfully"
        )

    async def _own(self, text: str) -> Job:
        job = await self._reader.get(requests.job_id(text))
        _check_owner(job, watcher=False)
        return job


def _check_owner(job: Job, *, watcher: bool) -> None:
    """Raise JobNotFound for another owner's job; `watcher` may also be nobody in particular."""
    known = maybe_caller() if watcher else caller()
    if known is not None and known.owner != job.spec.user_id:
        raise JobNotFound("There is no such job. Check the job id.")
