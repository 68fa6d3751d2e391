"""A gateway with canned answers, to see what Envoy makes of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
from google.api.httpbody_pb2 import HttpBody
from snapasset.gateway.v1 import generations_pb2 as generations
from snapasset.gateway.v1 import generations_pb2_grpc, jobs_pb2_grpc, queue_pb2_grpc, site_pb2_grpc
from snapasset.gateway.v1 import jobs_pb2 as jobs
from snapasset.gateway.v1 import queue_pb2 as queue
from snapasset.gateway.v1 import site_pb2 as site

from services.common.errors import FieldMistake, ImageNotFound, JobNotFound, all_errors
from services.common.interceptors import AroundInterceptor
from services.common.process_settings import ServerSettings
from services.common.serve import Registration, running
from services.gateway.headers import gather_headers
from services.gateway.rest_errors import speak_rest

Context = grpc.aio.ServicerContext[Any, Any]

IMAGE = b"\x89PNG" * 100_000
LONG_PAGE_BYTES = 4 * 1024 * 1024
SETTINGS = ServerSettings(drain_seconds=0, grace_seconds=0)
ERRORS = {kind.code: kind for kind in all_errors()}


class CannedJobs(jobs_pb2_grpc.JobServiceServicer):
    """A job id that is an error code raises that error; a few other ids are special."""

    def __init__(self) -> None:
        self.watching = asyncio.Event()
        self.watch_ended = asyncio.Event()
        self.let_go = asyncio.Event()

    async def CreateJob(
        self, request: jobs.CreateJobRequest, context: Context
    ) -> jobs.CreateJobResponse:
        """Echo the user id as job id, with 201."""
        await context.send_initial_metadata((("x-http-code", "201"), ("x-ratelimit-limit", "100")))
        return jobs.CreateJobResponse(job_id=request.user_id, status="queued")

    async def GetJob(self, request: jobs.GetJobRequest, context: Context) -> jobs.GetJobResponse:
        """Raise what the id asks for, or show one image."""
        if request.job_id in ERRORS:
            mistakes = [FieldMistake("prompt", "is missing")]
            raise ERRORS[request.job_id]("Told.", retry_after_seconds=2.5, fields=mistakes)
        if request.job_id == "bare":
            await context.abort(grpc.StatusCode.UNIMPLEMENTED, "text of a library")
        if request.job_id == "starting":
            await context.abort(grpc.StatusCode.UNAVAILABLE, "text of a library")
        if request.job_id == "slow":
            await asyncio.Event().wait()
        image = jobs.JobImage(platform="Instagram Post", width=1080, height=1080, size=245000)
        response = jobs.GetJobResponse(job_id=request.job_id, result=jobs.JobResult(images=[image]))
        response.created_at.FromJsonString("2024-01-24T10:00:00Z")
        return response

    async def ListJobs(
        self, request: jobs.ListJobsRequest, context: Context
    ) -> jobs.ListJobsResponse:
        """Echo the query."""
        return jobs.ListJobsResponse(status=request.status, count=request.limit)

    async def WatchJob(
        self, request: jobs.WatchJobRequest, context: Context
    ) -> AsyncIterator[jobs.WatchJobResponse]:
        """Give connected and done; `endless` never gets done, `held` when it is let go."""
        if request.job_id == "missing":
            raise JobNotFound("There is no such job.")
        yield jobs.WatchJobResponse(type="connected", job_id=request.job_id)
        if request.job_id == "held":
            await self.let_go.wait()
        if request.job_id == "endless":
            self.watching.set()
            try:
                await asyncio.Event().wait()
            finally:
                self.watch_ended.set()
        yield jobs.WatchJobResponse(type="done", job_id=request.job_id)

    async def RetryJob(
        self, request: jobs.RetryJobRequest, context: Context
    ) -> jobs.RetryJobResponse:
        """Echo the id."""
        return jobs.RetryJobResponse(job_id=request.job_id, status="retrying")

    async def CancelJob(
        self, request: jobs.CancelJobRequest, context: Context
    ) -> jobs.CancelJobResponse:
        """Echo the id."""
        return jobs.CancelJobResponse(job_id=request.job_id, status="cancelled")


class CannedQueue(queue_pb2_grpc.QueueServiceServicer):
    """An empty queue."""

    async def GetQueueStats(
        self, request: queue.GetQueueStatsRequest, context: Context
    ) -> queue.GetQueueStatsResponse:
        """Count nothing."""
        return queue.GetQueueStatsResponse()

    async def CleanQueue(
        self, request: queue.CleanQueueRequest, context: Context
    ) -> queue.CleanQueueResponse:
        """Echo the request, the grace in hours."""
        hours = request.grace // 3_600_000
        return queue.CleanQueueResponse(cleaned=hours, status=request.status)


class CannedGenerations(generations_pb2_grpc.GenerationServiceServicer):
    """An empty history."""

    async def ListGenerations(
        self, request: generations.ListGenerationsRequest, context: Context
    ) -> generations.ListGenerationsResponse:
        """List nothing."""
        return generations.ListGenerationsResponse()


class CannedSite(site_pb2_grpc.SiteServiceServicer):
    """Images and pages."""

    async def GetImage(
        self, request: site.GetImageRequest, context: Context
    ) -> AsyncIterator[site.GetImageResponse]:
        """Stream an image in two parts; `missing` and `known` do not, `part` is one of them."""
        if request.path == "missing":
            raise ImageNotFound("No image has this path.")
        headers = (("etag", '"1"'), ("cache-control", "public, max-age=60"))
        if request.path == "known":
            await context.send_initial_metadata((("x-http-code", "304"), *headers))
            return
        if request.path == "part":
            await context.send_initial_metadata((("x-http-code", "206"), *headers))
            yield site.GetImageResponse(body=HttpBody(content_type="image/png", data=IMAGE[:7]))
            return
        length = ("x-content-length", str(len(IMAGE)))
        await context.send_initial_metadata((length, *headers))
        yield site.GetImageResponse(body=HttpBody(content_type="image/png", data=IMAGE[:7]))
        yield site.GetImageResponse(body=HttpBody(data=IMAGE[7:]))

    async def GetHealth(
        self, request: site.GetHealthRequest, context: Context
    ) -> site.GetHealthResponse:
        """Be degraded."""
        await context.send_initial_metadata((("x-http-code", "503"),))
        down = site.ComponentHealth(status="down")
        return site.GetHealthResponse(status="degraded", components={"redis": down})

    async def GetApiIndex(
        self, request: site.GetApiIndexRequest, context: Context
    ) -> site.GetApiIndexResponse:
        """Echo the metadata that has arrived."""
        seen = {str(key): str(value) for key, value in context.invocation_metadata() or ()}
        return site.GetApiIndexResponse(links=seen)

    async def GetPage(
        self, request: site.GetPageRequest, context: Context
    ) -> AsyncIterator[site.GetPageResponse]:
        """Stream a page that is longer than Envoy's buffers."""
        content_type, part = "text/html", b"a" * (64 * 1024)
        for _ in range(LONG_PAGE_BYTES // len(part)):
            yield site.GetPageResponse(body=HttpBody(content_type=content_type, data=part))
            content_type = ""


@asynccontextmanager
async def running_gateway(
    canned: CannedJobs, settings: ServerSettings = SETTINGS
) -> AsyncIterator[int]:
    """Serve canned answers for the length of the block; gives the port."""
    registrations: list[Registration] = [
        (jobs_pb2_grpc.add_JobServiceServicer_to_server, canned),
        (queue_pb2_grpc.add_QueueServiceServicer_to_server, CannedQueue()),  # type: ignore[abstract]
        (generations_pb2_grpc.add_GenerationServiceServicer_to_server, CannedGenerations()),  # type: ignore[abstract]
        (site_pb2_grpc.add_SiteServiceServicer_to_server, CannedSite()),  # type: ignore[abstract]
    ]
    arounds = [AroundInterceptor(gather_headers({}), speak_rest)]
    async with running(settings, 0, registrations, arounds) as port:
        yield port
