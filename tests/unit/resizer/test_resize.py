import asyncio
import threading
import weakref
from collections.abc import AsyncIterator
from contextlib import aclosing
from io import BytesIO

import pytest
from PIL import Image

from services.common.errors import Busy, InvalidRequest
from services.common.gate import Gate
from services.resizer.decode import decode
from services.resizer.order import OrderLimits, RequestedRendition, ResizeOrder
from services.resizer.render import Master, RenderedFile, render
from services.resizer.resize import Cutter
from services.resizer.threads import RenderThreads
from tests.unit.resizer.pictures import opened, order, quadrants, saved, target

WAIT_SECONDS = 10
MASTER = saved(quadrants(120, 80))
LIMITS = OrderLimits(max_bytes=100_000, max_pixels=100_000, max_side=1000)
THREE = order(target("a", 30, 30), target("b", 20, 60), target("c", 60, 20), size_bytes=len(MASTER))


class Upload:
    """Sends the master in chunks and counts how many were taken."""

    def __init__(self) -> None:
        self.taken = 0

    async def chunks(self) -> AsyncIterator[bytes]:
        for start in range(0, len(MASTER), 100):
            self.taken += 1
            yield MASTER[start : start + 100]


class Eye:
    """A decoder that counts, and waits where it is told to."""

    def __init__(self, *, waits: bool = False) -> None:
        self._loop = asyncio.get_running_loop()
        self.times = 0
        self.begun = asyncio.Event()
        self.may_end = threading.Event()
        if not waits:
            self.may_end.set()

    def __call__(self, file: BytesIO, max_pixels: int, keep_alpha: bool) -> Image.Image:
        self.times += 1
        self._loop.call_soon_threadsafe(self.begun.set)
        assert self.may_end.wait(WAIT_SECONDS)
        return decode(file, max_pixels, keep_alpha)


async def resized(resizer: Cutter, wanted: ResizeOrder, upload: Upload) -> list[RenderedFile]:
    return [rendition async for rendition in resizer.resize(wanted, upload.chunks())]


async def test_all_renditions_come_in_order_from_one_decoded_master() -> None:
    eye = Eye()
    with RenderThreads(2) as threads:
        resizer = Cutter(threads, Gate(places=1, queue=0), LIMITS, eye)
        renditions = await resized(resizer, THREE, Upload())
    assert [rendition.target for rendition in renditions] == list(THREE.targets)
    assert [opened(rendition.data).size for rendition in renditions] == [
        (30, 30),
        (20, 60),
        (60, 20),
    ]
    assert eye.times == 1


async def test_a_wrong_order_is_refused_before_anything_is_read() -> None:
    upload = Upload()
    with RenderThreads(1) as threads:
        resizer = Cutter(threads, Gate(places=1, queue=0), LIMITS)
        with pytest.raises(InvalidRequest):
            await resized(resizer, order(), upload)
    assert upload.taken == 0


async def test_who_waits_reads_nothing_and_who_comes_after_is_sent_away() -> None:
    eye, first, second, third = Eye(waits=True), Upload(), Upload(), Upload()
    with RenderThreads(1) as threads:
        resizer = Cutter(threads, Gate(places=1, queue=1), LIMITS, eye)
        working = asyncio.create_task(resized(resizer, THREE, first))
        await eye.begun.wait()
        waiting = asyncio.create_task(resized(resizer, THREE, second))
        with pytest.raises(Busy):
            await asyncio.create_task(resized(resizer, THREE, third))
        assert (second.taken, third.taken) == (0, 0)
        eye.may_end.set()
        assert len(await working) == len(await waiting) == 3


async def test_ten_calls_at_once_hold_no_more_decoded_masters_than_there_are_places() -> None:
    held, most = 0, 0

    def eye(file: BytesIO, max_pixels: int, keep_alpha: bool) -> Image.Image:
        nonlocal held, most
        pixels = decode(file, max_pixels, keep_alpha)
        held += 1
        most = max(most, held)
        weakref.finalize(pixels, let_go)
        return pixels

    def let_go() -> None:
        nonlocal held
        held -= 1

    with RenderThreads(1) as threads:
        resizer = Cutter(threads, Gate(places=2, queue=8), LIMITS, decoder=eye)
        calls = [resized(resizer, THREE, Upload()) for _ in range(10)]
        assert [len(files) for files in await asyncio.gather(*calls)] == [3] * 10
    assert most <= 2


async def test_a_cancelled_call_stops_before_its_next_rendition_and_frees_its_place() -> None:
    loop = asyncio.get_running_loop()
    begun, may_end, rendered = asyncio.Event(), threading.Event(), []

    def slow(master: Master, wanted: RequestedRendition) -> RenderedFile:
        rendered.append(wanted.id)
        loop.call_soon_threadsafe(begun.set)
        assert may_end.wait(WAIT_SECONDS)
        return render(master, wanted)

    with RenderThreads(1) as threads:
        resizer = Cutter(threads, Gate(places=1, queue=0), LIMITS, renderer=slow)
        call = asyncio.create_task(resized(resizer, THREE, Upload()))
        await begun.wait()
        call.cancel()
        may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert rendered == ["a"]
        assert len(await resized(resizer, THREE, Upload())) == 3


async def test_a_reader_that_leaves_early_frees_its_place() -> None:
    with RenderThreads(1) as threads:
        resizer = Cutter(threads, Gate(places=1, queue=0), LIMITS)
        async with aclosing(resizer.resize(THREE, Upload().chunks())) as renditions:
            assert (await anext(renditions)).target.id == "a"
        assert len(await resized(resizer, THREE, Upload())) == 3


async def test_a_broken_master_frees_its_place() -> None:
    async def junk() -> AsyncIterator[bytes]:
        yield b"junk"

    with RenderThreads(1) as threads:
        resizer = Cutter(threads, Gate(places=1, queue=0), LIMITS)
        with pytest.raises(InvalidRequest):
            await anext(resizer.resize(order(target("a", 9, 9), size_bytes=4), junk()))
        assert len(await resized(resizer, THREE, Upload())) == 3
