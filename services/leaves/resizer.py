"""The Resizer port over gRPC."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import grpc
from snapasset.resizer.v1 import resizer_pb2 as res
from snapasset.resizer.v1.resizer_pb2_grpc import ResizerServiceStub

from services.common.assets import Facts
from services.common.channels import call_options
from services.common.errors import AppError, Unavailable
from services.common.options import JobOptions
from services.common.platforms import PLATFORMS, Platform
from services.leaves.calls import BROKEN, facts_of, reach, speaking_to

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wishes:
    """How a master is to be cut and written; `model` painted it."""

    options: JobOptions = field(default_factory=JobOptions)
    model: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cut:
    """One rendition is finished; `chunks` must be read before the next one is asked for."""

    platform: str
    facts: Facts
    crop: tuple[int, int, int, int]
    chunks: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class GrpcResizer:
    """Cuts renditions at the resizer service."""

    channel: grpc.aio.Channel
    timeout_seconds: float
    connect_seconds: float

    async def resize(
        self,
        master: AsyncIterator[bytes],
        size_bytes: int,
        platforms: Sequence[str],
        wishes: Wishes,
    ) -> AsyncIterator[Cut]:
        """See ports.Resizer."""
        await reach(self.channel, "resizer", self.connect_seconds)
        header = _header(size_bytes, platforms, wishes)
        call = ResizerServiceStub(self.channel).Resize(**call_options(self.timeout_seconds))
        upload = asyncio.create_task(_upload(call, header, master))
        try:
            async with speaking_to("resizer", call):
                responses = aiter(call)
                async for response in responses:
                    crop = response.header.crop
                    yield Cut(
                        platform=response.header.id,
                        facts=facts_of(response.header),
                        crop=(crop.x, crop.y, crop.width, crop.height),
                        chunks=_exactly(call, responses, response.header.size_bytes),
                    )
        except asyncio.CancelledError:
            if error := _reason(upload):
                raise error from None
            raise
        finally:
            call.cancel()
            upload.cancel()
            await asyncio.wait([upload])  # the caller may close `master` only after it


def _header(size_bytes: int, platforms: Sequence[str], wishes: Wishes) -> res.ResizeHeader:
    header = res.ResizeHeader(
        size_bytes=size_bytes,
        targets=[_target(PLATFORMS[platform]) for platform in platforms],
        format=wishes.options.format,
        crop=wishes.options.crop,
        model=wishes.model,
    )
    if point := wishes.options.focal_point:
        header.focal_point.x, header.focal_point.y = point.x, point.y
    return header


def _target(platform: Platform) -> res.Target:
    return res.Target(
        id=platform.id,
        width=platform.width,
        height=platform.height,
        covered=[
            res.CoveredArea(left=area.left, top=area.top, right=area.right, bottom=area.bottom)
            for area in platform.covered
        ],
        max_bytes=platform.max_bytes,
    )


async def _upload(call: Any, header: res.ResizeHeader, master: AsyncIterator[bytes]) -> None:
    """Send one master. When that cannot be read, the call is ended."""
    try:
        await call.write(res.ResizeRequest(header=header))
        async for chunk in master:
            await call.write(res.ResizeRequest(chunk=chunk))
        await call.done_writing()
    except AppError:
        call.cancel()
        raise
    except BROKEN as error:
        # The peer has ended the call; whoever reads its answers learns why.
        logger.info("The resizer took no more of the master: %r", error)


def _reason(upload: "asyncio.Task[None]") -> BaseException | None:
    """Return why an upload ended the call, None when it did not."""
    return upload.exception() if upload.done() and not upload.cancelled() else None


async def _exactly(
    call: Any, responses: AsyncIterator[res.ResizeResponse], size_bytes: int
) -> AsyncIterator[bytes]:
    """Yield the chunks of one rendition and leave the next one's header unread."""
    left = size_bytes
    async with speaking_to("resizer", call):
        while left > 0:
            response = await anext(responses, None)
            if response is None or not response.chunk:
                raise Unavailable("The resizer broke off in the middle of an image.")
            left -= len(response.chunk)
            yield response.chunk
