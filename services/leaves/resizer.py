"""Has renditions cut by the resizer service."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

import grpc
from snapasset.resizer.v1 import resizer_pb2 as res
from snapasset.resizer.v1.resizer_pb2_grpc import ResizerServiceStub

from services.common.assets import Facts
from services.common.errors import AppError
from services.common.options import JobOptions, RenditionOptions
from services.common.pictures.flaws import FLAW, Flaw
from services.common.targets import Target
from services.leaves.images import facts_of
from services.leaves.peer import Peer
from services.leaves.uploads import uploading

_DIGITS = 3
"""Of what is estimated; more would be noise."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wishes:
    """How to cut a master and encode its renditions; the `model` of `provider` painted it.

    `overrides` are by the ids of the targets that are not all cut as the options say; `composite`
    says that a picture that somebody gave the model took part.
    """

    options: JobOptions = field(default_factory=JobOptions)
    overrides: Mapping[str, RenditionOptions] = field(default_factory=dict)
    model: str = ""
    provider: str = ""
    composite: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Cut:
    """The rendition for `target`, an id, is finished; read `chunks` before asking for the next.

    `kept` is how much of what matters in the master it shows, and `could_keep` how much the best
    box of its shape would show, 0 to 1; both are None if unknown. `better_focal_point` is where the
    best box is, if it shows more. `signed_by` is empty if it is not signed.
    """

    target: str
    facts: Facts
    crop: tuple[int, int, int, int]
    chunks: AsyncIterator[bytes]
    signed_by: str = ""
    kept: float | None = None
    could_keep: float | None = None
    better_focal_point: tuple[float, float] | None = None


class ResizerClient:
    """The resizer service. Every method raises AppError."""

    def __init__(
        self, channel: grpc.aio.Channel, *, timeout_seconds: float, connect_seconds: float = 0.0
    ) -> None:
        self._stub = ResizerServiceStub(channel)
        self._peer = Peer(
            name="resizer",
            channel=channel,
            timeout_seconds=timeout_seconds,
            connect_seconds=connect_seconds,
        )

    async def resize(
        self,
        master: AsyncIterator[bytes],
        size_bytes: int,
        targets: Sequence[Target],
        wishes: Wishes,
    ) -> AsyncIterator[Cut]:
        """Cut one rendition for each target, in order. Raises AppError."""
        header = _header(size_bytes, targets, wishes)
        async with (
            self._peer.calling(self._stub.Resize) as call,
            uploading(call, _parts(header, master)),
        ):
            responses = aiter(call)
            async for response in responses:
                chunks = self._peer.exactly(call, responses, response.header.size_bytes)
                yield _cut(response.header, chunks)

    async def inspect(self, chunks: AsyncIterator[bytes], size_bytes: int) -> tuple[int, int]:
        """Return width and height of the upright picture in a file.

        Raises InvalidRequest for a file from which nothing can be cut.
        """
        header = res.InspectHeader(size_bytes=size_bytes)
        async with self._peer.calling(self._stub.Inspect) as call:
            await call.write(res.InspectRequest(header=header))
            async for chunk in chunks:
                await call.write(res.InspectRequest(chunk=chunk))
            await call.done_writing()
            seen = await call
        return seen.width, seen.height


def cannot_be_read(error: AppError) -> bool:
    """Return whether the resizer refused a master because no picture can be read from its bytes."""
    return error.facts.get(FLAW) in (Flaw.BROKEN.name, Flaw.UNKNOWN_FORMAT.name)


def _header(size_bytes: int, targets: Sequence[Target], wishes: Wishes) -> res.ResizeHeader:
    header = res.ResizeHeader(
        size_bytes=size_bytes,
        targets=[_target(target, wishes) for target in targets],
        format=wishes.options.format,
        crop=wishes.options.crop,
        model=wishes.model,
        provider=wishes.provider,
        composite=wishes.composite,
        label=wishes.options.label,
    )
    if point := wishes.options.focal_point:
        header.focal_point.x, header.focal_point.y = point.x, point.y
    return header


def _target(target: Target, wishes: Wishes) -> res.Target:
    own, options = wishes.overrides.get(target.id, RenditionOptions()), wishes.options
    wanted = res.Target(
        id=target.id,
        width=target.width,
        height=target.height,
        covered=[
            res.CoveredArea(left=area.left, top=area.top, right=area.right, bottom=area.bottom)
            for area in target.covered
        ],
        max_bytes=target.max_bytes,
        format=own.format,
        fit=own.fit or options.fit,
        background=own.background or options.background,
    )
    if point := own.focal_point:
        wanted.focal_point.x, wanted.focal_point.y = point.x, point.y
    if own.crop:
        x, y, width, height = own.crop
        wanted.box.CopyFrom(res.CropBox(x=x, y=y, width=width, height=height))
    return wanted


def _cut(header: res.RenditionHeader, chunks: AsyncIterator[bytes]) -> Cut:
    crop, better = header.crop, header.better_focal_point
    point = (round(better.x, _DIGITS), round(better.y, _DIGITS))
    told = header.could_keep > 0  # a resizer of an earlier version does not tell
    return Cut(
        target=header.id,
        facts=facts_of(header),
        crop=(crop.x, crop.y, crop.width, crop.height),
        chunks=chunks,
        signed_by=header.signed_by,
        kept=round(header.kept, _DIGITS) if told else None,
        could_keep=round(header.could_keep, _DIGITS) if told else None,
        better_focal_point=point if header.HasField("better_focal_point") else None,
    )


async def _parts(
    header: res.ResizeHeader, master: AsyncIterator[bytes]
) -> AsyncIterator[res.ResizeRequest]:
    yield res.ResizeRequest(header=header)
    async for chunk in master:
        yield res.ResizeRequest(chunk=chunk)
