"""The resizer's client against a resizer that misbehaves exactly as told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from snapasset.resizer.v1 import resizer_pb2 as pb
from snapasset.resizer.v1.resizer_pb2_grpc import (
    ResizerServiceServicer,
    add_ResizerServiceServicer_to_server,
)

from services.common.channels import open_channel
from services.common.errors import Busy, DeadlineExceeded, ObjectNotFound, Unavailable
from services.common.interceptors import Context
from services.common.options import FocalPoint, JobOptions, RenditionOptions
from services.common.platforms import PLATFORMS
from services.common.process_settings import ServerSettings
from services.common.serve import running
from services.leaves.resizer import ResizerClient, Wishes

Requests = AsyncIterator[pb.ResizeRequest]
Behaviour = Callable[[Requests], AsyncIterator[pb.ResizeResponse]]
SETTINGS = ServerSettings(drain_seconds=0, grace_seconds=0)


class Told(ResizerServiceServicer):
    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour

    async def Resize(
        self, requests: Requests, context: Context
    ) -> AsyncIterator[pb.ResizeResponse]:
        async for response in self._behaviour(requests):
            yield response


@asynccontextmanager
async def resizer(behaviour: Behaviour, seconds: float = 10) -> AsyncIterator[ResizerClient]:
    registration = (add_ResizerServiceServicer_to_server, Told(behaviour))  # type: ignore[abstract]
    async with (
        running(SETTINGS, 0, [registration]) as port,
        open_channel(f"127.0.0.1:{port}", SETTINGS) as channel,
    ):
        yield ResizerClient(channel, timeout_seconds=seconds, connect_seconds=5)


async def master() -> AsyncIterator[bytes]:
    yield b"master"


async def cut_all(port: ResizerClient, chunks: AsyncIterator[bytes]) -> list[bytes]:
    cuts = port.resize(chunks, 6, [PLATFORMS["twitter-post"]], Wishes())
    return [b"".join([chunk async for chunk in cut.chunks]) async for cut in cuts]


async def well(requests: Requests) -> AsyncIterator[pb.ResizeResponse]:
    async for _ in requests:
        pass
    yield pb.ResizeResponse(header=pb.RenditionHeader(id="twitter-post", size_bytes=4))
    yield pb.ResizeResponse(chunk=b"im")
    yield pb.ResizeResponse(chunk=b"ge")


async def busy(requests: Requests) -> AsyncIterator[pb.ResizeResponse]:
    raise Busy("The resizer is full.")
    yield


async def short(requests: Requests) -> AsyncIterator[pb.ResizeResponse]:
    yield pb.ResizeResponse(header=pb.RenditionHeader(id="twitter-post", size_bytes=4))
    yield pb.ResizeResponse(chunk=b"im")


async def silent(requests: Requests) -> AsyncIterator[pb.ResizeResponse]:
    await asyncio.Event().wait()
    yield pb.ResizeResponse()


async def test_a_rendition_arrives_whole() -> None:
    async with resizer(well) as port:
        assert await cut_all(port, master()) == [b"image"[:2] + b"ge"]


async def test_a_target_is_cut_as_it_says_and_otherwise_as_the_options_say() -> None:
    asked = []

    async def told(requests: Requests) -> AsyncIterator[pb.ResizeResponse]:
        asked.append((await anext(aiter(requests))).header)
        async for _ in requests:
            pass
        point = pb.FocalPoint(x=0.25, y=0.5)
        header = pb.RenditionHeader(
            id="x-post", kept=0.50000001, could_keep=0.7499999, better_focal_point=point
        )
        yield pb.ResizeResponse(header=header)
        yield pb.ResizeResponse(header=pb.RenditionHeader(id="twitter-post", signed_by="Ada"))

    own = RenditionOptions(
        format="png", crop=(1, 2, 3, 4), fit="cover", focal_point=FocalPoint(x=1, y=0)
    )
    options = JobOptions(
        format="webp", crop="center", fit="contain", background="#1a2b3c", label="ai"
    )
    wishes = Wishes(options=options, overrides={"x-post": own}, model="m", composite=True)
    async with resizer(told) as port:
        targets = [PLATFORMS["x-post"], PLATFORMS["twitter-post"]]
        cuts = [cut async for cut in port.resize(master(), 6, targets, wishes)]
    [header] = asked
    first, second = header.targets
    assert (header.format, header.crop, header.label) == ("webp", "center", "ai")
    assert (header.model, header.composite) == ("m", True)
    assert [cut.signed_by for cut in cuts] == ["", "Ada"]
    assert (first.format, first.fit, first.background) == ("png", "cover", "#1a2b3c")
    assert first.box == pb.CropBox(x=1, y=2, width=3, height=4)
    assert first.focal_point == pb.FocalPoint(x=1, y=0)
    assert (second.format, second.fit, second.background) == ("", "contain", "#1a2b3c")
    assert {field.name for field, _ in second.ListFields()}.isdisjoint({"box", "focal_point"})
    told_of = [(cut.kept, cut.could_keep, cut.better_focal_point) for cut in cuts]
    assert told_of == [(0.5, 0.75, (0.25, 0.5)), (None, None, None)]


async def test_a_refusal_is_heard_though_the_master_is_still_on_its_way() -> None:
    async def slow() -> AsyncIterator[bytes]:
        yield b"mas"
        await asyncio.Event().wait()

    chunks = slow()
    async with resizer(busy) as port:
        with pytest.raises(Busy):
            await cut_all(port, chunks)
        await chunks.aclose()  # type: ignore[attr-defined] # nobody reads it any more


async def test_a_master_that_cannot_be_read_is_the_reason_given() -> None:
    async def missing() -> AsyncIterator[bytes]:
        yield b"mas"
        raise ObjectNotFound("There is no such object.")

    async with resizer(well) as port:
        with pytest.raises(ObjectNotFound):
            await cut_all(port, missing())


async def test_an_image_that_breaks_off_can_be_tried_again() -> None:
    async with resizer(short) as port:
        with pytest.raises(Unavailable):
            await cut_all(port, master())


async def test_a_resizer_that_hangs_runs_into_the_deadline() -> None:
    async with resizer(silent, seconds=0.3) as port:
        with pytest.raises(DeadlineExceeded):
            await cut_all(port, master())


async def test_a_resizer_that_is_not_there_is_waited_for_and_then_named() -> None:
    async with open_channel("127.0.0.1:1", SETTINGS) as channel:
        with pytest.raises(Unavailable, match="The resizer does not answer"):
            await cut_all(ResizerClient(channel, timeout_seconds=10, connect_seconds=0.2), master())
