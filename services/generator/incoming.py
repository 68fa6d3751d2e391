"""Takes in the pictures of an edit, within the limits, before anything is bought."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial

from snapasset.generator.v1 import generator_pb2 as pb

from services.generator.messages import order_of
from services.generator.mistakes import mistake
from services.generator.orders import Order, check
from services.generator.references import MAX_REFERENCES, Reference, mask_of, reference_of
from services.generator.verify import ImageLimits


@dataclass(frozen=True, kw_only=True, slots=True)
class IncomingPictures:
    """Collects pictures: each within `limits`, and all of an edit within `most_bytes` together.

    `threads` decode them.
    """

    limits: ImageLimits
    most_bytes: int
    threads: Executor

    async def order(self, header: pb.EditHeader, chunks: AsyncIterator[bytes]) -> Order:
        """Return the order of an edit with its pictures. Raises InvalidRequest."""
        sizes = [one.size_bytes for one in header.references]
        masked = header.HasField("mask")
        self._check(sizes, header.mask.size_bytes if masked else None)
        order = replace(order_of(header.order), extends=header.extends)
        files = [await _exactly(chunks, size, _name(at)) for at, size in enumerate(sizes)]
        mask = await _exactly(chunks, header.mask.size_bytes, "mask") if masked else b""
        if await anext(chunks, b""):
            raise mistake("chunk", "must not follow the last picture")
        references = tuple([await self._reference(at, file) for at, file in enumerate(files)])
        order = replace(order, references=references)
        if masked:
            of = references[0]
            order = replace(order, mask=await self._read(mask_of, mask, "mask", of, self.limits))
        check(order)
        return order

    def _check(self, sizes: Sequence[int], mask: int | None) -> None:
        """Raise InvalidRequest for pictures that are too many or too large."""
        if not 1 <= len(sizes) <= MAX_REFERENCES:
            raise mistake("references", f"must be 1 to {MAX_REFERENCES}")
        named = {_name(at): size for at, size in enumerate(sizes)}
        named |= {} if mask is None else {"mask": mask}
        for name, size in named.items():
            if not 0 < size <= self.limits.max_bytes:
                raise mistake(name, f"must have 1 to {self.limits.max_bytes} bytes")
        if sum(named.values()) > self.most_bytes:
            raise mistake("references", f"must have at most {self.most_bytes} bytes together")

    async def _reference(self, at: int, file: bytes) -> Reference:
        return await self._read(reference_of, file, _name(at), self.limits)

    async def _read(self, read: Callable[..., Reference], *values: object) -> Reference:
        return await asyncio.get_running_loop().run_in_executor(
            self.threads, partial(read, *values)
        )


def _name(at: int) -> str:
    return f"references[{at}]"


async def _exactly(chunks: AsyncIterator[bytes], size: int, name: str) -> bytes:
    """Return the bytes of one picture, however they were cut."""
    data = bytearray()
    while len(data) < size:
        chunk = await anext(chunks, b"")
        if not chunk:
            break
        data += chunk
    if len(data) != size:
        raise mistake(name, f"must have the {size} bytes that the header says")
    return bytes(data)
