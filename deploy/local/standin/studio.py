"""Makes the files of an order on threads, so that the server stays responsive meanwhile."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache

from deploy.local.standin.images import ImageOrder
from deploy.local.standin.painter.editing import fill_in, hang
from deploy.local.standin.painter.encoding import cut_out, encode, preview
from deploy.local.standin.painter.painting import paint
from deploy.local.standin.switches import without_directives

_REMEMBERED = 16
"""Works of 0.2 to 4 MB each; the same order always gives the same one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """The finished picture and its previews, coarsest first, as files."""

    picture: bytes
    previews: tuple[bytes, ...]


class Studio:
    """A few painters, who remember their latest works; orders beyond that wait their turn."""

    def __init__(self, painters: int = os.cpu_count() or 1) -> None:
        self._pool = ThreadPoolExecutor(painters, thread_name_prefix="painter")
        self._make = lru_cache(_REMEMBERED)(_make)

    async def make(self, order: ImageOrder) -> Work:
        """Paints one order."""
        # References are too large to be remembered by.
        make = _make if order.references else self._make
        plain = replace(order, prompt=without_directives(order.prompt))
        return await asyncio.get_running_loop().run_in_executor(self._pool, make, plain)

    def close(self) -> None:
        """Drops the waiting orders and lets the ones in work finish."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def _make(order: ImageOrder) -> Work:
    picture = paint(order.prompt, order.width, order.height, order.quality)
    if order.keep is not None:
        picture = fill_in(picture, order.references[0], order.keep)
    elif order.references:
        picture = hang(picture, order.references)
    count = order.partial_images if order.stream else 0
    seen = [preview(picture, count - 1 - index) for index in range(count)]
    if order.background == "transparent":
        picture, seen = cut_out(picture), [cut_out(image) for image in seen]
    files = [
        encode(image, order.output_format, order.output_compression) for image in (*seen, picture)
    ]
    return Work(picture=files[-1], previews=tuple(files[:-1]))
