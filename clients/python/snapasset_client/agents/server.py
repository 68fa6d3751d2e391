"""The server of `snapasset mcp`: its tools call the client, and answer with links and a preview."""

import asyncio
from contextlib import suppress
from typing import Annotated, Literal

from mcp.server.mcpserver import Context, Image, MCPServer
from pydantic import Field
from snapasset.gateway.v1 import jobs_pb2 as pb
from snapasset.gateway.v1 import renditions_pb2 as ren

from ..cli.lists import first
from ..client import SnapAsset
from ..version import VERSION
from .answers import history_text, job_text, list_text, told_errors
from .previews import read_preview

_INSTRUCTIONS = """\
Makes images for social platforms: one image is painted from a prompt, and cut for each platform.
Painting costs money and can take minutes; cutting again is free and fast. Answers hold links to the
images, and one small preview. Ask list_platforms for the ids of platforms."""
_LONGEST_WAIT_SECONDS = 900

Prompt = Annotated[str, Field(description="What to paint, 10 to 4,000 characters.")]
Platforms = Annotated[list[str], Field(description="Ids of list_platforms.", min_length=1)]
Model = Annotated[str, Field(description="One of list_models; the operator's choice unless given.")]
Quality = Annotated[str, Field(description="low, medium, high or auto.")]
Format = Literal["", "jpeg", "png", "webp", "avif"]
Fit = Annotated[
    Literal["", "cover", "contain"],
    Field(description="cover cuts (the default), contain shows everything on a background."),
]
JobId = Annotated[str, Field(description="The jobId of an earlier answer.")]
GenerationId = Annotated[str, Field(description="The generationId of an earlier answer.")]
Share = Annotated[float | None, Field(ge=0, le=1)]
Wait = Annotated[
    int,
    Field(
        ge=0,
        le=_LONGEST_WAIT_SECONDS,
        description="How many seconds to wait for the images; the job goes on after that.",
    ),
]
Limit = Annotated[int, Field(ge=1, le=50)]
Answer = list[str | Image]


class Tools:
    """The tools, for one client and one owner of what they make."""

    def __init__(self, client: SnapAsset, user_id: str, *, by_key: bool) -> None:
        """`by_key`: the client has an API key, so that every call names the owner."""
        self._client = client
        self._user_id = user_id
        self._whose = user_id if by_key else ""

    async def create_images(
        self,
        ctx: Context,
        prompt: Prompt,
        platforms: Platforms,
        model: Model = "",
        quality: Quality = "",
        image_format: Format = "",
        wait_seconds: Wait = 300,
    ) -> Answer:
        """Paint one image from a prompt and cut it for each platform. This costs money."""
        order = pb.CreateJobRequest(
            user_id=self._user_id,
            prompt=prompt,
            platforms=platforms,
            options=pb.JobOptions(
                model=model or None, quality=quality or None, format=image_format or None
            ),
        )
        async with told_errors():
            created = await self._client.create_job(order)
            return await self._seen(ctx, created.job_id, wait_seconds)

    async def cut_again(
        self,
        ctx: Context,
        generation_id: GenerationId,
        platforms: Platforms,
        focal_x: Share = None,
        focal_y: Share = None,
        fit: Fit = "",
        wait_seconds: Wait = 60,
    ) -> Answer:
        """Cut the image of an earlier generation for other platforms, or around another point.

        Free and fast. `focal_x` and `focal_y` are shares of its width and height, from the upper
        left corner.
        """
        options = ren.CutOptions(fit=fit or None)
        if focal_x is not None or focal_y is not None:
            options.focal_point.x = 0.5 if focal_x is None else focal_x
            options.focal_point.y = 0.5 if focal_y is None else focal_y
        order = ren.CreateRenditionsRequest(
            generation_id=generation_id,
            renditions=[ren.RenditionOrder(platform=one) for one in platforms],
            options=options,
            user_id=self._whose,
        )
        async with told_errors():
            created = await self._client.cut(order)
            return await self._seen(ctx, created.job_id, wait_seconds)

    async def look_at_job(self, ctx: Context, job_id: JobId, wait_seconds: Wait = 0) -> Answer:
        """Show a job: how far it is, its images, or why it failed."""
        async with told_errors():
            return await self._seen(ctx, job_id, wait_seconds)

    async def list_platforms(self) -> str:
        """List the platforms that images are cut for, with their sizes."""
        async with told_errors():
            return list_text(await self._client.platforms(), "id", "name", "width", "height")

    async def list_models(self) -> str:
        """List the image models, in the operator's order of preference, with their prices."""
        async with told_errors():
            models = await self._client.models()
            return list_text(models, "model", "provider", "estimatedPriceUsd", "sizes", "qualities")

    async def list_history(self, limit: Limit = 10) -> str:
        """List what was made, newest first."""
        async with told_errors():
            return history_text(await first(limit, self._client.generations(user_id=self._whose)))

    async def _seen(self, ctx: Context, job_id: str, wait_seconds: int) -> Answer:
        """Watch a job for a while, reporting its progress; return it as it is then."""
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_seconds):
                async for event in self._client.watch(job_id):
                    if event.type != "preview":
                        await ctx.report_progress(event.progress, 100, event.message)
        job = await self._client.get_job(job_id)
        answer: Answer = [job_text(job)]
        if job.result.images and (small := await read_preview(self._client, job.result.images[0])):
            answer.append(Image(data=small, format="jpeg"))
        return answer


def open_server(tools: Tools) -> MCPServer:
    """Return the server with its tools."""
    server = MCPServer(
        "snapasset", instructions=_INSTRUCTIONS, version=VERSION, log_level="WARNING"
    )
    for tool in (
        tools.create_images,
        tools.cut_again,
        tools.look_at_job,
        tools.list_platforms,
        tools.list_models,
        tools.list_history,
    ):
        server.tool(structured_output=False)(tool)
    return server
