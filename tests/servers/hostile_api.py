"""An API that says what a test wants, where a true one says what is: on ids, images and lists."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.api.httpbody_pb2 import HttpBody
from snapasset.gateway.v1 import generations_pb2 as gen
from snapasset.gateway.v1 import jobs_pb2 as pb
from snapasset.gateway.v1 import site_pb2 as site
from snapasset.gateway.v1.generations_pb2_grpc import (
    GenerationServiceServicer,
    add_GenerationServiceServicer_to_server,
)
from snapasset.gateway.v1.jobs_pb2_grpc import JobServiceServicer, add_JobServiceServicer_to_server
from snapasset.gateway.v1.site_pb2_grpc import (
    SiteServiceServicer,
    add_SiteServiceServicer_to_server,
)

from services.common.process_settings import ServerSettings
from services.common.serve import running

Context = grpc.aio.ServicerContext[Any, Any]
JOB_ID = "gen-1640000000000-0123456789abcdef0123456789abcdef"
GENERATION_ID = "01932d4e-7f00-7abc-8def-0123456789ab"


def _image() -> pb.JobImage:
    url = f"http://cdn.example/ada/{GENERATION_ID}/twitter-post-1200x675.jpg"
    return pb.JobImage(platform="Twitter Post", platform_id="twitter-post", url=url, size=3)


@dataclass(kw_only=True, slots=True)
class Lies:
    """What the API says; as it stands here, all is well."""

    job_id: str = JOB_ID
    generation_id: str = GENERATION_ID
    message: str = "Words"
    next_cursor: str = ""
    image: pb.JobImage = field(default_factory=_image)
    content: bytes = b"cat"
    pieces: int = 1


class HostileJobs(JobServiceServicer):
    """Creates and ends a job."""

    def __init__(self, lies: Lies) -> None:
        self._lies = lies

    async def CreateJob(self, request: pb.CreateJobRequest, ctx: Context) -> pb.CreateJobResponse:
        """Name a job."""
        return pb.CreateJobResponse(job_id=self._lies.job_id, estimated_time=self._lies.message)

    async def WatchJob(
        self, request: pb.WatchJobRequest, ctx: Context
    ) -> AsyncIterator[pb.WatchJobResponse]:
        """Say that it is done."""
        result = pb.JobResult(success=True, images=[self._lies.image])
        yield pb.WatchJobResponse(
            type="done", status="completed", message=self._lies.message, result=result
        )


class HostileGenerations(GenerationServiceServicer):
    """Has a history of one, page after page."""

    def __init__(self, lies: Lies) -> None:
        self._lies = lies

    async def ListGenerations(
        self, request: gen.ListGenerationsRequest, ctx: Context
    ) -> gen.ListGenerationsResponse:
        """List it."""
        one = gen.Generation(
            generation_id=self._lies.generation_id,
            prompt=self._lies.message,
            images=[self._lies.image],
        )
        return gen.ListGenerationsResponse(
            generations=[one], count=1, next_cursor=self._lies.next_cursor
        )


class HostileSite(SiteServiceServicer):
    """Has one image, in as many pieces as is said."""

    def __init__(self, lies: Lies) -> None:
        self._lies = lies

    async def GetImage(
        self, request: site.GetImageRequest, ctx: Context
    ) -> AsyncIterator[site.GetImageResponse]:
        """Stream it."""
        for _ in range(self._lies.pieces):
            yield site.GetImageResponse(body=HttpBody(data=self._lies.content))


@asynccontextmanager
async def hostile_api(lies: Lies) -> AsyncIterator[str]:
    """Serve for the length of the block; gives the address."""
    services: list[tuple[Callable[[Any, grpc.aio.Server], None], object]] = [
        (add_JobServiceServicer_to_server, HostileJobs(lies)),  # type: ignore[abstract]
        (add_GenerationServiceServicer_to_server, HostileGenerations(lies)),  # type: ignore[abstract]
        (add_SiteServiceServicer_to_server, HostileSite(lies)),  # type: ignore[abstract]
    ]
    settings = ServerSettings(drain_seconds=0, grace_seconds=0)
    async with running(settings, 0, services) as port:
        yield f"127.0.0.1:{port}"
