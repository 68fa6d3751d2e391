"""The bytes of an upload as they arrive: bounded in number and in time, and cut into chunks."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Iterator
from typing import TypeVar

from services.common.channels import CHUNK_BYTES
from services.common.errors import InvalidRequest, PayloadTooLarge, RequestTimeout
from services.common.pictures.formats import HEAD_BYTES, format_of
from services.gateway.uploads.terms import UploadTerms

T = TypeVar("T")

_NO_IMAGE = "The body must be a PNG, JPEG, WebP or AVIF file, as it is and nothing around it."


class Arrival:
    """One file on its way in. `size_bytes` is how much of it has arrived.

    `announced_bytes` is how long its sender says that it is, 0 if that is unknown.
    """

    def __init__(
        self, parts: AsyncIterator[bytes], terms: UploadTerms, announced_bytes: int
    ) -> None:
        self._parts = parts
        self._terms = terms
        self._head = b""
        self._ends_at = asyncio.get_running_loop().time() + terms.seconds
        self._announced_bytes = announced_bytes
        self.size_bytes = 0

    @property
    def expected_bytes(self) -> int:
        """How long the file is at least, by all that is known."""
        return max(self.size_bytes, self._announced_bytes)

    async def content_type(self) -> str:
        """Return what the first bytes say that the file is. Raises what `chunks` does, and
        InvalidRequest."""
        self._check_length()
        while len(self._head) < HEAD_BYTES and (part := await self._next()):
            self._head += part
        kind = format_of(self._head[:HEAD_BYTES])
        if kind is None:
            raise InvalidRequest(_NO_IMAGE if self._head else "The body is empty: send a file.")
        return kind.content_type

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the whole file. Raises PayloadTooLarge, RequestTimeout."""
        part, self._head = self._head, b""
        while part:
            for chunk in _cut(part):
                yield chunk
            part = await self._next()

    async def _next(self) -> bytes:
        """Return the next bytes, none at the end."""
        part = await in_time(self._next_part(), self._terms, self._ends_at)
        self.size_bytes += len(part)
        self._check_length()
        return part

    def _check_length(self) -> None:
        if self.expected_bytes > self._terms.most_bytes:
            raise PayloadTooLarge(f"A file may have {self._terms.most_bytes} bytes at most.")

    async def _next_part(self) -> bytes:
        async for part in self._parts:
            if part:
                return part
        return b""


async def in_time(part: Awaitable[T], terms: UploadTerms, ends_at: float = math.inf) -> T:
    """Return the next part of an upload that must have arrived at `ends_at` (s, the loop's clock).

    Raises RequestTimeout.
    """
    now = asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout_at(min(ends_at, now + terms.pause_seconds)):
            return await part
    except TimeoutError as error:
        raise RequestTimeout(
            f"The file must arrive within {terms.seconds:g} s and without a pause of "
            f"{terms.pause_seconds:g} s. Send it again."
        ) from error


def _cut(part: bytes) -> Iterator[bytes]:
    return (part[at : at + CHUNK_BYTES] for at in range(0, len(part), CHUNK_BYTES))
