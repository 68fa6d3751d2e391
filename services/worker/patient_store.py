"""Waits while storage is away, slow or full, so that this costs no attempt and no purchase."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import TypeVar

from services.common.assets import Rendition
from services.common.backoff import Backoff
from services.common.errors import AppError, DeadlineExceeded, Unavailable
from services.leaves.records import GenerationRecord
from services.leaves.storage import StorageClient

logger = logging.getLogger(__name__)

T = TypeVar("T")

_BACKOFF = Backoff(first_seconds=0.5, longest_seconds=15.0)
_WAITED_FOR = (Unavailable, DeadlineExceeded)


class PatientStore:
    """The pipeline's Store: retries what may be retried for up to `patience_seconds`."""

    def __init__(
        self, storage: StorageClient, patience_seconds: float, backoff: Backoff = _BACKOFF
    ) -> None:
        self._storage = storage
        self._patience_seconds = patience_seconds
        self._backoff = backoff

    async def check_room(self, size_bytes: int) -> None:
        """See ports.Store; nothing can be lost yet, so this does not wait."""
        await self._storage.check_room(size_bytes)

    async def put(
        self,
        key: str,
        content_type: str,
        read: Callable[[], AsyncIterator[bytes]],
        size_bytes: int,
        sha256: str,
    ) -> None:
        """See ports.Store."""
        await self._patiently(
            lambda: self._storage.put(key, content_type, read(), size_bytes, sha256)
        )

    async def read(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        """See ports.Store."""
        return await self._patiently(lambda: self._storage.read(keys))

    async def get(self, key: str) -> AsyncGenerator[bytes, None]:
        """See ports.Store; waits only for the first bytes: later ones may have been used."""
        chunks, first = await self._patiently(lambda: self._begin(key))
        async with aclosing(chunks):
            yield first
            async for chunk in chunks:
                yield chunk

    async def delete(self, key: str) -> None:
        """See ports.Store."""
        await self._patiently(lambda: self._storage.delete(key))

    async def save(self, record: GenerationRecord) -> None:
        """See ports.Store."""
        await self._patiently(lambda: self._storage.save(record))

    async def record(self, owner: str, generation_id: str) -> GenerationRecord:
        """See ports.Store."""
        return await self._patiently(lambda: self._storage.record(owner, generation_id))

    async def add_renditions(
        self, owner: str, generation_id: str, job_id: str, images: Sequence[Rendition]
    ) -> None:
        """See ports.Store."""
        await self._patiently(
            lambda: self._storage.add_renditions(owner, generation_id, job_id, images)
        )

    async def _begin(self, key: str) -> tuple[AsyncGenerator[bytes, None], bytes]:
        chunks = self._storage.get(key)
        return chunks, await anext(chunks, b"")

    async def _patiently(self, call: Callable[[], Awaitable[T]]) -> T:
        until, failures = time.monotonic() + self._patience_seconds, 0
        while True:
            try:
                return await call()
            except _WAITED_FOR as error:
                failures += 1
                await self._wait(failures, until, error)

    async def _wait(self, failures: int, until: float, error: AppError) -> None:
        """Wait before the next try. Raises `error` when there is no time for one."""
        pause = self._backoff.pause_seconds(failures, error.retry_after_seconds or 0.0)
        if time.monotonic() + pause > until:
            raise error
        logger.warning("Storage failed, trying again in %.1f s: %s", pause, error.message)
        await asyncio.sleep(pause)
