"""One call: the master is decoded and analysed once, then cut into one rendition after another."""

from collections.abc import AsyncGenerator, AsyncIterable, Callable
from contextlib import aclosing
from functools import partial
from io import BytesIO

from PIL import Image

from services.common.gate import Gate
from services.common.pictures.opening import content_type_of
from services.resizer.attention import Attention, look_at
from services.resizer.crop import Size
from services.resizer.decode import decode
from services.resizer.order import OrderLimits, RequestedRendition, ResizeOrder, check
from services.resizer.render import Master, RenderedFile, render
from services.resizer.seen import Seen
from services.resizer.signing.seal import Seal
from services.resizer.signing.statement import MasterFacts
from services.resizer.threads import RenderThreads
from services.resizer.upload import collect

Decoder = Callable[[BytesIO, int, bool], Image.Image]
"""What `decode` is."""

Looker = Callable[[Image.Image], Attention]
"""What `look_at` is."""

Sealer = Callable[[bytes, MasterFacts], Seal | None]
"""What `Notary.open` is."""

Renderer = Callable[[Master, RequestedRendition], RenderedFile]
"""What `render` is."""


def unsealed(master: bytes, source: MasterFacts) -> None:
    """Open no seal: for a resizer without a certificate."""


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
        sealer: Sealer = unsealed,
    ) -> None:
        self._threads = threads
        self._gate = gate
        self._limits = limits
        self._decode = decoder
        self._look = looker
        self._seen = Seen()
        self._render = renderer
        self._seal = sealer

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
        data = file.getvalue()
        size = Size(width=pixels.width, height=pixels.height)
        source = MasterFacts(origin=order.origin, content_type=content_type_of(data), size=size)
        return Master(
            pixels=pixels,
            attention=self._seen.look(data, lambda: self._look(pixels)),
            origin=order.origin,
            seal=self._seal(data, source),
        )
