"""Serves the contract; other modules make the decisions."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing
from typing import Any

import grpc
from snapasset.resizer.v1 import resizer_pb2 as pb
from snapasset.resizer.v1 import resizer_pb2_grpc

from services.common.channels import CHUNK_BYTES
from services.common.errors import FieldMistake, InvalidRequest
from services.resizer.crop import Area, Box, Focus, Size
from services.resizer.deadline import in_time, within
from services.resizer.inspection import Inspector
from services.resizer.order import BLUR, COVER, SMART, Manner, RequestedRendition, ResizeOrder
from services.resizer.origin import Origin
from services.resizer.render import RenderedFile
from services.resizer.resize import Cutter


class ResizerService(resizer_pb2_grpc.ResizerServiceServicer):
    """The ResizerService of the contract; `deadline_seconds` bounds a call as `within` says.

    `finished` is called with the format of every finished rendition, and whether it is signed.
    """

    def __init__(
        self,
        resizer: Cutter,
        inspector: Inspector,
        deadline_seconds: float,
        finished: Callable[[str, bool], None] = lambda file_format, signed: None,
    ) -> None:
        self._resizer = resizer
        self._inspector = inspector
        self._deadline_seconds = deadline_seconds
        self._finished = finished

    async def Resize(
        self,
        request_iterator: AsyncIterator[pb.ResizeRequest],
        context: grpc.aio.ServicerContext[Any, Any],
    ) -> AsyncIterator[pb.ResizeResponse]:
        """Stream one finished rendition after another."""
        answers = within(self._deadline_seconds, self._answers(request_iterator))
        async with aclosing(answers):
            async for answer in answers:
                yield answer

    async def Inspect(
        self,
        request_iterator: AsyncIterator[pb.InspectRequest],
        context: grpc.aio.ServicerContext[Any, Any],
    ) -> pb.InspectResponse:
        """Return the size of one picture."""
        size = await in_time(self._deadline_seconds, self._size(request_iterator))
        return pb.InspectResponse(width=size.width, height=size.height)

    async def _size(self, requests: AsyncIterator[pb.InspectRequest]) -> Size:
        first = await anext(requests, None)
        if first is None or not first.HasField("header"):
            raise _wrong_part("The first message must be the header.")
        return await self._inspector.measure(first.header.size_bytes, _chunks(requests))

    async def _answers(
        self, requests: AsyncIterator[pb.ResizeRequest]
    ) -> AsyncGenerator[pb.ResizeResponse, None]:
        order = _order(await anext(requests, None))
        number = 0
        async with aclosing(self._resizer.resize(order, _chunks(requests))) as renditions:
            async for rendition in renditions:
                number += 1
                self._finished(rendition.target.manner.format, rendition.signed_by != "")
                for answer in _parts(rendition, number, len(order.targets)):
                    yield answer


def _order(first: pb.ResizeRequest | None) -> ResizeOrder:
    if first is None or not first.HasField("header"):
        raise _wrong_part("The first message must be the header.")
    header = first.header
    return ResizeOrder(
        size_bytes=header.size_bytes,
        targets=tuple(_target(target, header) for target in header.targets),
        origin=Origin(model=header.model, provider=header.provider, composite=header.composite),
    )


def _target(target: pb.Target, header: pb.ResizeHeader) -> RequestedRendition:
    return RequestedRendition(
        id=target.id,
        size=Size(width=target.width, height=target.height),
        covered=tuple(
            Area(left=area.left, top=area.top, right=area.right, bottom=area.bottom)
            for area in target.covered
        ),
        max_bytes=target.max_bytes if target.HasField("max_bytes") else None,
        manner=Manner(
            format=target.format or header.format or "jpeg",
            crop=header.crop or SMART,
            focus=_focus(target) or _focus(header),
            box=_box(target.box) if target.HasField("box") else None,
            fit=target.fit or COVER,
            background=target.background or BLUR,
            label=header.label,
        ),
    )


def _focus(message: pb.Target | pb.ResizeHeader) -> Focus | None:
    if not message.HasField("focal_point"):
        return None
    return Focus(x=message.focal_point.x, y=message.focal_point.y)


def _point(focus: Focus | None) -> pb.FocalPoint | None:
    return pb.FocalPoint(x=focus.x, y=focus.y) if focus else None


def _box(box: pb.CropBox) -> Box:
    return Box(x=box.x, y=box.y, width=box.width, height=box.height)


async def _chunks(
    requests: AsyncIterator[pb.ResizeRequest] | AsyncIterator[pb.InspectRequest],
) -> AsyncIterator[bytes]:
    async for request in requests:
        if not request.HasField("chunk"):
            raise _wrong_part("Every message after the header must be a chunk.")
        yield request.chunk


def _wrong_part(words: str) -> InvalidRequest:
    return InvalidRequest(words, fields=[FieldMistake("part", words)])


def _parts(rendition: RenderedFile, number: int, total: int) -> Iterator[pb.ResizeResponse]:
    crop = rendition.crop
    yield pb.ResizeResponse(
        header=pb.RenditionHeader(
            id=rendition.target.id,
            number=number,
            total=total,
            width=rendition.target.size.width,
            height=rendition.target.size.height,
            content_type=rendition.content_type,
            size_bytes=len(rendition.data),
            sha256=rendition.sha256,
            crop=pb.CropBox(x=crop.x, y=crop.y, width=crop.width, height=crop.height),
            kept=rendition.kept,
            could_keep=rendition.could_keep,
            better_focal_point=_point(rendition.better_focus),
            signed_by=rendition.signed_by,
        )
    )
    for start in range(0, len(rendition.data), CHUNK_BYTES):
        yield pb.ResizeResponse(chunk=rendition.data[start : start + CHUNK_BYTES])
