"""One call: the master is decoded and analysed once, then cut into one rendition after another."""

from collections.abc import AsyncGenerator, AsyncIterable, Callable
from contextlib import aclosing
from functools import partial
from io import BytesIO

from PIL import Image

from services.common.gate import Gate
from services.resizer.attention import look_at
from services.resizer.decode import decode
from services.resizer.order import OrderLimits, RequestedRendition, ResizeOrder, check
from services.resizer.render import Master, RenderedFile, render
from services.resizer.saliency import Floats
from services.resizer.threads import RenderThreads
from services.resizer.upload import collect

Decoder = Callable[[BytesIO, int, bool], Image.Image]
"""What `decode` is."""

Looker = Callable[[Image.Image], Floats]
"""What `look_at` is."""

Renderer = Callable[[Master, RequestedRendition], RenderedFile]
"""What `render` is."""


class Cutter:
    """Cuts masters into renditions, as many at a time as `threads` and `gate` allow."""

    def __init__(
        self,
        threads: RenderThreads,
        gate: Gate,
        limits: OrderLimits,
        decoder: Decoder = decode,
        looker: Looker = look_at,
        renderer: Renderer = render,
    ) -> None:
        self._threads = threads
        self._gate = gate
        self._limits = limits
        self._decode = decoder
        self._look = looker
        self._render = renderer

    async def resize(
        self, order: ResizeOrder, chunks: AsyncIterable[bytes]
    ) -> AsyncGenerator[RenderedFile, None]:
        """Yield the renditions in the order asked, each as soon as it is done.

        It reads no chunk until its turn has come, so waiting uploads stay with their senders.
        Raises InvalidRequest for a wrong order, upload or master, and Busy.
        """
        check(order, self._limits)
        async with self._gate.place():
            master = await self._master(order, chunks)
            jobs = (partial(self._render, master, target) for target in order.targets)
            async with aclosing(self._threads.in_order(jobs)) as renditions:
                async for rendition in renditions:
                    yield rendition

    async def _master(self, order: ResizeOrder, chunks: AsyncIterable[bytes]) -> Master:
        file = await collect(chunks, order.size_bytes)
        return await self._threads.run(partial(self._read, file, order))

    def _read(self, file: BytesIO, order: ResizeOrder) -> Master:
        pixels = self._decode(file, self._limits.max_pixels, order.keeps_alpha)
        return Master(pixels=pixels, heat=self._look(pixels), model=order.model)
