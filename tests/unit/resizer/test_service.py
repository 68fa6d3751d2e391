import asyncio
import hashlib
import threading
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from io import BytesIO
from typing import TYPE_CHECKING

import grpc
import pytest
from PIL import Image
from snapasset.resizer.v1 import resizer_pb2 as pb
from snapasset.resizer.v1.resizer_pb2_grpc import (
    ResizerServiceStub,
    add_ResizerServiceServicer_to_server,
)

from services.common.channels import CHUNK_BYTES
from services.common.errors import Busy, DeadlineExceeded, InvalidRequest
from services.common.gate import Gate
from services.common.platforms import PLATFORMS
from services.common.process_settings import ServerSettings
from services.common.rpc_errors import from_rpc
from services.common.serve import running
from services.resizer.decode import decode
from services.resizer.inspection import Inspector
from services.resizer.order import OrderLimits
from services.resizer.resize import Cutter, Decoder
from services.resizer.service import ResizerService
from services.resizer.threads import RenderThreads
from tests.unit.resizer.pictures import opened, quadrants, saved

if TYPE_CHECKING:  # it exists in the stubs alone
    from snapasset.resizer.v1.resizer_pb2_grpc import ResizerServiceAsyncStub

WAIT_SECONDS = 10
MASTER = saved(quadrants(1537, 1023))
LIMITS = OrderLimits(max_bytes=2**25, max_pixels=40_000_000, max_side=4096)


@asynccontextmanager
async def stub(
    *, waiting: int = 0, deadline_seconds: float = 60, decoder: Decoder = decode
) -> AsyncIterator["ResizerServiceAsyncStub"]:
    settings = ServerSettings(drain_seconds=0, grace_seconds=1)
    with RenderThreads(2) as threads:
        gate = Gate(places=1, queue=waiting, retry_after_seconds=1)
        resizer = Cutter(threads, gate, LIMITS, decoder)
        inspector = Inspector(threads, gate, LIMITS, decoder)
        service = ResizerService(resizer, inspector, deadline_seconds)
        registration = (add_ResizerServiceServicer_to_server, service)
        async with (
            running(settings, 0, [registration]) as port,
            grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel,
        ):
            yield ResizerServiceStub(channel)


def header(targets: Iterable[pb.Target], size_bytes: int = len(MASTER)) -> pb.ResizeRequest:
    return pb.ResizeRequest(header=pb.ResizeHeader(size_bytes=size_bytes, targets=targets))


def chunks(data: bytes = MASTER) -> list[pb.ResizeRequest]:
    starts = range(0, len(data), CHUNK_BYTES)
    return [pb.ResizeRequest(chunk=data[start : start + CHUNK_BYTES]) for start in starts]


POST = [pb.Target(id="post", width=108, height=108)]
UPLOAD = [header(POST), *chunks()]


async def answers(
    service: "ResizerServiceAsyncStub", requests: Sequence[pb.ResizeRequest]
) -> list[pb.ResizeResponse]:
    return [answer async for answer in service.Resize(iter(requests), timeout=WAIT_SECONDS)]


def files(parts: list[pb.ResizeResponse]) -> list[tuple[pb.RenditionHeader, bytes]]:
    found: list[tuple[pb.RenditionHeader, bytes]] = []
    for part in parts:
        if part.HasField("header"):
            found.append((part.header, b""))
        else:
            assert 0 < len(part.chunk) <= CHUNK_BYTES
            facts, data = found[-1]
            found[-1] = (facts, data + part.chunk)
    return found


async def test_every_platform_is_cut_from_one_upload() -> None:
    targets = [pb.Target(id=p.id, width=p.width, height=p.height) for p in PLATFORMS.values()]
    async with stub() as service:
        renditions = files(await answers(service, [header(targets), *chunks()]))
    assert [facts.id for facts, _ in renditions] == list(PLATFORMS)
    for number, (facts, data) in enumerate(renditions, 1):
        platform = PLATFORMS[facts.id]
        assert (facts.number, facts.total) == (number, len(PLATFORMS))
        assert (facts.width, facts.height) == (platform.width, platform.height)
        assert facts.content_type == "image/jpeg"
        assert facts.size_bytes == len(data)
        assert facts.sha256 == hashlib.sha256(data).hexdigest()
        assert opened(data).size == (platform.width, platform.height)
        assert 0 <= facts.crop.x <= 1537 - facts.crop.width
        assert 0 <= facts.crop.y <= 1023 - facts.crop.height


async def test_a_large_rendition_comes_in_several_chunks() -> None:
    noise = saved(Image.effect_noise((700, 700), 90).convert("RGB"))
    request = header([pb.Target(id="large", width=700, height=700)], len(noise))
    request.header.format = "png"
    async with stub() as service:
        parts = await answers(service, [request, *chunks(noise)])
    [(facts, data)] = files(parts)
    assert len(parts) > 2
    assert facts.content_type == "image/png"
    assert facts.size_bytes == len(data) > CHUNK_BYTES


@pytest.mark.parametrize(
    ("requests", "words"),
    [
        ([], "first message must be the header"),
        (chunks(), "first message must be the header"),
        ([pb.ResizeRequest()], "first message must be the header"),
        ([header(POST), header(POST)], "must be a chunk"),
        ([header(POST), pb.ResizeRequest()], "must be a chunk"),
        ([header([])], "targets must be 1 to 32"),
        ([header(POST * 2)], r"targets\[1\].id must differ"),
        ([header(POST, 0)], "size_bytes must be 1 to"),
        ([header(POST)], "got 0 of"),
        ([header(POST), *chunks(MASTER[:-1])], "got"),
        ([header(POST), *chunks(MASTER + b"x")], "more than"),
        ([header(POST, 2**21), pb.ResizeRequest(chunk=bytes(2**20 + 1))], "at most 1048576"),
        ([header(POST, 4), *chunks(b"junk")], "PNG, JPEG, WebP or AVIF"),
    ],
)
async def test_a_wrong_stream_ends_with_what_to_change(
    requests: list[pb.ResizeRequest], words: str
) -> None:
    async with stub() as service:
        with pytest.raises(grpc.aio.AioRpcError, match=words) as failure:
            await answers(service, requests)
    assert isinstance(from_rpc(failure.value, "resizer"), InvalidRequest)


async def test_the_service_goes_on_after_a_failure() -> None:
    async with stub() as service:
        with pytest.raises(grpc.aio.AioRpcError):
            await answers(service, [header(POST, 4), *chunks(b"junk")])
        assert len(files(await answers(service, UPLOAD))) == 1


class Shutter:
    """A decoder that waits until it is opened."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.reached = asyncio.Event()
        self.opened = threading.Event()

    def __call__(self, file: BytesIO, max_pixels: int, keep_alpha: bool) -> Image.Image:
        self._loop.call_soon_threadsafe(self.reached.set)
        assert self.opened.wait(WAIT_SECONDS)
        return decode(file, max_pixels, keep_alpha)


async def test_a_call_too_many_is_told_to_come_back() -> None:
    shutter = Shutter()
    async with stub(decoder=shutter) as service:
        working = asyncio.create_task(answers(service, UPLOAD))
        await shutter.reached.wait()
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await answers(service, UPLOAD)
        busy = from_rpc(failure.value, "resizer")
        assert isinstance(busy, Busy)
        assert busy.retry_after_seconds == 1
        shutter.opened.set()
        assert len(files(await working)) == 1


async def test_a_cancelled_call_makes_room_for_the_next() -> None:
    shutter = Shutter()
    async with stub(waiting=1, decoder=shutter) as service:
        call = service.Resize(iter(UPLOAD), timeout=WAIT_SECONDS)
        await shutter.reached.wait()
        call.cancel()
        shutter.opened.set()
        assert len(files(await answers(service, UPLOAD))) == 1


async def test_a_client_that_stops_reading_and_leaves_makes_room_for_the_next() -> None:
    async with stub(waiting=1) as service:
        call = service.Resize(iter(UPLOAD), timeout=WAIT_SECONDS)
        assert isinstance(await call.read(), pb.ResizeResponse)
        call.cancel()
        assert len(files(await answers(service, UPLOAD))) == 1


async def test_an_upload_that_never_ends_runs_into_the_deadline() -> None:
    async with stub(deadline_seconds=0.05) as service:
        call = service.Resize(timeout=WAIT_SECONDS)
        await call.write(header(POST))
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await call.read()
    assert isinstance(from_rpc(failure.value, "resizer"), DeadlineExceeded)


async def inspected(data: bytes, size_bytes: int | None = None) -> pb.InspectResponse:
    async def parts() -> AsyncIterator[pb.InspectRequest]:
        length = len(data) if size_bytes is None else size_bytes
        yield pb.InspectRequest(header=pb.InspectHeader(size_bytes=length))
        for at in range(0, len(data), CHUNK_BYTES):
            yield pb.InspectRequest(chunk=data[at : at + CHUNK_BYTES])

    async with stub() as resizer:
        try:
            return await resizer.Inspect(parts(), timeout=WAIT_SECONDS)
        except grpc.aio.AioRpcError as failure:
            raise from_rpc(failure, "resizer") from None


async def test_a_picture_that_can_be_cut_is_measured() -> None:
    told = await inspected(MASTER)
    assert (told.width, told.height) == (1537, 1023)


async def test_a_picture_that_lies_on_its_side_is_measured_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    told = await inspected(saved(quadrants(60, 40), "JPEG", exif=exif))
    assert (told.width, told.height) == (40, 60)


@pytest.mark.parametrize(
    ("data", "size_bytes", "told"),
    [
        (b"GIF89a" + bytes(100), None, "PNG, JPEG, WebP or AVIF"),
        (MASTER[: len(MASTER) // 2], None, "broken or incomplete"),
        (MASTER, len(MASTER) + 1, "is missing"),
        (MASTER, 2**25 + 1, "size_bytes"),
        (b"", None, "size_bytes"),
    ],
)
async def test_what_cannot_be_cut_is_refused_with_what_to_change(
    data: bytes, size_bytes: int | None, told: str
) -> None:
    with pytest.raises(InvalidRequest, match=told):
        await inspected(data, size_bytes)
