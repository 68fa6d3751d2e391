"""SiteService: serves what a browser needs besides jobs."""

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing

from google.api.httpbody_pb2 import HttpBody
from snapasset.gateway.v1 import site_pb2 as pb
from snapasset.gateway.v1 import site_pb2_grpc

from services.common.errors import RangeNotSatisfiable
from services.common.interceptors import Context
from services.common.targets import Platform
from services.common.version import VERSION
from services.gateway.access.local_sign_in import LocalSignIn
from services.gateway.access.metadata import sent
from services.gateway.headers import respond_well_with, respond_with
from services.gateway.site.health import Health
from services.gateway.site.images import ImageFacts, Images
from services.gateway.site.pages import Pages
from services.gateway.site.parts import parts
from services.gateway.site.ranges import Span, Unsatisfiable, wanted_span
from services.gateway.versions import is_known

_NOT_TO_BE_SAVED = frozenset({"", "0", "false"})
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

    def __init__(
        self,
        *,
        images: Images,
        health: Health,
        pages: Pages,
        sign_in: LocalSignIn,
        platforms: Mapping[str, Platform],
    ) -> None:
        self._images = images
        self._health = health
        self._pages = pages
        self._sign_in = sign_in
        self._platforms = platforms

    async def GetImage(
        self, request: pb.GetImageRequest, ctx: Context
    ) -> AsyncIterator[pb.GetImageResponse]:
        """Stream one image, or a part of it."""
        image = await self._images.facts(request.path)
        save = request.download.lower() not in _NOT_TO_BE_SAVED
        disposition = "attachment" if save else "inline"
        respond_well_with("cache-control", "public, max-age=31536000, immutable")
        respond_well_with("content-disposition", f'{disposition}; filename="{image.name}"')
        respond_well_with("accept-ranges", "bytes")
        if is_known(ctx, image.etag, image.size_bytes):
            return
        span = _span(ctx, image)
        content_type = image.content_type
        async with aclosing(self._images.read(image, span)) as chunks:
            async for chunk in chunks:
                for part in parts(chunk):
                    yield pb.GetImageResponse(body=HttpBody(content_type=content_type, data=part))
                    content_type = ""

    async def GetHealth(self, request: pb.GetHealthRequest, ctx: Context) -> pb.GetHealthResponse:
        """Report the health of the parts."""
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
        return pb.ListPlatformsResponse(platforms=map(_platform, self._platforms.values()))

    async def GetHome(self, request: pb.GetHomeRequest, ctx: Context) -> pb.GetHomeResponse:
        """Return the first page."""
        return pb.GetHomeResponse(body=self._whole(ctx, "/"))

    async def GetStudioFile(
        self, request: pb.GetStudioFileRequest, ctx: Context
    ) -> pb.GetStudioFileResponse:
        """Return one file of the studio."""
        return pb.GetStudioFileResponse(body=self._whole(ctx, f"/studio/{request.path}"))

    async def GetLocalToken(
        self, request: pb.GetLocalTokenRequest, ctx: Context
    ) -> pb.GetLocalTokenResponse:
        """Give the page a token, on a stack where only the page itself can ask for one."""
        fetch_site, host = sent(ctx, "sec-fetch-site"), sent(ctx, "x-client-host")
        return pb.GetLocalTokenResponse(token=self._sign_in.token(fetch_site, host))

    async def GetPage(
        self, request: pb.GetPageRequest, ctx: Context
    ) -> AsyncIterator[pb.GetPageResponse]:
        """Stream one page of the documentation."""
        path = f"/api-docs/{request.path}" if request.path else "/api-docs"
        content_type, content = self._page(ctx, path)
        for part in parts(content):
            yield pb.GetPageResponse(body=HttpBody(content_type=content_type, data=part))
            content_type = ""

    def _whole(self, ctx: Context, path: str) -> HttpBody:
        content_type, content = self._page(ctx, path)
        return HttpBody(content_type=content_type, data=content)

    def _page(self, ctx: Context, path: str) -> tuple[str, bytes]:
        """Return the media type and the content, which is empty when the caller has it already."""
        page = self._pages.get(path)
        for name, value in self._pages.headers.items():
            respond_well_with(name, value)
        known = is_known(ctx, page.etag, len(page.content))
        return page.media_type, b"" if known else page.content


def _platform(one: Platform) -> pb.Platform:
    return pb.Platform(
        id=one.id,
        name=one.name,
        width=one.width,
        height=one.height,
        network=one.network,
        formats=one.formats,
        max_bytes=one.max_bytes,
        covered=[
            pb.CoveredPart(left=part.left, top=part.top, right=part.right, bottom=part.bottom)
            for part in one.covered
        ],
        source=one.source,
        as_of=one.as_of,
    )


def _span(ctx: Context, image: ImageFacts) -> Span | None:
    """Return the part that the caller wants, None for all; make the answer a 206 if it is a part.

    Raises RangeNotSatisfiable, with what that needs to become a 416.
    """
    wanted, only_if = sent(ctx, "range"), sent(ctx, "if-range")
    if not wanted or (only_if and only_if != [image.etag]):
        return None
    try:
        span = wanted_span(wanted[0], image.size_bytes)
    except Unsatisfiable as error:
        respond_with("content-range", f"bytes */{image.size_bytes}")
        raise RangeNotSatisfiable(f"The image has {image.size_bytes} bytes.") from error
    if span:
        respond_well_with("x-http-code", "206")
        respond_well_with("x-content-length", str(span.length))
        respond_well_with("content-range", span.words)
    return span
