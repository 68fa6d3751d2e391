"""SiteService: what a browser asks for that is not a job."""

from collections.abc import AsyncIterator

import grpc
from google.api.httpbody_pb2 import HttpBody
from snapasset.gateway.v1 import site_pb2 as pb
from snapasset.gateway.v1 import site_pb2_grpc
from snapasset.storage.v1 import storage_pb2 as sto
from snapasset.storage.v1.storage_pb2_grpc import StorageServiceStub

from services.common.channels import call_options
from services.common.errors import (
    ImageNotFound,
    InvalidRequest,
    NotFound,
    from_rpc,
)
from services.common.interceptors import Context
from services.common.platforms import PLATFORMS
from services.common.version import VERSION
from services.gateway.headers import respond_well_with
from services.gateway.health import Health
from services.gateway.metadata import sent
from services.gateway.site.pages import PAGE_HEADERS, Pages

_IMAGE_SECONDS = 60.0
_LINKS = {
    "jobs": "/api/jobs",
    "stream": "/api/sse/jobs/{jobId}",
    "platforms": "/api/platforms",
    "generations": "/api/generations",
    "queue": "/api/queue/stats",
    "health": "/health",
    "documentation": "/api-docs",
}


class SiteService(site_pb2_grpc.SiteServiceServicer):
    """The SiteService of the contract."""

    def __init__(self, storage: grpc.aio.Channel, health: Health, pages: Pages) -> None:
        self._storage = StorageServiceStub(storage)
        self._health = health
        self._pages = pages

    async def GetImage(
        self, request: pb.GetImageRequest, ctx: Context
    ) -> AsyncIterator[pb.GetImageResponse]:
        """Stream one image."""
        call = self._storage.GetObject(
            sto.GetObjectRequest(key=request.path), **call_options(_IMAGE_SECONDS)
        )
        try:
            parts = aiter(call)
            facts = (await anext(parts)).object
            if not facts.content_type.startswith("image/"):
                raise ImageNotFound("There is no image at this path.")
            respond_well_with("cache-control", "public, max-age=31536000, immutable")
            if _is_known(ctx, f'"{facts.sha256}"', facts.size_bytes):
                return
            content_type = facts.content_type
            async for part in parts:
                body = HttpBody(content_type=content_type, data=part.chunk)
                content_type = ""
                yield pb.GetImageResponse(body=body)
        except grpc.aio.AioRpcError as failure:
            error = from_rpc(failure, "storage")
            if isinstance(error, NotFound | InvalidRequest):
                raise ImageNotFound("There is no image at this path.") from failure
            raise error from failure
        finally:
            call.cancel()

    async def GetHealth(self, request: pb.GetHealthRequest, ctx: Context) -> pb.GetHealthResponse:
        """Tell how the parts are."""
        parts = await self._health.components()
        ok = all(part.up for part in parts.values())
        if not ok:
            respond_well_with("x-http-code", "503")
        return pb.GetHealthResponse(
            status="ok" if ok else "degraded",
            components={
                name: pb.ComponentHealth(status="up" if part.up else "down", detail=part.detail)
                for name, part in parts.items()
            },
            version=VERSION,
        )

    async def GetApiIndex(
        self, request: pb.GetApiIndexRequest, ctx: Context
    ) -> pb.GetApiIndexResponse:
        """Name the API."""
        return pb.GetApiIndexResponse(name="SnapAsset", version=VERSION, links=_LINKS)

    async def ListPlatforms(
        self, request: pb.ListPlatformsRequest, ctx: Context
    ) -> pb.ListPlatformsResponse:
        """List the platforms."""
        return pb.ListPlatformsResponse(
            platforms=[
                pb.Platform(id=one.id, name=one.name, width=one.width, height=one.height)
                for one in PLATFORMS.values()
            ]
        )

    async def GetHome(self, request: pb.GetHomeRequest, ctx: Context) -> pb.GetHomeResponse:
        """Return the first page."""
        return pb.GetHomeResponse(body=self._page(ctx, "/"))

    async def GetPage(self, request: pb.GetPageRequest, ctx: Context) -> pb.GetPageResponse:
        """Return one page of the documentation."""
        path = f"/api-docs/{request.path}" if request.path else "/api-docs"
        return pb.GetPageResponse(body=self._page(ctx, path))

    def _page(self, ctx: Context, path: str) -> HttpBody:
        page = self._pages.get(path)
        for name, value in PAGE_HEADERS.items():
            respond_well_with(name, value)
        known = _is_known(ctx, page.etag, len(page.content))
        return HttpBody(content_type=page.media_type, data=b"" if known else page.content)


def _is_known(ctx: Context, etag: str, size_bytes: int) -> bool:
    """Say what the answer's ETag and length are; make it a 304 if the caller has that version."""
    respond_well_with("etag", etag)
    respond_well_with("x-content-length", str(size_bytes))
    given = [each.strip() for line in sent(ctx, "if-none-match") for each in line.split(",")]
    known = "*" in given or etag in (each.removeprefix("W/") for each in given)
    if known:
        respond_well_with("x-http-code", "304")
    return known
