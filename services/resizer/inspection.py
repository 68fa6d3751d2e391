"""Finds out whether a file is a picture that can be cut, and how large the picture is."""

from collections.abc import AsyncIterable
from functools import partial
from io import BytesIO

from services.common.gate import Gate
from services.resizer.crop import Size
from services.resizer.decode import decode
from services.resizer.order import OrderLimits, check_size
from services.resizer.resize import Decoder
from services.resizer.threads import RenderThreads
from services.resizer.upload import collect


class Inspector:
    """Decodes pictures and keeps nothing of them; shares `threads` and `gate` with the cutting."""

    def __init__(
        self, threads: RenderThreads, gate: Gate, limits: OrderLimits, decoder: Decoder = decode
    ) -> None:
        self._threads = threads
        self._gate = gate
        self._limits = limits
        self._decode = decoder

    async def measure(self, size_bytes: int, chunks: AsyncIterable[bytes]) -> Size:
        """Return the size of the upright picture in a file of `size_bytes`.

        Only what can be decoded can be cut, so all of it is decoded. Raises InvalidRequest, Busy.
        """
        check_size(size_bytes, self._limits)
        async with self._gate.place():
            file = await collect(chunks, size_bytes)
            return await self._threads.run(partial(self._size, file))

    def _size(self, file: BytesIO) -> Size:
        pixels = self._decode(file, self._limits.max_pixels, True)
        return Size(width=pixels.width, height=pixels.height)
