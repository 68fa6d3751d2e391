"""One call: the master is decoded once, then one rendition follows another."""

from collections.abc import AsyncGenerator, AsyncIterable, Callable
from contextlib import aclosing
from functools import partial
from io import BytesIO

from PIL import Image

from services.resizer.admission import Admission
from services.resizer.decode import decode
from services.resizer.encode import ENCODINGS
from services.resizer.order import Limits, Order, Target, check
from services.resizer.render import Rendition, render
from services.resizer.threads import Threads
from services.resizer.upload import collect

Decoder = Callable[[BytesIO, int, bool], Image.Image]
"""What `decode` is."""

Renderer = Callable[[Image.Image, Target, Order], Rendition]
"""What `render` is."""


class Resizer:
    """Cuts masters into renditions, as many at a time as `threads` and `admission` allow."""

    def __init__(
        self,
        threads: Threads,
        admission: Admission,
        limits: Limits,
        decoder: Decoder = decode,
        renderer: Renderer = render,
    ) -> None:
        self._threads = threads
        self._admission = admission
        self._limits = limits
        self._decode = decoder
        self._render = renderer

    async def resize(
        self, order: Order, chunks: AsyncIterable[bytes]
    ) -> AsyncGenerator[Rendition, None]:
        """Yield the renditions in the order asked, each as soon as it is done.

        Reads no chunk before it may begin: what waits is held back at the sender. Raises
        InvalidRequest for a wrong order, upload or master, and Busy.
        """
        check(order, self._limits)
        async with self._admission.turn():
            master = await self._master(order, chunks)
            jobs = (partial(self._render, master, target, order) for target in order.targets)
            async with aclosing(self._threads.in_order(jobs)) as renditions:
                async for rendition in renditions:
                    yield rendition

    async def _master(self, order: Order, chunks: AsyncIterable[bytes]) -> Image.Image:
        file = await collect(chunks, order.size_bytes)
        keep_alpha = ENCODINGS[order.format].keeps_alpha
        return await self._threads.run(
            partial(self._decode, file, self._limits.max_pixels, keep_alpha)
        )
