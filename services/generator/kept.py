"""Rereads answers that were paid for and kept because no image could be read from them."""

import asyncio
from collections.abc import AsyncIterable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from services.common.errors import ProviderBadAnswer, ProviderUnavailable
from services.generator.mistakes import mistake
from services.generator.providers.port import ImageProvider, Painted, RawAnswer
from services.generator.verify import ImageLimits, VerifiedImage, verify_pixels


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptAnswers:
    """Reads kept answers by today's rules, without buying anything."""

    providers: Sequence[ImageProvider]
    limits: ImageLimits
    most_bytes: int
    timeout_seconds: float
    threads: Executor

    async def read(
        self, provider: str, content_type: str, size_bytes: int, chunks: AsyncIterable[bytes]
    ) -> tuple[VerifiedImage, Painted]:
        """Return the image in an answer of the provider of this name, if that is still there.

        Raises InvalidRequest for an upload of another length, ProviderBadAnswer where there is
        still no image, and ProviderUnavailable where it could not be downloaded in time.
        """
        raw = RawAnswer(content_type, await self._collected(size_bytes, chunks))
        try:
            async with asyncio.timeout(self.timeout_seconds):
                painted = await self._read(provider, raw)
        except TimeoutError as error:
            words = "The image could not be downloaded in time. Please try again."
            raise ProviderUnavailable(words) from error
        # An image may have been kept because its pixels could not be decoded.
        check = partial(verify_pixels, painted.image, self.limits)
        image = await asyncio.get_running_loop().run_in_executor(self.threads, check)
        return image, painted

    async def _read(self, name: str, raw: RawAnswer) -> Painted:
        """Try the provider of that name, or else any: names change with the settings."""
        named = [one for one in self.providers if one.name == name]
        *others, last = named or self.providers
        for reader in others:
            with suppress(ProviderBadAnswer):
                return await reader.read(raw)
        return await last.read(raw)

    async def _collected(self, size_bytes: int, chunks: AsyncIterable[bytes]) -> bytes:
        if not 0 < size_bytes <= self.most_bytes:
            raise mistake("header.sizeBytes", f"must be 1 to {self.most_bytes}")
        data = bytearray()
        async for chunk in chunks:
            data += chunk
            if len(data) > size_bytes:
                break
        if len(data) != size_bytes:
            raise mistake("chunk", f"must hold {size_bytes} bytes together, as the header says")
        return bytes(data)
